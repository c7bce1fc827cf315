"""The worker of a node: carries the outbox to its peers, takes what comes over other transports than http, and runs jobs whose time has come.

``python -m liandong.node.worker``. Killed at any moment, it loses nothing: what it had not marked is done again, and the
other side says duplicate.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
from procrastinate.exceptions import ProcrastinateException
from psycopg_pool import AsyncConnectionPool

from liandong.adapters.files.store import FileStore
from liandong.application.world import World
from liandong.node.bootstrap import node_settings, start
from liandong.node.cables import Cables
from liandong.node.settings import NodeSettings

log = logging.getLogger("liandong.worker")

#: Messages in a batch at most: one commit at the receiver for all of them. While a backlog leaves, a fresh message waits for two or three of them.
BATCH_COUNT = 80
#: How long one thread may keep the others waiting, in seconds: while one takes what came, the loop has to send what waits.
SWITCH_SECONDS = 0.001
#: How long a worker that is told to stop waits for answers that are on their way, and for what it has begun.
LAST_ANSWER_SECONDS, LAST_TASKS_SECONDS = 2.0, 5.0


async def work(settings: NodeSettings, world: World) -> None:
    """Run relays, receivers and jobs until SIGTERM or SIGINT."""
    from liandong.adapters.crypto.session import Session
    from liandong.adapters.postgres.outbox_store import PostgresOutboxStore
    from liandong.adapters.postgres.peer_watch import PostgresPeerWatch
    from liandong.adapters.transports.fetcher import Fetcher
    from liandong.adapters.transports.relay import Relay
    from liandong.node.bootstrap import SystemClock
    from liandong.node.keys import node_keyring

    keyring = node_keyring(settings)
    session = Session(keyring)
    cables = Cables(settings, world, keyring)
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(settings.database, min_size=2, max_size=4 + 2 * len(settings.peers), open=False)
    await pool.open()
    clock = SystemClock(settings.clock_offset_seconds).now
    store = PostgresOutboxStore(pool, settings.name, clock)
    watch = PostgresPeerWatch(pool)
    relays = {
        name: Relay(name, store, transport, session, clock, watch=watch, batch_count=BATCH_COUNT)
        for name, transport in cables.transports.items()
    }
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    ending = asyncio.Event()
    carrying = [asyncio.create_task(relay.run()) for relay in relays.values()]
    tasks = [asyncio.ensure_future(loop) for loop in cables.loops(ending)]
    tasks += [
        asyncio.create_task(Fetcher(name, pool, cables.store, keyring, cables.ask_piece).run(stop)) for name in cables.transports
    ]
    tasks += [asyncio.create_task(_jobs(stop)), asyncio.create_task(watch.run(stop)), asyncio.create_task(_timers(world, stop))]
    tasks += [asyncio.create_task(_roots(world, stop)), asyncio.create_task(_sweeps(world, stop))]
    if world.messages is not None:
        tasks.append(asyncio.create_task(_messages(settings, world, stop)))
    tasks.append(asyncio.create_task(_abandoned(cables.store, stop)))
    listening = asyncio.create_task(_listen(settings, relays))
    log.info("worker started", extra={"action": "worker.started", "node": settings.name})
    await stop.wait()
    listening.cancel()
    for relay in relays.values():
        relay.stop()
    # What is on its way may still be answered, and what comes in is taken until then; a peer that is away answers nothing, and is sent it again.
    _, unanswered = await asyncio.wait(carrying, timeout=LAST_ANSWER_SECONDS)
    for task in unanswered:
        task.cancel()
    ending.set()
    _, pending = await asyncio.wait([*carrying, *tasks], timeout=LAST_TASKS_SECONDS)
    for task in pending:
        task.cancel()
    await asyncio.gather(listening, *carrying, *tasks, return_exceptions=True)
    await cables.aclose()
    await pool.close()


async def _listen(settings: NodeSettings, relays: dict[str, Any]) -> None:
    """Wake the relay of a peer when something was written for it; connect again when the line breaks."""
    while True:
        with contextlib.suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(settings.database, autocommit=True) as connection:
                await connection.execute("LISTEN liandong_outbox")
                for relay in relays.values():
                    relay.wake()
                async for notice in connection.notifies():
                    if notice.payload in relays:
                        relays[notice.payload].wake()
        await asyncio.sleep(0.5)


async def _timers(world: World, stop: asyncio.Event) -> None:
    """Act on clocks whose time has come, in a thread of their own."""
    from liandong.adapters.jobs.timers import run_timers

    ended = threading.Event()
    running = asyncio.create_task(asyncio.to_thread(run_timers, world, ended))
    try:
        await stop.wait()
    finally:
        ended.set()
        await running


async def _messages(settings: NodeSettings, world: World, stop: asyncio.Event) -> None:
    """Tell citizens number and code of what was taken, every other second."""
    from liandong.adapters.jobs.messages import TellCitizens
    from liandong.node.bootstrap import load_city_pack

    assert world.messages is not None
    tell = TellCitizens(world, world.messages, settings.secret, load_city_pack(settings.pack).texts.get("reply.received", ""))
    while not stop.is_set():
        await asyncio.to_thread(tell)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=2)


def settable(world: World) -> bool:
    """Tell whether somebody may move this node's clock: a demonstration's."""
    from liandong.adapters.settable_clock import SettableClock

    return isinstance(world.clock, SettableClock)


async def _roots(world: World, stop: asyncio.Event) -> None:
    """Make the day's root, or that of days missed, and convene what the calendar says; look once a minute. A database that is away is tried again."""
    from liandong.adapters.jobs.periodic import convene_periodic
    from liandong.adapters.jobs.roots import daily_roots

    while not stop.is_set():
        await asyncio.to_thread(daily_roots, world)
        await asyncio.to_thread(convene_periodic, world)
        with contextlib.suppress(TimeoutError):
            # A demonstration's clock may be moved by days at any moment.
            await asyncio.wait_for(stop.wait(), timeout=10 if settable(world) else 60)


async def _sweeps(world: World, stop: asyncio.Event) -> None:
    """Take out look-up keys and positions that are too old, in a thread of their own; look every ten minutes, for keys once a day."""
    from liandong.adapters.jobs.positions import forget_positions
    from liandong.adapters.jobs.repeats import DailySweep

    ended, sweep = threading.Event(), DailySweep(world)
    while not stop.is_set():
        running = asyncio.create_task(asyncio.to_thread(sweep, ended))
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            ended.set()
        waiting.cancel()
        await running
        await asyncio.to_thread(forget_positions, world)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=600)


async def _abandoned(store: FileStore, stop: asyncio.Event) -> None:
    """Remove what people began to send and left; look once an hour."""
    from liandong.adapters.jobs.abandoned_files import remove_abandoned

    while not stop.is_set():
        await asyncio.to_thread(remove_abandoned, store)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=3600)


async def _jobs(stop: asyncio.Event) -> None:
    """Run deferred jobs; start over when the database went away."""
    from procrastinate.contrib.django import app

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    while not stop.is_set():
        try:
            async with worker_app.open_async():
                running = asyncio.create_task(
                    worker_app.run_worker_async(
                        wait=True, install_signal_handlers=False, fetch_job_polling_interval=5, delete_jobs="successful"
                    )
                )
                waiting = asyncio.create_task(stop.wait())
                await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running
        except (psycopg.Error, ProcrastinateException, OSError) as error:
            log.warning(
                "jobs wait for the database",
                extra={"action": "jobs.waiting", "error": type(error).__name__, "at": datetime.now(UTC).isoformat()},
            )
            await asyncio.sleep(1)


def main() -> None:
    """Start the node's world and work until told to stop."""
    sys.setswitchinterval(SWITCH_SECONDS)
    world = start()
    asyncio.run(work(node_settings(), world))


if __name__ == "__main__":
    main()

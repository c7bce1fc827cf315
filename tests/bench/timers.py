"""Measure a million open timers: what a tick costs, and how late the latest is while appeals come in. Prints JSON lines.

    flock LOCK python -m tests.bench timers         # LIANDONG_BENCH_TIMERS=100000 for a smaller one

A police node of its own; the timers are copied in, spread over the next weeks; a few a second become due while batches of appeals come
in through the API at a fixed rate. Every due one is an alarm's passed limit that reminds its unit: a real supervision with its journal, not an
empty mark.
"""

from __future__ import annotations

import asyncio
import io
import os
import statistics
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop

from tests.bench.intake import bodies
from tests.bench.line import Line
from tests.bench.measure import load, percentiles, say
from tests.city import City, running_city

__all__ = ["main"]

#: Due while it is measured: so many a second, for so long.
PER_SECOND, SECONDS = 20, 20
#: Appeals in a request, requests a second, and over how many lines.
BATCH, BATCHES_PER_SECOND, LINES, WEB_PROCESSES = 20, 20, 6, 2
COPY = (
    "COPY timer (stream, kind, step, round, code, unit, owed_by, is_right, started_at, due_at, next_at, outcome, history, attempts, problem) FROM STDIN"
)


def fill(city: City, rows: int) -> None:
    """Copy open timers that become due from tomorrow on."""
    begun = datetime.now(UTC)
    with city.database("police") as database, database.cursor() as cursor, cursor.copy(COPY) as copy:
        block = io.StringIO()
        for count in range(rows):
            due = begun + timedelta(days=1, seconds=count % 2_000_000)
            block.write(f"{uuid.UUID(int=count + 1)}\tworkorder\thandle\t1\tworkorder.handle\t\tunit\tf\t{begun.isoformat()}\t{due.isoformat()}\t{due.isoformat()}\topen\t" + '{"limit": "5 workdays"}\t0\t\n')
            if count % 10_000 == 9_999:
                copy.write(block.getvalue())
                block = io.StringIO()
        copy.write(block.getvalue())
    with city.database("police") as database:
        database.execute("VACUUM ANALYZE timer")
        size = database.execute("SELECT pg_total_relation_size('timer'), count(*) FROM timer").fetchone()
        assert size is not None
        say("timers", "open", size[1], "rows", GiB=round(size[0] / 2**30, 2))


def become_due(city: City, world: Any, person: Any) -> int:
    """Make alarms whose limits pass while it is measured; return how many."""
    from liandong.application.act import act
    from liandong.application.place_appeal import place_appeal
    from liandong.application.take_appeal import take_appeal
    from liandong.domain.journal.facts import StreamId, StreamKind

    orders = []
    for count in range(PER_SECOND * SECONDS):
        taken = take_appeal(world, person, {"text": f"小区里有人打架，在{count}号楼", "channel": "phone", "urgent": False})
        order = place_appeal(world, person, taken.appeal.id, "keep").data["order"]
        act(world, person, StreamKind.ALARM, StreamId(order), "order", {"unit": "xc-pcs-yuanhe"})
        orders.append(order)
    with city.database("police") as database:
        now = datetime.now(UTC) + timedelta(seconds=1)
        for count, order in enumerate(orders):
            due = now + timedelta(seconds=count / PER_SECOND)
            database.execute(
                "UPDATE timer SET started_at = %s, due_at = %s, next_at = %s WHERE stream = %s AND step = 'sign'", [due - timedelta(seconds=60), due, due, order]
            )
    return len(orders)


def measure(city: City) -> None:
    """Tick as the worker does while the node takes appeals."""
    from liandong.node.bootstrap import start

    world = start(city.file("police"))
    from django.db import connection

    from liandong.adapters.jobs.timers import LONGEST_SLEEP_SECONDS, soonest, tick
    from liandong.domain.journal.facts import Actor, Role

    person = Actor(Role.CALL_TAKER, person="bench", node="police")
    wanted = become_due(city, world, person)
    idle = []
    for _ in range(50):
        begun = time.perf_counter()
        tick(world)
        idle.append(time.perf_counter() - begun)
    say("timers", "tick with nothing due", 1000 * statistics.median(idle), "ms", load=load())
    costs: list[float] = []
    ended = threading.Event()

    def work() -> None:
        while not ended.is_set():
            begun = time.perf_counter()
            done = tick(world)
            costs.append(time.perf_counter() - begun)
            if not done.more:
                due = soonest()
                wait = LONGEST_SLEEP_SECONDS if due is None else min((due - world.clock.now()).total_seconds(), LONGEST_SLEEP_SECONDS)
                ended.wait(max(wait, 0.01))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    begun = time.monotonic()
    taken = uvloop.run(take_in_batches(city, SECONDS + 3))
    seconds = time.monotonic() - begun
    ended.set()
    worker.join()
    with city.database("police") as database:
        rows = database.execute(
            "SELECT extract(epoch FROM fired_at - due_at) FROM timer WHERE step = 'sign' AND fired_at IS NOT NULL AND unit = 'xc-pcs-yuanhe'"
        ).fetchall()
        doubled = database.execute("SELECT count(*) FROM (SELECT 1 FROM stream WHERE kind = 'supervision' GROUP BY data->>'order' HAVING count(*) > 1) AS twice").fetchone()
    late = sorted(float(each[0]) for each in rows)
    assert doubled is not None
    say("timers", "fired", len(late), "of", wanted=wanted, doubled=doubled[0])
    say("timers", "late p99", 1000 * late[int(len(late) * 0.99) - 1], "ms", most=round(1000 * late[-1], 1), intake_per_second=round(taken / seconds), load=load())
    say("timers", "tick under load", percentiles(costs)["p50"], "ms", p99=round(percentiles(costs)["p99"], 1), ticks=len(costs))


async def take_in_batches(city: City, seconds: float) -> int:
    """Tell appeals at a fixed rate for so many seconds; return how many were taken. A batch that is late is told at once, and none is left out."""
    api = city.api("police", "call_taker")
    port = int(api.url.rpartition(":")[2])
    rows = bodies(round(BATCH * BATCHES_PER_SECOND * seconds))
    batches = iter([rows[start : start + BATCH] for start in range(0, len(rows), BATCH)])
    begun, told, taken = time.perf_counter(), 0, 0

    async def caller() -> None:
        nonlocal told, taken
        line = await Line(port, api.token).open()
        for batch in batches:
            due, told = begun + told / BATCHES_PER_SECOND, told + 1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status, body = await line.post("/api/v1/appeals/batch", {"appeals": batch})
            assert status == 200, body[:300]
            taken += body.count(b'"status":201')
        line.close()

    await asyncio.gather(*(caller() for _ in range(LINES)))
    return taken


def main() -> None:
    """Fill a node and measure."""
    rows = int(os.environ.get("LIANDONG_BENCH_TIMERS", "1000000"))
    with running_city(web_processes=WEB_PROCESSES) as city:
        # The node's own worker would take the timers first: what is measured is this process's ticks.
        child = city.supervisor.children["police", "worker"]
        process, child.process = child.process, None
        if process is not None:
            process.terminate()
            process.wait(15)
        fill(city, rows)
        measure(city)


if __name__ == "__main__":
    main()

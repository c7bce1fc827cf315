"""A trial: two nodes that hand matters to each other while everything around them breaks, then peace, then judgement."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from liandong.node.city import city_plan
from liandong.node.settings import server_url
from liandong.node.supervisor import Supervisor
from tests.chaos.agreement import compare, compare_files
from tests.chaos.cables import CABLES, NODES, BadCable, Every
from tests.chaos.faults import Faults
from tests.chaos.hand import Hand
from tests.chaos.hands import Hands
from tests.city import City, free_ports

__all__ = ["EVERY", "Trial", "run"]

log = logging.getLogger("chaos")

#: Every transport, one after the other, in one trial.
EVERY = "every"
#: How long everything may take to come to rest after the last fault, in seconds.
REST_SECONDS = 1800.0
CLOCKS = {"police": 3600, "hotline": -3600}
#: What waits for its turn after a failure is sent now, and what was damaged too often and waits for a person is sent again, as that person would.
NUDGE = "UPDATE outbox SET parked = false, next_try_at = NULL, attempts = 0 WHERE sent_at IS NULL AND (parked OR next_try_at IS NOT NULL)"
WAITING = """
SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL) + (SELECT count(*) FROM inbox WHERE state = 'quarantined')
     + (SELECT count(*) FROM attachment WHERE state = 'coming')"""


class Trial:
    """One city, one bad cable, and the hand that breaks things.

    Parameters:
        transport: between the nodes; ``every`` changes it in the middle until each was used.
        count: handovers at most, half of them each way.
        seed: of all choices.
        share: of what crosses that something happens to.
        every_seconds: between two acts of the hand, on average.
        partition_seconds: of the partition.
        disk_mb: of a disk of its own that is filled up once; 0 for none.
        file_share: of the words added to a handover that bring a file.
        seconds: no more is offered after that, once each grave thing has happened; 0 for no such end.
        turn: handovers that each node offers before it looks at what the other offered; 0 for a twentieth of its half, at most 100.
    """

    def __init__(
        self,
        transport: str,
        count: int,
        seed: int,
        *,
        share: float,
        every_seconds: float,
        partition_seconds: float,
        disk_mb: int = 0,
        file_share: float = 0.02,
        seconds: float = 0.0,
        turn: int = 0,
    ) -> None:
        self.transport, self.count, self.seed = transport, count, seed
        self.faults = Faults(seed, share)
        self._every, self._partition, self._disk_mb = every_seconds, partition_seconds, disk_mb
        self._file_share, self._seconds = file_share, seconds
        self._turn = turn or min(max(1, count // 40), 100)
        self.offered = 0
        self.times: dict[str, float] = {}
        self._started = time.monotonic()
        self.accepted: dict[str, int] = {}
        self.cable: BadCable
        self.city: City

    def run(self) -> dict[str, Any]:
        """Return the summary of the trial."""
        with self._home() as home, self._running(home):
            self._mark("city up")
            hands = {node: Hands(self.city, node, self.seed) for node in NODES}
            hand = Hand(
                self.city,
                self.cable,
                self.faults,
                self.seed,
                every_seconds=self._every,
                partition_seconds=self._partition,
                fills_disk=bool(self._disk_mb),
                hurry_after_seconds=self._seconds,
            )
            hand.start()
            try:
                self._play(hands, hand)
            finally:
                hand.stop()
            self._mark("played")
            hand.kill_workers()
            self._accept_the_rest(hands)
            rested = self._rest()
            self._mark("rested")
            for each in hands.values():
                each.close()
            return self._judge(rested, hand)

    def _mark(self, what: str) -> None:
        """Remember how many seconds after the beginning something was reached."""
        log.info("%s", what)
        self.times[what] = round(time.monotonic() - self._started, 1)

    @contextmanager
    def _home(self) -> Iterator[Path]:
        """Yield the city's directory, on a small disk of its own where one was asked for and can be made."""
        with tempfile.TemporaryDirectory(prefix="liandong-chaos-", ignore_cleanup_errors=True) as place:
            Path(place).chmod(0o755)
            mounted = (
                bool(self._disk_mb)
                and not subprocess.run(
                    ["mount", "-t", "tmpfs", "-o", f"size={self._disk_mb}m,mode=755", "tmpfs", place], capture_output=True, check=False
                ).returncode
            )
            if not mounted:
                self._disk_mb = 0
            try:
                yield Path(place)
            finally:
                if mounted:
                    subprocess.run(["umount", "-l", place], capture_output=True, check=False)

    @contextmanager
    def _running(self, home: Path) -> Iterator[None]:
        def between(transport: str, *arguments: Any) -> BadCable:
            self.cable = Every("http", *arguments) if self.transport == EVERY else CABLES[transport](transport, *arguments)
            self.cable.faults = self.faults
            return self.cable

        first = "http" if self.transport == EVERY else self.transport
        plan = city_plan(*free_ports(2))
        supervisor = Supervisor(
            home, "xiangcheng", plan, server_url(), transport=first, between=between, clock_offsets=CLOCKS, web_processes=1
        )
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="cable", daemon=True)
        carrying = None
        try:
            supervisor.start()
            self.city = City(supervisor)
            thread.start()
            carrying = asyncio.run_coroutine_threadsafe(self.cable.run(), loop)
            yield
        finally:
            try:
                if carrying is not None:
                    asyncio.run_coroutine_threadsafe(_end_all(), loop).result(20)
                    loop.call_soon_threadsafe(loop.stop)
                    thread.join(10)
                loop.close()
            finally:
                supervisor.stop()

    def _play(self, hands: dict[str, Hands], hand: Hand) -> None:
        """Offer handovers at each node in turns with accepting what the other offered, until there are enough and the worst is over."""
        each_way, first, started = self.count // 2, 1, time.monotonic()
        while first <= each_way:
            late = self._seconds and time.monotonic() - started > self._seconds
            if late and hand.worst_over.is_set():
                break
            many = min(self._turn, each_way - first + 1)
            for one in hands.values():
                one.order("offer", first=first, count=many, files=self._file_share)
                one.order("accept", until=first + many - 1, seconds=2)
            for one in hands.values():
                one.hear()
                one.hear()
            first += many
            log.info("%d offered each way", first - 1)
        self.offered = first - 1
        hand.worst_over.wait(600)

    @contextmanager
    def _person(self) -> Iterator[None]:
        """Have what waits for a person or a pause sent again every second."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(1.0):
                self._waits()

        thread = threading.Thread(target=look, name="person", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(30)

    def _accept_the_rest(self, hands: dict[str, Hands]) -> None:
        with self._person():
            for one in hands.values():
                one.order("accept", until=self.offered, seconds=REST_SECONDS)
            for node, one in hands.items():
                self.accepted[node] = one.hear()["accepted"]

    def _rest(self) -> bool:
        """Wait until nothing waits at either node; tell whether that came."""
        until, quiet = time.monotonic() + REST_SECONDS, 0
        while time.monotonic() < until and quiet < 3:
            quiet = quiet + 1 if self._waits() == 0 else 0
            time.sleep(0.7)
        return quiet >= 3

    def _waits(self) -> int:
        """Return how much waits at both nodes, and send what waits for a person or a pause."""
        waits = 0
        for node in NODES:
            try:
                with self.city.database(node) as database:
                    database.execute(NUDGE)
                    row = database.execute(WAITING).fetchone()
                    waits += int(row[0]) if row else 0
            except psycopg.Error:
                waits += 1
        return waits

    def _judge(self, rested: bool, hand: Hand) -> dict[str, Any]:
        found, files = compare(self.city), compare_files(self.city)
        with ThreadPoolExecutor(len(NODES)) as both:
            journals = dict(zip(NODES, both.map(self.city.verified, NODES), strict=True))
        whole = all(not each["breaks"] for each in journals.values())
        summary = {"transport": self.transport, "seed": self.seed, "asked": self.count, **asdict(found), "files": asdict(files)}
        summary["examples"] = [*found.examples[:5], *files.examples[:5]]
        summary["journals"] = {node: {"entries": each["entries"], "breaks": len(each["breaks"])} for node, each in journals.items()}
        summary |= {"done": dict(sorted(hand.done.items())), "accepted": self.accepted}
        summary |= {"faults": dict(sorted(self.faults.counts.items())), "crossed": dict(sorted(self.cable.crossed.items()))}
        self._mark("judged")
        summary |= {"seconds": self.times, "came_to_rest": rested}
        summary["good"] = found.good and files.good and whole and rested and found.handovers == 2 * self.offered
        return summary


async def _end_all() -> None:
    """Cancel whatever else runs in this loop, and wait until it has ended; a client that waits for a server that is gone is asked again."""
    for _ in range(15):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return
        for each in others:
            each.cancel()
        await asyncio.wait(others, timeout=1)


def run(transport: str, count: int, seed: int, **settings: Any) -> dict[str, Any]:
    """Return the summary of one trial; settings are those of ``Trial``."""
    chosen: dict[str, Any] = {"share": 0.1, "every_seconds": 4.0, "partition_seconds": 15.0, **settings}
    with contextlib.suppress(KeyboardInterrupt):
        return Trial(transport, count, seed, **chosen).run()
    return {"good": False, "transport": transport}

"""The chaos run: ``python -m tests.chaos --transport http --count 1000 --seed 1``; one JSON object a transport at the end.

Two nodes hand matters to each other, both ways at once, while processes and database are killed, the cable loses, doubles, shuffles, delays,
cuts and flips, the network parts, the disk fills up, one clock is an hour fast and the other an hour slow, and keys are rotated and
revoked. Then everything is left in peace until nothing waits, and both journals are proved and compared.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from liandong.node.city import city_plan
from liandong.node.settings import server_url
from liandong.node.supervisor import Supervisor
from tests.chaos.agreement import compare
from tests.chaos.cables import CABLES, NODES, BadCable
from tests.chaos.faults import Faults
from tests.chaos.hands import Hands
from tests.city import City, free_ports

__all__ = ["Trial", "main", "run"]

#: How long everything may take to come to rest after the last fault, in seconds.
REST_SECONDS = 900.0
CLOCKS = {"police": 3600, "hotline": -3600}


class Trial:
    """One city, one bad cable, and the hand that breaks things.

    Parameters:
        transport: between the nodes.
        count: handovers, half of them each way.
        seed: of all choices.
        share: of what crosses that something happens to.
        every_seconds: between two kills, on average.
        partition_seconds: of each partition.
        disk_mb: of a disk of its own that is filled up once; 0 for none.
    """

    def __init__(
        self, transport: str, count: int, seed: int, *, share: float, every_seconds: float, partition_seconds: float, disk_mb: int = 0
    ) -> None:
        self.transport, self.count, self.seed = transport, count, seed
        self.faults = Faults(seed, share)
        self._chance = Random(f"{seed} hand")
        self._every = every_seconds
        self._partition = partition_seconds
        self._disk_mb = disk_mb
        self.done: dict[str, int] = {}
        self._quiet = threading.Event()
        #: Set when every grave thing has happened.
        self._worst_over = threading.Event()
        self.cable: BadCable
        self.city: City

    def run(self) -> dict[str, Any]:
        """Return the summary of the trial."""
        started = time.monotonic()
        with self._home() as home, self._running(home):
            hands = {node: Hands(self.city, node, self.seed) for node in NODES}
            breaking = threading.Thread(target=self._break_things, name="chaos", daemon=True)
            breaking.start()
            try:
                self._play(hands)
            finally:
                self._quiet.set()
                breaking.join(120)
            self.faults.share, self.faults.parted = 0.0, False
            rested = self._rest()
            for each in hands.values():
                each.close()
            return self._judge(time.monotonic() - started, rested)

    @contextmanager
    def _home(self) -> Iterator[Path]:
        """Yield the city's directory, on a small disk of its own where one was asked for and can be made."""
        with tempfile.TemporaryDirectory(prefix="liandong-chaos-", ignore_cleanup_errors=True) as place:
            Path(place).chmod(0o755)
            mounted = bool(self._disk_mb) and not subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={self._disk_mb}m,mode=755", "tmpfs", place], capture_output=True, check=False
            ).returncode
            if not mounted:
                self._disk_mb = 0
            try:
                yield Path(place)
            finally:
                if mounted:
                    subprocess.run(["umount", "-l", place], capture_output=True, check=False)

    @contextmanager
    def _running(self, home: Path) -> Iterator[None]:
        def between(*arguments: Any) -> BadCable:
            self.cable = CABLES[self.transport](*arguments)
            self.cable.faults = self.faults
            return self.cable

        ports = free_ports(2)
        supervisor = Supervisor(
            home, "xiangcheng", city_plan(*ports), server_url(), transport=self.transport, between=between, clock_offsets=CLOCKS
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
            if carrying is not None:
                carrying.cancel()
                time.sleep(0.5)
                loop.call_soon_threadsafe(loop.stop)
                thread.join(10)
            supervisor.stop()

    def _play(self, hands: dict[str, Hands]) -> None:
        """Offer half the handovers at each node, in turns with accepting what the other offered."""
        each_way, part = self.count // 2, max(1, self.count // 20)
        for first in range(1, each_way + 1, part):
            many = min(part, each_way - first + 1)
            for one in hands.values():
                one.order("offer", first=first, count=many)
                one.order("accept", until=first + many - 1, seconds=2)
            for one in hands.values():
                one.hear()
                one.hear()
        self._worst_over.wait(180)
        self._quiet.set()
        self.faults.parted = False
        for one in hands.values():
            one.order("accept", until=each_way, seconds=REST_SECONDS)
        for node, one in hands.items():
            self.done[f"accepted at {node}"] = one.hear()["accepted"]

    def _break_things(self) -> None:
        """Kill, part, fill and rotate until told to be quiet; each grave thing at least once."""
        acts = [self._kill_web, self._kill_worker, self._kill_backend, self._kill_web, self._kill_worker, self._kill_database]
        once = [self._part, self._rotate] + ([self._fill_disk] if self._disk_mb else [])
        turn = 0
        while not self._quiet.wait(self._chance.uniform(0.5, 1.5) * self._every):
            turn += 1
            if not once:
                self._worst_over.set()
            act = once.pop(0) if once and turn % 2 == 0 else self._chance.choice(acts)
            with contextlib.suppress(OSError, psycopg.Error, AssertionError, subprocess.SubprocessError):
                act()
                name = act.__name__.strip("_")
                self.done[name] = self.done.get(name, 0) + 1

    def _kill_web(self) -> None:
        self.city.supervisor.kill(self._chance.choice(NODES), "web")

    def _kill_worker(self) -> None:
        self.city.supervisor.kill(self._chance.choice(NODES), "worker")

    def _kill_backend(self) -> None:
        """Kill one server process: PostgreSQL then ends all of them and repairs itself."""
        with self.city.database(self._chance.choice(NODES)) as database:
            row = database.execute("SELECT pg_backend_pid()").fetchone()
            os.kill(int(row[0]) if row else 0, signal.SIGKILL)

    def _kill_database(self) -> None:
        if server_url() is None:
            lines = (self.city.supervisor.home / "postgres" / "postmaster.pid").read_text(encoding="ascii").splitlines()
            os.kill(int(lines[0]), signal.SIGKILL)

    def _part(self) -> None:
        self.faults.parted = True
        self._quiet.wait(self._partition)
        self.faults.parted = False

    def _rotate(self) -> None:
        """Give each node a new key, tell the other, then revoke the old ones."""
        for node, peer in (NODES, NODES[::-1]):
            old = {each["key_id"] for each in self._keys(node) if each["whose"] == "own"}
            self.city.cli(node, "keys", "rotate")
            exported = self.city.supervisor.home / f"{node}.keys"
            self.city.cli(node, "keys", "export", str(exported))
            self.city.cli(peer, "keys", "import", str(exported), "--yes")
            self._quiet.wait(3)
            for key_id in old:
                self.city.cli(node, "keys", "revoke", key_id, "--reason", "chaos")
            self.city.cli(node, "keys", "export", str(exported))
            self.city.cli(peer, "keys", "import", str(exported), "--yes")

    def _keys(self, node: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.city.cli(node, "keys", "show", "--json").stdout)["keys"]
        return found

    def _fill_disk(self) -> None:
        """Fill the disk to the last byte for a while."""
        ballast = self.city.supervisor.home / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(b"\0" * 65_536)
                file.flush()
        self._quiet.wait(8)
        ballast.unlink(missing_ok=True)

    def _rest(self) -> bool:
        """Wait until nothing waits at either node; tell whether that came."""
        until, quiet = time.monotonic() + REST_SECONDS, 0
        while time.monotonic() < until and quiet < 3:
            try:
                waits = sum(self._waiting(node) for node in NODES)
            except psycopg.Error:
                waits = 1
            quiet = quiet + 1 if waits == 0 else 0
            time.sleep(1)
        return quiet >= 3

    def _waiting(self, node: str) -> int:
        with self.city.database(node) as database:
            # What was damaged on the way too often waits for a person: the person of this trial sends it again.
            database.execute("UPDATE outbox SET parked = false, next_try_at = NULL, attempts = 0 WHERE parked")
            row = database.execute(
                "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL) + (SELECT count(*) FROM inbox WHERE state = 'quarantined')"
            ).fetchone()
        return int(row[0]) if row else 0

    def _judge(self, seconds: float, rested: bool) -> dict[str, Any]:
        found = compare(self.city)
        journals = {node: self.city.verified(node) for node in NODES}
        whole = all(not each["breaks"] for each in journals.values())
        summary = {"transport": self.transport, "seed": self.seed, "asked": self.count, **asdict(found)}
        summary["examples"] = found.examples[:5]
        summary["journals"] = {node: {"entries": each["entries"], "breaks": len(each["breaks"])} for node, each in journals.items()}
        summary["done"] = dict(sorted(self.done.items()))
        summary["faults"] = dict(sorted(self.faults.counts.items()))
        summary |= {"seconds": round(seconds, 1), "came_to_rest": rested}
        summary["good"] = found.good and whole and rested and found.handovers == self.count // 2 * 2
        return summary


def run(transport: str, count: int, seed: int, **settings: Any) -> dict[str, Any]:
    """Return the summary of one trial; settings are those of ``Trial``."""
    chosen: dict[str, Any] = {"share": 0.1, "every_seconds": 4.0, "partition_seconds": 15.0, **settings}
    return Trial(transport, count, seed, **chosen).run()


def main() -> int:
    """Run what the command line says; return 0 when every trial was good."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--transport", action="append", choices=sorted(CABLES), help="may be given several times; all by default")
    parser.add_argument("--count", type=int, default=400, help="handovers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.1, help="of what crosses that something happens to")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two kills")
    parser.add_argument("--partition", type=float, default=15.0, help="seconds")
    parser.add_argument("--disk-mb", type=int, default=0, help="put everything on a disk of this size and fill it up once (needs root)")
    given = parser.parse_args()
    good = True
    for transport in given.transport or sorted(CABLES):
        summary = run(
            transport, given.count, given.seed, share=given.share, every_seconds=given.every, partition_seconds=given.partition, disk_mb=given.disk_mb
        )
        print(json.dumps(summary, ensure_ascii=False), flush=True)
        good = good and summary["good"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""The hand that breaks things around two nodes: each grave thing once, in turn, then any of them again and again."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random

import psycopg

from liandong.adapters.crypto.keys import generate_key
from liandong.node.city import as_toml
from liandong.node.keys import node_keyring
from liandong.node.settings import server_url
from tests.chaos.cables import NODES, BadCable
from tests.chaos.faults import Faults
from tests.city import City

__all__ = ["Hand"]

log = logging.getLogger("chaos")

#: How long the hand waits before a change of cable for something to cross the present one each way, in seconds.
CROSSING_SECONDS = 150.0
DISK_FULL_SECONDS = 8.0


class Hand:
    """Kills, parts, fills, rotates and changes cables in a thread of its own.

    Parameters:
        city: that runs.
        cable: between its nodes.
        faults: of the cable; the hand parts it.
        seed: of the choices.
        every_seconds: between two acts, on average.
        partition_seconds: of a partition.
        fills_disk: the city lies on a small disk of its own, which is filled once.
        hurry_after_seconds: from then on the acts that every trial must see follow at once; 0 for never.
    """

    def __init__(
        self,
        city: City,
        cable: BadCable,
        faults: Faults,
        seed: int,
        *,
        every_seconds: float,
        partition_seconds: float,
        fills_disk: bool = False,
        hurry_after_seconds: float = 0.0,
    ) -> None:
        self._city, self._cable, self._faults = city, cable, faults
        self._chance = Random(f"{seed} hand")
        self._every, self._partition = every_seconds, partition_seconds
        self._hurry_after = hurry_after_seconds
        #: What was done, and how often.
        self.done: Counter[str] = Counter()
        self._quiet = threading.Event()
        #: Set when each grave thing has happened.
        self.worst_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="chaos", daemon=True)
        self._turn = self._turns(fills_disk)

    def _turns(self, fills_disk: bool) -> list[Callable[[], None]]:
        """Return what every trial sees, in order: over one cable, or spread over all of them."""
        parts = [self._kill_web, self._kill_worker, self._part, self._kill_backend, self._rotate, self._kill_database]
        if fills_disk:
            parts.append(self._fill_disk)
        stages = self._cable.changes + 1
        turns: list[Callable[[], None]] = []
        for stage in range(stages):
            if stage:
                turns.append(self._change_cable)
            few, more = divmod(len(parts), stages)
            turns += parts[stage * few + min(stage, more) : (stage + 1) * few + min(stage + 1, more)]
        return turns

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Break nothing any more; return when the last act has ended."""
        self._quiet.set()
        self._thread.join(120)
        self._faults.share, self._faults.parted = 0.0, False

    def kill_workers(self) -> None:
        """Kill the workers of both nodes: what they had asked and not heard is asked anew at once."""
        for node in NODES:
            self._city.supervisor.kill(node, "worker")

    def _run(self) -> None:
        again = [self._kill_web, self._kill_worker, self._kill_backend, self._kill_web, self._kill_worker, self._kill_database]
        started = time.monotonic()
        while True:
            late = self._hurry_after and time.monotonic() - started > self._hurry_after
            if self._quiet.wait(0.0 if late and self._turn else self._chance.uniform(0.5, 1.5) * self._every):
                return
            self._do(self._turn.pop(0) if self._turn else self._chance.choice(again))
            if not self._turn and not self.worst_over.is_set():
                self._let_something_cross()
                self.worst_over.set()

    def _do(self, act: Callable[[], None]) -> None:
        """Do one act; one that could not be done (the database was just dying) is tried again a few times."""
        for _ in range(5):
            try:
                act()
            except (OSError, psycopg.Error, AssertionError, subprocess.SubprocessError):
                if self._quiet.wait(1.0):
                    return
                continue
            self.done[act.__name__.strip("_")] += 1
            log.info("%s", act.__name__.strip("_"))
            return

    # --- acts ----------------------------------------------------------------------------------------------------------

    def _kill_web(self) -> None:
        self._city.supervisor.kill(self._chance.choice(NODES), "web")

    def _kill_worker(self) -> None:
        self._city.supervisor.kill(self._chance.choice(NODES), "worker")

    def _kill_backend(self) -> None:
        """Kill one server process: PostgreSQL then ends all of them and repairs itself."""
        with self._city.database(self._chance.choice(NODES)) as database:
            row = database.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            os.kill(int(row[0]), signal.SIGKILL)

    def _kill_database(self) -> None:
        if server_url() is None:
            self._city.supervisor.kill_server()

    def _part(self) -> None:
        self._faults.parted = True
        self._quiet.wait(self._partition)
        self._faults.parted = False

    def _rotate(self) -> None:
        """Give each node a new key, tell the other, then revoke the old ones: what ``liandong keys`` does, without starting it ten times."""
        settings = {each.name: each for each, _ in self._city.supervisor.nodes}
        for node, peer in (NODES, NODES[::-1]):
            ring, there = node_keyring(settings[node]), node_keyring(settings[peer])
            old = [each.key_id for each in ring.public_keys() if each.revoked is None]
            ring.add_own(generate_key(node, settings[node].suite, ring.clock()))
            for ending in ([], old):
                for key_id in ending:
                    ring.revoke(key_id, "chaos")
                ring.save(settings[node].keys)
                for public in ring.public_keys():
                    there.add_peer(public)
                there.save(settings[peer].keys)
                self._quiet.wait(2.2)

    def _fill_disk(self) -> None:
        """Fill the disk to the last byte for a while."""
        ballast = self._city.supervisor.home / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb") as file:
            while True:
                file.write(b"\0" * 65_536)
                file.flush()
        self._quiet.wait(DISK_FULL_SECONDS)
        ballast.unlink(missing_ok=True)

    def _change_cable(self) -> None:
        """Join the nodes by the next cable, with whatever waits or is on its way, and kill the workers so that they see it."""
        self._let_something_cross()
        self._cable.change()
        supervisor = self._city.supervisor
        for settings, file in supervisor.nodes:
            peers = tuple(
                replace(each, transport=self._cable.now, url=self._cable.url(settings.name, each.name)) for each in settings.peers
            )
            file.write_text(as_toml(replace(settings, peers=peers)), encoding="utf-8")
        self.kill_workers()

    def _let_something_cross(self) -> None:
        until = time.monotonic() + CROSSING_SECONDS
        while time.monotonic() < until and self._cable.crossed[self._cable.now] < 2 and not self._quiet.wait(0.2):
            pass

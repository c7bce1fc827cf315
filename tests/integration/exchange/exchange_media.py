"""Media of every kind with both ends in hand, for the contract tests: memory, middle database, ferry, bus."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from liandong.adapters.transports.ferry import Ferry
from liandong.adapters.transports.memory import MemoryMedium
from liandong.adapters.transports.middledb import MiddleDatabase
from liandong.adapters.transports.nats import NatsBus
from liandong.adapters.transports.parcels import Medium
from liandong.node.between import Between
from liandong.node.embedded import Server

__all__ = ["HOTLINE", "KINDS", "POLICE", "Bus", "Ends", "bus_binary"]

POLICE, HOTLINE = "city-110", "city-12345"
KINDS = ("memory", "middledb", "ferry", "nats")


def bus_binary() -> str:
    """Return where nats-server is; skips in clear words where it is not."""
    found = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("nats-server is not installed on this machine (Debian: apt install nats-server)")
    return found


class Bus:
    """A nats-server of our own."""

    def __init__(self, directory: Path, max_payload: str = "8MB") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._directory = directory
        self._configuration = directory / "bus.conf"
        directory.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(
            f"host: 127.0.0.1\nport: {self.port}\nmax_payload: {max_payload}\njetstream {{ store_dir: {directory / 'store'} }}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}/test"

    def start(self) -> None:
        """Start it, return when it listens."""
        self._process = subprocess.Popen([bus_binary(), "-c", str(self._configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nats-server did not start")

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@dataclass
class Ends:
    """Makes either end of one medium, anew each time: as a process does that was killed and started again."""

    kind: str
    police: Callable[[], Medium]
    hotline: Callable[[], Medium]

    @classmethod
    def of(cls, kind: str, directory: Path, server: Callable[[], Server], bus: Callable[[], Bus]) -> Ends:
        """Return the ends of a medium of this kind."""
        if kind == "memory":
            one, other = MemoryMedium.pair()
            return cls(kind, lambda: MemoryMedium(one.ways), lambda: MemoryMedium(other.ways))
        if kind == "ferry":
            between = Between("ferry", directory, server(), {POLICE: 1, HOTLINE: 2})
            roots = {each: Path(between.url(each, peer).removeprefix("file://")) for each, peer in ((POLICE, HOTLINE), (HOTLINE, POLICE))}
            return cls(
                kind,
                lambda: Ferry(roots[POLICE], POLICE, HOTLINE, poll_seconds=0.01, grace_seconds=0.2),
                lambda: Ferry(roots[HOTLINE], HOTLINE, POLICE, poll_seconds=0.01, grace_seconds=0.2),
            )
        if kind == "middledb":
            between = Between("middledb", directory, server(), {POLICE: 1, HOTLINE: 2}, middle=f"middle_{uuid4().hex}")
            return cls(
                kind,
                lambda: MiddleDatabase(between.url(POLICE, HOTLINE), POLICE, HOTLINE, directory / "police.position"),
                lambda: MiddleDatabase(between.url(HOTLINE, POLICE), HOTLINE, POLICE, directory / "hotline.position"),
            )
        url = bus().url + directory.name.replace("_", "-")
        return cls(kind, lambda: NatsBus(url, POLICE, HOTLINE), lambda: NatsBus(url, HOTLINE, POLICE))

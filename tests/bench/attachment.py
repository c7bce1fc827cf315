"""Measure a film of one gibibyte: sent up in pieces, fetched by the other side, its worker killed on the way; memory of every process meanwhile.

``python -m tests.bench attachment``; the size in MiB may be given by ``LIANDONG_FILE_MB``.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import family, load, say
from tests.city import Api, City, eventually, running_city

__all__ = ["main"]

MIB = 1_048_576
#: Bytes of one request of the sender.
PIECE = 4 * MIB - 65_536


class Watch:
    """Reads how much memory processes hold, twice a second."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._ended = threading.Event()
        self.before = self._read()
        self.most = dict(self.before)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _read(self) -> dict[str, int]:
        """Return node and part -> resident MiB of its largest process."""
        found: dict[str, int] = {}
        for (node, part), child in self._city.supervisor.children.items():
            name, process = f"{node} {part}", child.process
            for pid in family(process.pid) if process is not None else ():
                try:
                    line = next(each for each in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines() if each.startswith("VmRSS"))
                except (OSError, StopIteration):
                    continue
                found[name] = max(found.get(name, 0), int(line.split()[1]) // 1024)
        return found

    def _run(self) -> None:
        while not self._ended.wait(0.5):
            for name, held in self._read().items():
                self.most[name] = max(self.most.get(name, 0), held)

    def end(self) -> None:
        """Say what was held before, and at most."""
        self._ended.set()
        self._thread.join()
        for name in sorted(self.most):
            say("attachment", f"memory of {name}", self.most[name], "MiB", before=self.before.get(name, 0))


def blocks(size: int) -> Iterator[bytes]:
    """Give ``size`` bytes that compress to nothing smaller, piece by piece; the same each time."""
    left, state = size, b"liandong"
    while left > 0:
        state = hashlib.sha512(state).digest()
        piece = (state * (PIECE // len(state) + 1))[: min(PIECE, left)]
        yield piece
        left -= len(piece)


def send_up(api: Api, size: int) -> dict[str, object]:
    """Send a film up in pieces; return its attachment."""
    upload = api.post("/files", {"name": "现场录像.mp4", "size": size, "media_type": "video/mp4"})["upload"]
    offset = 0
    for piece in blocks(size):
        answer = api.client.put(f"/files/uploads/{upload}", content=piece, headers={"Upload-Offset": str(offset)}, timeout=120)
        answer.raise_for_status()
        offset += len(piece)
    attachment: dict[str, object] = answer.json()["attachment"]
    return attachment


def main() -> None:
    """Run the measurement."""
    size = int(os.environ.get("LIANDONG_FILE_MB", "1024")) * MIB
    with running_city() as city:
        police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
        taken = police.take("我住采莲路31号，楼下烧烤摊油烟呛人", place="采莲路31号", course="hand_over")
        handover = taken["appeal"]["data"]["handover"]
        hotline.until("handovers", handover, "offered")
        watch = Watch(city)
        begun = time.perf_counter()
        attachment = send_up(police, size)
        say("attachment", "sent up", size / MIB / (time.perf_counter() - begun), "MiB/s", size_mib=size // MIB, load=load())

        digest = str(attachment["digest"])
        files = city.supervisor.home / "nodes" / "hotline" / "files"
        coming, whole = files / "coming" / digest.removeprefix("sha256:"), files / "whole" / digest[7:9] / digest.removeprefix("sha256:")
        begun = time.perf_counter()
        police.act("handovers", handover, "supplement", words="现场录像", attachments=[attachment])
        eventually(lambda: coming.exists() and coming.stat().st_size > size // 3, 600, "a third of it is here")
        have = coming.stat().st_size
        city.supervisor.kill("hotline", "worker")
        eventually(lambda: (coming.exists() and coming.stat().st_size > have + 64 * MIB) or whole.exists(), 600, "it goes on")
        say("attachment", "killed at, goes on", have / MIB, "MiB")
        eventually(whole.exists, 1200, "it is whole")
        say("attachment", "fetched by the other side", size / MIB / (time.perf_counter() - begun), "MiB/s", load=load())
        with whole.open("rb") as file:
            assert "sha256:" + hashlib.file_digest(file, "sha256").hexdigest() == digest
        watch.end()

"""Measure a file of one gibibyte through both ends in this process: stored, cut into sealed pieces, opened, joined, broken off once; with its memory.

Without nodes, HTTP and database: what is left is what the files themselves cost. ``LIANDONG_FILE_MB`` gives another size in MiB.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

from liandong.adapters.crypto.pieces import make_wish, open_piece, read_wish, seal_piece
from liandong.adapters.files.store import FileStore
from tests.bench.attachment import MIB, blocks
from tests.bench.measure import load, say
from tests.fuzz.nodes import PEERS

__all__ = ["main"]


class Film:
    """A source that makes its bytes as they are read."""

    def __init__(self, size: int) -> None:
        self._blocks = blocks(size)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most ``size``."""
        if not self._rest:
            self._rest = next(self._blocks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def resident() -> float:
    """Return the memory this process holds, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / MIB


def main() -> None:
    """Run the measurement."""
    size = int(os.environ.get("LIANDONG_FILE_MB", "1024")) * MIB
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as place:
        here, there = FileStore(Path(place) / "here"), FileStore(Path(place) / "there")
        before = most = resident()
        begun = time.perf_counter()
        upload = here.begin("现场录像.mp4", size, "video/mp4")
        here.append(upload.id, 0, Film(size))  # type: ignore[arg-type]
        digest = str(here.finish(upload.id)["digest"])
        most = max(most, resident())
        say("attachment_store", "stored", size / MIB / (time.perf_counter() - begun), "MiB/s", size_mib=size // MIB, load=load())
        begun, whole, broken_off = time.perf_counter(), False, False
        while not whole:
            offset = there.coming(digest)
            if offset > size // 2 and not broken_off:
                # Who fetches dies: another process knows only what lies on disk.
                there, broken_off = FileStore(Path(place) / "there"), True
                say("attachment_store", "broken off, goes on from", there.coming(digest) / MIB, "MiB")
            wish = read_wish(make_wish(PEERS.police, "hotline", digest, offset), PEERS.hotline)
            sealed = seal_piece(PEERS.hotline, wish, here.piece(digest, wish.offset, wish.length))
            whole = there.add(digest, offset, open_piece(sealed, PEERS.police, "hotline", digest, offset), size)
            most = max(most, resident())
        say("attachment_store", "fetched, sealed and opened", size / MIB / (time.perf_counter() - begun), "MiB/s", load=load())
        say("attachment_store", "memory at most", most, "MiB", before=round(before, 1))


if __name__ == "__main__":
    main()

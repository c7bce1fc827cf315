"""UUIDv7 (RFC 9562): ids that sort by the time they were made."""

from __future__ import annotations

import os
import threading
import time

from liandong.domain.journal.facts import StreamId

__all__ = ["TimeOrderedIds", "uuid7"]

_lock = threading.Lock()
_last = 0


def uuid7() -> str:
    """Return a fresh UUIDv7 in text form; within one process each sorts after the one before it."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of the fraction, which never go back.
        tick = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = tick
    milliseconds, fraction = tick >> 12, tick & 0xFFF
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7000 << 64 | fraction << 64 | tail
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class TimeOrderedIds:
    """The port ``Ids``."""

    def new(self) -> StreamId:
        """Return a fresh UUIDv7."""
        return StreamId(uuid7())

"""Ids that count: UUIDv7 in form and in order, the same in every run."""

from __future__ import annotations

import threading

from liandong.domain.journal.facts import StreamId

__all__ = ["CountedIds"]


class CountedIds:
    """The port ``Ids``.

    Parameters:
        series: tells the nodes of one test apart; 0 to 65535.
    """

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._last = 0
        self._lock = threading.Lock()

    def new(self) -> StreamId:
        """Return the next id."""
        with self._lock:
            self._last += 1
            count = self._last
        text = f"{count:012x}7000b{self._series & 0xFFFF:04x}{count & 0x7FFFFFFFFFF:011x}"[:32]
        return StreamId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")

"""What units of work of one transaction are going to write, gathered so that it is written by one call (ADR 0039).

Whoever asks the database for something that waits here has it written first, so that nobody sees less than was decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import DatabaseError

from liandong.adapters.postgres.prepared import ask
from liandong.adapters.postgres.writing import write
from liandong.application.ports import NotTogether
from liandong.domain.journal.facts import StreamId, StreamKind

__all__ = ["Gathered"]

NEXT_NUMBERS = "SELECT liandong_next_number(%s, %s) FROM generate_series(1, %s::int)"
KNOWN_KEYS = "SELECT key, id::text FROM stream WHERE key = ANY(%s::text[])"
PARTS = ("streams", "journal", "clocks", "keys", "messages")


class Gathered:
    """What waits to be written in the transaction of this thread's connection.

    Parameters:
        appeals: how many numbers of appeals will be asked for, to be taken at once; what is left over is a gap, as numbers may have.
        keys: of sources that are going to be asked for, to be looked up at once.
    """

    def __init__(self, appeals: int = 0, keys: Collection[str] = ()) -> None:
        self._work: dict[str, list[Any]] = {part: [] for part in PARTS}
        self._streams: set[StreamId] = set()
        self._recalled: set[int] = set()
        self._appeals = appeals
        self._numbers: dict[tuple[StreamKind, str], list[int]] = {}
        self._unasked = list(keys)
        #: Key of a source → who was taken under it, or None where nobody was.
        self._keys: dict[str, StreamId | None] = {}

    def add(self, work: Mapping[str, Sequence[Any]], keys: Mapping[str, StreamId]) -> None:
        """Keep rows as ``write`` takes them, and who was taken under which key of a source."""
        for part, rows in work.items():
            self._work[part].extend(rows)
        self._streams.update(row["id"] for row in work["streams"])
        self._streams.update(row["appeal"] for row in work["streams"] if row["appeal"])
        self._streams.update(row["stream"] for row in work["clocks"])
        self._recalled.update(row["key"] for row in work["keys"])
        self._keys.update(keys)

    def write(self) -> None:
        """Write what waits. Raises DatabaseError as ``writing.write`` does."""
        work, self._work = self._work, {part: [] for part in PARTS}
        self._streams, self._recalled = set(), set()
        write(work)

    def settle(self, *, streams: Iterable[StreamId] | None = None, recalled: Iterable[int] | None = None) -> None:
        """Have written what a question would miss.

        Parameters:
            streams, recalled: what is asked about, records with what belongs to them, or look-up keys; without either, everything.

        Raises:
            NotTogether: it cannot be written.
        """
        if not any(self._work.values()):
            return
        if streams is not None and self._streams.isdisjoint(streams):
            return
        if recalled is not None and self._recalled.isdisjoint(recalled):
            return
        try:
            self.write()
        except DatabaseError as failure:
            raise NotTogether from failure

    def number(self, kind: StreamKind, day: str) -> int:
        """Return the next number of a kind and day."""
        waiting = self._numbers.setdefault((kind, day), [])
        if not waiting:
            many = max(self._appeals, 1) if kind == StreamKind.APPEAL else 1
            self._appeals = 0
            waiting.extend(row[0] for row in ask(NEXT_NUMBERS, [kind.value, day, many]))
            waiting.reverse()
        return waiting.pop()

    def by_key(self, key: str, otherwise: Callable[[str], StreamId | None]) -> StreamId | None:
        """Return who was taken under a key of a source; ``otherwise`` asks for one that nobody said would be asked for."""
        if key in self._keys:
            return self._keys[key]
        if key in self._unasked:
            self._keys.update(dict.fromkeys(self._unasked))
            self._keys.update((row[0], StreamId(row[1])) for row in ask(KNOWN_KEYS, [self._unasked]))
            self._unasked = []
            return self._keys[key]
        return otherwise(key)

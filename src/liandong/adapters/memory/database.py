"""The tables of a node in memory: streams, journal, outbox, jobs. Written only by ``MemoryUnitOfWork``."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from liandong.domain.clocks import KeptClock
from liandong.domain.consultations.rulings import KeptRuling
from liandong.domain.journal.chain import Break, Entry, verify_chain
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState

__all__ = ["Job", "MemoryDatabase", "Row", "Sent"]


@dataclass(frozen=True, slots=True)
class Row:
    """A stream as it stands."""

    state: StreamState
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the outbox, with its place among those of its stream to its peer, from 1."""

    peer: str
    stream: StreamId
    seq: int
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A time-out that was deferred."""

    name: str
    at: datetime
    arguments: Mapping[str, Any]


@dataclass(slots=True)
class MemoryDatabase:
    """What one node keeps.

    Concurrency: ``lock`` is held while a unit of work commits; reading takes whole values and needs none.
    """

    rows: dict[StreamId, Row] = field(default_factory=dict)
    journal: list[tuple[StreamKind, Entry]] = field(default_factory=list)
    outbox: list[Sent] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    #: look-up key -> (when, appeal), in the order they were remembered.
    repeat_keys: dict[int, dict[tuple[datetime, StreamId], None]] = field(default_factory=dict)
    #: (kind, appeal) -> streams written down for it.
    belonging: dict[tuple[StreamKind, str], set[StreamId]] = field(default_factory=dict)
    #: (peer, stream) -> messages put into the outbox so far.
    told: dict[tuple[str, StreamId], int] = field(default_factory=dict)
    #: Streams whose clocks were written since somebody last looked and emptied this.
    clocks_moved: set[StreamId] = field(default_factory=set)
    clocks: dict[StreamId, tuple[KeptClock, ...]] = field(default_factory=dict)
    rulings: dict[str, KeptRuling] = field(default_factory=dict)
    keys: dict[str, StreamId] = field(default_factory=dict)
    numbers: set[tuple[StreamKind, str]] = field(default_factory=set)
    #: (kind, day) -> last count given; moves outside transactions, as a sequence does.
    counts: dict[tuple[StreamKind, str], int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def kept(self) -> dict[str, Any]:
        """Return a copy of what a transaction writes, for ``take_back``."""
        return {
            each.name: {key: copy(value) for key, value in held.items()} if isinstance(held := getattr(self, each.name), dict) else copy(held)
            for each in fields(self)
            if each.name not in ("lock", "counts")
        }

    def take_back(self, kept: Mapping[str, Any]) -> None:
        """Make it what it was when ``kept`` was called."""
        for name, value in kept.items():
            setattr(self, name, value)

    def state(self, stream: StreamId) -> StreamState:
        """Return where a stream stands. Raises ``KeyError``."""
        return self.rows[stream].state

    def of_kind(self, kind: StreamKind) -> list[StreamState]:
        """Return the streams of a kind, in the order they were opened."""
        return [row.state for row in self.rows.values() if row.state.kind == kind]

    def entries(self, stream: StreamId) -> list[Entry]:
        """Return the journal of a stream, oldest first."""
        return [entry for _, entry in self.journal if entry.stream == stream]

    def names(self, stream: StreamId) -> list[str]:
        """Return the names of a stream's facts, oldest first."""
        return [entry.fact.name for entry in self.entries(stream)]

    def broken(self) -> list[Break]:
        """Return where chains do not hold; empty when all is well."""
        found = (verify_chain(self.entries(stream), row.state.head, row.state.seq) for stream, row in self.rows.items())
        return [each for each in found if each is not None]

    def snapshot(self) -> tuple[int, int, int, tuple[tuple[StreamId, int, str], ...]]:
        """Return what a refused command must leave as it was."""
        streams = tuple(sorted((stream, row.state.seq, row.state.head) for stream, row in self.rows.items()))
        return len(self.journal), len(self.outbox), len(self.jobs), streams

"""The ports ``UnitOfWork`` and ``Work`` in memory: gathered, then written under one lock, or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from liandong.adapters.memory.database import Job, MemoryDatabase, Row, Sent
from liandong.application.numbers import number_of
from liandong.application.outline import outline_of
from liandong.application.ports import Message, NotTogether, Recalled
from liandong.application.shared_streams import is_shared
from liandong.domain.clocks import KeptClock
from liandong.domain.consultations.rulings import KeptRuling
from liandong.domain.errors import LiandongError, StreamConflict, StreamNotFound, StreamOfOtherKind
from liandong.domain.journal.chain import Entry, seal
from liandong.domain.journal.facts import Fact, StreamId, StreamKind, StreamState

__all__ = ["MemoryUnitOfWork", "MemoryWork"]


def _stored(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what comes back out of a database that keeps JSON. Raises ``TypeError`` for what it cannot keep."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(value), ensure_ascii=False, allow_nan=False))
    return stored


def _of_kind(state: StreamState, kind: StreamKind) -> StreamState:
    if state.kind != kind:
        raise StreamOfOtherKind(id=state.id)
    return state


def _recalled(row: Row, keys: frozenset[int]) -> Recalled:
    data, outline = row.state.data, outline_of(row.state)
    root = str(next(iter(data.get("links", ())), ""))
    repeats = int(data.get("repeat_count", 0))
    return Recalled(
        row.state.id, outline.number, row.opened_at, row.state.phase, outline.summary, outline.item, outline.phone, keys, root, repeats
    )


class MemoryUnitOfWork:
    """The port ``UnitOfWork``.

    Parameters:
        database: of the node.
        zone: the city's, for the day in human numbers.
        mark: this node's letters in numbers that other nodes hold too.
        among: it is one of several that are committed together; see ``Work.together``.
    """

    def __init__(self, database: MemoryDatabase, zone: ZoneInfo, mark: str = "", *, among: bool = False) -> None:
        self._among = among
        self._database = database
        self._mark = mark
        self._zone = zone
        #: stream -> (sequence number as loaded, state as it will be written, opened, updated).
        self._held: dict[StreamId, tuple[int, StreamState, datetime | None, datetime | None]] = {}
        self._entries: list[tuple[StreamKind, Entry]] = []
        self._messages: list[Message] = []
        self._jobs: list[Job] = []
        self._remembered: list[tuple[int, datetime, StreamId]] = []
        self._clocks: dict[StreamId, tuple[KeptClock, ...]] = {}
        self._rulings: dict[str, KeptRuling] = {}
        self._begun = False

    def __enter__(self) -> Self:
        self._begun = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._begun = False
        if error is None:
            try:
                with self._database.lock:
                    self._commit()
            except StreamConflict as conflict:
                if self._among:
                    raise NotTogether from conflict
                raise
        elif self._among and (isinstance(error, StreamConflict) or (isinstance(error, LiandongError) and self._jobs)):
            raise NotTogether from error

    def load(self, kind: StreamKind, stream: StreamId) -> StreamState:
        held = self._held.get(stream)
        if held is not None:
            return _of_kind(held[1], kind)
        row = self._database.rows.get(stream)
        if row is None:
            raise StreamNotFound(id=stream)
        _of_kind(row.state, kind)
        state = replace(row.state, data=_stored(row.state.data))
        self._held[stream] = (state.seq, state, row.opened_at, None)
        return state

    def foresee(self, streams: Sequence[StreamId], keys: Sequence[str] = ()) -> Sequence[StreamState]:
        named = [each for each in map(self.by_key, keys) if each is not None]
        known = [each for each in dict.fromkeys((*streams, *named)) if each in self._held or each in self._database.rows]
        return [self.load(self._held[each][1].kind if each in self._held else self._database.rows[each].state.kind, each) for each in known]

    def append(self, before: StreamState, facts: Sequence[Fact], after: StreamState) -> StreamState:
        assert self._begun, "a unit of work is used inside its with block"
        seq, head = before.seq, before.head
        for fact in facts:
            entry = seal(before.id, seq + 1, fact, head)
            self._entries.append((before.kind, entry))
            seq, head = entry.seq, entry.hash
        sealed = replace(after, seq=seq, head=head)
        loaded, _, opened, _ = self._held.get(before.id, (0, before, facts[-1].at, None))
        self._held[before.id] = (loaded, sealed, opened, facts[-1].at)
        return sealed

    def send(self, message: Message) -> None:
        assert self._entries, "a message follows from a fact"
        self._messages.append(message)

    def defer(self, name: str, at: datetime, arguments: Mapping[str, Any]) -> None:
        self._jobs.append(Job(name, at, _stored(arguments)))

    def facts(self, state: StreamState) -> Sequence[Fact]:
        entries = (*(entry for _, entry in self._database.journal), *(entry for _, entry in self._entries))
        return [entry.fact for entry in entries if entry.stream == state.id]

    def told(self, names: Sequence[str], since: datetime, until: datetime) -> Sequence[StreamId]:
        written = [*self._database.journal, *self._entries]
        return list(dict.fromkeys(entry.stream for _, entry in written if entry.fact.name in names and since <= entry.fact.at < until))

    def hot_items(self, since: datetime, until: datetime, most: int) -> Sequence[tuple[str, int]]:
        rows = [row for row in self._database.rows.values() if row.state.kind == StreamKind.APPEAL and since <= row.opened_at < until]
        counted = Counter(outline_of(row.state).item for row in rows if row.state.data.get("channel") != "linkage")
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:most]

    def clocks(self, state: StreamState) -> tuple[KeptClock, ...]:
        return self._clocks.get(state.id, self._database.clocks.get(state.id, ()))

    def keep_clocks(self, state: StreamState, clocks: Sequence[KeptClock]) -> None:
        self._clocks[state.id] = tuple(clocks)

    def number(self, kind: StreamKind, at: datetime) -> str:
        day = at.astimezone(self._zone).strftime("%Y%m%d")
        with self._database.lock:
            count = self._database.counts[kind, day] = self._database.counts.get((kind, day), 0) + 1
        return number_of(kind, day, count, self._mark if is_shared(kind) else "")

    def remember(self, appeal: StreamId, keys: Sequence[int], at: datetime) -> None:
        self._remembered += [(key, at, appeal) for key in keys]

    def recall(self, keys: Mapping[int, int], since: datetime, most: int = 40) -> Sequence[Recalled]:
        found: dict[StreamId, set[int]] = {}
        newest: dict[StreamId, datetime] = {}
        for key, each in keys.items():
            hits = sorted(((at, appeal) for at, appeal in self._database.repeat_keys.get(key, ()) if at >= since), reverse=True)
            for at, appeal in hits[:each]:
                found.setdefault(appeal, set()).add(key)
                newest[appeal] = max(at, newest.get(appeal, at))
        first = sorted(found, key=lambda appeal: (len(found[appeal]), newest[appeal]), reverse=True)[:most]
        return [_recalled(self._database.rows[appeal], frozenset(found[appeal])) for appeal in first]

    def count(self, key: int, since: datetime, most: int = 1000) -> int:
        return min(most, len({appeal for at, appeal in self._database.repeat_keys.get(key, ()) if at >= since}))

    def hold(self, key: int) -> None:
        assert self._begun, "a key is held inside a unit of work"

    def keep_ruling(self, ruling: KeptRuling) -> None:
        self._rulings[ruling.code] = replace(ruling, data=_stored(ruling.data))

    def rulings(self) -> Sequence[KeptRuling]:
        return list((self._database.rulings | self._rulings).values())

    def by_number(self, kind: StreamKind, number: str) -> StreamId | None:
        rows = self._database.rows.values()
        return next((row.state.id for row in rows if row.state.kind == kind and row.state.data.get("number") == number), None)

    def belonging(self, kind: StreamKind, appeal: StreamId) -> Sequence[StreamId]:
        rows = [self._database.rows[each] for each in self._database.belonging.get((kind, appeal), ())]
        return [row.state.id for row in sorted(rows, key=lambda row: (row.opened_at, row.state.id), reverse=True)]

    def by_key(self, key: str) -> StreamId | None:
        for _, state, _, _ in self._held.values():
            if outline_of(state).key == key:
                return state.id
        return self._database.keys.get(key)

    def _commit(self) -> None:
        database = self._database
        changed = [each for each in self._held.values() if each[1].seq != each[0]]
        for loaded, state, _, _ in changed:
            self._check(loaded, state)
        journal = [(kind, replace(entry, fact=replace(entry.fact, data=_stored(entry.fact.data)))) for kind, entry in self._entries]
        for _, state, opened, updated in changed:
            assert opened is not None and updated is not None
            outline = outline_of(state)
            database.rows[state.id] = Row(replace(state, data=_stored(state.data)), opened, updated)
            database.numbers.add((state.kind, outline.number))
            if outline.appeal:
                database.belonging.setdefault((state.kind, outline.appeal), set()).add(state.id)
            if outline.key is not None:
                database.keys[outline.key] = state.id
        database.journal += journal
        for message in self._messages:
            place = database.told[message.peer, message.stream] = database.told.get((message.peer, message.stream), 0) + 1
            database.outbox.append(Sent(message.peer, message.stream, place, message.type, _stored(message.body)))
        database.jobs += self._jobs
        database.clocks |= self._clocks
        database.clocks_moved.update(self._clocks)
        database.rulings |= self._rulings
        for key, at, appeal in self._remembered:
            database.repeat_keys.setdefault(key, {})[at, appeal] = None

    def _check(self, loaded: int, state: StreamState) -> None:
        """Refuse what another unit of work has overtaken, or what is unique and taken."""
        row = self._database.rows.get(state.id)
        if (row.state.seq if row else 0) != loaded:
            raise StreamConflict()
        if loaded:
            return
        outline = outline_of(state)
        if outline.key is not None and outline.key in self._database.keys:
            raise StreamConflict()
        if (state.kind, outline.number) in self._database.numbers:
            raise StreamConflict("number.taken")


class MemoryWork:
    """The port ``Work``.

    Parameters:
        database: of the node; a new one where none is given.
        zone: IANA name of the city's timezone.
        mark: this node's letters in numbers that other nodes hold too.
    """

    def __init__(self, database: MemoryDatabase | None = None, zone: str = "Asia/Shanghai", mark: str = "") -> None:
        self.database = database if database is not None else MemoryDatabase()
        self._zone = ZoneInfo(zone)
        self._mark = mark

    def __call__(self) -> MemoryUnitOfWork:
        """Return a unit of work that has not begun."""
        return MemoryUnitOfWork(self.database, self._zone, self._mark)

    @contextmanager
    def together(self, appeals: int = 0, keys: Sequence[str] = ()) -> Iterator[Callable[[], MemoryUnitOfWork]]:
        """Open units of work that are committed together."""
        with self.database.lock:
            before = self.database.kept()
            try:
                yield lambda: MemoryUnitOfWork(self.database, self._zone, self._mark, among=True)
            except BaseException:
                self.database.take_back(before)
                raise

"""One transaction: facts, projections, outbox and deferred jobs together, or nothing.

Everything is gathered and written at the end by one call of ``liandong_write``, so that locks are short; of units of work that are
committed together, what all of them have gathered (``gathered.py``).

Concurrency: rows of streams are written with ``WHERE seq = <as loaded>``; who finds none raises ``StreamConflict``. The unique
``(stream, seq)`` of the journal is the second lock on the same door.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import orjson
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, connection, transaction

from liandong.adapters.postgres.bell import bell
from liandong.adapters.postgres.constraints import translated
from liandong.adapters.postgres.gathered import Gathered
from liandong.adapters.postgres.prepared import array, ask
from liandong.adapters.postgres.rulings import keep_ruling, read_rulings
from liandong.adapters.postgres.timers import CLOCKS_OF, clock_rows, kept_of, read_clocks
from liandong.adapters.postgres.writing import message_row
from liandong.application.numbers import number_of
from liandong.application.outline import KEYED, outline_of
from liandong.application.ports import Message, NotTogether, Recalled
from liandong.application.shared_streams import is_shared
from liandong.domain.clocks import KeptClock, Rulebook
from liandong.domain.consultations.rulings import KeptRuling
from liandong.domain.errors import InvalidInput, LiandongError, StreamConflict, StreamNotFound, StreamOfOtherKind
from liandong.domain.journal.chain import Entry, seal
from liandong.domain.journal.facts import Actor, Fact, StreamId, StreamKind, StreamState

__all__ = ["CHANGED", "OUTBOX", "PostgresUnitOfWork", "PostgresWork"]

#: NOTIFY channels: a stream changed; something waits for a peer.
CHANGED, OUTBOX = "liandong_changed", "liandong_outbox"

FORESEE = "SELECT id::text, kind, phase, seq, data, head, opened_at, key FROM stream WHERE "
FORESEE_STREAMS, FORESEE_KEYS = FORESEE + "id = ANY(%s::uuid[])", FORESEE + "key = ANY(%s::text[])"
#: Of each key the newest few, so that a key that half the city shares costs what any other does.
RECALL = """
WITH hit AS MATERIALIZED (
    SELECT found.appeal, array_agg(DISTINCT wanted.key) AS keys
    FROM unnest(%s::bigint[], %s::int[]) AS wanted(key, most)
    CROSS JOIN LATERAL (SELECT appeal, at FROM repeat_key WHERE key = wanted.key AND at >= %s::timestamptz ORDER BY at DESC LIMIT wanted.most) AS found
    GROUP BY found.appeal ORDER BY count(DISTINCT wanted.key) DESC, max(found.at) DESC LIMIT %s::int)
SELECT stream.id::text, number, opened_at, phase, summary, item, phone, hit.keys,
       coalesce(data->'links'->>0, ''), coalesce((data->>'repeat_count')::int, 0)
FROM hit JOIN stream ON stream.id = hit.appeal"""
#: Two batches may hold what the other wants: the longest that one waits before it is undone and taken one by one.
PATIENCE = "'300ms'"
BELONGING = "SELECT id::text FROM stream WHERE appeal = %s AND kind = %s ORDER BY opened_at DESC, id DESC"
COUNT_KEY = "SELECT count(*) FROM (SELECT DISTINCT appeal FROM repeat_key WHERE key = %s AND at >= %s LIMIT %s) AS found"
HOT_ITEMS = """
SELECT item, count(*) AS many FROM stream WHERE kind = 'appeal' AND opened_at >= %s AND opened_at < %s AND coalesce(data->>'channel', '') <> 'linkage'
GROUP BY item ORDER BY many DESC, item LIMIT %s"""


@dataclass(slots=True)
class _Held:
    """A stream as loaded and as it will be written."""

    loaded_seq: int
    state: StreamState
    opened_at: datetime
    updated_at: datetime
    unit: str = ""


@dataclass(slots=True)
class _HeldClocks:
    """The clocks of a record as loaded and as they will be written."""

    before: tuple[KeptClock, ...]
    now: tuple[KeptClock, ...]


class PostgresUnitOfWork:
    """The port ``UnitOfWork`` on Django's connection of this thread.

    Parameters:
        zone: the city's, for the day in human numbers.
        mark: this node's letters in numbers that other nodes hold too.
        defer: defers a job on the same connection: name, aware time, arguments.
        rulebook: the city's clocks, to read kept ones with their rules.
        among: what those before it in a transaction that has begun have gathered: it is one of several; see ``Work.together``.
    """

    def __init__(
        self,
        zone: ZoneInfo,
        defer: Callable[[str, datetime, Mapping[str, Any]], None],
        mark: str = "",
        rulebook: Rulebook | None = None,
        *,
        among: Gathered | None = None,
    ) -> None:
        self._among = among is not None
        self._gathered = among or Gathered()
        self._deferred = False
        self._zone = zone
        self._mark = mark
        self._defer = defer
        self._rulebook = rulebook or Rulebook()
        self._clocks: dict[StreamId, _HeldClocks] = {}
        self._held: dict[StreamId, _Held] = {}
        self._entries: list[tuple[StreamKind, Entry]] = []
        self._messages: list[tuple[Message, datetime]] = []
        self._keys: dict[str, StreamId | None] = {}
        #: Rows of clocks that were read ahead; a stream without any has none.
        self._foreseen: dict[StreamId, list[tuple[Any, ...]]] = {}
        self._absent: set[StreamId] = set()
        self._recalled: dict[tuple[datetime, StreamId], list[int]] = {}
        self._atomic: Any = None
        self._latest: datetime | None = None

    def __enter__(self) -> Self:
        if not self._among:
            self._atomic = transaction.atomic()
            self._atomic.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._among:
            self._end_among(error)
            return
        if error is not None:
            self._atomic.__exit__(kind, error, trace)
            if isinstance(error, DataError):
                raise _meaning(error) from error
            return
        try:
            self._write()
        except BaseException as failure:
            self._atomic.__exit__(type(failure), failure, failure.__traceback__)
            raise _meaning(failure) from failure
        self._atomic.__exit__(None, None, None)

    def _end_among(self, error: BaseException | None) -> None:
        if error is None:
            try:
                self._write()
            except LiandongError as failure:
                raise NotTogether from failure
        elif isinstance(error, DatabaseError | StreamConflict) or (isinstance(error, LiandongError) and self._deferred):
            raise NotTogether from error

    def load(self, kind: StreamKind, stream: StreamId) -> StreamState:
        held = self._held.get(stream)
        if held is not None:
            return _of_kind(held.state, kind)
        self._gathered.settle(streams=(stream,))
        rows = [] if stream in self._absent else ask("SELECT phase, seq, data, head, opened_at, kind FROM stream WHERE id = %s", [stream])
        if not rows:
            raise StreamNotFound(id=stream)
        row = rows[0]
        data = _plain(row[2])
        state = _of_kind(StreamState(StreamKind(row[5]), stream, row[0], row[1], data, row[3]), kind)
        self._held[stream] = _Held(row[1], state, row[4], row[4], str(data.get("unit", "")))
        return state

    def foresee(self, streams: Sequence[StreamId], keys: Sequence[str] = ()) -> Sequence[StreamState]:
        wanted = [each for each in streams if each not in self._held]
        unknown = [each for each in keys if each not in self._keys]
        self._gathered.settle()
        rows = ask(FORESEE_STREAMS, [array(wanted)]) if wanted else []
        found = {row[0]: row for row in (*rows, *(ask(FORESEE_KEYS, [unknown]) if unknown else ()))}
        self._keys.update(dict.fromkeys(unknown))
        self._absent.update(each for each in wanted if each not in found)
        for id_, kind, phase, seq, data, head, opened_at, key in found.values():
            if key is not None:
                self._keys[key] = id_
            if id_ not in self._held:
                state = StreamState(StreamKind(kind), StreamId(id_), phase, seq, _plain(data), head)
                self._held[state.id] = _Held(seq, state, opened_at, opened_at, str(state.data.get("unit", "")))
        if found:
            self._foreseen.update((each, []) for each in found)
            for row in ask(CLOCKS_OF, [array(found)]):
                self._foreseen[row[0]].append(row[1:])
        named = [each for each in (self._keys[key] for key in keys) if each is not None]
        return [self._held[each].state for each in dict.fromkeys((*streams, *named)) if each in self._held]

    def append(self, before: StreamState, facts: Sequence[Fact], after: StreamState) -> StreamState:
        seq, head = before.seq, before.head
        for fact in facts:
            entry = seal(before.id, seq + 1, fact, head)
            self._entries.append((before.kind, entry))
            seq, head = entry.seq, entry.hash
        sealed = replace(after, seq=seq, head=head)
        held = self._held.get(before.id)
        at = facts[-1].at
        self._latest = at
        if held is None:
            held = self._held[before.id] = _Held(0, sealed, at, at)
        held.state, held.updated_at = sealed, at
        key = sealed.data.get("key")
        if key and sealed.kind in KEYED:
            self._keys[str(key)] = sealed.id
        return sealed

    def send(self, message: Message) -> None:
        at = self._latest
        assert at is not None, "a message follows from a fact"
        self._messages.append((message, at))

    def defer(self, name: str, at: datetime, arguments: Mapping[str, Any]) -> None:
        self._defer(name, at, arguments)
        self._deferred = True

    def facts(self, state: StreamState) -> Sequence[Fact]:
        self._gathered.settle()
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, actor, at, data FROM journal WHERE stream = %s ORDER BY seq", [state.id])
            rows = cursor.fetchall()
        told = [Fact(name, Actor.from_dict(_plain(actor)), at, _plain(data)) for name, actor, at, data in rows]
        return [*told, *(entry.fact for _, entry in self._entries if entry.stream == state.id)]

    def told(self, names: Sequence[str], since: datetime, until: datetime) -> Sequence[StreamId]:
        self._gathered.settle()
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT stream FROM journal WHERE name = ANY(%s) AND at >= %s AND at < %s", [list(names), since, until])
            found = {StreamId(str(row[0])): None for row in cursor.fetchall()}
        return list(
            found | {entry.stream: None for _, entry in self._entries if entry.fact.name in names and since <= entry.fact.at < until}
        )

    def hot_items(self, since: datetime, until: datetime, most: int) -> Sequence[tuple[str, int]]:
        self._gathered.settle()
        with connection.cursor() as cursor:
            cursor.execute(HOT_ITEMS, [since, until, most])
            return [(str(item), int(many)) for item, many in cursor.fetchall()]

    def clocks(self, state: StreamState) -> tuple[KeptClock, ...]:
        return self._clocks_of(state).now

    def keep_clocks(self, state: StreamState, clocks: Sequence[KeptClock]) -> None:
        self._clocks_of(state).now = tuple(clocks)

    def _clocks_of(self, state: StreamState) -> _HeldClocks:
        held = self._clocks.get(state.id)
        if held is None:
            stream = self._held.get(state.id)
            found: tuple[KeptClock, ...] = ()
            if stream is None or stream.loaded_seq:
                found = self._read_clocks(state.id)
            held = self._clocks[state.id] = _HeldClocks(found, found)
        return held

    def _read_clocks(self, stream: StreamId) -> tuple[KeptClock, ...]:
        foreseen = self._foreseen.get(stream)
        if foreseen is not None:
            return tuple(kept_of(row, self._rulebook) for row in foreseen)
        self._gathered.settle(streams=(stream,))
        return read_clocks(stream, self._rulebook)

    def number(self, kind: StreamKind, at: datetime) -> str:
        day = at.astimezone(self._zone).strftime("%Y%m%d")
        count = self._gathered.number(kind, day)
        # A number that two nodes hold says which of them gave it; otherwise both would give the same.
        return number_of(kind, day, count, self._mark if is_shared(kind) else "")

    def remember(self, appeal: StreamId, keys: Sequence[int], at: datetime) -> None:
        self._recalled.setdefault((at, appeal), []).extend(keys)

    def recall(self, keys: Mapping[int, int], since: datetime, most: int = 40) -> Sequence[Recalled]:
        if not keys:
            return ()
        self._gathered.settle(recalled=keys)
        rows = ask(RECALL, [array(keys), array(keys.values()), since, most])
        return [Recalled(StreamId(row[0]), *row[1:7], frozenset(row[7]), row[8], row[9]) for row in rows]

    def count(self, key: int, since: datetime, most: int = 1000) -> int:
        self._gathered.settle(recalled=(key,))
        with connection.cursor() as cursor:
            cursor.execute(COUNT_KEY, [key, since, most])
            return int(cursor.fetchone()[0])

    def hold(self, key: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

    def keep_ruling(self, ruling: KeptRuling) -> None:
        keep_ruling(ruling)

    def rulings(self) -> Sequence[KeptRuling]:
        return read_rulings()

    def by_number(self, kind: StreamKind, number: str) -> StreamId | None:
        self._gathered.settle()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM stream WHERE kind = %s AND number = %s", [kind.value, number])
            row = cursor.fetchone()
        return None if row is None else StreamId(str(row[0]))

    def belonging(self, kind: StreamKind, appeal: StreamId) -> Sequence[StreamId]:
        self._gathered.settle(streams=(appeal,))
        return [StreamId(row[0]) for row in ask(BELONGING, [appeal, kind.value])]

    def by_key(self, key: str) -> StreamId | None:
        if key in self._keys:
            return self._keys[key]
        return self._gathered.by_key(key, _by_key)

    def _write(self) -> None:
        if not self._entries and not self._clocks:
            return
        changed = [held for held in self._held.values() if held.state.seq != held.loaded_seq]
        work: dict[str, Any] = {
            # Always in the same order, so that two transactions cannot wait for each other.
            "streams": [_stream_row(held) for held in sorted(changed, key=lambda each: each.state.id)],
            "journal": [_journal_row(kind, entry) for kind, entry in self._entries],
            "clocks": list(self._clock_rows()),
            "keys": [{"key": key, "at": at, "appeal": appeal} for (at, appeal), keys in self._recalled.items() for key in keys],
            "messages": [message_row(each, at) for each, at in self._messages],
        }
        taken = {row["key"]: row["id"] for row in work["streams"] if row["key"]}
        self._gathered.add(work, taken)
        if not self._among:
            self._gathered.write()
        bell.after_commit(self._rings(changed))

    def _clock_rows(self) -> Iterator[dict[str, Any]]:
        for stream in sorted(self._clocks):
            clocks, held = self._clocks[stream], self._held[stream]
            anew = any(entry.stream == stream and entry.fact.name == "DeadlineMoved" for _, entry in self._entries)
            yield from clock_rows(held.state, clocks.before, clocks.now, held.unit, self._rulebook, anew=anew)

    def _rings(self, changed: Sequence[_Held]) -> list[tuple[str, str]]:
        """Return what is told after the commit: what changed, and for whom something waits."""
        rings = []
        for held in changed:
            state = held.state
            told = {
                "id": state.id,
                "kind": state.kind.value,
                "number": state.data.get("number", ""),
                "phase": state.phase,
                "appeal": state.id if state.kind == StreamKind.APPEAL else state.data.get("appeal", ""),
                "unit": state.data.get("unit", ""),
                "seq": state.seq,
            }
            if state.kind in (StreamKind.ALERT, StreamKind.CONSULTATION, StreamKind.WHISTLE):
                told["units"] = list(state.data.get("lines", {}))
            elif state.data.get("parts"):
                told["units"] = list(state.data["parts"])
            rings.append((CHANGED, json.dumps(told, ensure_ascii=False)))
        return [*rings, *((OUTBOX, peer) for peer in sorted({message.peer for message, _ in self._messages}))]


def _stream_row(held: _Held) -> dict[str, Any]:
    state, outline = held.state, outline_of(held.state)
    return {
        "loaded": held.loaded_seq, "id": state.id, "kind": state.kind.value, "number": outline.number, "phase": state.phase, "seq": state.seq,
        "head": state.head, "data": state.data, "appeal": outline.appeal, "urgent": outline.urgent, "side": outline.side, "item": outline.item,
        "unit": outline.unit, "summary": outline.summary, "place": outline.place, "phone": outline.phone, "key": outline.key,
        "opened_at": held.opened_at, "updated_at": held.updated_at,
    }  # fmt: skip


def _journal_row(kind: StreamKind, entry: Entry) -> dict[str, Any]:
    fact = entry.fact
    return {
        "stream": entry.stream, "kind": kind.value, "seq": entry.seq, "name": fact.name, "actor": fact.actor.as_dict(), "at": fact.at,
        "data": fact.data, "before": entry.before, "hash": entry.hash,
    }  # fmt: skip


def _by_key(key: str) -> StreamId | None:
    rows = ask("SELECT id::text FROM stream WHERE key = %s", [key])
    return StreamId(rows[0][0]) if rows else None


def _of_kind(state: StreamState, kind: StreamKind) -> StreamState:
    if state.kind != kind:
        raise StreamOfOtherKind(id=state.id)
    return state


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict) else orjson.loads(value)


def _meaning(failure: BaseException) -> BaseException:
    """Return what a database failure means to a person, or itself."""
    if isinstance(failure, IntegrityError):
        return translated(failure) or failure
    if isinstance(failure, OperationalError) and type(failure.__cause__).__name__ in ("DeadlockDetected", "SerializationFailure"):
        return StreamConflict()
    if isinstance(failure, DataError):
        # Trying again never helps: a peer would send it for ever, and everything of it would wait behind.
        return InvalidInput(detail="a value is longer than, or of another form than, what a record can hold")
    return failure


class PostgresWork:
    """The port ``Work``."""

    def __init__(
        self, zone: str, defer: Callable[[str, datetime, Mapping[str, Any]], None], mark: str = "", rulebook: Rulebook | None = None
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._defer = defer
        self._mark = mark
        self._rulebook = rulebook

    def __call__(self) -> PostgresUnitOfWork:
        """Return a unit of work that has not begun."""
        return PostgresUnitOfWork(self._zone, self._defer, self._mark, self._rulebook)

    @contextmanager
    def together(self, appeals: int = 0, keys: Sequence[str] = ()) -> Iterator[Callable[[], PostgresUnitOfWork]]:
        """Open units of work that are committed together; who waits longer than ``PATIENCE`` for somebody else's lock gives way."""
        inside, gathered = connection.in_atomic_block, Gathered(appeals, keys)
        with transaction.atomic():
            _be_patient(PATIENCE)
            yield lambda: PostgresUnitOfWork(self._zone, self._defer, self._mark, self._rulebook, among=gathered)
            gathered.settle()
            if inside:
                _be_patient("DEFAULT")


def _be_patient(how_long: str) -> None:
    """Say how long this transaction waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {how_long}")

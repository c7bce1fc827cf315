"""Prove a node's journal: every chain whole, every row of ``stream`` what its journal says, every ruling what its consultation says.

Reads stream by stream with a server-side cursor, so memory stays flat however long the history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from liandong.adapters.postgres.verify_rulings import ruling_breaks
from liandong.application.current import current_world
from liandong.application.outline import outline_of
from liandong.application.world import MACHINES
from liandong.domain.errors import LocalProtocolError
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import Break, Entry, verify_chain
from liandong.domain.journal.facts import Actor, Fact, StreamId, StreamKind, StreamState

__all__ = ["Verification", "verify_journal", "verify_stream"]

BATCH = 2000
#: Columns of a stream's row, all of which its journal tells; ``kind`` first.
COLUMNS = (
    "kind", "number", "phase", "seq", "head", "data", "appeal", "urgent", "side", "item", "unit", "summary", "place", "phone", "key",
    "opened_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at and what was found."""

    streams: int
    entries: int
    #: number of the stream (or its id), and where it breaks.
    breaks: tuple[tuple[str, Break], ...]


def verify_journal() -> Verification:
    """Return what the whole journal of this node proves, in one snapshot."""
    breaks: list[tuple[str, Break]] = []
    streams = entries = 0
    with transaction.atomic(), connection.cursor() as plain:
        plain.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for stream, rows, row in _streams():
            streams += 1
            entries += len(rows)
            found = _broken(stream, rows, row)
            if found is not None:
                breaks.append((str(row[1]) if row else stream, found))
        plain.execute("SELECT id, number FROM stream s WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.stream = s.id)")
        for stream, number in plain.fetchall():
            breaks.append((number, Break(str(stream), 1, "tail_missing")))
        breaks += ruling_breaks(ZoneInfo(current_world().desk.zone))
    return Verification(streams, entries, tuple(breaks))


def verify_stream(stream: str) -> Break | None:
    """Return where one stream breaks, or None where its chain is whole and its row says what its journal says."""
    with transaction.atomic():
        for name, rows, row in _streams(stream):
            return _broken(name, rows, row)
    return Break(stream, 1, "tail_missing")


def _streams(only: str | None = None) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield (stream id, its entries as read, its row or None), of all streams or of one."""
    query = f"""
    SELECT j.stream, j.seq, j.name, j.actor, j.at, j.data, j.before, j.hash, j.kind, {", ".join("s." + each for each in COLUMNS)}
    FROM journal j LEFT JOIN stream s ON s.id = j.stream WHERE %s::uuid IS NULL OR j.stream = %s::uuid ORDER BY j.stream, j.seq"""
    raw = connection.connection
    with raw.cursor(name="liandong_verify") as cursor:
        cursor.itersize = BATCH
        cursor.execute(query, [only, only])
        for stream, group in groupby(cursor, key=lambda each: each[0]):
            rows = list(group)
            yield str(stream), [row[:9] for row in rows], rows[0][9:] if rows[0][9] else None


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _broken(stream: str, rows: list[Any], row: Any) -> Break | None:
    if row is None:
        return Break(stream, len(rows), "row_missing")
    shown = dict(zip(COLUMNS, row, strict=True))
    entries: list[Entry] = []
    for each in rows:
        try:
            fact = Fact(each[2], Actor.from_dict(_plain(each[3])), each[4], _plain(each[5]))
        except (ValueError, KeyError, TypeError, AttributeError):
            # What no fact can be made of was never written by this program.
            return Break(stream, each[1], "entry_changed")
        if each[8] != shown["kind"]:
            return Break(stream, each[1], "entry_changed")
        entries.append(Entry(StreamId(stream), each[1], fact, each[6], each[7]))
    return verify_chain(entries, shown["head"], shown["seq"]) or _row_differs(stream, entries, shown)


def _row_differs(stream: str, entries: list[Entry], shown: dict[str, Any]) -> Break | None:
    """Compare the row with what the journal says: the state, and every column that lists and look-ups read."""
    try:
        state = StreamState(StreamKind(shown["kind"]), StreamId(stream))
    except ValueError:
        return Break(stream, len(entries), "state_differs")
    for entry in entries:
        state = MACHINES[state.kind].evolve(state, entry.fact)
    outline = asdict(outline_of(state))
    times = {"opened_at": entries[0].fact.at, "updated_at": entries[-1].fact.at}
    wanted = {"phase": state.phase, **outline, **times}
    told = {**shown, "appeal": str(shown["appeal"]) if shown["appeal"] else None}
    try:
        same = canonical(_plain(shown["data"])) == canonical(dict(state.data))
    except LocalProtocolError:
        # A value that no journal can hold, such as a float.
        same = False
    same = same and all(told[name] == value for name, value in wanted.items())
    return None if same else Break(stream, len(entries), "state_differs")

"""Prove a node's journal: every chain whole, every row of ``stream`` what its journal says.

Reads stream by stream with a server-side cursor, so memory stays flat however long the history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from liandong.application.world import MACHINES
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import Break, Entry, verify_chain
from liandong.domain.journal.facts import Actor, Fact, StreamId, StreamKind, StreamState

__all__ = ["Verification", "verify_journal"]

BATCH = 2000


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
    return Verification(streams, entries, tuple(breaks))


def _streams() -> Iterator[tuple[str, list[Entry], Any]]:
    """Yield (stream id, its entries, its row or None)."""
    query = """
    SELECT j.stream, j.seq, j.name, j.actor, j.at, j.data, j.before, j.hash, s.kind, s.number, s.phase, s.seq, s.head, s.data
    FROM journal j LEFT JOIN stream s ON s.id = j.stream ORDER BY j.stream, j.seq"""
    raw = connection.connection
    with raw.cursor(name="liandong_verify") as cursor:
        cursor.itersize = BATCH
        cursor.execute(query)
        for stream, group in groupby(cursor, key=lambda each: each[0]):
            rows = list(group)
            entries = [
                Entry(
                    StreamId(str(each[0])),
                    each[1],
                    Fact(each[2], Actor.from_dict(_plain(each[3])), each[4], _plain(each[5])),
                    each[6],
                    each[7],
                )
                for each in rows
            ]
            yield str(stream), entries, rows[0][8:] if rows[0][8] else None


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _broken(stream: str, entries: list[Entry], row: Any) -> Break | None:
    if row is None:
        return Break(stream, len(entries), "row_missing")
    kind, _, phase, seq, head, data = row
    found = verify_chain(entries, head, seq)
    if found is not None:
        return found
    state = StreamState(StreamKind(kind), StreamId(stream))
    for entry in entries:
        state = MACHINES[state.kind].evolve(state, entry.fact)
    same = state.phase == phase and canonical(dict(state.data)) == canonical(_plain(data))
    return None if same else Break(stream, seq, "state_differs")

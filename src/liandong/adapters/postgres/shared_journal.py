"""What this node holds of the streams it shares with a peer: in steps for comparison with the peer, or as lines of a file.

Memory holds one step, however long the history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from liandong.adapters.postgres.notary import TRAVELLING, facts_by_stream
from liandong.application.compare_journals import Told
from liandong.application.notary import MOST_STREAMS, fact_digest
from liandong.domain.journal.facts import Fact

__all__ = ["FORMAT", "SharedStream", "export_lines", "read_export", "shared_streams"]

#: First line of an export.
FORMAT = "liandong-shared-journal/1"
STEP = """
SELECT p.stream, s.kind, s.number, EXISTS (SELECT 1 FROM outbox o WHERE o.peer = p.peer AND o.stream = p.stream AND o.sent_at IS NULL)
FROM exchange_position p JOIN stream s ON s.id = p.stream
WHERE p.peer = %s AND s.kind = ANY(%s) AND (%s::uuid IS NULL OR p.stream > %s::uuid) ORDER BY p.stream LIMIT %s"""
FACTS = """
SELECT stream, kind, name, actor, at, data FROM journal WHERE stream = ANY(%s::uuid[]) ORDER BY stream, seq"""


@dataclass(frozen=True, slots=True)
class SharedStream:
    """One stream that two nodes hold, and what travelled of it.

    Parameters:
        under_way: something of it has not arrived at the peer.
        told: what both sides should hold, in the order it stands here.
    """

    stream: str
    kind: str
    number: str
    under_way: bool
    told: tuple[Told, ...]
    facts: tuple[Fact, ...] = ()


def shared_streams(peer: str, step: int = MOST_STREAMS) -> Iterator[list[SharedStream]]:
    """Yield the streams shared with a peer, at most ``step`` at a time, each step in one snapshot."""
    last: str | None = None
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(STEP, [peer, list(TRAVELLING), last, last, step])
            rows = cursor.fetchall()
            cursor.execute(FACTS, [[row[0] for row in rows]])
            facts = facts_by_stream(cursor.fetchall())
        if not rows:
            return
        last = str(rows[-1][0])
        yield [_shared(row, facts.get(str(row[0]), [])) for row in rows]


def _shared(row: Sequence[Any], facts: Sequence[Fact]) -> SharedStream:
    told = tuple((each.name, each.actor.party.value, fact_digest(each)) for each in facts)
    return SharedStream(str(row[0]), row[1], row[2], bool(row[3]), told, tuple(facts))


def export_lines(node: str, peer: str, at: str) -> Iterator[str]:
    """Yield the lines of an export: a head, one line a stream, and a last one that says how many there were."""
    yield _line({"format": FORMAT, "node": node, "peer": peer, "at": at})
    count = 0
    for step in shared_streams(peer):
        for each in step:
            count += 1
            yield _line({"stream": each.stream, "kind": each.kind, "number": each.number, "under_way": each.under_way, "told": each.told})
    yield _line({"end": count})


def read_export(lines: Iterator[str]) -> tuple[dict[str, Any], dict[str, SharedStream]]:
    """Return (head, streams by id) of an export.

    Raises:
        ValueError: it is none, or does not end as it should.
    """
    head = json.loads(next(lines, "null"))
    if not isinstance(head, dict) or head.get("format") != FORMAT or not all(isinstance(head.get(name), str) for name in ("node", "peer", "at")):
        raise ValueError("not an export of a shared journal")
    streams: dict[str, SharedStream] = {}
    for line in lines:
        value = json.loads(line)
        if "end" in value:
            if value["end"] != len(streams) or next(lines, "").strip():
                raise ValueError("the export does not hold what its end says")
            return head, streams
        told = tuple((str(name), str(party), str(digest)) for name, party, digest in value["told"])
        streams[value["stream"]] = SharedStream(str(value["stream"]), str(value["kind"]), str(value["number"]), bool(value["under_way"]), told)
    raise ValueError("the export has no end")


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""The port ``Notary``, and the making of roots.

Concurrency: a root is made under a lock that keeps writers of the journal out for the moment in which its last position is read: whoever
had a lower position has committed by then, so nothing can appear under a root later.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from liandong.adapters.postgres.bell import bell
from liandong.adapters.postgres.unit_of_work import OUTBOX
from liandong.adapters.postgres.writing import message_row, write
from liandong.application.notary import ROOT, root_body, roots_stream
from liandong.application.ports import Clock, Message
from liandong.application.shared_streams import SHARED
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.journal.chain import at_from_text, at_text
from liandong.domain.journal.facts import Actor, Fact, StreamId
from liandong.domain.journal.roots import FIRST, MOST_ENTRIES, Root, marks_of, tree_of

__all__ = ["PostgresNotary", "last_root_at", "make_roots"]

#: Facts that travel, by kind of stream.
TRAVELLING = {shared.kind.value: shared.facts for shared in SHARED.values()}
#: Waits no longer than this for writers of the journal, and keeps none waiting longer.
LOCK_SECONDS = 2

SHARED_FACTS = """
SELECT j.stream, j.kind, j.name, j.actor, j.at, j.data FROM journal j
WHERE j.stream = ANY(%s::uuid[]) AND j.kind = ANY(%s) ORDER BY j.stream, j.seq"""


class PostgresNotary:
    """Keeps roots on Django's connection of this thread.

    Parameters:
        node: this node.
        clock: for the time of what it says.
    """

    def __init__(self, node: str, clock: Clock) -> None:
        self._node = node
        self._clock = clock

    def keep_root(self, peer: str, root: Root, marks: str) -> bool:
        with connection.cursor() as cursor:
            values = [peer, root.number, root.previous, root.entries, root.tree, root.hash(), at_from_text(root.at), base64.urlsafe_b64decode(marks)]
            cursor.execute(
                "INSERT INTO peer_root (peer, number, previous, entries, tree, hash, at, marks, received_at) "
                "VALUES (%s,%s,%s,%s,%s,%s,%s,%s,now()) ON CONFLICT (peer, number) DO NOTHING",
                values,
            )
            if cursor.rowcount:
                return True
            cursor.execute("SELECT hash FROM peer_root WHERE peer = %s AND number = %s", [peer, root.number])
            if cursor.fetchone()[0] != root.hash():
                raise RemoteProtocolError("notary.forked", number=root.number)
        return False

    def keep_witness(self, peer: str, number: int, hash_: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO root_witness (peer, number, hash, received_at) VALUES (%s,%s,%s,now()) ON CONFLICT DO NOTHING", [peer, number, hash_]
            )

    def marks_kept(self, peer: str, number: int) -> Mapping[str, Any] | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT hash, marks FROM peer_root WHERE peer = %s AND number = %s", [peer, number])
            row = cursor.fetchone()
        return None if row is None else {"hash": row[0], "marks": base64.urlsafe_b64encode(bytes(row[1])).decode("ascii")}

    def shared_facts(self, peer: str, streams: Iterable[str]) -> Mapping[str, list[Fact]]:
        wanted = list(streams)
        with connection.cursor() as cursor:
            # Only what was really said between these two: a peer learns nothing about records it has no part in.
            cursor.execute("SELECT stream FROM exchange_position WHERE peer = %s AND stream = ANY(%s::uuid[])", [peer, wanted])
            mine = [str(row[0]) for row in cursor.fetchall()]
            cursor.execute(SHARED_FACTS, [mine, list(TRAVELLING)])
            rows = cursor.fetchall()
        return facts_by_stream(rows)

    def keep_answer(self, peer: str, body: Mapping[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO notary_answer (peer, ref, body, received_at) VALUES (%s,%s,%s,now()) ON CONFLICT DO NOTHING",
                [peer, body["ref"], Jsonb(dict(body))],
            )

    def say(self, peer: str, stream: StreamId, type_: str, body: Mapping[str, Any]) -> None:
        write({"messages": [message_row(Message(peer, stream, type_, body), self._clock.now())]})
        bell.after_commit([(OUTBOX, peer)])


def facts_by_stream(rows: Iterable[Sequence[Any]]) -> dict[str, list[Fact]]:
    """Return the travelling facts of rows (stream, kind, name, actor, at, data), by stream."""
    found: dict[str, list[Fact]] = {}
    for stream, kind, name, actor, at, data in rows:
        if name in TRAVELLING[kind]:
            found.setdefault(str(stream), []).append(Fact(name, Actor.from_dict(_plain(actor)), at, _plain(data)))
    return found


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def last_root_at() -> datetime | None:
    """Return when the newest root was made; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM journal_root ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
    return None if row is None else row[0]


def make_roots(notary: PostgresNotary, node: str, peers: Sequence[str], at: datetime, *, most: int = MOST_ENTRIES) -> list[Root]:
    """Make roots over everything written since the last one, tell each to every peer, and return them.

    One transaction a root, so that a first root over years of history goes forward in steps and can be broken off. With nothing new, one
    empty root says so.

    Raises:
        OperationalError: writers held the journal longer than ``LOCK_SECONDS``; try again.
    """
    end = _settled_position()
    made: list[Root] = []
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # Two hands at once make one chain.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('liandong_roots', 0))")
            cursor.execute("SELECT number, hash, upto FROM journal_root ORDER BY number DESC LIMIT 1")
            number, previous, begin = cursor.fetchone() or (0, FIRST, 0)
            cursor.execute(
                "SELECT position, hash FROM journal WHERE position > %s AND position <= %s ORDER BY position LIMIT %s", [begin, end, most]
            )
            rows = cursor.fetchall()
            if not rows and made:
                return made
            seals = [row[1] for row in rows]
            root = Root(node, number + 1, previous, len(seals), tree_of(seals), at_text(at))
            upto = rows[-1][0] if rows else begin
            cursor.execute(
                "INSERT INTO journal_root (number, previous, entries, tree, hash, at, upto) VALUES (%s,%s,%s,%s,%s,%s,%s)",
                [root.number, root.previous, root.entries, root.tree, root.hash(), at, upto],
            )
            for peer in peers:
                notary.say(peer, roots_stream(node), ROOT, root_body(root, marks_of(seals)))
            made.append(root)
            if len(rows) < most:
                return made


def _settled_position() -> int:
    """Return a position below which nothing can be written any more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        cursor.execute("LOCK TABLE journal IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal")
        return int(cursor.fetchone()[0])

"""The port ``OutboxStore`` of the exchange: what waits for a peer, in order, in a pool of its own.

Each method is one short transaction on an asynchronous connection; web requests never wait for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from liandong.adapters.postgres.prepared import array
from liandong.domain.exchange.envelope import Envelope, is_attachment
from liandong.domain.exchange.ports import Due
from liandong.domain.exchange.receipts import Receipt

__all__ = ["PostgresOutboxStore"]

# Everything unsent of a stream waits behind its first unsent message when that one is parked or its time has not come.
HELD = """
WITH held AS (
    SELECT stream, min(seq) AS seq FROM outbox
    WHERE peer = %(peer)s AND sent_at IS NULL AND (parked OR next_try_at IS NOT NULL) AND (parked OR next_try_at > %(now)s) GROUP BY stream)
SELECT o.id, o.stream, o.seq, o.type, o.body, o.created_at, o.attempts FROM outbox o LEFT JOIN held ON held.stream = o.stream
WHERE o.peer = %(peer)s AND o.sent_at IS NULL AND (held.seq IS NULL OR o.seq < held.seq) AND NOT (o.id = ANY(%(without)s::uuid[]))"""
DUE = HELD + " ORDER BY o.position LIMIT %(limit)s"
NEWEST = HELD + " ORDER BY o.position DESC LIMIT %(limit)s"
FIRST_UNSENT = "SELECT stream, min(seq) FROM outbox WHERE peer = %s AND stream = ANY(%s::uuid[]) AND sent_at IS NULL AND NOT (id = ANY(%s::uuid[])) GROUP BY stream"
SENT = """
UPDATE outbox o SET sent_at = %s, reason = '', parked = false, receipt = said.receipt
    || CASE WHEN o.receipt IS NULL THEN '{}' ELSE jsonb_build_object('before', coalesce(o.receipt->'before', '[]') || (o.receipt - 'before')) END
FROM json_to_recordset(%s::json) AS said(id uuid, receipt jsonb) WHERE o.id = said.id"""
KEEP_ANSWERS = "INSERT INTO signed_answer (digest, answer, received_at) SELECT d, a, %s FROM unnest(%s::text[], %s::text[]) AS said(d, a) ON CONFLICT DO NOTHING"
FAILED = "UPDATE outbox SET attempts = attempts + 1, reason = %s, next_try_at = %s, parked = %s WHERE id = ANY(%s::uuid[])"
REWIND = "UPDATE outbox SET sent_at = NULL, next_try_at = %s WHERE peer = %s AND stream = %s AND seq >= %s AND sent_at IS NOT NULL"


class PostgresOutboxStore:
    """Reads and marks the outbox of one node.

    Parameters:
        pool: opened by the worker.
        node: name of this node, the sender of every envelope.
        clock: returns now, aware; the relay's own, so that pauses and what is due are told by one clock.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], node: str, clock: Callable[[], datetime]) -> None:
        self._pool = pool
        self._node = node
        self._clock = clock

    async def due(self, peer: str, limit: int, *, newest_first: bool = False, without: Sequence[str] = ()) -> Sequence[Due]:
        values = {"peer": peer, "now": self._clock(), "limit": limit, "without": array(without)}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(NEWEST if newest_first else DUE, values)).fetchall()
            if newest_first:
                rows = await self._heads(connection, peer, rows, array(without))
        return [Due(self._envelope(peer, row), row[6]) for row in rows]

    async def mark_sent(self, ids: Sequence[str], receipts: Sequence[Receipt]) -> None:
        proofs = {each.proof: hashlib.sha256(each.proof.encode()).hexdigest() for each in receipts if each.proof}
        said = [
            {"id": id_, "receipt": {**receipt.wire(), **({"answer": proofs[receipt.proof]} if receipt.proof else {})}}
            for id_, receipt in zip(ids, receipts, strict=True)
        ]
        async with self._pool.connection() as connection:
            if proofs:
                await connection.execute(KEEP_ANSWERS, (self._clock(), list(proofs.values()), list(proofs)))
            await connection.execute(SENT, (self._clock(), orjson.dumps(said).decode()))

    async def mark_failed(self, ids: Sequence[str], reason: str, next_try_at: datetime | None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(FAILED, (reason[:120], next_try_at, next_try_at is None, array(ids)))

    async def rewind(self, peer: str, stream: str, seq: int, not_before: datetime) -> int:
        async with self._pool.connection() as connection:
            return (await connection.execute(REWIND, (not_before, peer, stream, seq))).rowcount

    async def _heads(self, connection: AsyncConnection[Any], peer: str, rows: Sequence[Any], without: str) -> list[Any]:
        """Return those of the newest messages before which nothing unsent of their stream is missing, in order."""
        streams = array({str(row[1]) for row in rows})
        first = dict(await (await connection.execute(FIRST_UNSENT, (peer, streams, without))).fetchall())
        found = []
        for row in sorted(rows, key=lambda each: (each[1], each[2])):
            if row[2] == first.get(row[1]):
                found.append(row)
                first[row[1]] = row[2] + 1
        return found

    def _envelope(self, peer: str, row: Any) -> Envelope:
        at = row[5].astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        named = tuple(named_files(row[4]))
        return Envelope(
            id=str(row[0]), sender=self._node, recipient=peer, stream=str(row[1]), seq=row[2], type=row[3], at=at, body=row[4], attachments=named
        )


def named_files(body: Any) -> list[dict[str, Any]]:
    """Return the files that a fact's body names by digest; words about files are not among them."""
    data = body.get("data") if isinstance(body, dict) else None
    listed = data.get("attachments") if isinstance(data, dict) else None
    return [dict(each) for each in listed if isinstance(each, dict) and is_attachment(each)] if isinstance(listed, list) else []

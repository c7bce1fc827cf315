"""The port ``OutboxStore`` of the exchange: what waits for a peer, in order, in a pool of its own.

Each method is one short transaction on an asynchronous connection; web requests never wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.ports import Due
from liandong.domain.exchange.receipts import Receipt

__all__ = ["PostgresOutboxStore"]

# Everything unsent of a stream waits behind its first unsent message when that one is parked or its time has not come.
DUE = """
SELECT o.id, o.stream, o.seq, o.type, o.body, o.created_at, o.attempts FROM outbox o
WHERE o.peer = %(peer)s AND o.sent_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM outbox b WHERE b.peer = o.peer AND b.stream = o.stream AND b.sent_at IS NULL AND b.seq <= o.seq
    AND (b.parked OR b.next_try_at > %(now)s))
ORDER BY {order} LIMIT %(limit)s"""
SENT = "UPDATE outbox SET sent_at = %s, receipt = %s, reason = '', parked = false WHERE id = %s"
FAILED = "UPDATE outbox SET attempts = attempts + 1, reason = %s, next_try_at = %s, parked = %s WHERE id = ANY(%s)"
REWIND = "UPDATE outbox SET sent_at = NULL, next_try_at = %s WHERE peer = %s AND stream = %s AND seq >= %s AND sent_at IS NOT NULL"


class PostgresOutboxStore:
    """Reads and marks the outbox of one node.

    Parameters:
        pool: opened by the worker.
        node: name of this node, the sender of every envelope.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], node: str) -> None:
        self._pool = pool
        self._node = node

    async def due(self, peer: str, limit: int, *, newest_first: bool = False) -> Sequence[Due]:
        order = "o.position DESC" if newest_first else "o.position"
        now = datetime.now(UTC)
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(DUE.format(order=order), {"peer": peer, "now": now, "limit": limit})).fetchall()
        due = [Due(self._envelope(peer, row), row[6]) for row in rows]
        if newest_first:
            due.sort(key=lambda each: (each.envelope.stream, each.envelope.seq))
            due = [each for index, each in enumerate(due) if not await self._has_earlier(peer, each, due[:index])]
        return due

    async def mark_sent(self, ids: Sequence[str], receipts: Sequence[Receipt]) -> None:
        now = datetime.now(UTC)
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.executemany(SENT, [(now, Jsonb(receipt.wire()), id_) for id_, receipt in zip(ids, receipts, strict=True)])

    async def mark_failed(self, ids: Sequence[str], reason: str, next_try_at: datetime | None) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(FAILED, (reason[:120], next_try_at, next_try_at is None, list(ids)))

    async def rewind(self, peer: str, stream: str, seq: int, not_before: datetime) -> int:
        async with self._pool.connection() as connection:
            return (await connection.execute(REWIND, (not_before, peer, stream, seq))).rowcount

    async def _has_earlier(self, peer: str, due: Due, before: Sequence[Due]) -> bool:
        """Tell whether an unsent message stands before this one that is not in the answer."""
        inside = {each.envelope.seq for each in before if each.envelope.stream == due.envelope.stream}
        query = "SELECT seq FROM outbox WHERE peer = %s AND stream = %s AND seq < %s AND sent_at IS NULL"
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(query, (peer, due.envelope.stream, due.envelope.seq))).fetchall()
        return any(row[0] not in inside for row in rows)

    def _envelope(self, peer: str, row: Any) -> Envelope:
        at = row[5].astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return Envelope(id=str(row[0]), sender=self._node, recipient=peer, stream=str(row[1]), seq=row[2], type=row[3], at=at, body=row[4])

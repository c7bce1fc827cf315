"""The port ``PeerWatch``: writes how each peer does into ``peer_status``, for the banner on every desk."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from liandong.domain.errors import PeerError

__all__ = ["PostgresPeerWatch"]

UPSERT = """
INSERT INTO peer_status AS p (peer, up, since, last_ok_at, reason) VALUES (%(peer)s, %(up)s, %(at)s, CASE WHEN %(up)s THEN %(at)s END, %(reason)s)
ON CONFLICT (peer) DO UPDATE SET
    up = EXCLUDED.up, reason = EXCLUDED.reason,
    since = CASE WHEN p.up = EXCLUDED.up THEN p.since ELSE EXCLUDED.since END,
    last_ok_at = COALESCE(EXCLUDED.last_ok_at, p.last_ok_at)"""


class PostgresPeerWatch:
    """Remembers the last word about each peer and writes it when it changed, or once in a while."""

    #: How often a peer that stays up is written again, in seconds.
    REFRESH_SECONDS = 10.0

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self._news: dict[str, dict[str, Any]] = {}
        self._written: dict[str, tuple[bool, datetime]] = {}
        self._changed = asyncio.Event()

    def peer_up(self, peer: str, delivered: int) -> None:
        """A batch was answered."""
        self._note(peer, True, "")

    def peer_down(self, peer: str, error: PeerError, failures: int, pause_seconds: float) -> None:
        """A batch was not answered as it should be."""
        self._note(peer, False, f"{error.code}: {error.data.get('detail', '')}"[:120])

    def _note(self, peer: str, up: bool, reason: str) -> None:
        at = datetime.now(UTC)
        written = self._written.get(peer)
        if written and written[0] == up and (at - written[1]).total_seconds() < self.REFRESH_SECONDS:
            return
        self._news[peer] = {"peer": peer, "up": up, "at": at, "reason": reason}
        self._changed.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Write news until ``stop``; a database that is away is waited out."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), timeout=1.0)
            self._changed.clear()
            news, self._news = self._news, {}
            try:
                await self._write(news)
            except (psycopg.Error, PoolTimeout):
                self._news = {**news, **self._news}
                await asyncio.sleep(1)

    async def _write(self, news: dict[str, dict[str, Any]]) -> None:
        if not news:
            return
        async with self._pool.connection() as connection:
            for peer, values in news.items():
                await connection.execute(UPSERT, values)
                await connection.execute("SELECT pg_notify('liandong_changed', %s)", ['{"kind":"peer"}'])
                self._written[peer] = (values["up"], values["at"])

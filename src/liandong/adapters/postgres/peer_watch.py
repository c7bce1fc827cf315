"""The port ``PeerWatch``: writes how each peer does into ``peer_status``, for the banner on every desk and the exchange screen."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from liandong.domain.errors import PeerError

__all__ = ["LATELY", "PostgresPeerWatch"]

#: The window of what is counted as lately.
LATELY = timedelta(minutes=5)

UPSERT = """
INSERT INTO peer_status AS p (peer, up, since, last_ok_at, reason, sent, refused, failures, sent_lately, faults_lately, counted_at, clock_ahead_ms)
VALUES (%(peer)s, %(up)s, %(at)s, CASE WHEN %(up)s THEN %(at)s END, %(reason)s, %(sent)s, %(refused)s, %(failures)s, %(sent_lately)s, %(faults_lately)s, %(at)s, %(clock)s)
ON CONFLICT (peer) DO UPDATE SET
    up = EXCLUDED.up, reason = EXCLUDED.reason,
    since = CASE WHEN p.up = EXCLUDED.up THEN p.since ELSE EXCLUDED.since END,
    last_ok_at = COALESCE(EXCLUDED.last_ok_at, p.last_ok_at),
    sent = p.sent + EXCLUDED.sent, refused = p.refused + EXCLUDED.refused, failures = p.failures + EXCLUDED.failures,
    sent_lately = EXCLUDED.sent_lately, faults_lately = EXCLUDED.faults_lately, counted_at = EXCLUDED.counted_at,
    clock_ahead_ms = COALESCE(EXCLUDED.clock_ahead_ms, p.clock_ahead_ms)"""


@dataclass(slots=True)
class _Figures:
    """What was counted of one peer: since it was last written, and lately."""

    sent: int = 0
    refused: int = 0
    failures: int = 0
    clock_ahead_ms: int | None = None
    #: (when, delivered, faults), oldest first; one a second at most, so that it stays short.
    lately: deque[tuple[datetime, int, int]] = field(default_factory=deque)

    def count(self, at: datetime, sent: int, refused: int, failures: int) -> None:
        self.sent, self.refused, self.failures = self.sent + sent, self.refused + refused, self.failures + failures
        faults = refused + failures
        if self.lately and (at - self.lately[-1][0]).total_seconds() < 1:
            when, before, faults_before = self.lately.pop()
            self.lately.append((when, before + sent, faults_before + faults))
        else:
            self.lately.append((at, sent, faults))
        while self.lately[0][0] < at - LATELY:
            self.lately.popleft()

    @property
    def waits(self) -> bool:
        """Whether something was counted that is not written yet."""
        return bool(self.sent or self.refused or self.failures)

    def told(self) -> dict[str, Any]:
        """Return what is to be written."""
        lately = {"sent_lately": sum(each[1] for each in self.lately), "faults_lately": sum(each[2] for each in self.lately)}
        return {"sent": self.sent, "refused": self.refused, "failures": self.failures, "clock": self.clock_ahead_ms, **lately}

    def written(self, told: dict[str, Any]) -> None:
        """Count on from what was written."""
        self.sent, self.refused, self.failures = self.sent - told["sent"], self.refused - told["refused"], self.failures - told["failures"]


class PostgresPeerWatch:
    """Remembers the last word about each peer and writes it when it changed, or once in a while."""

    #: How often a peer that stays up is written again, in seconds.
    REFRESH_SECONDS = 5.0

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self._news: dict[str, dict[str, Any]] = {}
        self._written: dict[str, tuple[bool, datetime]] = {}
        self._figures: dict[str, _Figures] = {}
        self._reasons: dict[str, str] = {}
        self._changed = asyncio.Event()

    def peer_up(self, peer: str, delivered: int, refused: int, ahead_seconds: float | None) -> None:
        """A batch was answered."""
        figures = self._figures.setdefault(peer, _Figures())
        figures.count(datetime.now(UTC), delivered, refused, 0)
        if ahead_seconds is not None:
            # A clock that is years off is shown as such and no further.
            figures.clock_ahead_ms = max(-(10**13), min(10**13, round(ahead_seconds * 1000)))
        self._note(peer, True, "")

    def peer_down(self, peer: str, error: PeerError, failures: int, pause_seconds: float) -> None:
        """A batch was not answered as it should be."""
        self._figures.setdefault(peer, _Figures()).count(datetime.now(UTC), 0, 0, 1)
        self._note(peer, False, f"{error.code}: {error.data.get('detail', '')}"[:120])

    def _note(self, peer: str, up: bool, reason: str) -> None:
        at = datetime.now(UTC)
        written = self._written.get(peer)
        if written and written[0] == up and (at - written[1]).total_seconds() < self.REFRESH_SECONDS:
            return
        self._reasons[peer] = reason
        self._news[peer] = {"peer": peer, "up": up, "at": at, "reason": reason}
        self._changed.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Write news until ``stop``; a database that is away is waited out."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), timeout=1.0)
            self._changed.clear()
            self._note_counted()
            news, self._news = self._news, {}
            try:
                await self._write(news)
            except (psycopg.Error, PoolTimeout):
                self._news = {**news, **self._news}
                await asyncio.sleep(1)

    def _note_counted(self) -> None:
        """Let what was counted after the last word about a peer be written too, also when nothing follows."""
        for peer, figures in self._figures.items():
            written = self._written.get(peer)
            if figures.waits and written is not None and peer not in self._news:
                self._note(peer, written[0], self._reasons.get(peer, ""))

    async def _write(self, news: dict[str, dict[str, Any]]) -> None:
        if not news:
            return
        told = {peer: self._figures.setdefault(peer, _Figures()).told() for peer in news}
        async with self._pool.connection() as connection:
            for peer, values in news.items():
                await connection.execute(UPSERT, {**values, **told[peer]})
                await connection.execute("SELECT pg_notify('liandong_changed', %s)", ['{"kind":"peer"}'])
        for peer, values in news.items():
            self._figures[peer].written(told[peer])
            self._written[peer] = (values["up"], values["at"])

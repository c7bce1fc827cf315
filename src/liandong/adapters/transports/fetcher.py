"""The fetcher: asks the peers for the files their messages name, piece by piece, until each is whole.

Rules:
    - What is here already is not asked for again; after a kill it goes on from the length on disk.
    - One file at a time from each peer, a piece at a time: memory stays flat, and messages share the cable.
    - A file that cannot be had just now is tried again after a pause that grows; it is shown as coming, with the reason.

Source:
    docs/reference/exchange.md, clause 15.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.pieces import make_wish, open_piece
from liandong.adapters.files.store import FileStore
from liandong.domain.errors import InvalidInput, PeerError, PeerUnavailable

__all__ = ["AskPiece", "Fetcher"]

#: (peer, wish, what makes two wishes the same one) -> answer.
AskPiece = Callable[[str, bytes, tuple[str, int]], Awaitable[bytes]]

#: How often the table is looked at when nothing is under way, in seconds.
LOOK_SECONDS = 2.0
#: Longest pause after a file could not be had; after the peer could not be reached, which says nothing of the file.
LONGEST_PAUSE_SECONDS, LONGEST_SILENCE_SECONDS = 60.0, 6.0
COMING = "SELECT digest, size, attempts FROM attachment WHERE state = 'coming' AND peer = %s ORDER BY attempts, noted_at LIMIT 1"
HERE = "UPDATE attachment SET state = 'here', reason = '' WHERE digest = %s"
LATER = "UPDATE attachment SET attempts = attempts + 1, reason = %s WHERE digest = %s"
CHANGED = "SELECT pg_notify('liandong_changed', '{\"kind\":\"file\"}')"

log = logging.getLogger(__name__)


class Fetcher:
    """Fetches the files of one peer.

    Parameters:
        peer: whose files.
        pool: of the node's database.
        store: where they go.
        keyring: signs the wishes, opens the pieces.
        ask: carries a wish to the peer.
    """

    def __init__(self, peer: str, pool: AsyncConnectionPool[Any], store: FileStore, keyring: KeyRing, ask: AskPiece) -> None:
        self._peer = peer
        self._pool = pool
        self._store = store
        self._keyring = keyring
        self._ask = ask
        self._failures = 0
        self._longest = LONGEST_PAUSE_SECONDS

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until ``stop``."""
        while not stop.is_set():
            pause = LOOK_SECONDS
            try:
                if await self.fetch_one(stop):
                    pause, self._failures = 0.0, 0
            except (psycopg.Error, PoolTimeout, OSError) as error:
                log.warning("files wait: %s", type(error).__name__, extra={"action": "files.waiting", "peer": self._peer})
            if self._failures:
                pause = min(LOOK_SECONDS * 2.0 ** min(self._failures, 16), self._longest)
            if pause:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def fetch_one(self, stop: asyncio.Event) -> bool:
        """Fetch the file whose turn it is; tell whether one became whole."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(COMING, (self._peer,))).fetchone()
        if row is None:
            return False
        digest, size, _ = row
        try:
            whole = await self._pieces(digest, size, stop)
        except (PeerError, InvalidInput) as error:
            self._failures += 1
            self._longest = LONGEST_SILENCE_SECONDS if isinstance(error, PeerUnavailable) else LONGEST_PAUSE_SECONDS
            async with self._pool.connection() as connection:
                await connection.execute(LATER, (error.code, digest))
            return False
        if whole:
            async with self._pool.connection() as connection:
                await connection.execute(HERE, (digest,))
                await connection.execute(CHANGED)
        return whole

    async def _pieces(self, digest: str, size: int, stop: asyncio.Event) -> bool:
        if self._store.size(digest) is not None:
            return True
        if size == 0:
            return await asyncio.to_thread(self._store.add, digest, 0, b"", 0)
        while not stop.is_set():
            offset = self._store.coming(digest)
            wish = make_wish(self._keyring, self._peer, digest, offset)
            answer = await self._ask(self._peer, wish, (digest, offset))
            piece = open_piece(answer, self._keyring, self._peer, digest, offset)
            if await asyncio.to_thread(self._store.add, digest, offset, piece, size):
                return True
            if not piece or self._store.coming(digest) == 0:
                raise InvalidInput("file.unknown")
        return False

"""One LISTEN connection a process, fanned out to every open screen.

The connection is opened with the first screen and closed after the last. When the database goes away it is opened
again with a growing pause, and every screen is told to look anew, since news may have been missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from typing import Any

import psycopg

from liandong.adapters.postgres.bell import own_link
from liandong.adapters.postgres.unit_of_work import CHANGED

__all__ = ["MISSED", "Listener", "listener"]

log = logging.getLogger("liandong.live")

#: Said to every screen when news may have been missed.
MISSED = {"kind": "missed"}
#: News a slow screen may have before it; when there are more it is told to look anew instead.
LONGEST_QUEUE = 200
#: Seconds between tries.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0

News = dict[str, Any]


class Listener:
    """Fans out what PostgreSQL says on a channel.

    Parameters:
        connect_to: gives the parameters of a connection, as psycopg takes them.
    """

    def __init__(self, connect_to: Callable[[], dict[str, Any]], channel: str = CHANGED) -> None:
        self._connect_to = connect_to
        self._channel = channel
        self._queues: set[asyncio.Queue[News]] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextlib.asynccontextmanager
    async def heard(self):  # type: ignore[no-untyped-def]
        """Give a queue of news for as long as the context is open."""
        queue: asyncio.Queue[News] = asyncio.Queue(LONGEST_QUEUE)
        self._queues.add(queue)
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._loop is not loop:
            self._loop = loop
            self._task = loop.create_task(self._run())
        try:
            yield queue
        finally:
            self._queues.discard(queue)
            if not self._queues and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self._connect_to(), autocommit=True) as connection:
                    await connection.execute(f'LISTEN "{self._channel}"')
                    self._tell(MISSED)
                    pause = FIRST_PAUSE
                    async for notice in connection.notifies():
                        self._take(notice.payload)
            except psycopg.Error as error:
                log.warning("listening stopped, trying again", extra={"action": "live.lost", "reason": type(error).__name__})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _take(self, payload: str) -> None:
        try:
            news = json.loads(payload)
        except ValueError:
            return
        if isinstance(news, dict):
            self._tell(news)

    def _tell(self, news: News) -> None:
        for queue in self._queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(MISSED)
            else:
                queue.put_nowait(news)


#: The one of this process.
listener = Listener(own_link)

"""Say what was written to whom it concerns, after the commit and apart from it.

``NOTIFY`` inside a transaction makes PostgreSQL take one lock for the whole server at its commit, so that a hundred intakes at once commit
one after the other. Here each process has one thread with a connection of its own that tells what was committed: many at once, without
waiting for the disk. What a process that dies has not told is found all the same: relays look every second, screens when they connect again.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import threading
import time
from typing import Any

import psycopg
from django.db import connection as django_connection
from django.db import transaction

__all__ = ["Bell", "bell", "own_link"]

log = logging.getLogger("liandong.bell")

TELL = "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS told(channel, payload)"
#: Seconds to gather before telling; until an idle connection is closed; that an ending process waits for its last words.
GATHER, IDLE, LAST_WORDS = 0.002, 5.0, 1.0
#: Most that is told at once, and most that waits: what is beyond is found by who looks.
AT_ONCE, MOST_WAITING = 500, 20_000

Ring = tuple[str, str]


class Bell:
    """Tells what was committed, from a thread that begins with the first ring.

    Concurrency: ``ring`` may be called from every thread; it never waits and never fails. After a fork the child has a thread of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._waiting: queue.SimpleQueue[Ring] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._quiet = threading.Event()
        self._quiet.set()

    def ring(self, rings: list[Ring]) -> None:
        """Have channels and payloads told soon.

        Parameters:
            rings: channel and payload (at most 8,000 bytes), in the order of what happened.
        """
        with self._lock:
            if self._pid != os.getpid():
                self._begin()
            if self._waiting.qsize() < MOST_WAITING:
                self._quiet.clear()
                for each in rings:
                    self._waiting.put(each)
            if self._thread is None:
                target = {**own_link(), "options": "-c synchronous_commit=off"}
                self._thread = threading.Thread(target=self._run, args=(target,), name="bell", daemon=True)
                self._thread.start()

    def after_commit(self, rings: list[Ring]) -> None:
        """Have it told when the transaction of this thread's connection is committed, at once where none is open; never after a rollback."""
        transaction.on_commit(lambda: self.ring(rings))

    def flush(self, seconds: float = LAST_WORDS) -> None:
        """Wait until everything is told, at most so many seconds."""
        if self._pid == os.getpid():
            self._quiet.wait(seconds)

    def _run(self, target: dict[str, Any]) -> None:
        link: psycopg.Connection[Any] | None = None
        while True:
            told = self._gather()
            if told is None:
                if link is not None:
                    link.close()
                with self._lock:
                    if self._waiting.empty():
                        self._thread = None
                        return
                link = None
                continue
            for last in (False, True):
                try:
                    link = link or psycopg.connect(**target, autocommit=True)
                    link.execute(TELL, [[each[0] for each in told], [each[1] for each in told]])
                    break
                except psycopg.Error as error:
                    if link is not None:
                        link.close()
                    link = None
                    if last:
                        log.warning(
                            "news not told, who looks will find it", extra={"action": "bell.failed", "reason": type(error).__name__}
                        )
            with self._lock:
                if self._waiting.empty():
                    self._quiet.set()

    def _gather(self) -> list[Ring] | None:
        try:
            told = [self._waiting.get(timeout=IDLE)]
        except queue.Empty:
            return None
        time.sleep(GATHER)
        while len(told) < AT_ONCE and not self._waiting.empty():
            told.append(self._waiting.get_nowait())
        return told


def own_link() -> dict[str, Any]:
    """Return the parameters of Django's own connection, without what only its pool knows: for a connection beside it."""
    known = django_connection.get_connection_params()
    return {name: value for name, value in known.items() if name in ("dbname", "user", "password", "host", "port", "sslmode")}


#: The one of this process.
bell = Bell()
atexit.register(bell.flush)

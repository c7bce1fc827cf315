"""The worker's look at the clock: what is due is warned of or acted on, one transaction each, until nothing is due.

Theory of operation: a row of ``timer`` says when it has to be looked at (``next_at``, a partial index). A tick claims the most
pressing one with ``FOR UPDATE SKIP LOCKED``, acts on it and marks it in the same transaction, and goes on until its time is used
up. A worker that is killed leaves the row as it was; several workers share the work without meeting.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, OperationalError, connection, transaction

from liandong.application.fire_timer import fire_timer
from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.errors import LiandongError, StreamConflict
from liandong.domain.journal.facts import StreamId, StreamKind

__all__ = ["Tick", "run_timers", "tick"]

log = logging.getLogger("liandong.timers")

#: How long one tick may take, in seconds; what is left waits for the next, which follows at once.
BUDGET_SECONDS = 0.05
#: Longest sleep between two looks, in seconds: new timers need no bell to be seen in time.
LONGEST_SLEEP_SECONDS = 0.5
#: First and longest wait after a failure, in seconds.
RETRY_SECONDS = (1.0, 600.0)

CLAIM = "SELECT id, stream, kind, step, round, attempts FROM timer WHERE next_at < %s ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED"
LOOK_AGAIN = "UPDATE timer SET next_at = %s WHERE id = %s AND next_at IS DISTINCT FROM %s"
FAILED = "UPDATE timer SET attempts = attempts + 1, problem = %s, next_at = %s WHERE id = %s"
SOONEST = "SELECT next_at FROM timer WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1"


@dataclass(frozen=True, slots=True)
class Tick:
    """What one look did."""

    handled: int
    #: True when there may be more that is due.
    more: bool


def tick(world: World, budget_seconds: float = BUDGET_SECONDS, most: int = 500) -> Tick:
    """Act on what is due until the budget is used up.

    Concurrency: safe beside other workers and beside people; exactly once each.
    """
    begun = time.monotonic()
    handled = 0
    while handled < most:
        if not _one(world):
            return Tick(handled, False)
        handled += 1
        if time.monotonic() - begun > budget_seconds:
            break
    return Tick(handled, True)


def _one(world: World) -> bool:
    """Act on the most pressing timer in one transaction; tell whether there was one."""
    now = world.clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [now])
        row = cursor.fetchone()
        if row is None:
            return False
        timer, stream, kind, step, round_, attempts = row
        try:
            with world.work() as unit:
                again_at = fire_timer(Session(world, unit), StreamKind(kind), StreamId(str(stream)), step, round_)
            cursor.execute(LOOK_AGAIN, [again_at, timer, again_at])
        except LiandongError as error:
            # Somebody was faster, or the table says no: it is tried again, and a person sees that it could not be done.
            again = 0.05 if isinstance(error, StreamConflict) and attempts < 5 else min(RETRY_SECONDS[0] * 2**attempts, RETRY_SECONDS[1])
            cursor.execute(FAILED, [error.code, now + timedelta(seconds=again), timer])
            log.warning("a timer waits", extra={"action": "timer.waiting", "stream": str(stream), "step": step, "code": error.code})
    return True


def soonest() -> datetime | None:
    """Return when the next timer has to be looked at, or None."""
    with connection.cursor() as cursor:
        cursor.execute(SOONEST)
        row = cursor.fetchone()
    return None if row is None else row[0]


def run_timers(world: World, stop: threading.Event) -> None:
    """Look again and again until told to stop; begin anew when the database went away."""
    try:
        while not stop.is_set():
            try:
                if tick(world).more:
                    continue
                due = soonest()
                wait = LONGEST_SLEEP_SECONDS if due is None else min((due - world.clock.now()).total_seconds(), LONGEST_SLEEP_SECONDS)
                stop.wait(max(wait, 0.01))
            except (OperationalError, DatabaseError) as error:
                log.warning("timers wait for the database", extra={"action": "timers.waiting", "error": type(error).__name__})
                connection.close()
                stop.wait(1.0)
    finally:
        connection.close()

"""Look-up keys that nobody asks for any more are taken out once a day (ADR 0007), a stretch of the table at a time.

The keys have one index, and it is not by time: a second one would cost every appeal at its intake. So the table is walked once from its
first page to its last, each stretch in a transaction of its own, with a rest between, so that intake never waits for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection

from liandong.application.world import World

__all__ = ["DailySweep", "kept_since", "sweep_keys"]

log = logging.getLogger("liandong.jobs")

#: Pages of the table in one transaction (8 kB each), and the rest after each in seconds.
PAGES, REST_SECONDS = 1000, 0.05
#: What looks back by these keys: days and hours of the pack's settings, with what holds where a pack says nothing.
DAYS = {"repeat_days": 30, "whistle_days": 10}
HOURS = {"abusive_hours": 24}
SIZE = "SELECT pg_relation_size('repeat_key') / current_setting('block_size')::bigint"
DELETE = "DELETE FROM repeat_key WHERE ctid >= %s::tid AND ctid < %s::tid AND at < %s"


def kept_since(switches: Mapping[str, Any], at: datetime) -> datetime:
    """Return from when on keys are still asked for: the longest that anything looks back, and a day more."""
    days = max(int(switches.get(name, standard)) for name, standard in DAYS.items())
    hours = max(int(switches.get(name, standard)) for name, standard in HOURS.items())
    return at - max(timedelta(days=days), timedelta(hours=hours)) - timedelta(days=1)


def sweep_keys(since: datetime, stop: threading.Event, *, pages: int = PAGES, rest_seconds: float = REST_SECONDS) -> int:
    """Delete the keys of appeals before a time; return how many.

    Parameters:
        since: aware. stop: set to end between two stretches; the next sweep begins anew.

    Concurrency: a sweep beside another deletes nothing twice; a look-up under way sees what it began with.
    """
    gone = 0
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        last = int(cursor.fetchone()[0])
        for page in range(0, last, pages):
            cursor.execute(DELETE, [f"({page},0)", f"({page + pages},0)", since])
            gone += int(cursor.rowcount)
            if stop.wait(rest_seconds):
                break
    return gone


class DailySweep:
    """Sweeps once a day of the city; what the database cannot do now is done at the next look."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._swept: date | None = None

    def __call__(self, stop: threading.Event) -> int | None:
        """Sweep where it was not done today; return how many keys went, None where there was nothing to do."""
        now = self._world.clock.now()
        today = now.astimezone(ZoneInfo(self._world.desk.zone)).date()
        if self._swept == today:
            return None
        try:
            gone = sweep_keys(kept_since(self._world.desk.switches, now), stop)
        except DatabaseError as error:
            log.warning("old keys wait", extra={"action": "keys.waiting", "error": type(error).__name__})
            return None
        finally:
            connection.close()
        if not stop.is_set():
            self._swept = today
        log.info("old keys taken out", extra={"action": "keys.swept", "count": gone})
        return gone

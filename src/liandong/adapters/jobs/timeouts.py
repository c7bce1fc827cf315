"""Jobs: deferred in the same transaction as the facts that ask for them, run by the worker.

Limits of records are not jobs but clocks, see ``timers``. A job carries only ids; what it does is decided anew by the tables when
its time comes, so a job that is late, early or twice does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from liandong.application.current import current_world
from liandong.application.move_car import end_waiting
from liandong.application.raise_alert import chase_silent
from liandong.application.three_way_call import end_ringing
from liandong.domain.journal.facts import StreamId

__all__ = ["defer_job"]

log = logging.getLogger("liandong.jobs")


def defer_job(name: str, at: datetime, arguments: Mapping[str, Any]) -> None:
    """Defer a job on this thread's database connection, inside the transaction that is open on it.

    Parameters:
        name: of a task of this package.
        at: aware; when it is due.
        arguments: plain values.
    """
    app.configure_task(name, schedule_at=at).defer(**dict(arguments))


@app.task(name="end_ringing")
def end_ringing_task(call: str) -> None:
    """Count a three-way call that nobody joined as not answered: the order goes instead."""
    ended = end_ringing(current_world(), StreamId(call))
    log.info("ringing looked at", extra={"action": "call.end_ringing", "call": call, "ended": ended})


@app.task(name="end_waiting")
def end_waiting_task(service: str) -> None:
    """Leave a car that nobody moved in time to traffic police."""
    ended = end_waiting(current_world(), StreamId(service))
    log.info("owner's limit looked at", extra={"action": "service.end_waiting", "service": service, "ended": ended})


@app.task(name="chase_silent")
def chase_silent_task(alert: str) -> None:
    """Chase by name who did not answer an alert."""
    chased = chase_silent(current_world(), StreamId(alert))
    log.info("alert looked at", extra={"action": "alert.chase", "alert": alert, "chased": chased})

"""When something is due.

Rules:
    - Only aware times come in; what goes out is in UTC.
    - Seconds, minutes and hours run on without stopping.
    - Days and working days: the day it starts is not counted, and the last day ends at 24:00 in the city
      (民法典 arts. 201 and 203). Something handed over on Saturday with one working day is due at the end of Monday.
    - ``days`` are calendar days and do not move for a holiday: the Beijing limits they stand for count them so.
    - Due at 24:00 means: done at 24:00:00 is in time, one microsecond later is late.
    - A pause gives back what was left when it began, not what a new start would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from liandong.domain.clocks.calendar import WorkingCalendar, aware, end_of_day, local_day, open_spans
from liandong.domain.clocks.limits import Limit, LimitUnit
from liandong.domain.errors import MESSAGES, InvalidInput, Message

__all__ = ["Pause", "deadline", "deadline_with_pauses", "extended", "in_words", "workdays_between"]

MESSAGES.setdefault(
    "clocks.bad_order",
    Message("计时顺序有误：{detail}。", "The times are out of order: {detail}."),
)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stood still; ``until`` is None while it still stands."""

    since: datetime
    until: datetime | None = None


def deadline(start: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """Return the instant, in UTC, at which ``limit`` from ``start`` runs out.

    Raises:
        InvalidInput: ``calendar.naive_time``.
        CalendarNotCovered: the calendar ends before the deadline.
    """
    begin = aware(start)
    if limit.elapsed is not None:
        return begin + limit.elapsed
    if limit.unit is LimitUnit.WORKING_HOURS:
        return _spend(begin, timedelta(hours=limit.amount), calendar)
    today = local_day(begin, calendar)
    if limit.unit is LimitUnit.DAYS:
        return end_of_day(today + timedelta(days=limit.amount), calendar)
    return end_of_day(_nth_workday(today, limit.amount, calendar), calendar)


def extended(due: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """Return ``due`` moved on by ``limit``: the extra days begin after the last day of the old limit.

    Raises:
        InvalidInput, CalendarNotCovered: as ``deadline``.
    """
    if limit.unit in (LimitUnit.DAYS, LimitUnit.WORKDAYS):
        # 24:00 of a day belongs to that day, so that one more working day is the next one and not the one after.
        return deadline(aware(due) - timedelta(microseconds=1), limit, calendar)
    return deadline(due, limit, calendar)


def deadline_with_pauses(start: datetime, limit: Limit, pauses: Sequence[Pause], calendar: WorkingCalendar) -> datetime | None:
    """Return the deadline after the pauses, or None while the clock stands still.

    A pause that begins at or after the deadline changes nothing: what is late stays late.

    Raises:
        InvalidInput: ``clocks.bad_order`` where pauses overlap, run backwards or precede ``start``.
        CalendarNotCovered: the calendar ends before the deadline.
    """
    begin = aware(start)
    due = deadline(begin, limit, calendar)
    last = begin
    for pause in pauses:
        since = aware(pause.since)
        if since < last:
            raise InvalidInput("clocks.bad_order", detail=f"{since.isoformat()} < {last.isoformat()}")
        if pause.until is None:
            return due if since >= due else None
        until = aware(pause.until)
        if until < since:
            raise InvalidInput("clocks.bad_order", detail=f"{until.isoformat()} < {since.isoformat()}")
        if since < due:
            due = _resumed(due, limit.unit, since, until, calendar)
        last = until
    return due


def workdays_between(after: date, last: date, calendar: WorkingCalendar) -> int:
    """Count the working days later than ``after`` up to and including ``last``."""
    return sum(calendar.is_workday(after + timedelta(days=step)) for step in range(1, (last - after).days + 1))


def in_words(due: datetime, calendar: WorkingCalendar) -> str:
    """Return the deadline as people write it in the city: ``11月22日24:00``, never 00:00 of the next day."""
    local = aware(due).astimezone(calendar.zone)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        day = local.date() - timedelta(days=1)
        return f"{day.month}月{day.day}日24:00"
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _resumed(due: datetime, unit: LimitUnit, since: datetime, until: datetime, calendar: WorkingCalendar) -> datetime:
    """Return where ``due`` moves to when a clock that stopped at ``since`` goes on at ``until``."""
    if unit in (LimitUnit.SECONDS, LimitUnit.MINUTES, LimitUnit.HOURS):
        return due + (until - since)
    if unit is LimitUnit.WORKING_HOURS:
        return _spend(until, _open_time(since, due, calendar), calendar)
    stopped_on, goes_on = local_day(since, calendar), local_day(until, calendar)
    last_day = local_day(due - timedelta(microseconds=1), calendar)
    if goes_on == stopped_on:
        return due
    if unit is LimitUnit.DAYS:
        return due + (end_of_day(goes_on, calendar) - end_of_day(stopped_on, calendar))
    left = workdays_between(stopped_on, last_day, calendar)
    if left == 0:
        # Stopped on its last day: that day is given back, on the first working day from the day it goes on.
        return end_of_day(_nth_workday(goes_on - timedelta(days=1), 1, calendar), calendar)
    return end_of_day(_nth_workday(goes_on, left, calendar), calendar)


def _nth_workday(after: date, count: int, calendar: WorkingCalendar) -> date:
    day = after
    while count:
        day += timedelta(days=1)
        count -= calendar.is_workday(day)
    return day


def _spend(start: datetime, length: timedelta, calendar: WorkingCalendar) -> datetime:
    """Return when ``length`` of open office time has passed since ``start``."""
    for opens, closes in open_spans(start, calendar):
        if opens + length <= closes:
            return opens + length
        length -= closes - opens
    raise AssertionError("open_spans has no end")


def _open_time(since: datetime, until: datetime, calendar: WorkingCalendar) -> timedelta:
    """Return how long the office is open between two instants."""
    total = timedelta(0)
    for opens, closes in open_spans(since, calendar):
        if opens >= until:
            return total
        total += min(closes, until) - opens
        if closes >= until:
            return total
    raise AssertionError("open_spans has no end")

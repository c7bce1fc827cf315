"""The working calendar: what a clock asks a city.

The domain has no holidays of its own. A city's calendar is passed in, and it must refuse, loudly, any day that it
does not know: a guessed holiday moves a deadline that someone is held to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from liandong.domain.errors import MESSAGES, InvalidInput, LiandongError, Message

__all__ = ["CalendarNotCovered", "WorkingCalendar", "aware", "end_of_day", "local_day", "midnight", "open_spans"]

MESSAGES.setdefault(
    "calendar.not_covered",
    Message(
        "工作日历只到 {last}，不能计算 {day} 是否上班。请管理员补充城市包的 holidays.toml。",
        "The working calendar ends on {last}; {day} is unknown. The administrator must extend holidays.toml of the pack.",
    ),
)
MESSAGES.setdefault(
    "calendar.naive_time",
    Message("时间缺少时区：{value}。请带上时区再提交。", "A time without a zone: {value}. Send it with its zone."),
)
MESSAGES.setdefault(
    "calendar.out_of_range",
    Message("时间超出范围：{value}。请核对年份。", "A time out of range: {value}. Check the year."),
)


class CalendarNotCovered(LiandongError):
    """The day lies outside what the calendar knows; nothing is guessed."""

    code = "calendar.not_covered"


class WorkingCalendar(Protocol):
    """What a city says about its days. Implemented by ``adapters/packs``."""

    @property
    def zone(self) -> tzinfo:
        """The city's time zone; days begin and end in it."""
        ...

    @property
    def hours(self) -> tuple[tuple[time, time], ...]:
        """Office hours of a working day, in order, not overlapping, local time."""
        ...

    def is_workday(self, day: date) -> bool:
        """Say whether the offices are open on ``day``.

        Raises:
            CalendarNotCovered: the calendar does not know that day.
        """
        ...


def aware(value: datetime) -> datetime:
    """Return ``value`` in UTC.

    Raises:
        InvalidInput: ``calendar.naive_time`` where it has no zone, ``calendar.out_of_range`` outside the years 1900 to 9000.
    """
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidInput("calendar.naive_time", value=value.isoformat())
    if not 1900 <= value.year <= 9000:
        raise InvalidInput("calendar.out_of_range", value=value.isoformat())
    return value.astimezone(UTC)


def local_day(value: datetime, calendar: WorkingCalendar) -> date:
    """Return the day that an instant falls on in the city."""
    return aware(value).astimezone(calendar.zone).date()


def midnight(day: date, calendar: WorkingCalendar) -> datetime:
    """Return the first instant of ``day`` in the city, in UTC."""
    return datetime.combine(day, time(0), tzinfo=calendar.zone).astimezone(UTC)


def end_of_day(day: date, calendar: WorkingCalendar) -> datetime:
    """Return 24:00 of ``day`` in the city, in UTC: the first instant that is too late is just after it."""
    return midnight(day + timedelta(days=1), calendar)


def open_spans(start: datetime, calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans from ``start`` on in which the office is open, in UTC, without end.

    Raises:
        CalendarNotCovered: when the next day is unknown.
    """
    begin = aware(start)
    day = local_day(begin, calendar)
    while True:
        if calendar.is_workday(day):
            for opens, closes in calendar.hours:
                first = datetime.combine(day, opens, tzinfo=calendar.zone).astimezone(UTC)
                last = datetime.combine(day, closes, tzinfo=calendar.zone).astimezone(UTC)
                if last > begin:
                    yield max(first, begin), last
        day += timedelta(days=1)

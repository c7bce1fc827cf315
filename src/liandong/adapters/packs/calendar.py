"""The working calendar of a city: the State Council's, as ``chinesecalendar`` carries it, with the pack's own days on top.

Theory of operation:
    - Up to the last year the library covers, holidays and 调休 days are official.
    - A pack may carry days beyond it in ``holidays.toml`` and say up to when (``covered_to``). Days after ``provisional_from`` rest on the law
      (《全国年节及纪念日放假办法》) and not yet on a year's notice: ``is_provisional`` says so, and deadlines are worked out anew when the
      notice is entered.
    - Beyond that, any question is refused. Nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar.constants import holidays as _official_holidays

from liandong.domain.clocks import CalendarNotCovered

__all__ = ["CityCalendar", "official_until"]

#: Where a pack says nothing.
_OFFICE: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(17)))


@cache
def official_until() -> date:
    """Return the last day for which the library knows the State Council's notice."""
    return date(max(_official_holidays).year, 12, 31)


@cache
def official_from() -> date:
    """Return the first day the library knows."""
    return date(min(_official_holidays).year, 1, 1)


@cache
def _official_workday(day: date) -> bool:
    # The library takes some 60 µs a day and a deadline asks for twenty of them; the days it knows are few.
    return bool(chinese_calendar.is_workday(day))


@dataclass(frozen=True)
class CityCalendar:
    """Implements ``domain.clocks.WorkingCalendar``."""

    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    hours: tuple[tuple[time, time], ...] = _OFFICE
    #: Days that differ from what the library says, or lie beyond it: day -> open?
    days: Mapping[date, bool] = field(default_factory=dict)
    #: The last day that may be asked for.
    covered_to: date = field(default_factory=official_until)
    #: From here on the law is known and the year's notice is not, or None.
    provisional_from: date | None = None

    def is_workday(self, day: date) -> bool:
        """Say whether the offices are open on ``day``.

        Raises:
            CalendarNotCovered: before the first year of the library or after ``covered_to``.
        """
        if not official_from() <= day <= self.covered_to:
            raise CalendarNotCovered(day=day.isoformat(), last=self.covered_to.isoformat())
        if day in self.days:
            return self.days[day]
        if day <= official_until():
            return _official_workday(day)
        return day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        """Say whether the year's notice for ``day`` is still missing, so that what is worked out may move."""
        return self.provisional_from is not None and day >= self.provisional_from

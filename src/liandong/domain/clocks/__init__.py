"""Clocks: limits, the working calendar, deadlines, and the clocks that an order carries."""

from __future__ import annotations

from liandong.domain.clocks.calendar import CalendarNotCovered, WorkingCalendar, aware
from liandong.domain.clocks.clock import Clock, ClockRule, ClockState, most_pressing
from liandong.domain.clocks.deadlines import Pause, deadline, deadline_with_pauses, extended, in_words, workdays_between
from liandong.domain.clocks.limits import Limit, LimitUnit

__all__ = [
    "CalendarNotCovered",
    "Clock",
    "ClockRule",
    "ClockState",
    "Limit",
    "LimitUnit",
    "Pause",
    "WorkingCalendar",
    "aware",
    "deadline",
    "deadline_with_pauses",
    "extended",
    "in_words",
    "most_pressing",
    "workdays_between",
]

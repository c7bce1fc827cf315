"""Clocks: limits, the working calendar, deadlines, and the clocks that an order carries."""

from __future__ import annotations

from liandong.domain.clocks.calendar import CalendarNotCovered, WorkingCalendar, aware
from liandong.domain.clocks.clock import Clock, ClockRule, ClockState, most_pressing
from liandong.domain.clocks.deadlines import Pause, deadline, deadline_with_pauses, extended, in_words, workdays_between
from liandong.domain.clocks.keeping import keep, retimed, touches
from liandong.domain.clocks.kept import KeptClock, Outcome, due_of, open_clock
from liandong.domain.clocks.limits import Limit, LimitUnit
from liandong.domain.clocks.parts import PART_FACTS, PART_STEPS
from liandong.domain.clocks.rulebook import Rulebook
from liandong.domain.clocks.steps import STEPS, ClockStep, overtaken, step_of

__all__ = [
    "PART_FACTS",
    "PART_STEPS",
    "STEPS",
    "CalendarNotCovered",
    "Clock",
    "ClockRule",
    "ClockState",
    "ClockStep",
    "KeptClock",
    "Limit",
    "LimitUnit",
    "Outcome",
    "Pause",
    "Rulebook",
    "WorkingCalendar",
    "aware",
    "deadline",
    "deadline_with_pauses",
    "due_of",
    "extended",
    "in_words",
    "keep",
    "most_pressing",
    "open_clock",
    "overtaken",
    "retimed",
    "step_of",
    "touches",
    "workdays_between",
]

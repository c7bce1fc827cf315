"""值班表: who answers for a unit at which hour, and who stands in.

Rules:
    - A turn names days and hours, a person and a telephone; its hours may run past midnight.
    - A unit that has turns answers during them; one that has none, by its hours (``duty_by_hours``).
    - Who is away is replaced by the substitute of the same turn; the last day a calendar knows changes nothing for turns by weekday.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from liandong.domain.clocks import CalendarNotCovered, WorkingCalendar, aware
from liandong.domain.routing.duty import duty_by_hours
from liandong.domain.routing.suggestions import OnDuty
from liandong.domain.routing.units import Unit

__all__ = ["DAYS", "Roster", "Turn", "duty_by_roster"]

#: Monday to Sunday, and the two kinds of day that the working calendar knows.
DAYS = ("1", "2", "3", "4", "5", "6", "7", "work", "rest")


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the roster."""

    unit: str
    days: frozenset[str]
    opens: time
    #: Not later than ``opens``: it ends on the next day.
    closes: time
    name: str
    phone: str = ""
    substitute: str = ""
    substitute_phone: str = ""


class Roster:
    """The turns of a city.

    Parameters:
        turns: in the order of the file.
        calendar: tells working days; its zone is that of the hours.
    """

    def __init__(self, turns: Iterable[Turn], calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._turns: dict[str, list[Turn]] = {}
        for each in turns:
            self._turns.setdefault(each.unit, []).append(each)

    def has(self, unit: str) -> bool:
        """Tell whether a unit has a roster at all."""
        return unit in self._turns

    def at(self, unit: str, at: datetime) -> Turn | None:
        """Return the turn that runs at a unit, None where none does. Raises ``InvalidInput`` for a naive time."""
        local = aware(at).astimezone(self._calendar.zone)
        return next((each for each in self._turns.get(unit, ()) if self._runs(each, local)), None)

    def _runs(self, turn: Turn, local: datetime) -> bool:
        now = local.time()
        if turn.opens < turn.closes:
            return turn.opens <= now < turn.closes and self._day(turn, local)
        # It began today, or yesterday and runs past midnight.
        return (now >= turn.opens and self._day(turn, local)) or (now < turn.closes and self._day(turn, local - timedelta(days=1)))

    def _day(self, turn: Turn, local: datetime) -> bool:
        if str(local.isoweekday()) in turn.days:
            return True
        if not turn.days & {"work", "rest"}:
            return False
        try:
            working = self._calendar.is_workday(local.date())
        except CalendarNotCovered:
            working = local.isoweekday() <= 5
        return ("work" if working else "rest") in turn.days


def duty_by_roster(roster: Roster, calendar: WorkingCalendar) -> OnDuty:
    """Return the answer to "does somebody answer there?": the roster's where the unit has one, else that of its hours."""
    by_hours = duty_by_hours(calendar)

    def on_duty(unit: Unit, at: datetime) -> bool:
        return roster.at(unit.code, at) is not None if roster.has(unit.code) else by_hours(unit, at)

    return on_duty

"""Who answers now, as far as hours and the working calendar say; a duty roster by hour can stand in for it."""

from __future__ import annotations

from datetime import datetime

from liandong.domain.clocks import WorkingCalendar, aware
from liandong.domain.routing.suggestions import OnDuty
from liandong.domain.routing.units import Duty, Unit

__all__ = ["duty_by_hours"]


def duty_by_hours(calendar: WorkingCalendar) -> OnDuty:
    """Return the answer to "does somebody answer there?" for a city: always with 24-hour duty, else in office hours of working days.

    The function returned raises ``CalendarNotCovered`` past the end of the calendar and refuses naive times.
    """

    def on_duty(unit: Unit, at: datetime) -> bool:
        local = aware(at).astimezone(calendar.zone)
        if unit.duty is Duty.ALWAYS:
            return True
        return calendar.is_workday(local.date()) and any(opens <= local.time() < closes for opens, closes in calendar.hours)

    return on_duty

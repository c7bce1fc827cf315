"""A clock that a record carries: which step of it, the how manieth start, and how it ended.

A round counts how often the same step was started, so that the deadline of the second unit does not wipe out that of the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from liandong.domain.clocks.calendar import WorkingCalendar, aware
from liandong.domain.clocks.clock import Clock, ClockRule, ClockState
from liandong.domain.clocks.limits import Limit
from liandong.domain.errors import InvalidInput

__all__ = ["KeptClock", "Outcome", "due_of", "open_clock"]


class Outcome(StrEnum):
    """How a kept clock ended, or that it has not."""

    #: It runs or stands still.
    OPEN = "open"
    #: What it asks for was done; whether in time, the clock says.
    DONE = "done"
    #: Nobody owes it any more.
    VOID = "void"


@dataclass(frozen=True, slots=True)
class KeptClock:
    """One clock of one record."""

    machine: str
    step: str
    #: 1 for the first start of this step, 2 for the second …
    round: int
    clock: Clock
    outcome: Outcome = Outcome.OPEN
    #: When the warning was given, and when its passing was acted on.
    warned_at: datetime | None = None
    fired_at: datetime | None = None
    #: A right lapses, a duty becomes overdue.
    right: bool = False
    #: ``unit`` (the lead), ``desk``, ``assistant``; at a handover ``sender`` or ``receiver``.
    owed_by: str = "unit"
    #: Code of the assisting unit whose part it is; "" for the clocks of the record itself. Rounds of a part's step are counted over all parts.
    assistant: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells it apart from the others of its record."""
        return self.step, self.round

    @property
    def rule(self) -> ClockRule:
        """The rule it keeps."""
        return self.clock.rule

    @property
    def acts(self) -> bool:
        """Whether its passing is acted on by itself: a duty whose rule climbs."""
        return not self.right and self.rule.climbs

    def due(self, calendar: WorkingCalendar) -> datetime | None:
        """Return the deadline in UTC; None while it stands still."""
        return self.clock.due(calendar)

    def next_at(self, calendar: WorkingCalendar) -> datetime | None:
        """Return when something has to be done about it: the warning, then the passing; None where nothing has."""
        if not self.acts or self.outcome != Outcome.OPEN:
            return None
        if self.warned_at is None and self.fired_at is None and (warns_at := self.clock.warns_at(calendar)) is not None:
            return warns_at
        return self.clock.due(calendar) if self.fired_at is None else None

    def ended(self, outcome: Outcome, at: datetime) -> KeptClock:
        """Return it over: done, or owed by nobody any more."""
        return replace(self, outcome=outcome, clock=self.clock.stop(max(aware(at), self.clock.started_at)))

    def again(self) -> KeptClock:
        """Return one that was done too early going on with its old deadline; its passing is acted on anew, for what followed it was lifted."""
        return replace(self, outcome=Outcome.OPEN, clock=replace(self.clock, stopped_at=None), fired_at=None)

    def held(self, at: datetime) -> KeptClock:
        """Return it standing still, where its rule allows that."""
        return replace(self, clock=self.clock.pause(at)) if self.rule.pausable and not self._stands else self

    def going_on(self, at: datetime) -> KeptClock:
        """Return it going on, where it stands still."""
        return replace(self, clock=self.clock.resume(at)) if self._stands else self

    def lengthened(self, days: int) -> KeptClock:
        """Return it with more time, where its rule knows extensions; the warning and the passing are looked at anew."""
        allowed = self.rule.extension
        if allowed is None or days < 1:
            return self
        try:
            clock = self.clock.extend(Limit(days, allowed.unit))
        except InvalidInput:
            # The table has bounded it; a pack that allows less in all does not take back what a person granted.
            clock = replace(self.clock, extensions=(*self.clock.extensions, Limit(days, allowed.unit)))
        return replace(self, clock=clock, warned_at=None, fired_at=None)

    @property
    def _stands(self) -> bool:
        return bool(self.clock.pauses) and self.clock.pauses[-1].until is None

    def state(self, at: datetime, calendar: WorkingCalendar) -> ClockState | None:
        """Say where it stands; None where it is void, or a right that is over."""
        if self.outcome == Outcome.VOID:
            return None
        found = self.clock.state(at, calendar)
        return None if self.right and found in (ClockState.OVERDUE, ClockState.MISSED, ClockState.MET) else found

    def overdue(self, at: datetime, calendar: WorkingCalendar) -> bool:
        """Tell whether somebody owes it and is late."""
        return self.outcome == Outcome.OPEN and self.state(at, calendar) == ClockState.OVERDUE


def open_clock(clocks: Iterable[KeptClock], step: str) -> KeptClock | None:
    """Return the open clock of a step, or None."""
    return next((each for each in clocks if each.step == step and each.outcome == Outcome.OPEN), None)


def due_of(clocks: Iterable[KeptClock], step: str, calendar: WorkingCalendar) -> datetime | None:
    """Return when the open clock of a step is due, or None."""
    found = open_clock(clocks, step)
    return None if found is None else found.due(calendar)

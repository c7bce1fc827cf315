"""The clocks that a record carries, kept by what happens to it.

Theory of operation: ``keep`` is a fold: the clocks so far, a fact, the record after it → the clocks now. Run over the whole
journal it gives what a node keeps in its ``timer`` rows; those rows are written in the transaction of the fact itself.
A round counts how often the same step was started, so that the deadline of the second unit does not wipe out that of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from liandong.domain.clocks.calendar import WorkingCalendar, aware
from liandong.domain.clocks.clock import Clock, ClockRule, ClockState
from liandong.domain.clocks.limits import Limit
from liandong.domain.clocks.rulebook import Rulebook
from liandong.domain.clocks.steps import STEPS, ClockStep
from liandong.domain.errors import InvalidInput

__all__ = ["KeptClock", "Outcome", "due_of", "keep", "open_clock", "retimed", "touches"]

#: machine -> facts that move any of its clocks.
_TOUCHING: dict[str, frozenset[str]] = {}


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
    owed_by: str = "unit"

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

    def state(self, at: datetime, calendar: WorkingCalendar) -> ClockState | None:
        """Say where it stands; None where it is void, or a right that is over."""
        if self.outcome == Outcome.VOID:
            return None
        found = self.clock.state(at, calendar)
        return None if self.right and found in (ClockState.OVERDUE, ClockState.MISSED, ClockState.MET) else found

    def overdue(self, at: datetime, calendar: WorkingCalendar) -> bool:
        """Tell whether somebody owes it and is late."""
        return self.outcome == Outcome.OPEN and self.state(at, calendar) == ClockState.OVERDUE


def touches(machine: str, name: str) -> bool:
    """Tell whether a fact moves any clock of a kind of record."""
    known = _TOUCHING.get(machine)
    if known is None:
        each = STEPS.get(machine, ())
        sets = [part for step in each for part in (step.starts, step.stops, step.voids, step.continues, step.pauses, step.resumes, step.extends)]
        known = _TOUCHING[machine] = frozenset().union(*sets)
    return name in known


def keep(
    clocks: Iterable[KeptClock], machine: str, name: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime | None = None
) -> tuple[KeptClock, ...]:
    """Return the clocks after a fact.

    Parameters:
        clocks: those kept so far.
        machine: kind of the record.
        name: of the fact.
        at: aware; when it happened, for what stops.
        after: the record's data after the fact.
        rulebook: the city's rules; without a calendar nothing is kept.
        since: aware; when what starts is counted from; None: ``at``. Later than ``at`` where the news was long on its way,
            earlier where a record goes on with an older deadline.

    Raises:
        CalendarNotCovered: a deadline lies beyond what the calendar knows.
    """
    if rulebook.calendar is None:
        return ()
    kept = list(clocks)
    for step in STEPS.get(machine, ()):
        kept = _step(kept, step, machine, name, at, after, rulebook, since or at)
    return tuple(kept)


def _step(
    kept: list[KeptClock], step: ClockStep, machine: str, name: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime
) -> list[KeptClock]:
    mine = [each for each in kept if each.step == step.step]
    last = max(mine, key=lambda each: each.round) if mine else None
    changed: KeptClock | None = None
    if last is not None and last.outcome == Outcome.OPEN:
        changed = _moved(last, step, name, at, after)
    if changed is None and last is not None and name in step.continues and last.outcome == Outcome.DONE:
        changed = replace(last, outcome=Outcome.OPEN, clock=replace(last.clock, stopped_at=None))
    if changed is not None:
        kept = [changed if each is last else each for each in kept]
        last = changed
    if name in step.starts:
        kept = _started(kept, last, step, machine, at, after, rulebook, since)
    return kept


def _moved(last: KeptClock, step: ClockStep, name: str, at: datetime, after: Mapping[str, Any]) -> KeptClock | None:
    """Return an open clock after a fact that touches it, or None."""
    clock = last.clock
    if name in step.stops and not (step.step == "answer" and _unanswered(after)):
        return replace(last, outcome=Outcome.DONE, clock=clock.stop(max(aware(at), clock.started_at)))
    if name in step.voids:
        return replace(last, outcome=Outcome.VOID, clock=clock.stop(max(aware(at), clock.started_at)))
    stands = bool(clock.pauses) and clock.pauses[-1].until is None
    if name in step.pauses and clock.rule.pausable and not stands:
        return replace(last, clock=clock.pause(at))
    if name in step.resumes and stands:
        return replace(last, clock=clock.resume(at))
    if name in step.extends:
        return _extended(last, int(after.get("days", 0)))
    return None


def _extended(last: KeptClock, days: int) -> KeptClock:
    """More time was granted: what the rule allows of it, and the warning and the passing are looked at anew."""
    allowed = last.clock.rule.extension
    if allowed is None or days < 1:
        return last
    try:
        clock = last.clock.extend(Limit(days, allowed.unit))
    except InvalidInput:
        # The table has bounded it; a pack that allows less in all does not take back what a person granted.
        clock = replace(last.clock, extensions=(*last.clock.extensions, Limit(days, allowed.unit)))
    return replace(last, clock=clock, warned_at=None, fired_at=None)


def _unanswered(after: Mapping[str, Any]) -> bool:
    return any(not each.get("answer") for each in after.get("questions", ()))


def _started(
    kept: list[KeptClock], last: KeptClock | None, step: ClockStep, machine: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime
) -> list[KeptClock]:
    """Return the clocks with a new round, unless the old one goes on."""
    if last is not None and last.outcome == Outcome.OPEN:
        if step.keeps:
            return kept
        kept = [replace(each, outcome=Outcome.VOID, clock=each.clock.stop(max(aware(at), each.clock.started_at))) if each is last else each for each in kept]
    if step.urgent_only and not (after.get("urgent") or after.get("danger")):
        return kept
    rule = rulebook.rule(machine, step.step, after, since)
    if rule is None:
        return kept
    clock = Clock(rule, aware(since))
    assert rulebook.calendar is not None, "there are no rules without a calendar"
    clock.due(rulebook.calendar)  # a deadline that the calendar does not know is refused now, not when somebody looks
    return [*kept, KeptClock(machine, step.step, (last.round if last else 0) + 1, clock, right=step.right, owed_by=step.owed_by)]


def open_clock(clocks: Iterable[KeptClock], step: str) -> KeptClock | None:
    """Return the open clock of a step, or None."""
    return next((each for each in clocks if each.step == step and each.outcome == Outcome.OPEN), None)


def due_of(clocks: Iterable[KeptClock], step: str, calendar: WorkingCalendar) -> datetime | None:
    """Return when the open clock of a step is due, or None."""
    found = open_clock(clocks, step)
    return None if found is None else found.due(calendar)


def retimed(clocks: Iterable[KeptClock], after: Mapping[str, Any], rulebook: Rulebook, at: datetime) -> tuple[KeptClock, ...]:
    """Return the open clocks under the rules in force at ``at``; what is over stays as it was.

    Used when a rule of the pack changes, when a year's holidays are entered, and when a record's item is corrected.
    """
    moved = []
    for each in clocks:
        rule = rulebook.rule(each.machine, each.step, after, at) if each.outcome == Outcome.OPEN else None
        if rule is None or rule == each.rule:
            moved.append(each)
        else:
            moved.append(replace(each, clock=each.clock.under(rule), warned_at=None, fired_at=None))
    return tuple(moved)

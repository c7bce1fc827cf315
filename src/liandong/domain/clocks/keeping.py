"""The clocks of a record as its facts move them.

Theory of operation: ``keep`` is a fold: the clocks so far, a fact, the record after it → the clocks now. Run over the whole
journal it gives what a node keeps in its ``timer`` rows; those rows are written in the transaction of the fact itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from liandong.domain.clocks.calendar import aware
from liandong.domain.clocks.clock import Clock
from liandong.domain.clocks.kept import KeptClock, Outcome
from liandong.domain.clocks.parts import PART_FACTS, PART_STEPS, keep_parts
from liandong.domain.clocks.rulebook import Rulebook
from liandong.domain.clocks.steps import STEPS, ClockStep

__all__ = ["keep", "retimed", "touches"]

#: machine -> facts that move any of its clocks.
_TOUCHING: dict[str, frozenset[str]] = {}


def touches(machine: str, name: str) -> bool:
    """Tell whether a fact moves any clock of a kind of record."""
    known = _TOUCHING.get(machine)
    if known is None:
        each = STEPS.get(machine, ())
        sets = [part for step in each for part in (step.starts, step.stops, step.voids, step.continues, step.pauses, step.resumes, step.extends)]
        known = _TOUCHING[machine] = frozenset().union(*sets, PART_FACTS if machine in PART_STEPS else ())
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
    return tuple(keep_parts(kept, machine, name, at, after, rulebook, since or at))


def _step(
    kept: list[KeptClock], step: ClockStep, machine: str, name: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime
) -> list[KeptClock]:
    mine = [each for each in kept if each.step == step.step]
    last = max(mine, key=lambda each: each.round) if mine else None
    changed: KeptClock | None = None
    if last is not None and last.outcome == Outcome.OPEN:
        changed = _moved(last, step, name, at, after)
    if changed is None and last is not None and name in step.continues and last.outcome == Outcome.DONE:
        changed = last.again()
    if changed is not None:
        kept = [changed if each is last else each for each in kept]
        last = changed
    if name in step.starts:
        kept = _started(kept, last, step, machine, at, after, rulebook, since)
    return kept


def _moved(last: KeptClock, step: ClockStep, name: str, at: datetime, after: Mapping[str, Any]) -> KeptClock | None:
    """Return an open clock after a fact that touches it, or None."""
    if name in step.stops and not (step.step == "answer" and _unanswered(after)):
        return last.ended(Outcome.DONE, at)
    if name in step.voids:
        return last.ended(Outcome.VOID, at)
    if name in step.pauses:
        return last.held(at)
    if name in step.resumes:
        return last.going_on(at)
    return last.lengthened(int(after.get("days", 0))) if name in step.extends else None


def _unanswered(after: Mapping[str, Any]) -> bool:
    return any(not each.get("answer") for each in after.get("questions", ()))


def _started(
    kept: list[KeptClock], last: KeptClock | None, step: ClockStep, machine: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime
) -> list[KeptClock]:
    """Return the clocks with a new round, unless the old one goes on."""
    if last is not None and last.outcome == Outcome.OPEN:
        if step.keeps:
            return kept
        kept = [each.ended(Outcome.VOID, at) if each is last else each for each in kept]
    urgent = bool(after.get("urgent") or after.get("danger"))
    if (step.urgent_only and not urgent) or (step.calm_only and urgent):
        return kept
    rule = rulebook.rule(machine, step.step, after, since)
    if rule is None:
        return kept
    clock = Clock(rule, aware(since))
    assert rulebook.calendar is not None, "there are no rules without a calendar"
    clock.due(rulebook.calendar)  # a deadline that the calendar does not know is refused now, not when somebody looks
    return [*kept, KeptClock(machine, step.step, (last.round if last else 0) + 1, clock, right=step.right, owed_by=step.owed_by)]


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

"""A clock on an order: which rule it keeps, when it started, where it stands.

An order carries several clocks at once (to sign, to arrive, to report, to reply), each with its own rule; one never
overrides another. A clock stores what happened to it, not its deadline: the deadline is worked out from its rule and its
history, so that a changed rule or calendar moves it by nothing more than asking again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from liandong.domain.clocks.calendar import WorkingCalendar, aware
from liandong.domain.clocks.deadlines import Pause, deadline_with_pauses, extended
from liandong.domain.clocks.limits import Limit
from liandong.domain.errors import MESSAGES, InvalidInput, Message

__all__ = ["Clock", "ClockRule", "ClockState", "most_pressing"]

MESSAGES.setdefault(
    "clocks.not_running",
    Message("计时“{clock}”现在是“{state}”，不能{act}。", "The clock “{clock}” is “{state}”: it cannot {act}."),
)


class ClockState(StrEnum):
    """Where a clock stands at an instant."""

    #: Time is left.
    RUNNING = "running"
    #: Time is left, less than the warning asks for.
    WARNING = "warning"
    #: Stands still for a listed reason.
    PAUSED = "paused"
    #: The deadline has passed and the work is not done.
    OVERDUE = "overdue"
    #: Done in time.
    MET = "met"
    #: Done, too late.
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One limit of a city, with what it rests on."""

    #: Stable in the pack, such as ``workorder.handle.complaint``.
    code: str
    name: str
    limit: Limit
    #: Document, clause, or study that says so; never empty.
    source: str
    #: The machine it belongs to: ``workorder``, ``alarm``, ``handover``, ``call`` …
    machine: str = ""
    #: What starts it and what stops it, in the words of that machine.
    starts: str = ""
    stops: str = ""
    #: 类别, urgency or terrain it is for; ``""`` for all.
    applies: str = ""
    #: How long before the end to warn, or None.
    warn_before: Limit | None = None
    #: Whether a listed reason may stop it.
    pausable: bool = False
    #: The most it may be extended by in all, or None where it may not.
    extension: Limit | None = None
    #: Codes of classes or items it is for, whatever else applies; empty for all.
    items: tuple[str, ...] = ()
    #: The day from which clocks start under it, or None: always. Several versions of a code may stand beside each other.
    effective_from: date | None = None
    #: Whether being late with it is reminded of, supervised and so on by itself.
    climbs: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """A rule applied to one order."""

    rule: ClockRule
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Limit, ...] = ()
    stopped_at: datetime | None = None

    def __post_init__(self) -> None:
        aware(self.started_at)

    def due(self, calendar: WorkingCalendar) -> datetime | None:
        """Return the deadline in UTC, or None while it stands still.

        Raises:
            CalendarNotCovered: the calendar ends before the deadline.
        """
        due = deadline_with_pauses(self.started_at, self.rule.limit, self.pauses, calendar)
        for limit in self.extensions:
            due = None if due is None else extended(due, limit, calendar)
        return due

    def warns_at(self, calendar: WorkingCalendar) -> datetime | None:
        """Return when to warn, in UTC; None while it stands still or where the rule has no warning.

        A warning counted in days or working hours is taken as that many times 24 hours or one hour: it is a courtesy, not a limit.
        """
        due = self.due(calendar)
        if due is None or self.rule.warn_before is None:
            return None
        before = self.rule.warn_before.elapsed or timedelta(days=self.rule.warn_before.amount)
        return max(aware(self.started_at), due - before)

    def state(self, at: datetime, calendar: WorkingCalendar) -> ClockState:
        """Say where it stands at ``at``; done exactly at the deadline is in time."""
        now = aware(at)
        if self.stopped_at is not None:
            due = replace(self, stopped_at=None, pauses=_closed(self.pauses, self.stopped_at)).due(calendar)
            return ClockState.MET if due is not None and aware(self.stopped_at) <= due else ClockState.MISSED
        due = self.due(calendar)
        if due is None:
            return ClockState.PAUSED
        if now > due:
            return ClockState.OVERDUE
        warns_at = self.warns_at(calendar)
        return ClockState.WARNING if warns_at is not None and now >= warns_at else ClockState.RUNNING

    def pause(self, at: datetime) -> Clock:
        """Return it standing still from ``at`` on.

        Raises:
            InvalidInput: ``clocks.not_running`` where the rule does not allow it, it already stands or is done.
        """
        if not self.rule.pausable or self.stopped_at is not None or self._stands:
            raise self._refused("pause")
        return replace(self, pauses=(*self.pauses, Pause(aware(at))))

    def resume(self, at: datetime) -> Clock:
        """Return it going on from ``at``.

        Raises:
            InvalidInput: ``clocks.not_running`` where it does not stand still.
        """
        if not self._stands or self.stopped_at is not None:
            raise self._refused("resume")
        return replace(self, pauses=_closed(self.pauses, at))

    def extend(self, limit: Limit) -> Clock:
        """Return it with more time: counted in the unit of the rule's extension and never beyond it in all.

        Raises:
            InvalidInput: ``clocks.not_running`` where the rule allows no extension, or not so much, or it is done.
        """
        allowed = self.rule.extension
        granted = sum(each.amount for each in self.extensions)
        if allowed is None or self.stopped_at is not None or limit.unit is not allowed.unit or granted + limit.amount > allowed.amount:
            raise self._refused("extend")
        return replace(self, extensions=(*self.extensions, limit))

    def stop(self, at: datetime) -> Clock:
        """Return it done at ``at``.

        Raises:
            InvalidInput: ``clocks.not_running`` where it is already done.
        """
        if self.stopped_at is not None:
            raise self._refused("stop")
        return replace(self, stopped_at=aware(at))

    def under(self, rule: ClockRule) -> Clock:
        """Return the same history under another rule: what happens when a rule changes or a category is corrected."""
        return replace(self, rule=rule)

    @property
    def _stands(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].until is None

    def _refused(self, act: str) -> InvalidInput:
        state = "stopped" if self.stopped_at is not None else "paused" if self._stands else "running"
        return InvalidInput("clocks.not_running", clock=self.rule.name, state=state, act=act)


def most_pressing(clocks: Iterable[Clock], calendar: WorkingCalendar) -> Clock | None:
    """Return the clock that is due first, or None where none runs. All are shown; this one leads."""
    due = [(when, clock) for clock in clocks if clock.stopped_at is None and (when := clock.due(calendar)) is not None]
    return min(due, key=lambda pair: (pair[0], pair[1].rule.code))[1] if due else None


def _closed(pauses: tuple[Pause, ...], at: datetime) -> tuple[Pause, ...]:
    if not pauses or pauses[-1].until is not None:
        return pauses
    return (*pauses[:-1], Pause(pauses[-1].since, aware(at)))

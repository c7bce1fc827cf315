"""Work out open deadlines anew when a rule of the pack or the year's holidays changed, and write down what moved.

Source: facts 5 (no recalculation after the rule changes); 民法典 art. 203 for the days themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.clocks import KeptClock, Outcome, WorkingCalendar, retimed
from liandong.domain.journal.facts import StreamId, StreamKind

__all__ = ["recalculate"]

#: Kinds whose table knows the fact.
KINDS = (StreamKind.ALARM, StreamKind.WORK_ORDER, StreamKind.HANDOVER)


def recalculate(
    world: World, kind: StreamKind, stream: StreamId, reason: str, written: Mapping[tuple[str, int], datetime | None] | None = None
) -> list[dict[str, Any]]:
    """Move the open clocks of one record to the rules in force now, in one transaction; return what moved.

    Parameters:
        written: (step, round) -> the deadline as it was worked out last; where it differs although the rule does not, the
            calendar has changed. None: only rules are compared.
        reason: why, in the words of whoever changed the rule; kept in the journal.

    Raises:
        StreamNotFound: no such record here.
        StreamConflict: somebody acted on it at the same time; try again.

    Concurrency: harmless when run twice; the second time nothing moves.
    """
    calendar = world.rulebook.calendar
    if calendar is None or kind not in KINDS:
        return []
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(kind, stream)
        before = unit.clocks(state)
        after = retimed(before, state.data, world.rulebook, session.at)
        moved = [
            _moved(old, new, calendar, (written or {}).get(old.key))
            for old, new in zip(before, after, strict=True)
            if old.outcome == Outcome.OPEN and (old.rule.limit != new.rule.limit or _elsewhere(new, calendar, written))
        ]
        if not moved or "retime" not in session.allowed(state, session.system):
            return []
        session.perform(kind, stream, "retime", session.system, {"moved": moved, "reason": reason})
        return moved


def _elsewhere(new: KeptClock, calendar: WorkingCalendar, written: Mapping[tuple[str, int], datetime | None] | None) -> bool:
    before = None if written is None else written.get(new.key)
    return before is not None and before != new.due(calendar)


def _moved(old: KeptClock, new: KeptClock, calendar: WorkingCalendar, written: datetime | None) -> dict[str, Any]:
    whose = {"assistant": new.assistant} if new.assistant else {}
    return {"clock": new.rule.code, "name": new.rule.name, **whose, "before": _text(written or old.due(calendar)), "after": _text(new.due(calendar)), "limit": str(new.rule.limit)}


def _text(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat()

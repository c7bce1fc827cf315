"""Keep the clocks of a record with its facts, and tell guards the limits that these clocks set.

Written in the transaction of the fact: an order can never be without the clock that its state asks for (ADR 0006 and 0015).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from liandong.domain.clocks import due_of, keep, open_clock, retimed, touches
from liandong.domain.journal.facts import Fact, StreamKind, StreamState

if TYPE_CHECKING:
    from liandong.application.perform import Session

__all__ = ["LIMITS", "keep_time", "limits_for"]

#: (kind, command) -> (name in the guard's context, step whose open clock gives it).
LIMITS: Mapping[tuple[StreamKind, str], tuple[str, str]] = {
    (StreamKind.WORK_ORDER, "refuse"): ("refusal_until", "refuse"),
    (StreamKind.WORK_ORDER, "ask_extension"): ("handle_until", "handle"),
    (StreamKind.HANDOVER, "object"): ("objection_until", "object"),
}
#: Facts after which the limits are looked up anew: the record is another kind of matter now.
CORRECTIONS = frozenset({"AlarmCorrected", "OrderCorrected", "DeadlineMoved"})


def keep_time(session: Session, after: StreamState, fact: Fact, *, own: bool) -> None:
    """Move the clocks of a record by one fact.

    What the peer did stops a clock when the peer did it; what it starts counts from when this node knows of it.
    """
    machine, rulebook = after.kind.value, session.world.rulebook
    if rulebook.calendar is None:
        return
    if fact.name in CORRECTIONS:
        session.unit.keep_clocks(after, retimed(session.unit.clocks(after), after.data, rulebook, session.at))
    elif touches(machine, fact.name):
        since = _since(fact) if own else session.at
        session.unit.keep_clocks(after, keep(session.unit.clocks(after), machine, fact.name, fact.at, after.data, rulebook, since))


def _since(fact: Fact) -> datetime:
    """Return when what a fact starts counts from: the time it carries, never later than the fact."""
    said = fact.data.get("since")
    if not said:
        return fact.at
    try:
        wanted = datetime.fromisoformat(str(said))
    except ValueError:
        return fact.at
    return min(wanted, fact.at) if wanted.tzinfo is not None else fact.at


def limits_for(session: Session, state: StreamState, command: str) -> dict[str, Any]:
    """Return what guards may ask about a command's limit; empty where no clock sets one."""
    wanted = LIMITS.get((state.kind, command))
    calendar = session.world.rulebook.calendar
    if wanted is None or calendar is None:
        return {}
    name, step = wanted
    clocks = session.unit.clocks(state)
    due = due_of(clocks, step, calendar)
    given: dict[str, Any] = {} if due is None else {name: due.astimezone(UTC).isoformat()}
    handling = open_clock(clocks, "handle")
    if command == "ask_extension" and handling is not None and handling.rule.extension is not None:
        given["extension_days_most"] = handling.rule.extension.amount - sum(each.amount for each in handling.clock.extensions)
    return given

"""What the platform says of a simulated stretch of time: orders by unit, in time or late, and what crossed between the sides.

Everything is counted from the journals, the orders and their clocks as both nodes hold them, nothing from the file.
A clock counts only where the file says when what it asks for was done (``answerable``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from liandong.domain.clocks import KeptClock, Outcome
from liandong.domain.clocks.clock import ClockState
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState
from liandong.lab.pair import Pair, Side

__all__ = ["ORDER_FIGURES", "STEP_OF_LADDER", "figures_of"]

#: Fact of a supervision -> its step.
STEP_OF_LADDER = {
    "DeadlineWarned": "warned",
    "UnitReminded": "reminded",
    "UnitSupervised": "supervised",
    "InterviewCalled": "interviewed",
    "CircularIssued": "circulated",
    "AccountabilityReferred": "referred",
}
#: Fact of an order -> what it is counted as.
OF_ORDER = {
    "OrderRefused": "refused",
    "ReportTurnedBack": "returned",
    "OrderTurnedBack": "returned",
    "NonPoliceStated": "refused",
    "CitizenDissatisfied": "reopened",
    "AlarmReopened": "reopened",
}
#: Fact of a handover -> what it is counted as, at the node that sent it.
OF_HANDOVER = {
    "HandoverOffered": "offered",
    "HandoverAccepted": "accepted",
    "HandoverObjected": "objected",
    "HandoverReturned": "returned",
    "NegotiationLapsed": "returned",
    "NegotiationSettledForSender": "returned",
    "QuestionAsked": "asked",
    "QuestionAnswered": "supplied",
    "HandoverSupplemented": "supplied",
    "HandoverConfirmed": "confirmed",
    "HandoverReopened": "reopened",
}
ORDER_FIGURES = (
    "orders", "sent_in_time", "sent_late", "on_time", "late", "no_limit", "end_not_recorded", "refused", "asked", "supplied", "returned", "reopened",
    *STEP_OF_LADDER.values(),
)  # fmt: skip
ORDERS = (StreamKind.ALARM, StreamKind.WORK_ORDER, StreamKind.QUICK_SERVICE)
#: Steps of the desk: from receiving a matter to sending it to a unit.
SENDING = ("order", "dispatch")

Answerable = Callable[[Side, StreamState, str, int], bool]


def figures_of(pair: Pair, answerable: Answerable) -> dict[str, Any]:
    """Return the figures: ``total``, ``units`` (code or name of a unit -> figures; ``""`` is no unit yet) and ``handovers``.

    Parameters:
        pair: the nodes.
        answerable: node, record, step of a clock, its round -> whether the file says when what the clock asks for was done.
    """
    units: dict[str, Counter[str]] = {}
    handovers: Counter[str] = Counter(dict.fromkeys(OF_HANDOVER.values(), 0))
    for side in pair.sides.values():
        facts = _facts(side)
        for kind in ORDERS:
            for order in side.database.of_kind(kind):
                found = units.setdefault(str(order.data.get("unit", "")), Counter())
                found.update(_order(side, order, answerable))
                found.update(OF_ORDER[name] for name in facts.get(order.id, ()) if name in OF_ORDER)
        for name, unit in _supervised(side):
            units.setdefault(unit, Counter())[name] += 1
        for each in side.database.of_kind(StreamKind.HANDOVER):
            crossed = [OF_HANDOVER[name] for name in facts.get(each.id, ()) if name in OF_HANDOVER]
            if each.data.get("origin") == side.name:
                handovers.update(crossed)
            elif (order := _order_of(side, each)) is not None:
                # Who asked is the side that works on it: its unit's.
                units.setdefault(str(order.data.get("unit", "")), Counter()).update(
                    name for name in crossed if name in ("asked", "supplied")
                )
    total = sum(units.values(), Counter())
    ordered = sorted(units.items(), key=lambda each: (-each[1]["orders"], each[0]))
    return {
        "total": _whole(total),
        "units": {name: _whole(counts) for name, counts in ordered},
        "handovers": dict(sorted(handovers.items())),
    }


def _whole(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in ORDER_FIGURES}


def _facts(side: Side) -> dict[StreamId, list[str]]:
    found: dict[StreamId, list[str]] = {}
    for _, entry in side.database.journal:
        found.setdefault(entry.stream, []).append(entry.fact.name)
    return found


def _supervised(side: Side) -> Iterator[tuple[str, str]]:
    """Yield each step of supervision with the unit that had the record then; ``""`` where the desk had not sent it yet."""
    holder: dict[StreamId, str] = {}
    for kind, entry in side.database.journal:
        if kind == StreamKind.SUPERVISION:
            holder[entry.stream] = str(entry.fact.data.get("unit", holder.get(entry.stream, "")))
            if entry.fact.name in STEP_OF_LADDER:
                yield STEP_OF_LADDER[entry.fact.name], holder[entry.stream]


def _order_of(side: Side, handover: StreamState) -> StreamState | None:
    appeal = side.database.keys.get(f"handover:{handover.id}")
    order = side.now(appeal).data.get("order") if appeal else None
    return side.now(str(order)) if order else None


def _order(side: Side, order: StreamState, answerable: Answerable) -> Iterator[str]:
    """Yield what an order counts as."""
    yield "orders"
    sending, working = [], []
    for kept in side.database.clocks.get(order.id, ()):
        if not kept.right and kept.outcome != Outcome.VOID and answerable(side, order, kept.step, kept.round):
            (sending if kept.step in SENDING else working).append(_missed(side, kept))
    if sending:
        yield "sent_late" if any(sending) else "sent_in_time"
    if not answerable(side, order, "end", 1):
        yield "end_not_recorded"
    elif working:
        yield "late" if any(working) else "on_time"
    else:
        yield "no_limit"


def _missed(side: Side, kept: KeptClock) -> bool:
    calendar = side.world.rulebook.calendar
    assert calendar is not None, "a clock is kept only with a calendar"
    return kept.clock.state(side.world.clock.now(), calendar) in (ClockState.MISSED, ClockState.OVERDUE)

"""席位制: one node seats both lines. What crosses between two platforms elsewhere moves from one line to the other here (000: P 县).

Theory of operation: the appeal stays; its order of one line waits in ``handed_over`` while a new order of the other line is worked on, linked to it.
The end of the new one is the result of the waiting one. Police that are called with one key get an alarm of their own beside the work order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.orders import is_open, start_order
from liandong.application.perform import Session
from liandong.application.reporting import result_of
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Fact, StreamId, StreamKind, StreamState

__all__ = ["DESK_REACTIONS", "call_own_police", "cross_to_other_line", "is_one_desk"]

OTHER_LINE = {StreamKind.ALARM: StreamKind.WORK_ORDER, StreamKind.WORK_ORDER: StreamKind.ALARM}


def is_one_desk(session: Session) -> bool:
    """Tell whether this node seats both lines."""
    return session.world.desk.side == "both"


def cross_to_other_line(session: Session, order: StreamState, given: Mapping[str, Any]) -> StreamState:
    """Start the other line's order for a matter that leaves this one; return it."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(order.data["appeal"])))
    summary = str(given.get("reason") or order.data.get("summary", ""))
    started = start_order(session, appeal, session.system, summary=summary[:2000], kind=OTHER_LINE[order.kind], linked=order.id)
    if appeal.phase == "kept":
        session.perform(appeal.kind, appeal.id, "move_line", session.system, {"order": started.id, "reason": given.get("reason", "")})
    return started


def call_own_police(session: Session, order: StreamState, reason: str) -> StreamState:
    """Start an urgent alarm beside a work order that goes on: one key, without a way to go."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(order.data["appeal"])))
    return start_order(session, appeal, session.system, summary=reason[:2000], kind=StreamKind.ALARM, linked=order.id, urgent=True)


def give_back_result(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The other line is done: what waited for it has its result."""
    linked = after.data.get("linked")
    if not is_one_desk(session) or not linked:
        return
    try:
        waiting = session.load(OTHER_LINE[after.kind], StreamId(str(linked)))
    except StreamNotFound:
        return
    if waiting.phase == "handed_over" and is_open(waiting):
        session.perform(waiting.kind, waiting.id, "peer_result", session.system, {"result": result_of(after)})


#: fact -> (decided here, what follows).
DESK_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "AlarmClosed": ((True, give_back_result),),
    "OrderClosed": ((True, give_back_result),),
}

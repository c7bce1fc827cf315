"""The order of a side: an alarm at the police, a work order at the hotline, or quick service. One place knows which is which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.follow_ruling import ruling_for, send_to_lead
from liandong.application.patrolling import nearest_patrol, position_said
from liandong.application.perform import Session
from liandong.application.place_said import place_said
from liandong.domain.alarms.alarm import OPEN as OPEN_ALARMS
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind, StreamState
from liandong.domain.quickservice.move_car import OPEN as OPEN_SERVICES
from liandong.domain.workorders.workorder import OPEN as OPEN_ORDERS

__all__ = ["is_open", "order_kind", "order_of", "start_order", "summary_of", "withdraw_order"]

#: kind -> states in which somebody still has to do something.
OPEN_OF = {StreamKind.ALARM: OPEN_ALARMS, StreamKind.WORK_ORDER: OPEN_ORDERS, StreamKind.QUICK_SERVICE: OPEN_SERVICES}
#: How much of the words an order shows in lists.
SUMMARY_CHARACTERS = 200


def order_kind(side: str, wanted: str = "", *, urgent: bool = False) -> StreamKind:
    """Return the kind of order a side works with; at a node of both sides, that of the side ``wanted``: joint danger is police's first."""
    chosen = wanted if side == "both" else side
    if side == "both" and wanted == "joint" and urgent:
        chosen = "police"
    return StreamKind.ALARM if chosen == "police" else StreamKind.WORK_ORDER


def summary_of(text: str) -> str:
    """Return the first words of what was said, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_CHARACTERS else line[: SUMMARY_CHARACTERS - 1] + "…"


def start_order(
    session: Session, appeal: StreamState, actor: Actor, *, handover: str = "", summary: str = "", since: str = "", ruling: Mapping[str, Any] | None = None,
    kind: StreamKind | None = None, linked: str = "", urgent: bool | None = None,
) -> StreamState:  # fmt: skip
    """Create this side's order for an appeal; the order knows its appeal, and its handover when it came by one.

    Parameters:
        since: ISO, aware; when its first clock counts from where that is earlier than now: a matter that came back keeps
            the deadline of its first receiver.
        ruling: the one a handover was sent under; the verdict's own where none is given.
        kind: at a node of both sides, of which line; None follows the appeal. linked: the order of the other line it came from.
        urgent: None follows the appeal.
    """
    said = appeal.data
    danger = bool(said.get("urgent", False)) if urgent is None else urgent
    kind = kind or order_kind(session.world.desk.side, str(said.get("side", "")), urgent=danger)
    if session.world.desk.side == "both":
        # Whoever of the two lines took the call: the order is of the line whose matter it is.
        actor = Actor(Role.SYSTEM, person=actor.person, node=session.world.desk.node)
    data: dict[str, Any] = {
        "appeal": appeal.id,
        "summary": summary or summary_of(str(said["text"])),
        "place": place_said(said),
        "item": said.get("item", ""),
        "urgent": danger,
        "linked": linked,
        "handover": handover,
        "kind": said.get("kind", ""),
        "division": said.get("division", ""),
        "since": since,
        "ruling": dict(ruling or ruling_for(said, session.world.desk.side)) or None,
    }
    if kind == StreamKind.ALARM and position_said(said) is not None:
        data |= {name: str(said[name]) for name in ("longitude", "latitude")}
    order = session.start(kind, "take" if kind == StreamKind.ALARM else "receive", actor, data)
    if kind == StreamKind.ALARM and data["urgent"]:
        return _ordered_at_once(session, order, said)
    return send_to_lead(session, order)


def _ordered_at_once(session: Session, alarm: StreamState, said: Mapping[str, Any]) -> StreamState:
    """Order the nearest police unit to danger without waiting for a hand; a dispatcher may redirect it (济政办字〔2023〕51号 四（二）3)."""
    near = nearest_patrol(session, said)
    if near is not None:
        given = {"unit": near.patrol.unit, "officers": near.patrol.person, "note": f"险情，系统派最近巡逻警力，距约{near.distance_m}米"}
        return session.perform(alarm.kind, alarm.id, "order", session.system, given)
    directory = session.world.directory
    unit = directory.police_unit(said, session.at) if directory is not None else ""
    if not unit:
        return alarm
    return session.perform(alarm.kind, alarm.id, "order", session.system, {"unit": unit, "note": "险情，系统就近派警"})


def order_of(session: Session, data: Mapping[str, Any]) -> StreamState | None:
    """Return the order named in an appeal's or a handover's data, or None."""
    stream = data.get("order")
    if not stream:
        return None
    side = session.world.desk.side
    lines = (StreamKind.ALARM, StreamKind.WORK_ORDER) if side == "both" else (order_kind(side),)
    for kind in lines:
        try:
            return session.load(kind, StreamId(str(stream)))
        except StreamNotFound:
            continue
    return session.load(StreamKind.QUICK_SERVICE, StreamId(str(stream)))


def is_open(order: StreamState) -> bool:
    """Tell whether somebody still has to do something about an order."""
    return order.phase in OPEN_OF[order.kind]


def withdraw_order(session: Session, order: StreamState, reason: str) -> bool:
    """Take an order back when nobody has begun; tell whether it could be."""
    if order.kind == StreamKind.QUICK_SERVICE:
        if order.phase not in ("asked", "notified", "wrong_plate"):
            return False
        session.perform(order.kind, order.id, "cancel", session.system, {"reason": reason})
        return True
    if order.kind == StreamKind.ALARM:
        if order.phase not in ("taken", "dispatch_review", "ordered"):
            return False
        session.perform(order.kind, order.id, "cancel", session.system, {"reason": reason})
        return True
    if order.phase not in ("received", "dispatched", "signed", "refused"):
        return False
    session.perform(order.kind, order.id, "withdraw", session.system, {"reason": reason})
    return True

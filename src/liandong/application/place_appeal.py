"""Place an appeal: keep it, hand it over, share it, guide it to the right door, or join it to the open one it repeats.

Source: 相政办〔2023〕55号 四（二）; 济政办字〔2023〕51号 四（一）. ``auto`` follows the verdict; *unclear* is kept by the first
receiver, since nobody may be left without someone who answers for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liandong.application.again import decided_again
from liandong.application.belonging import belonging
from liandong.application.follow_ruling import in_words, ruling_for
from liandong.application.guidance import guidance_given
from liandong.application.link_repeats import join_repeat
from liandong.application.orders import is_open, order_of, start_order, summary_of, withdraw_order
from liandong.application.perform import Session
from liandong.application.raise_alert import alert_of, in_danger
from liandong.application.route import OTHER_SIDE, towards_receiver
from liandong.application.start_move_car import is_move_car, start_move_car
from liandong.application.world import World
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Party, Role, StreamId, StreamKind, StreamState

__all__ = ["COURSES", "offer_handover", "offer_reviewed", "place", "place_appeal", "record_of"]

#: What may be decided about an appeal.
COURSES = ("auto", "keep", "hand_over", "share", "guide", "join", "quick", "transfer")
#: What of an appeal crosses: everything already known (004 一键转接). Names stay those of the appeal machine.
CROSSING = (
    "text", "citizen", "phone", "confidential", "place", "longitude", "latitude", "division", "doorplate", "happened", "demand",
    "recording", "evidence", "marks", "abuse", "supplements", "side", "item", "kind", "urgent", "verdict", "number", "channel",
)  # fmt: skip
#: Whose handovers are reviewed inside their side (相政办〔2023〕55号 四（三）1).
FIELD = frozenset({Role.OFFICER, Role.UNIT_STAFF})
#: What an offer says beside the record.
OFFERED = (
    "appeal", "origin", "destination", "destination_node", "number", "order", "reason", "cause", "danger", "clause", "contact", "attachments", "call", "alert",
    "ruling",
)  # fmt: skip


def place_appeal(world: World, actor: Actor, appeal: StreamId, course: str, data: Mapping[str, Any] | None = None) -> StreamState:
    """Decide where an appeal goes, in one transaction; return the appeal after it.

    Parameters:
        course: one of ``COURSES``.
        data: ``reason``, ``guidance``, ``door``, ``summary``, ``clause`` as the course needs.

    Raises:
        CommandRefused: not in this state, not by this role, something missing, no peer.
        StreamNotFound: no such appeal.
    """

    def once() -> StreamState:
        with world.work() as unit:
            session = Session(world, unit)
            return place(session, session.load(StreamKind.APPEAL, appeal), actor, course, data or {})

    return decided_again(once)


def place(session: Session, appeal: StreamState, actor: Actor, course: str, data: Mapping[str, Any]) -> StreamState:
    """Place an appeal inside a unit of work that has begun; see ``place_appeal``."""
    if course not in COURSES:
        raise CommandRefused(Refusal("input.invalid", {"detail": f"去向只能是：{'、'.join(COURSES)}"}))
    if course == "auto":
        course = course_of(session, appeal)
    if course != "guide":
        in_danger(session, appeal, actor)
    return WAYS[course](session, appeal, actor, data)


def _keep(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    order = start_order(session, appeal, actor, summary=str(data.get("summary", "")))
    return session.perform(appeal.kind, appeal.id, "keep", actor, {"order": order.id, "reason": data.get("reason", "")})


def _quick(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    service = start_move_car(session, appeal, actor, plate=str(data.get("plate", "")))
    return session.perform(appeal.kind, appeal.id, "keep", actor, {"order": service.id, "reason": data.get("reason") or "快速服务：挪车"})


def _hand_over(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    if not data.get("cause") and session.world.desk.side == "police" and is_move_car(appeal):
        data = {"cause": "quick_service", **data}
    order = order_of(session, appeal.data) if appeal.phase == "kept" else None
    if order is not None and is_open(order) and (order.data.get("urgent") or not withdraw_order(session, order, "移交对方")):
        # Somebody has begun here, or there is danger: they go on while the other side takes its part (先处置后移交).
        return _share(session, appeal, actor, data)
    handover = offer_handover(session, appeal, actor, data)
    return session.perform(appeal.kind, appeal.id, "hand_over", actor, {"handover": handover.id, "reason": data.get("reason", "")})


def _transfer(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    handover = offer_handover(session, appeal, actor, {**data, **_elsewhere(session, appeal, data)})
    return session.perform(appeal.kind, appeal.id, "hand_over", actor, {"handover": handover.id, "reason": handover.data["reason"]})


def _elsewhere(session: Session, appeal: StreamState, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an offer to another platform of this side says beside the record. Raises ``CommandRefused`` where it belongs here."""
    found = belonging(session.world, appeal.data)
    if found is None:
        raise CommandRefused(Refusal("handover.belongs_here"))
    reason = data.get("reason") or f"属{found.division}，转{found.peer.title or found.peer.name}"
    return {"cause": "territory", "destination_node": found.peer.name, "reason": reason}


def course_of(session: Session, appeal: StreamState) -> str:
    """Return the course the verdict proposes on this side."""
    side, own = str(appeal.data.get("side", "unclear")), session.world.desk.side
    if is_move_car(appeal):
        # A car in the way is moved by the hotline's quick service, whoever hears of it first.
        return "hand_over" if own == "police" else "quick"
    if side == "neither":
        return "guide"
    if own == "both" or side in (own, "unclear"):
        return "keep"
    if side == "joint":
        # Police act first and hand the source over when they have; the hotline calls police at once and keeps the source.
        return "keep" if own == "police" else "share"
    return "hand_over"


def _guide(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    return session.perform(appeal.kind, appeal.id, "guide", actor, guidance_given(session.world.doors, appeal, data))


def _share(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    given: dict[str, Any] = {"reason": data.get("reason", "")}
    if not appeal.data.get("order"):
        given["order"] = start_order(session, appeal, actor, summary=str(data.get("summary", ""))).id
    given["handover"] = offer_handover(session, appeal, actor, {"cause": "source", **data}).id
    return session.perform(appeal.kind, appeal.id, "share", actor, given)


#: course -> how an appeal goes there.
WAYS = {
    "keep": _keep,
    "hand_over": _hand_over,
    "share": _share,
    "guide": _guide,
    "join": join_repeat,
    "quick": _quick,
    "transfer": _transfer,
}


def record_of(appeal: StreamState) -> dict[str, Any]:
    """Return what of an appeal crosses to the other side."""
    return {name: appeal.data[name] for name in CROSSING if name in appeal.data}


def offer_handover(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any], order: str = "") -> StreamState:
    """Offer an appeal to the other side with everything known; return the handover.

    Raises:
        CommandRefused: ``handover.no_peer`` where no peer is connected.
    """
    desk = session.world.desk
    within = str(data.get("destination_node") or "")
    if towards_receiver(desk, {"destination_node": within}) is None:
        raise CommandRefused(Refusal("handover.one_desk" if desk.side == "both" else "handover.no_peer"))
    danger = bool(data.get("danger", appeal.data.get("urgent", False)))
    other = desk.side if within else OTHER_SIDE.get(desk.side, str(appeal.data.get("side", "hotline")))
    ruling = {} if within else dict(data.get("ruling") or ruling_for(appeal.data, other))
    offered = {
        "appeal": appeal.id,
        "record": record_of(appeal),
        "origin": desk.node,
        "destination": other,
        "destination_node": within,
        "cause": data.get("cause") or ("danger" if danger else "ruling" if ruling else "scope"),
        "danger": danger and (desk.side if within else OTHER_SIDE.get(desk.side)) == "police",
        "reason": data.get("reason") or in_words(ruling) or summary_of(str(appeal.data["text"]))[:100],
        "clause": data.get("clause") or ruling.get("clause", ""),
        "ruling": ruling or None,
        "call": data.get("call", ""),
        "alert": (alert_of(session, appeal.id) or "") if danger else "",
        "contact": data.get("contact", ""),
        "attachments": data.get("attachments") or None,
        "order": order,
    }
    sender = actor.standing(Party.SENDER)
    if not offered["danger"] and _reviewed_first(session, actor):
        drafted = session.start(StreamKind.HANDOVER, "draft", sender, offered)
        return session.perform(drafted.kind, drafted.id, "submit", sender, {"reason": offered["reason"]})
    if actor.role in FIELD:
        # What the field may do to its own order (call police, hand the source over) the node carries across, in that person's name.
        sender = replace(sender, role=Role.SYSTEM)
    return session.start(StreamKind.HANDOVER, "offer", sender, offered)


def _reviewed_first(session: Session, actor: Actor) -> bool:
    """Tell whether what this person hands over is looked at by the bureau first: what comes from the field, not what a desk decides."""
    return actor.role in FIELD and session.world.desk.side in session.world.desk.switches.get("review_before_crossing", ())


def offer_reviewed(session: Session, handover: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Let a reviewed handover cross, with what the appeal says by now."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(handover.data["appeal"])))
    # The fact that crosses carries everything: the other side knows nothing of the draft.
    given = {name: handover.data[name] for name in OFFERED if handover.data.get(name) not in (None, "")}
    given["record"] = record_of(appeal)
    return session.perform(handover.kind, handover.id, "offer", actor.standing(Party.SENDER), given)

"""What follows from what: facts of one stream that make commands on another, in the same transaction.

Read the table at the end first. ``OWN`` facts were decided on this node, ``PEER`` facts came over the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from liandong.application.abusive_calls import ABUSE_REACTIONS
from liandong.application.accept_handover import appeal_here, begin_work, order_here, take_over
from liandong.application.blow_whistle import WHISTLE_REACTIONS
from liandong.application.convene import CONSULTATION_REACTIONS
from liandong.application.correcting import carry_correction
from liandong.application.desk_mode import DESK_REACTIONS, call_own_police, cross_to_other_line, is_one_desk
from liandong.application.find_repeats import remember_keys
from liandong.application.follow_case import FOLLOW_REACTIONS
from liandong.application.follow_ruling import in_words, moved, send_to_lead
from liandong.application.link_repeats import end_joined, forget_repeat, note_repeat
from liandong.application.move_car import MOVE_CAR_REACTIONS
from liandong.application.note_dispute import DISPUTE_REACTIONS
from liandong.application.orders import is_open, order_of, start_order, withdraw_order
from liandong.application.pass_down import PASSING_DOWN_REACTIONS
from liandong.application.patrolling import PATROL_REACTIONS
from liandong.application.perform import Session
from liandong.application.place_appeal import offer_handover
from liandong.application.raise_alert import ALERT_REACTIONS, in_danger
from liandong.application.related import RELATED_REACTIONS
from liandong.application.relieve import PASSING_FACTS, RELIEVING, be_chased, relieve, watch_passing
from liandong.application.reporting import close_appeal, close_if_done, report_back, show_end, tell_step
from liandong.application.route import party_here
from liandong.application.telling import tell_peer
from liandong.application.three_way_call import CALL_REACTIONS, take_what_was_promised
from liandong.application.visiting import VISIT_REACTIONS
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.handovers.handover import OPEN as OPEN_HANDOVERS
from liandong.domain.handovers.handover import SHARED_FACTS
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["reactions_to"]

#: session, the stream before, the stream after, the fact.
Reaction = Callable[[Session, StreamState, StreamState, Fact], None]

# --- at the receiving side -------------------------------------------------------------------------------------------


def accept_danger(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Danger is accepted by being received."""
    if after.data.get("danger") and party_here(session.world.desk, after.data) == Party.RECEIVER:
        take_over(session, after, session.system)
        # The first receiver has alerted everybody already; where it has not, this side does.
        appeal = None if after.data.get("alert") else appeal_here(session, after)
        if appeal is not None and session.world.desk.side == "police":
            in_danger(session, appeal, session.system)


def accept_quick_service(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """A car in the way is a matter of minutes: nobody has to press a key before the owner is told (001 快速服务)."""
    if after.data.get("cause") == "quick_service" and not after.data.get("danger") and party_here(session.world.desk, after.data) == Party.RECEIVER:
        taken = take_over(session, after, session.system)
        order = order_here(session, taken)
        if order is not None and order.phase in ("notified", "wrong_plate"):
            # The owner was told while the offer was being accepted; the sending side hears of it after the acceptance.
            told = {"step": "OwnerNotified" if order.phase == "notified" else "OwnerNotFound", "order_number": order.data.get("number", "")}
            session.perform(taken.kind, taken.id, "progress", session.system.standing(Party.RECEIVER), told)


def add_words(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """What the sending side supplies goes to the record the receiving side works with."""
    appeal = appeal_here(session, after) if party_here(session.world.desk, after.data) == Party.RECEIVER else None
    if appeal is not None:
        words = fact.data.get("answer") or fact.data.get("words")
        session.perform(appeal.kind, appeal.id, "supplement", session.system, {"words": words})


def work_again(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The sending side is not content: the order opens again where it can."""
    order = order_here(session, after) if party_here(session.world.desk, after.data) == Party.RECEIVER else None
    if order is not None and order.phase == "closed":
        given = {"reason": fact.data.get("reason", ""), "satisfaction": "4", "way": "web"}
        session.perform(order.kind, order.id, "reopen" if order.kind == StreamKind.ALARM else "visit", session.system, given)


def take_settled(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The two sides agreed that the receiver keeps it: it begins to work if it has not."""
    if party_here(session.world.desk, after.data) == Party.RECEIVER:
        begin_work(session, after, session.system)
    else:
        hold_to_acceptance(session, before, after, fact)


def let_go(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The matter went back: the receiving side's order and appeal end, saying so."""
    appeal = appeal_here(session, after) if party_here(session.world.desk, after.data) == Party.RECEIVER else None
    if appeal is None or after.phase == "accepted":
        return
    order = order_of(session, appeal.data)
    if order is not None and is_open(order):
        withdraw_order(session, order, "已由首接方办理")
    if appeal.phase == "kept":
        session.perform(appeal.kind, appeal.id, "close", session.system, {"result": "已由首接方办理"})


# --- at the sending side ---------------------------------------------------------------------------------------------


def confirm_report(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """A report is taken by itself unless the pack wants a person to read it first."""
    if party_here(session.world.desk, after.data) == Party.SENDER and session.world.desk.switches.get("auto_confirm", True):
        session.perform(after.kind, after.id, "confirm", session.system.standing(Party.SENDER))


def end_with_result(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The result from the other side ends the original record, and the order that waited for it."""
    if party_here(session.world.desk, after.data) != Party.SENDER:
        return
    result = str(after.data.get("result", ""))
    order = order_of(session, after.data)
    if order is not None and order.phase == "handed_over":
        session.perform(order.kind, order.id, "peer_result", session.system, {"result": result})
    appeal = session.load(StreamKind.APPEAL, StreamId(after.data["appeal"]))
    if appeal.phase != "handed" or appeal.data.get("handover") == after.id:
        close_if_done(session, appeal.id, result)


def agree_if_withdrawn(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """An objection that met our withdrawal on the wire: both sides want it back, so it comes back."""
    if before.phase == "withdrawn" and party_here(session.world.desk, after.data) == Party.SENDER:
        session.perform(after.kind, after.id, "agree_return", session.system.standing(Party.SENDER))


def take_back(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """It came back: the first receiver answers for it, with its clock still running."""
    if party_here(session.world.desk, after.data) != Party.SENDER or after.phase == "accepted":
        return
    reason = str(fact.data.get("reason") or fact.data.get("note") or fact.data.get("words") or after.data.get("reason") or "对方退回")
    order = order_of(session, after.data)
    if order is not None and order.phase == "handed_over":
        session.perform(order.kind, order.id, "take_back", session.system, {"reason": reason})
    appeal = session.load(StreamKind.APPEAL, StreamId(after.data["appeal"]))
    if appeal.phase not in ("handed", "shared") or appeal.data.get("handover") != after.id:
        # Another handover carries it by now.
        return
    appeal = session.perform(appeal.kind, appeal.id, "take_back", session.system, {"reason": reason})
    if appeal.phase == "taken":
        # The citizen has waited since it was handed over: the first receiver's clock counts from there.
        since = str(after.data.get("times", {}).get("HandoverOffered", ""))
        order = order or start_order(session, appeal, session.system, since=since)
        session.perform(appeal.kind, appeal.id, "keep", session.system, {"order": order.id, "reason": reason})


def hold_to_acceptance(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """An acceptance that crossed with our taking it back stands: our own order gives way, or both go on where somebody has begun."""
    if before.phase not in ("withdrawn", "returned", "kept_by_first") or party_here(session.world.desk, after.data) != Party.SENDER:
        return
    appeal = session.load(StreamKind.APPEAL, StreamId(after.data["appeal"]))
    order = order_of(session, appeal.data)
    if appeal.phase == "kept" and order is not None:
        course = "hand_over" if withdraw_order(session, order, "对方已受理") else "share"
        session.perform(appeal.kind, appeal.id, course, session.system, {"handover": after.id, "reason": "对方已受理"})


def wait_again(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """We sent the result back: the record that it had ended waits for the other side again."""
    appeal = session.load(StreamKind.APPEAL, StreamId(after.data["appeal"]))
    if appeal.phase == "closed" and appeal.data.get("handover") == after.id:
        session.perform(appeal.kind, appeal.id, "reopen", session.system, {"reason": fact.data["reason"]})
        session.perform(appeal.kind, appeal.id, "hand_over", session.system, {"handover": after.id, "reason": fact.data["reason"]})


# --- orders that cross, or end -----------------------------------------------------------------------------------------


def cross_non_police(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The bureau agreed that it is not police work, or police have acted and the source remains: it crosses."""
    cause = {"SourceHandedOver": "source", "NonPoliceApproved": "non_police"}.get(fact.name, "scope")
    reason = str(fact.data.get("source_matter") or after.data.get("reason") or fact.data.get("reason") or "")
    _cross(session, after, fact.actor, {"cause": cause, "reason": reason, "danger": False})


def call_police(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """One key: police are called with danger, the hotline goes on with its own work."""
    if is_one_desk(session):
        call_own_police(session, after, str(fact.data["reason"]))
        return
    given = {"cause": "escalation", "reason": fact.data["reason"], "danger": True}
    appeal = session.load(StreamKind.APPEAL, StreamId(after.data["appeal"]))
    sent = [session.load(StreamKind.HANDOVER, each) for each in session.belonging(StreamKind.HANDOVER, appeal.id)]
    for known in sent:
        if known.data.get("danger") and known.phase in OPEN_HANDOVERS and party_here(session.world.desk, known.data) == Party.SENDER:
            # Police have it as danger already: they hear the new words, and one matter stays one.
            session.perform(known.kind, known.id, "supplement", session.system.standing(Party.SENDER), {"words": f"再次呼叫：{fact.data['reason']}"[:2000]})
            return
    if appeal.phase == "shared" and appeal.data.get("handover"):
        known = session.load(StreamKind.HANDOVER, StreamId(str(appeal.data["handover"])))
        if known.phase == "offered":
            # What was offered in calm and waits for a yes goes again as danger, which needs none.
            session.perform(known.kind, known.id, "withdraw", session.system.standing(Party.SENDER), {"reason": "险情升级，改为紧急移交"})
            appeal = session.load(StreamKind.APPEAL, appeal.id)
    handover = offer_handover(session, appeal, fact.actor, given)
    if appeal.phase == "kept":
        session.perform(appeal.kind, appeal.id, "share", session.system, {"handover": handover.id, "reason": fact.data["reason"]})


def cross_by_ruling(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The fact that the lead turned on is found: the matter crosses to the side the ruling names then (000 职责随事实转移)."""
    ruling = moved(before.data.get("ruling") or {})
    reason = f"{in_words(ruling)}；{fact.data['found']}"[:500]
    # Both sides have decided it already: no desk and no bureau has to say so again.
    _cross(session, after, session.system, {"cause": "ruling", "reason": reason, "danger": False, "ruling": ruling})


def pass_to_next_lead(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The fact is found and the other lead is of this side: the order goes to it."""
    send_to_lead(session, after)


def _cross(session: Session, order: StreamState, actor: Actor, given: dict[str, Any]) -> None:
    if is_one_desk(session):
        cross_to_other_line(session, order, given)
        return
    appeal = session.load(StreamKind.APPEAL, StreamId(order.data["appeal"]))
    if appeal.phase == "shared":
        _not_twice(session, appeal)
    kept = {name: order.data.get(name) for name in ("contact", "attachments", "clause")}
    handover = offer_handover(session, appeal, actor, {**kept, **given}, order=order.id)
    if appeal.phase in ("taken", "kept"):
        session.perform(appeal.kind, appeal.id, "hand_over", session.system, {"handover": handover.id, "reason": given["reason"]})


def _not_twice(session: Session, appeal: StreamState) -> None:
    """The other side has its part of it already, or is being asked: it is not asked a second time."""
    known = session.load(StreamKind.HANDOVER, StreamId(str(appeal.data["handover"])))
    if known.phase in OPEN_HANDOVERS:
        raise CommandRefused(Refusal("handover.already", {"number": known.data.get("number", "")}))


OWN, PEER, EITHER = True, False, None

STEPS = (
    "UnitOrdered", "UnitRedirected", "OrderSigned", "OfficersDeparted", "OfficersArrived", "SceneHandled", "AlarmReported", "NonPoliceStated",
    "OrderDispatched", "WorkStarted", "ProgressReported", "WorkReported", "CitizenReplied", "OrderAnswered", "OrderRefused",
    "ExtensionGranted", "OrderSuspended", "OrderResumed", "PoliceCalled", "CitizenContent", "CitizenDissatisfied", "ReportTurnedBack",
    "AssistantsCalled", "PartReported",
)  # fmt: skip

BASE: dict[str, tuple[tuple[bool | None, Reaction], ...]] = {
    **dict.fromkeys(SHARED_FACTS - {"HandoverPassedDown"}, ((OWN, tell_peer),)),
    **dict.fromkeys(STEPS, ((OWN, tell_step),)),
    "HandoverOffered": ((OWN, tell_peer), (PEER, accept_danger), (PEER, accept_quick_service), (PEER, take_what_was_promised)),
    "AppealTaken": ((OWN, remember_keys),),
    "AppealSupplemented": ((OWN, remember_keys),),
    "VerdictCorrected": ((OWN, carry_correction),),
    "AppealLinked": ((OWN, note_repeat),),
    "AppealUnlinked": ((OWN, forget_repeat),),
    "AppealClosed": ((OWN, end_joined),),
    "HandoverAccepted": ((OWN, tell_peer), (PEER, hold_to_acceptance)),
    "NegotiationSettledForReceiver": ((OWN, tell_peer), (EITHER, take_settled)),
    "NegotiationSettledForSender": ((OWN, tell_peer), (EITHER, take_back), (EITHER, let_go)),
    "NegotiationLapsed": ((OWN, tell_peer), (OWN, take_back), (PEER, let_go)),
    "HandoverReturned": ((OWN, tell_peer), (OWN, take_back), (PEER, let_go)),
    "HandoverWithdrawn": ((OWN, tell_peer), (OWN, take_back), (PEER, let_go)),
    "HandoverObjected": ((OWN, tell_peer), (PEER, agree_if_withdrawn)),
    "HandoverChased": ((OWN, tell_peer), (PEER, be_chased)),
    "HandoverTurnedBack": ((OWN, take_back),),
    "HandoverReported": ((OWN, tell_peer), (PEER, confirm_report)),
    "HandoverConfirmed": ((OWN, tell_peer), (OWN, end_with_result)),
    "HandoverReopened": ((OWN, tell_peer), (OWN, wait_again), (PEER, work_again)),
    "QuestionAnswered": ((OWN, tell_peer), (PEER, add_words)),
    "HandoverSupplemented": ((OWN, tell_peer), (PEER, add_words)),
    "NonPoliceApproved": ((OWN, cross_non_police),),
    "SourceHandedOver": ((OWN, cross_non_police),),
    "OrderHandedOver": ((OWN, cross_non_police),),
    "DecidingFactFound": ((OWN, cross_by_ruling),),
    "LeadMoved": ((OWN, pass_to_next_lead),),
    "PoliceCalled": ((OWN, call_police), (OWN, tell_step)),
    "AlarmClosed": ((OWN, tell_step), (OWN, report_back), (OWN, show_end), (OWN, close_appeal)),
    "OrderClosed": ((OWN, tell_step), (OWN, report_back), (OWN, show_end), (OWN, close_appeal)),
}


def _together(*tables: dict[str, tuple[tuple[bool | None, Reaction], ...]]) -> dict[str, tuple[tuple[bool | None, Reaction], ...]]:
    """Return the tables as one; what follows from a fact of several is done in their order."""
    joined: dict[str, tuple[tuple[bool | None, Reaction], ...]] = {}
    for table in tables:
        for name, follows in table.items():
            joined[name] = (*joined.get(name, ()), *follows)
    return joined


#: fact -> (decided where, what follows), in order.
REACTIONS = _together(DESK_REACTIONS, BASE, CALL_REACTIONS, ALERT_REACTIONS, MOVE_CAR_REACTIONS, ABUSE_REACTIONS, CONSULTATION_REACTIONS, DISPUTE_REACTIONS, WHISTLE_REACTIONS, FOLLOW_REACTIONS, VISIT_REACTIONS, PASSING_DOWN_REACTIONS, RELATED_REACTIONS, PATROL_REACTIONS)


def reactions_to(fact: Fact, own: bool) -> Sequence[Reaction]:
    """Return what follows from a fact, in order.

    Parameters:
        own: True where it was decided on this node, False where the peer told it.
    """
    found = [reaction for where, reaction in REACTIONS.get(fact.name, ()) if where in (EITHER, own)]
    if fact.name in RELIEVING:
        found.append(relieve)
    if fact.name in PASSING_FACTS:
        found.append(watch_passing)
    return found

"""The three-way call first; when it cannot be connected, the order goes instead.

Source: 济政办字〔2023〕51号 四（一）. The call is a stream that both nodes hold; what follows from its facts stands in ``CALL_REACTIONS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from liandong.application.accept_handover import take_over
from liandong.application.perform import Session
from liandong.application.place_appeal import offer_handover, place, record_of
from liandong.application.route import OTHER_SIDE, party_here, towards_receiver
from liandong.application.telling import tell_peer
from liandong.application.world import World
from liandong.domain.calls.call import SHARED_CALL_FACTS
from liandong.domain.errors import CommandRefused, Refusal, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId, StreamKind, StreamState

__all__ = ["CALL_REACTIONS", "end_ringing", "hang_up", "invite", "invite_other_side", "take_what_was_promised"]

#: What the appeal keeps of a call that did not come about.
OUTCOMES = {"CallDeclined": "refused", "CallUnanswered": "no_answer", "CallFailed": "failed"}


def invite_other_side(world: World, actor: Actor, appeal: StreamId, placing: Mapping[str, Any] | None = None) -> StreamState:
    """Ask the other side to join the citizen's call, in one transaction; return the call.

    Parameters:
        placing: ``reason`` and ``clause`` that the order carries when the call is not answered.

    Raises:
        CommandRefused: the appeal is placed already, or no peer is connected.
        StreamNotFound: no such appeal.
    """
    with world.work() as unit:
        session = Session(world, unit)
        return invite(session, session.load(StreamKind.APPEAL, appeal), actor, placing or {})


def invite(session: Session, appeal: StreamState, actor: Actor, placing: Mapping[str, Any]) -> StreamState:
    """Ask the other side inside a unit of work that has begun; see ``invite_other_side``."""
    desk = session.world.desk
    if appeal.phase != "taken":
        raise CommandRefused(Refusal("call.placed_already", {"number": appeal.data.get("number", "")}))
    if towards_receiver(desk, {}) is None:
        raise CommandRefused(Refusal("handover.no_peer"))
    switch = session.world.telephony
    offered = {
        "appeal": appeal.id,
        "record": record_of(appeal),
        "origin": desk.node,
        "destination": OTHER_SIDE.get(desk.side, str(appeal.data.get("side", "hotline"))),
        "placing": {name: str(value) for name, value in placing.items() if value},
        "conference": switch.conference(appeal.id) if switch else "",
        "simulated": bool(switch and switch.simulated),
    }
    return session.start(StreamKind.CALL, "invite", actor.standing(Party.SENDER), offered)


def hang_up(session: Session, call: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """End a call; who spoke when comes from the switch where there is one."""
    switch, joined = session.world.telephony, call.data.get("times", {}).get("CallJoined")
    given = dict(data)
    if switch is not None and joined and call.data.get("conference"):
        given["spoke"] = [dict(each) for each in switch.spoke(str(call.data["conference"]), datetime.fromisoformat(joined), session.at)]
    return session.perform(call.kind, call.id, "hang_up", actor.standing(party_here(session.world.desk, call.data)), given)


def end_ringing(world: World, call: StreamId) -> bool:
    """Count a call as not answered when it still rings on the side that offered it; return whether it did."""
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(StreamKind.CALL, call)
        if state.phase != "offered" or party_here(world.desk, state.data) != Party.SENDER:
            return False
        session.perform(state.kind, state.id, "give_up", session.system.standing(Party.SENDER))
        return True


def take_what_was_promised(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """An order that follows from a call in which this side took the matter is accepted by the one who took it."""
    named = after.data.get("call")
    if not named or after.phase != "offered" or party_here(session.world.desk, after.data) != Party.RECEIVER:
        return
    try:
        call = session.load(StreamKind.CALL, StreamId(str(named)))
    except StreamNotFound:
        return
    if call.phase != "taken" or call.data.get("appeal") != after.data.get("appeal"):
        return
    by = call.data.get("joined_by", {})
    actor = Actor(Role(by.get("role", Role.SYSTEM.value)), str(by.get("person", "")), str(by.get("unit", "")), session.world.desk.node)
    take_over(session, after, actor)


def _ring(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Nobody is left ringing."""
    seconds = int(session.world.desk.switches.get("three_way_ring_seconds", 20))
    session.unit.defer("end_ringing", session.at + timedelta(seconds=seconds), {"call": after.id})


def _at_sender(session: Session, call: StreamState) -> StreamState | None:
    """Return the appeal of a call on the side that offered it, when it is not placed yet."""
    if party_here(session.world.desk, call.data) != Party.SENDER:
        return None
    appeal = session.load(StreamKind.APPEAL, StreamId(str(call.data["appeal"])))
    return appeal if appeal.phase == "taken" else None


def _order_instead(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """It could not be connected: the order goes, with everything typed."""
    appeal = _at_sender(session, after)
    if appeal is None or before.phase != "offered":
        return
    words = str(fact.data.get("reason") or fact.data.get("note") or "")
    session.perform(appeal.kind, appeal.id, "record_call", session.system, {"outcome": OUTCOMES[fact.name], "words": words})
    place(session, session.load(appeal.kind, appeal.id), session.system, "hand_over", after.data.get("placing") or {})


def _note_connection(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    appeal = _at_sender(session, after)
    if appeal is not None and before.phase == "offered":
        session.perform(appeal.kind, appeal.id, "record_call", session.system, {"outcome": "connected"})


def _hand_to_taker(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The other side took it in the call: the order follows at once."""
    appeal = _at_sender(session, after)
    if appeal is None:
        return
    given = {**(after.data.get("placing") or {}), "call": after.id, "reason": (after.data.get("placing") or {}).get("reason") or "三方通话中对方受理"}
    handover = offer_handover(session, appeal, session.system, given)
    session.perform(appeal.kind, appeal.id, "hand_over", session.system, {"handover": handover.id, "reason": given["reason"]})


#: fact -> (decided here? None: either, what follows).
CALL_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    **dict.fromkeys(SHARED_CALL_FACTS, ((True, tell_peer),)),
    "CallOffered": ((True, tell_peer), (True, _ring)),
    "CallJoined": ((True, tell_peer), (False, _note_connection)),
    "CallDeclined": ((True, tell_peer), (False, _order_instead)),
    "CallUnanswered": ((True, tell_peer), (True, _order_instead)),
    "CallFailed": ((True, tell_peer), (True, _order_instead)),
    "MatterTakenInCall": ((True, tell_peer), (False, _hand_to_taker)),
}

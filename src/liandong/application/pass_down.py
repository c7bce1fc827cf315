"""Pass a handover of the other side down to the platform of the place: city 12345 → city 110 → county 110, and back the same way (004 四（一）; C3).

The city only passes on: what the county says goes up through it, and it makes nothing of the matter itself. Danger is not passed down: it was
accepted by being received, and the city's units act while the county hears of it as of any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.belonging import belonging
from liandong.application.perform import Session
from liandong.application.ports import Message, PeerRelation
from liandong.application.route import OTHER_SIDE, party_here, towards_sender
from liandong.application.shared_streams import SHARED, fact_body, message_type
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Fact, Party, StreamState

__all__ = ["PASSING_DOWN_REACTIONS", "pass_down", "pass_down_by_itself"]


def pass_down(session: Session, handover: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Pass an offered handover to a platform below, the one named or the one of its place.

    Raises:
        CommandRefused: no platform below serves the place, or none has this name; it is no longer merely offered; this node is not its receiver.
    """
    named = str(data.get("destination_node") or "")
    below = {each.name for each in session.world.desk.peers if each.relation == PeerRelation.LOWER and each.side == session.world.desk.side}
    if not named:
        named = _below(session, handover) or ""
    if named not in below:
        raise CommandRefused(Refusal("handover.belongs_here"))
    standing = actor.standing(party_here(session.world.desk, handover.data))
    return session.perform(handover.kind, handover.id, "pass_down", standing, {"destination_node": named, "note": data.get("note", "")})


def _below(session: Session, handover: StreamState) -> str | None:
    """Return the platform below that serves the handover's place, or None."""
    found = belonging(session.world, handover.data.get("record") or {})
    return found.peer.name if found is not None and found.peer.relation == PeerRelation.LOWER else None


def pass_down_by_itself(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """What came from the other side and lies in a county goes down without a hand, unless there is danger."""
    data = session.load(after.kind, after.id).data
    across = data.get("destination") != OTHER_SIDE.get(session.world.desk.side)
    if not across or data.get("destination_node") or data.get("danger") or party_here(session.world.desk, data) != Party.RECEIVER:
        return
    state = session.load(after.kind, after.id)
    named = _below(session, state) if state.phase == "offered" else None
    if named is not None:
        pass_down(session, state, session.system, {"destination_node": named})


def send_down(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Tell the sender who has it now, and the platform below everything from the beginning."""
    desk, kind = session.world.desk, message_type(after.kind)
    above = towards_sender(desk, after.data)
    if above is not None:
        session.unit.send(Message(above.name, after.id, kind, fact_body(fact)))
    for each in session.unit.facts(after):
        if each.name in SHARED[kind].facts:
            session.unit.send(Message(str(fact.data["destination_node"]), after.id, kind, fact_body(each)))


#: fact -> (decided here, what follows).
PASSING_DOWN_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "HandoverOffered": ((False, pass_down_by_itself),),
    "HandoverPassedDown": ((True, send_down),),
}

"""Receive a message of a peer: apply its fact to our copy of the stream, exactly once, and pass it on where we only relay.

The exchange has proved who sent it and that it is the next of its stream. What cannot be applied raises, is set aside
with its reason where a person sees it, and can be tried again (design: exchange, nothing is dropped).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from liandong.application.accept_handover import key_of as key_of_handover
from liandong.application.notary import NOTARY, receive_notary
from liandong.application.peer_record import check_peer_record
from liandong.application.perform import Session
from liandong.application.ports import Message, UnitOfWork
from liandong.application.route import party_here, towards_receiver, towards_sender
from liandong.application.shared_streams import SHARED, Shared
from liandong.application.world import World
from liandong.domain.errors import RemoteProtocolError, StreamNotFound, StreamOfOtherKind
from liandong.domain.journal.chain import at_from_text
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState
from liandong.domain.supervision.supervision import key_of as key_of_supervision

__all__ = ["foresee", "receive_message", "takes"]


def foresee(unit: UnitOfWork, messages: Iterable[tuple[StreamId, str]]) -> None:
    """Read ahead, in a few questions, what messages of a batch will ask about: their streams, and the orders and supervisions that hang on them.

    Parameters:
        messages: stream and type of each.
    """
    streams = {stream: SHARED[type_].kind for stream, type_ in messages if type_ in SHARED}
    handovers = [stream for stream, kind in streams.items() if kind == StreamKind.HANDOVER]
    found = unit.foresee(list(streams), [key_of_handover(each) for each in handovers])
    named = {StreamId(str(each.data[name])) for each in found for name in ("appeal", "order") if each.data.get(name)}
    orders = [str(each.data["order"]) for each in found if each.kind == StreamKind.APPEAL and each.data.get("order")]
    unit.foresee(sorted(named), [key_of_supervision(each) for each in (*handovers, *orders)])


def receive_message(world: World, unit: UnitOfWork, peer: str, stream: StreamId, type_: str, body: Mapping[str, Any]) -> None:
    """Apply one message inside a unit of work that has begun.

    Parameters:
        peer: the node it came from, as proved by its signature.
        stream: the stream it belongs to.
        type_: the envelope's type; types unknown here are kept by the exchange and not given to this function.
        body: the envelope's body.

    Raises:
        RemoteProtocolError: the body is not a fact of a handover, or its party is not the peer's.
        CommandRefused: the table does not know this step from our state.
    """
    if type_ in NOTARY and world.notary is not None:
        receive_notary(world.notary, world.desk.node, peer, type_, body)
        return
    shared = SHARED.get(type_)
    if shared is None:
        raise RemoteProtocolError(detail=f"type {type_[:40]}")
    session = Session(world, unit)
    fact = parse_fact(body, shared)
    state = _state(session, shared, stream, fact)
    data = {**fact.data, **state.data}
    _check_way(world, peer, data, fact)
    if fact.name == shared.opening and isinstance(fact.data.get("record"), Mapping):
        check_peer_record(fact.data["record"])
    session.accept(state, fact)
    if party_here(world.desk, data) == Party.NONE:
        _pass_on(session, stream, data, fact, type_, body)


def takes(world: World, type_: str) -> bool:
    """Tell whether messages of a type take effect here; the others are kept and shown."""
    return type_ in SHARED or (type_ in NOTARY and world.notary is not None)


def parse_fact(body: Mapping[str, Any], shared: Shared) -> Fact:
    """Return the fact of an envelope's body, one that travels. Raises ``RemoteProtocolError`` for anything that is not one."""
    try:
        name, data = body["name"], body["data"]
        if not isinstance(name, str) or not isinstance(data, Mapping):
            raise TypeError("name or data")
        fact = Fact(name, Actor.from_dict(body["actor"]), at_from_text(body["at"]), data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RemoteProtocolError(detail=f"fact: {type(error).__name__}") from error
    if fact.name not in shared.facts:
        raise RemoteProtocolError(detail=f"fact {fact.name[:40]} is not shared")
    return fact


def _state(session: Session, shared: Shared, stream: StreamId, fact: Fact) -> StreamState:
    """Return our copy of the stream; a new one for its opening fact.

    A message must never be put off for a clash that time does not mend: it would be sent again for ever.
    """
    try:
        return session.load(shared.kind, stream)
    except StreamOfOtherKind as error:
        raise RemoteProtocolError(detail="this stream is another record here") from error
    except StreamNotFound:
        if fact.name != shared.opening:
            raise
        return StreamState(shared.kind, stream)


def _check_way(world: World, peer: str, data: Mapping[str, Any], fact: Fact) -> None:
    """Refuse a fact that claims to be of an end that does not lie in the peer's direction."""
    desk = world.desk
    way = towards_sender(desk, data) if fact.actor.party == Party.SENDER else towards_receiver(desk, data)
    mine = party_here(desk, data)
    if fact.name == "HandoverPassedDown" and fact.data.get("destination_node") == desk.node:
        # The platform above says of itself that it passes the matter to us: it stood at our end until then.
        way, mine = towards_sender(desk, data), Party.NONE
    if way is None or way.name != peer or fact.actor.party in (mine, Party.NONE):
        raise RemoteProtocolError(detail="this peer does not stand at that end")


def _pass_on(session: Session, stream: StreamId, data: Mapping[str, Any], fact: Fact, type_: str, body: Mapping[str, Any]) -> None:
    """Relay between the levels of one side: up towards the receiver, down towards the sender."""
    desk = session.world.desk
    way = towards_receiver(desk, data) if fact.actor.party == Party.SENDER else towards_sender(desk, data)
    if way is None:
        raise RemoteProtocolError(detail="no way on from here")
    session.unit.send(Message(way.name, stream, type_, dict(body)))

"""Tell the other end of a shared stream what was decided here."""

from __future__ import annotations

from liandong.application.perform import Session
from liandong.application.ports import Message, Peer
from liandong.application.route import party_here, towards_receiver, towards_sender
from liandong.application.shared_streams import fact_body, message_type
from liandong.domain.journal.facts import Fact, Party, StreamState

__all__ = ["fact_body", "tell_peer"]


def tell_peer(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Send a fact to the next node towards the other end; where no peer is known, nothing is sent."""
    party = party_here(session.world.desk, after.data)
    peer: Peer | None
    if party == Party.RECEIVER:
        peer = towards_sender(session.world.desk, after.data)
    else:
        peer = towards_receiver(session.world.desk, after.data)
    if peer is not None:
        session.unit.send(Message(peer.name, after.id, message_type(after.kind), fact_body(fact)))

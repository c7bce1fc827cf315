"""What waits between this node and its peers: how much, since when, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from liandong.adapters.postgres.models import InboxMessage, OutboxMessage, PeerStatus
from liandong.application.ports import Desk

__all__ = ["PeerLine", "kept_messages", "peer_lines", "quarantined_messages", "waiting_messages"]

#: Rows of one list.
ROWS = 50


@dataclass(frozen=True, slots=True)
class PeerLine:
    """How it stands with one peer."""

    name: str
    title: str
    relation: str
    #: None before the first exchange.
    up: bool | None
    since: datetime | None
    last_ok_at: datetime | None
    reason: str
    waiting: int
    parked: int
    oldest: datetime | None


def peer_lines(desk: Desk) -> list[PeerLine]:
    """Return a line for each peer of this node; two queries."""
    grouped = OutboxMessage.objects.filter(sent_at=None).values("peer").annotate(many=Count("position"), parked=Count("position", filter=Q(parked=True)), oldest=Min("created_at"))
    waiting = {each["peer"]: each for each in grouped}
    known = {each.peer: each for each in PeerStatus.objects.all()}
    lines = []
    for peer in desk.peers:
        status, queue = known.get(peer.name), waiting.get(peer.name, {})
        lines.append(
            PeerLine(
                name=peer.name,
                title=peer.title or peer.name,
                relation=peer.relation,
                up=status.up if status else None,
                since=status.since if status else None,
                last_ok_at=status.last_ok_at if status else None,
                reason=status.reason if status else "",
                waiting=queue.get("many", 0),
                parked=queue.get("parked", 0),
                oldest=queue.get("oldest"),
            )
        )
    return lines


def waiting_messages() -> Sequence[OutboxMessage]:
    """Return the oldest messages that have not arrived."""
    return list(OutboxMessage.objects.filter(sent_at=None).defer("body").order_by("position")[:ROWS])


def quarantined_messages() -> Sequence[InboxMessage]:
    """Return what a peer told us and could not be applied."""
    return list(InboxMessage.objects.filter(state=InboxMessage.QUARANTINED).order_by("position")[:ROWS])


def kept_messages() -> Sequence[InboxMessage]:
    """Return messages of newer types, kept and shown."""
    return list(InboxMessage.objects.filter(state=InboxMessage.KEPT).order_by("-position")[:10])

"""What waits between this node and its peers: how much, since when, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import PeerKey
from liandong.adapters.postgres.models import InboxMessage, OutboxMessage, PeerStatus
from liandong.adapters.postgres.peer_watch import LATELY
from liandong.application.ports import Desk

__all__ = ["KeyLine", "PeerLine", "kept_messages", "key_lines", "peer_lines", "quarantined_messages", "taken_lately", "waiting_messages"]

#: Rows of one list.
ROWS = 50
#: Messages of peers that are looked at for a rate.
NEWEST = 5000
#: Clocks that differ by this much are shown as a fault: times in both journals no longer fit together for a reader.
CLOCK_LIMIT_MS = 5000
#: A key that ends within this time is to be replaced now.
EXPIRING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key, its fingerprint and how long it counts."""

    node: str
    ours: bool
    #: The fingerprint: 24 hexadecimal digits of the digest of both public halves, after the name of the algorithm.
    key_id: str
    suite: str
    not_before: datetime
    not_after: datetime
    #: ``in_force``, ``expiring``, ``coming``, ``expired`` or ``revoked``.
    standing: str
    reason: str


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
    #: Counted by the worker since there is one.
    sent: int = 0
    refused: int = 0
    failures: int = 0
    #: In the last five minutes.
    sent_lately: int = 0
    faults_lately: int = 0
    #: How far its clock is ahead of ours, in milliseconds; None while nobody knows.
    clock_ahead_ms: int | None = None
    transport: str = ""
    address: str = ""

    @property
    def clock_is_off(self) -> bool:
        """Whether the clocks differ so much that people have to look at it."""
        return self.clock_ahead_ms is not None and abs(self.clock_ahead_ms) >= CLOCK_LIMIT_MS


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
                **_figures(status),
                transport=peer.transport,
                address=peer.address,
            )
        )
    return lines


def _figures(status: PeerStatus | None) -> dict[str, Any]:
    if status is None:
        return {}
    fresh = status.counted_at is not None and datetime.now(UTC) - status.counted_at < LATELY
    figures = {name: getattr(status, name) for name in ("sent", "refused", "failures", "clock_ahead_ms")}
    return {**figures, "sent_lately": status.sent_lately if fresh else 0, "faults_lately": status.faults_lately if fresh else 0}


def taken_lately() -> dict[str, int]:
    """Return how many messages of each peer were taken in the last five minutes, of the newest ``NEWEST``."""
    newest = InboxMessage.objects.order_by("-position").values("peer", "received_at")[:NEWEST]
    since = datetime.now(UTC) - LATELY
    counts: dict[str, int] = {}
    for each in newest:
        if each["received_at"] >= since:
            counts[each["peer"]] = counts.get(each["peer"], 0) + 1
    return counts


def key_lines(ring: KeyRing, peers: Sequence[str]) -> list[KeyLine]:
    """Return a line for each key that counts between this node and its peers: our own first."""
    now = ring.clock()
    keys = [*ring.public_keys(), *(key for peer in peers for key in ring.peer_keys(peer))]
    return [
        KeyLine(key.node, key.node == ring.node, key.key_id, key.suite, key.not_before, key.not_after, _standing(key, now), key.revoked.reason if key.revoked else "")
        for key in keys
    ]


def _standing(key: PeerKey, now: datetime) -> str:
    if key.revoked is not None:
        return "revoked"
    if now >= key.not_after:
        return "expired"
    if now < key.not_before:
        return "coming"
    return "expiring" if key.not_after - now < EXPIRING else "in_force"


def waiting_messages(after: int = 0) -> Sequence[OutboxMessage]:
    """Return the oldest messages that have not arrived, after a position."""
    return list(OutboxMessage.objects.filter(sent_at=None, position__gt=after).defer("body").order_by("position")[:ROWS])


def quarantined_messages(after: int = 0) -> Sequence[InboxMessage]:
    """Return the oldest of what peers told us and could not be applied, after a position."""
    return list(InboxMessage.objects.filter(state=InboxMessage.QUARANTINED, position__gt=after).order_by("position")[:ROWS])


def kept_messages() -> Sequence[InboxMessage]:
    """Return messages of newer types, kept and shown."""
    return list(InboxMessage.objects.filter(state=InboxMessage.KEPT).order_by("-position")[:10])

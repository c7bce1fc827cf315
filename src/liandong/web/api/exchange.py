"""What waits between this node and its peers, for machines that watch it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from liandong.adapters.postgres.models import InboxMessage, OutboxMessage, PeerStatus
from liandong.web.api.appeals import PROBLEMS
from liandong.web.api.shapes import WaitingOut

__all__ = ["router"]

router = Router(tags=["exchange"])


@router.get("/exchange", response={200: WaitingOut, **PROBLEMS}, summary="What waits, and why")
def waiting(request: HttpRequest) -> Status[dict[str, Any]]:
    """Return counts of what is unsent, parked and quarantined, and how each peer does."""
    unsent = OutboxMessage.objects.filter(sent_at=None).aggregate(
        all=Count("position"), parked=Count("position", filter=Q(parked=True)), oldest=Min("created_at")
    )
    oldest = unsent["oldest"]
    return Status(200, {
        "outbox": unsent["all"],
        "parked": unsent["parked"],
        "quarantined": InboxMessage.objects.filter(state=InboxMessage.QUARANTINED).count(),
        "oldest_seconds": (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0,
        "peers": [
            {"peer": each.peer, "up": each.up, "since": each.since.isoformat(), "reason": each.reason}
            for each in PeerStatus.objects.order_by("peer")
        ],
    })

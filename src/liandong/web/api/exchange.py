"""What stands between this node and its peers, and what can be done about it: for machines that watch, and for keepers of the exchange."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from liandong.adapters.postgres.exchange_acts import replay, retry, send_again
from liandong.adapters.postgres.models import InboxMessage, OutboxMessage, Stream
from liandong.domain.errors import InvalidInput, LiandongError
from liandong.domain.journal.facts import Role
from liandong.web.api.access import once, token_of
from liandong.web.api.shapes import WaitingOut
from liandong.web.reading.waiting import key_lines, peer_lines, quarantined_messages, waiting_messages
from liandong.web.rights import EXCHANGE_KEEPERS
from liandong.web.world import keyring, world

__all__ = ["router"]

router = Router(tags=["exchange"])
#: Greatest position of a message: what the database's whole numbers hold.
GREATEST = 2**63 - 1
#: The last position that was read: the next page begins behind it.
After = Annotated[int, Query(ge=0, le=GREATEST)]


class ReplayIn(Schema):
    """From where to send again: ``since``, or ``record`` with ``seq``."""

    #: Aware; everything that was written for the peer since then.
    since: datetime | None = None
    #: Number or id of one record.
    record: str = Field("", max_length=60)
    #: Its first message, by this node's own numbering.
    seq: int = Field(1, ge=1, le=2**31 - 1)


class ReplayOut(Schema):
    """How many messages leave once more."""

    messages: int


class StateOut(Schema):
    """Where a message stands now."""

    state: str


@router.get("/exchange", response={200: WaitingOut}, summary="What waits, and why")
def waiting(request: HttpRequest) -> Status[dict[str, Any]]:
    """Return counts of what is unsent, parked and quarantined, how each peer does, and which keys count."""
    unsent = OutboxMessage.objects.filter(sent_at=None).aggregate(
        all=Count("position"), parked=Count("position", filter=Q(parked=True)), oldest=Min("created_at")
    )
    oldest = unsent["oldest"]
    lines = peer_lines(world().desk)
    told = {
        "outbox": unsent["all"],
        "parked": unsent["parked"],
        "quarantined": InboxMessage.objects.filter(state=InboxMessage.QUARANTINED).count(),
        "oldest_seconds": (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0,
        "peers": [
            {
                "peer": each.name,
                "up": each.up,
                "since": each.since.isoformat() if each.since else None,
                "reason": each.reason,
                "waiting": each.waiting,
                "parked": each.parked,
                "sent": each.sent,
                "refused": each.refused,
                "failures": each.failures,
                "sent_lately": each.sent_lately,
                "faults_lately": each.faults_lately,
                "clock_ahead_seconds": None if each.clock_ahead_ms is None else each.clock_ahead_ms / 1000,
                "transport": each.transport,
            }
            for each in lines
        ],
        "keys": [
            {
                "node": each.node,
                "key_id": each.key_id,
                "suite": each.suite,
                "not_before": each.not_before.isoformat(),
                "not_after": each.not_after.isoformat(),
                "standing": each.standing,
            }
            for each in key_lines(keyring(), [each.name for each in lines])
        ],
    }
    return Status(200, told)


@router.get("/exchange/waiting", response={200: list[dict[str, Any]]}, summary="The oldest messages that have not arrived")
def outbox(request: HttpRequest, after: After = 0) -> Status[list[dict[str, Any]]]:
    """Return up to fifty after a position, without what they say; ``position`` is what ``send-again`` and ``after`` take."""
    rows = waiting_messages(after)
    return Status(200, [{**_place(each), "attempts": each.attempts, "parked": each.parked, "reason": each.reason, "at": each.created_at.isoformat()} for each in rows])


@router.get("/exchange/quarantine", response={200: list[dict[str, Any]]}, summary="Messages of peers that could not be applied")
def quarantine(request: HttpRequest, after: After = 0) -> Status[list[dict[str, Any]]]:
    """Return up to fifty after a position, without what they say; ``position`` is what ``retry``, ``set-aside`` and ``after`` take."""
    return Status(200, [{**_place(each), "reason": each.reason, "at": each.received_at.isoformat()} for each in quarantined_messages(after)])


@router.post("/exchange/waiting/{position}/send-again", response={200: StateOut}, summary="Try a waiting message now")
def again(request: HttpRequest, position: int) -> Status[dict[str, Any]]:
    """Take a parked or waiting message to the front; for keepers of the exchange."""
    person = _keeper(request)

    def do() -> tuple[int, dict[str, Any]]:
        send_again(world(), person, _position(position))
        return 200, {"state": "waiting"}

    return once(request, do)


@router.post("/exchange/quarantine/{position}/retry", response={200: StateOut}, summary="Apply a quarantined message now")
def try_again(request: HttpRequest, position: int) -> Status[dict[str, Any]]:
    """Try again; where it still cannot be applied, the refusal says why. For keepers of the exchange."""
    person = _keeper(request)
    return once(request, lambda: (200, {"state": retry(world(), person, _position(position))}))


@router.post("/exchange/quarantine/{position}/set-aside", response={200: StateOut}, summary="Set a quarantined message aside for good")
def put_aside(request: HttpRequest, position: int) -> Status[dict[str, Any]]:
    """Keep it as evidence and let what follows it go on; for keepers of the exchange."""
    person = _keeper(request)
    return once(request, lambda: (200, {"state": retry(world(), person, _position(position), set_aside=True)}))


@router.post("/exchange/peers/{peer}/replay", response={200: ReplayOut}, summary="Send again to a peer, from a point on")
def send_from(request: HttpRequest, peer: str, body: ReplayIn) -> Status[dict[str, Any]]:
    """Send what was delivered once more; the peer knows what it has and answers *duplicate*. For keepers of the exchange."""
    person = _keeper(request)

    def do() -> tuple[int, dict[str, Any]]:
        return 200, {"messages": replay(world(), person, peer, since=body.since, stream=_stream(body.record), seq=body.seq)}

    return once(request, do)


def _keeper(request: HttpRequest) -> str:
    token = token_of(request)
    if Role(token.role) not in EXCHANGE_KEEPERS:
        raise LiandongError("access.forbidden")
    return f"api:{token.name}"


def _position(position: int) -> int:
    if not 0 < position <= GREATEST:
        raise InvalidInput("stream.not_found", id=str(position)[:40])
    return position


def _stream(record: str) -> uuid.UUID | None:
    if not record:
        return None
    try:
        return uuid.UUID(record)
    except ValueError:
        found = None if "\x00" in record else Stream.objects.filter(number=record).only("id").first()
    if found is None:
        raise InvalidInput("stream.not_found", id=record)
    return found.id


def _place(message: OutboxMessage | InboxMessage) -> dict[str, Any]:
    return {"position": message.position, "peer": message.peer, "stream": str(message.stream), "seq": message.seq, "type": message.type}

"""What people do at the exchange desk, by screen or by API: another try, setting aside, sending again, replaying; each is written down.

Sending again never doubles anything: the receiver knows each message by its id and its number, and answers *duplicate* (docs/reference/exchange.md,
4.5). So a replay is the cure where the other side was restored from an old backup, or where somebody doubts that all has arrived.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from liandong.adapters.postgres.bell import bell
from liandong.adapters.postgres.inbox import retry_quarantined
from liandong.adapters.postgres.models import ExchangeAct, InboxMessage, OutboxMessage
from liandong.adapters.postgres.unit_of_work import OUTBOX
from liandong.application.world import World
from liandong.domain.errors import InvalidInput, LiandongError

__all__ = ["MOST_REPLAYED", "recent_acts", "replay", "retry", "send_again"]

#: Messages of one replay at most: more is asked for in steps, so that a slip of the hand does not send years.
MOST_REPLAYED = 20_000


def retry(world: World, person: str, position: int, *, set_aside: bool = False) -> str:
    """Try a message of the quarantine again, or set it aside for good; return its state.

    Raises:
        LiandongError: why it still cannot be applied (it stays, with the new reason); ``stream.not_found`` where no such message waits.
    """
    row = InboxMessage.objects.filter(position=position, state=InboxMessage.QUARANTINED).only("peer", "stream").first()
    try:
        state = retry_quarantined(world, position, set_aside=set_aside)
    except LiandongError as error:
        if row is not None:
            reason = f"{error.code}: {error.sentence('en')}"[:300]
            InboxMessage.objects.filter(position=position, state=InboxMessage.QUARANTINED).update(reason=reason)
            _write_down(world, person, ExchangeAct.RETRIED, row.peer, row.stream, 0, reason)
        raise
    assert row is not None
    _write_down(world, person, ExchangeAct.SET_ASIDE if set_aside else ExchangeAct.RETRIED, row.peer, row.stream, 1)
    return state


def send_again(world: World, person: str, position: int) -> None:
    """Take a parked or waiting message to the front of the next try.

    Raises:
        InvalidInput: ``stream.not_found`` where no such message waits.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().filter(position=position, sent_at=None).first()
        if message is None:
            raise InvalidInput("stream.not_found", id=str(position))
        message.parked, message.next_try_at = False, None
        message.save(update_fields=["parked", "next_try_at"])
        _write_down(world, person, ExchangeAct.SENT_AGAIN, message.peer, message.stream, 1)
        _wake(message.peer)


def replay(world: World, person: str, peer: str, *, since: datetime | None = None, stream: uuid.UUID | None = None, seq: int = 1) -> int:
    """Make what was delivered to a peer due again, from a point on; return how many messages leave once more.

    Parameters:
        person: who wants it.
        peer: to whom.
        since: aware; everything written since then. Or:
        stream, seq: of one stream, from this number on.

    Raises:
        InvalidInput: no such peer, no point or two of them, more than ``MOST_REPLAYED`` messages.
    """
    if world.desk.peer(peer) is None:
        raise InvalidInput("replay.no_peer", peer=peer[:60])
    if (since is None) == (stream is None) or (since is not None and not _is_point(since)) or not 1 <= seq < 2**31:
        raise InvalidInput("replay.no_point")
    delivered = OutboxMessage.objects.filter(peer=peer, sent_at__isnull=False)
    delivered = delivered.filter(created_at__gte=since) if since is not None else delivered.filter(stream=stream, seq__gte=seq)
    with transaction.atomic():
        count = delivered.count()
        if count > MOST_REPLAYED:
            raise InvalidInput("replay.too_many", count=count, most=MOST_REPLAYED)
        count = delivered.update(sent_at=None, next_try_at=None, parked=False)
        where = f"since {since.isoformat()}" if since is not None else f"from number {seq}"
        _write_down(world, person, ExchangeAct.REPLAYED, peer, stream, count, where)
        _wake(peer)
    return count


def _is_point(since: datetime) -> bool:
    """Tell whether a time has a zone and lies where messages can be: times at the ends of the calendar are none for a database."""
    return since.tzinfo is not None and 2000 <= since.year < 2200


def recent_acts(most: int = 20) -> Sequence[ExchangeAct]:
    """Return what people did last, newest first."""
    return list(ExchangeAct.objects.order_by("-id")[:most])


def _write_down(world: World, person: str, act: str, peer: str, stream: Any, messages: int, words: str = "") -> None:
    ExchangeAct.objects.create(at=world.clock.now(), person=person[:150], act=act, peer=peer, stream=stream, messages=messages, words=words)


def _wake(peer: str) -> None:
    bell.after_commit([(OUTBOX, peer)])

"""The receiving end of every transport: bytes of a batch in, signed receipts out, all in one transaction.

Concurrency:
    Runs on Django's connection of the calling thread; give receipts to the peer only after it returned.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.session import answer, open_batch
from liandong.adapters.postgres.inbox import take_batch
from liandong.application.world import World
from liandong.domain.errors import LocalProtocolError, PeerUnavailable, StreamConflict
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt

__all__ = ["receive_batch"]

log = logging.getLogger("liandong.exchange")


def receive_batch(world: World, keyring: KeyRing, raw: bytes) -> bytes:
    """Return the signed answer to a batch.

    Raises:
        RemoteProtocolError: it cannot be read as a whole.
        PeerUnavailable: nothing was taken just now; the same batch may come again.
    """
    opened = open_batch(raw, keyring)
    for each in opened:
        if isinstance(each, Receipt):
            log.warning("envelope refused: %s %s", each.code, each.detail, extra={"action": "exchange.refused", "code": each.code})
    try:
        taken = iter(take_batch(world, [each for each in opened if isinstance(each, Envelope)]))
        return answer([each if isinstance(each, Receipt) else next(taken) for each in opened], keyring)
    except (StreamConflict, DatabaseError, LocalProtocolError) as error:
        log.warning("batch put off: %s", type(error).__name__, extra={"action": "exchange.busy"})
        raise PeerUnavailable(detail="busy") from error

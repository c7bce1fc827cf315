"""Two key rings that know each other, for whatever is thrown at them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.session import Session
from liandong.domain.exchange.envelope import Envelope

__all__ = ["PEERS", "sent"]

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Peers:
    """Who sends and who receives."""

    police: KeyRing
    hotline: KeyRing


def _peers() -> Peers:
    one, two = (generate_key(name, "ed25519+aes-256-gcm", NOW) for name in ("police", "hotline"))
    return Peers(KeyRing("police", [one], [two.public], lambda: NOW), KeyRing("hotline", [two], [one.public], lambda: NOW))


PEERS = _peers()


@cache
def sent(words: str) -> Envelope:
    """Return a good envelope of the police to the hotline, signed and sealed."""
    id_ = str(uuid.UUID(int=(0x019AB000 << 96) | (7 << 76) | (2 << 62) | 1))
    plain = Envelope(id=id_, sender="police", recipient="hotline", stream=id_, seq=1, type="handover.fact", at="2026-11-24T08:00:00Z", body={"words": words})
    return Session(PEERS.police).protect(plain)

"""Two nodes with keys, a clock that is set by hand, and everything between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import OwnKey, generate_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE

__all__ = ["HOTLINE", "POLICE", "SUNDAY", "Clock", "pair", "rings"]

POLICE = "city-110"
HOTLINE = "city-12345"

#: Sunday, 2026-11-22, 16:00 in the city.
SUNDAY = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Returns what it was set to."""

    now: datetime = field(default=SUNDAY)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def pair(suite: str = DEFAULT_SUITE) -> tuple[OwnKey, OwnKey]:
    """Return a new key of the police node and one of the hotline node."""
    return generate_key(POLICE, suite, SUNDAY), generate_key(HOTLINE, suite, SUNDAY)


def rings(clock: Clock, suite: str = DEFAULT_SUITE) -> tuple[KeyRing, KeyRing]:
    """Return the key rings of two nodes that know each other."""
    police, other = pair(suite)
    return KeyRing(POLICE, [police], [other.public], clock), KeyRing(HOTLINE, [other], [police.public], clock)

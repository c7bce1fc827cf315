"""A switch that switches nothing: it names rooms and makes up who spoke when, and says so on every record.

The demonstration shows what a three-way call leaves behind without any telephone. The pieces of speech follow from the
name of the room, so that a record shown twice says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from liandong.domain.journal.facts import StreamId

__all__ = ["SimulatedSwitch"]

#: Shortest and longest piece of speech, in seconds.
PIECE_SECONDS = (2.0, 11.0)
LEGS = ("citizen", "S", "R")
#: Most pieces of one call.
MOST = 200


class SimulatedSwitch:
    """The port ``Telephony``, marked as simulated."""

    simulated = True

    def conference(self, call: StreamId) -> str:
        """Return the room of a call."""
        return "SIM-" + hashlib.sha256(call.encode()).hexdigest()[:10].upper()

    def spoke(self, conference: str, since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
        """Return pieces of speech that fill the time between ``since`` and ``until``, both aware."""
        chance = Random(conference)
        pieces: list[Mapping[str, Any]] = []
        at, leg = since, "S"
        while at < until and len(pieces) < MOST:
            end = min(at + timedelta(seconds=chance.uniform(*PIECE_SECONDS)), until)
            pieces.append({"leg": leg, "from": _text(at), "until": _text(end)})
            at = end
            leg = chance.choice([each for each in LEGS if each != leg])
        return pieces


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")

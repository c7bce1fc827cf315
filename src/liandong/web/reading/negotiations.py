"""协商室: what the two ends of a handover said to each other about whose matter it is, side by side, with the limit after which the first receiver keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.models import Stream
from liandong.web.reading.timeline import Happening

__all__ = ["DISPUTE_FACTS", "Negotiation", "negotiation_of"]

DISPUTE_FACTS = frozenset(
    {
        "HandoverObjected", "HandoverContested", "NegotiationSpoken", "NegotiationSettledForSender", "NegotiationSettledForReceiver", "NegotiationLapsed", "HandoverReturned",
    }
)  # fmt: skip
OPEN = ("objected", "negotiating")


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The room of one handover."""

    #: In order of time; ``party`` of each says in which column it stands: ``S``, the first receiver, or ``R``.
    lines: Sequence[Happening]
    open: bool
    #: The clock after which the first receiver keeps it; None where none runs or ran.
    clock: Any
    #: When it lapsed to the first receiver; None where it did not.
    lapsed_at: datetime | None
    #: Name of the node that received first.
    first: str
    #: Name or side of the other one.
    other: str


def negotiation_of(handover: Stream, happenings: Iterable[Happening]) -> Negotiation | None:
    """Return the room of a handover out of what is shown of it anyway, or None where nobody objected; no query.

    Parameters:
        handover: with its clocks attached.
        happenings: of its time line, the oldest first.
    """
    lines = [each for each in happenings if each.stream == handover.id and each.name in DISPUTE_FACTS]
    if not lines:
        return None
    clock = next((each for each in getattr(handover, "clocks", ()) if each.step == "negotiate"), None)
    lapsed = next((each.at for each in lines if each.name == "NegotiationLapsed"), None)
    data = handover.data
    return Negotiation(lines, handover.phase in OPEN, clock, lapsed, str(data.get("origin", "")), str(data.get("destination_node") or data.get("destination", "")))

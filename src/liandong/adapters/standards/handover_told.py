"""What the documents of other standards are made from: one handover, as plain values.

Who may read the citizen's name and number is decided before: what is masked here stays masked in every document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

__all__ = ["Agency", "HandoverTold", "Step", "fit", "instant", "position_of"]

#: What XML 1.0 cannot carry, and no reader misses.
_UNFIT = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Agency:
    """One of the two platforms.

    Parameters:
        node: its name in the exchange; for the receiver of a handover across, whose node the document does not say, its side.
        side: ``police``, ``hotline`` or ``both``.
        title: what people call it.
    """

    node: str
    side: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of the handover's journal.

    Parameters:
        words: what it says, for people; already masked for the reader.
    """

    name: str
    title: str
    at: datetime
    role: str
    person: str
    node: str
    party: str
    words: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HandoverTold:
    """A handover as it stands.

    Parameters:
        stream: its UUID, the same on both nodes.
        record: what the citizen said, masked for the reader.
        item_title: name of the item in the city's list; ``""`` where none.
        steps: oldest first.
    """

    stream: str
    number: str
    phase: str
    phase_title: str
    origin: Agency
    destination: Agency
    data: Mapping[str, Any]
    record: Mapping[str, Any]
    item_title: str
    steps: Sequence[Step]
    opened_at: datetime
    updated_at: datetime

    def last(self, *names: str) -> Step | None:
        """Return the newest step of these names, or None."""
        return next((each for each in reversed(self.steps) if each.name in names), None)

    def said(self, name: str) -> str:
        """Return a text of the record; ``""`` where there is none."""
        value = self.record.get(name)
        return fit(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""

    @property
    def danger(self) -> bool:
        """Whether it was offered as danger."""
        return bool(self.data.get("danger"))


def fit(text: str) -> str:
    """Return words without control characters."""
    return _UNFIT.sub("", text)


def instant(at: datetime) -> str:
    """Return a time as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def position_of(record: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees, or None where the record has none that can be."""
    try:
        latitude, longitude = float(str(record["latitude"])), float(str(record["longitude"]))
    except (KeyError, ValueError):
        return None
    possible = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if possible else None

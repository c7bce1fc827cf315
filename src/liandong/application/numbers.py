"""Human numbers: 警202611220001. A letter for the kind, the day in the city's zone, a count of the day."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liandong.domain.journal.facts import StreamKind

__all__ = ["LETTERS", "number_of"]

#: First character of human numbers, by kind.
LETTERS: Mapping[StreamKind, str] = MappingProxyType(
    {
        StreamKind.APPEAL: "诉",
        StreamKind.ALARM: "警",
        StreamKind.WORK_ORDER: "工",
        StreamKind.HANDOVER: "联",
        StreamKind.CALL: "话",
        StreamKind.ALERT: "协",
        StreamKind.CONSULTATION: "商",
        StreamKind.QUICK_SERVICE: "挪",
        StreamKind.WHISTLE: "哨",
        StreamKind.SUPERVISION: "督",
        StreamKind.INSPECTION: "检",
    }
)


def number_of(kind: StreamKind, day: str, count: int, mark: str = "") -> str:
    """Return a number.

    Parameters:
        day: ``YYYYMMDD`` in the city's zone.
        count: from 1 within kind and day.
        mark: letters of the node, in numbers that other nodes hold too.
    """
    return f"{LETTERS[kind]}{mark}{day}{count:04d}"

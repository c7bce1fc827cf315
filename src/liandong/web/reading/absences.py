"""Who is away and who stands in, as people and the API read it: all of the side for those who send, its own for a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from liandong.adapters.postgres.absences import absence_of
from liandong.adapters.postgres.models import AbsenceEntry
from liandong.application.absences import may_mark
from liandong.domain.journal.facts import Actor
from liandong.domain.routing import Absence
from liandong.web.reading.pack_words import unit_name
from liandong.web.rights import FIELD_ROLES

__all__ = ["AbsenceLine", "absence_lines", "line_of"]

#: What is over stays on the list for so long.
REMEMBERED = timedelta(days=7)
#: Most lines of a list.
MOST = 200


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One entry."""

    id: str
    unit: str
    unit_name: str
    #: "" where the whole unit is closed.
    name: str
    since: datetime
    until: datetime
    substitute: str
    substitute_name: str
    substitute_phone: str
    reason: str
    marked_by: str
    #: ``now``, ``to_come`` or ``over``.
    stands: str
    ended_at: datetime | None
    #: This person may say that it is over.
    may_end: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API gives it."""
        return {
            "id": self.id, "unit": self.unit, "unit_name": self.unit_name, "name": self.name, "whole_unit": not self.name, "since": self.since.isoformat(),
            "until": self.until.isoformat(), "substitute": self.substitute, "substitute_name": self.substitute_name, "substitute_phone": self.substitute_phone,
            "reason": self.reason, "marked_by": self.marked_by, "stands": self.stands, "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }  # fmt: skip


def absence_lines(actor: Actor, at: datetime) -> Sequence[AbsenceLine]:
    """Return the entries somebody may see: what is in force, what is to come, and what was over lately."""
    rows = AbsenceEntry.objects.filter(until__gt=at - REMEMBERED).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at - REMEMBERED))
    if actor.role in FIELD_ROLES:
        rows = rows.filter(Q(unit=actor.unit) | Q(name="", substitute=actor.unit))
    found = [absence_of(each) for each in rows.order_by("since", "id")[:MOST]]
    order = {"now": 0, "to_come": 1, "over": 2}
    return sorted((line_of(each, actor, at) for each in found), key=lambda line: order[line.stands])


def line_of(entry: Absence, actor: Actor, at: datetime) -> AbsenceLine:
    """Return an entry in words."""
    stands = "now" if entry.covers(at) else "to_come" if entry.since > at and entry.ended_at is None else "over"
    return AbsenceLine(
        entry.id, entry.unit, unit_name(entry.unit), entry.name, entry.since, entry.until, entry.substitute,
        unit_name(entry.substitute) if entry.whole_unit else entry.substitute, entry.substitute_phone, entry.reason, entry.marked_by, stands, entry.ended_at,
        stands != "over" and may_mark(actor, entry.unit, whole=entry.whole_unit),
    )  # fmt: skip

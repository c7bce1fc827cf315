"""Who has looked at a record since it last changed: what nobody has touched yet stands out, and work is not done twice.

Only people at the desks count: that a unit read its own order does not mean that anybody here saw what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from liandong.adapters.postgres.models import Look, Stream, User
from liandong.web.rights import FIELD_ROLES

__all__ = ["Touch", "touched", "with_touches"]

#: Looks read at most for one list; the newest come first.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Touch:
    """The last look of somebody at the desks."""

    who: str
    at: datetime


def touched(rows: Iterable[Stream]) -> dict[object, Touch]:
    """Return the newest look of each row since its last change, by id; what is missing nobody has touched. Two queries."""
    known = {each.id: each for each in rows}
    of_appeal = {each.appeal: each for each in known.values() if each.appeal}
    if not known:
        return {}
    since = min(each.updated_at for each in known.values())
    looks = list(Look.objects.filter(stream__in=[*known, *of_appeal], at__gte=since).order_by("-at")[:MOST])
    people = {each.get_username(): each for each in User.objects.filter(username__in={look.person for look in looks})}
    found: dict[object, Touch] = {}
    for look in looks:
        person = people.get(look.person)
        if person is None or person.role in FIELD_ROLES:
            continue
        for row in {id(each): each for each in (known.get(look.stream), of_appeal.get(look.stream)) if each is not None}.values():
            if look.at >= row.updated_at:
                found.setdefault(row.id, Touch(person.get_full_name() or person.get_username(), look.at))
    return found


def with_touches(rows: Iterable[Stream]) -> list[Stream]:
    """Return the rows, each with its ``touch`` (None where nobody has looked)."""
    listed = list(rows)
    known = touched(listed)
    for each in listed:
        each.touch = known.get(each.id)  # type: ignore[attr-defined]
    return listed

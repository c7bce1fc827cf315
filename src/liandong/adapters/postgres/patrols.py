"""The port ``Patrols`` on the node's database: the last position of each person, and nothing older."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from liandong.adapters.postgres.models import AbsenceEntry, PatrolPosition
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Actor
from liandong.domain.routing import NearPatrol, Patrol, PatrolStatus, Position, nearest
from liandong.domain.routing.patrols import FRESH_MINUTES

__all__ = ["PostgresPatrols"]

#: After this nobody asks where somebody was.
FORGOTTEN = timedelta(hours=12)
#: Most positions that are compared.
MOST = 2000


class PostgresPatrols:
    """Positions as rows of ``patrol_position``, in the open transaction where there is one."""

    def report(self, actor: Actor, position: Position, status: PatrolStatus, accuracy_m: int, at: datetime) -> Patrol:
        """Write where a person is now; a position older than the one known changes nothing."""
        if not actor.unit or not actor.person:
            raise InvalidInput("order.no_unit")
        absent = AbsenceEntry.objects.filter(person=actor.person, since__lte=at, until__gt=at, ended_at__isnull=True).first() if status == PatrolStatus.AVAILABLE else None
        if absent is not None:
            raise InvalidInput("absence.still_away", name=absent.substitute)
        given = {"unit": actor.unit, "longitude": position[0], "latitude": position[1], "accuracy_m": accuracy_m, "status": status.value, "at": at}
        row, made = PatrolPosition.objects.get_or_create(person=actor.person, defaults=given)
        if not made:
            PatrolPosition.objects.filter(person=actor.person, at__lte=at).update(**given)
            row.refresh_from_db()
        return _patrol(row)

    def forget(self, at: datetime) -> int:
        """Delete what was said longer than ``FORGOTTEN`` ago; return how many positions."""
        return PatrolPosition.objects.filter(at__lt=at - FORGOTTEN).delete()[0]

    def mark(self, person: str, status: PatrolStatus) -> None:
        """Write whether a person can be sent; who never said where they are stays unknown, who is off stays off."""
        PatrolPosition.objects.filter(person=person).exclude(status=PatrolStatus.OFF.value).update(status=status.value)

    def of(self, person: str) -> Patrol | None:
        """Return what a person said last, None where nothing."""
        row = PatrolPosition.objects.filter(person=person).first()
        return _patrol(row) if row else None

    def near(self, place: Position, at: datetime, most: int = 5, units: Sequence[str] | None = None) -> Sequence[NearPatrol]:
        """Return who could be sent to a place; ``units`` None: of any unit."""
        return nearest(self._fresh(at, units), place, at, most)

    def counts(self, at: datetime) -> Mapping[str, int]:
        """Return unit -> how many of its people are available out there now."""
        found: dict[str, int] = {}
        for each in self._fresh(at, None):
            if each.status == PatrolStatus.AVAILABLE:
                found[each.unit] = found.get(each.unit, 0) + 1
        return found

    def _fresh(self, at: datetime, units: Sequence[str] | None) -> list[Patrol]:
        rows = PatrolPosition.objects.filter(at__gte=at - timedelta(minutes=FRESH_MINUTES))
        away = AbsenceEntry.objects.filter(since__lte=at, until__gt=at, ended_at__isnull=True)
        # Who said that they are away is not sent, whatever their phone said last.
        rows = rows.exclude(person__in=away.exclude(person="").values("person")).exclude(unit__in=away.filter(name="").values("unit"))
        if units is not None:
            rows = rows.filter(unit__in=units)
        return [_patrol(each) for each in rows.order_by("-at")[:MOST]]


def _patrol(row: PatrolPosition) -> Patrol:
    return Patrol(row.person, row.unit, (row.longitude, row.latitude), PatrolStatus(row.status), row.at, row.accuracy_m)

"""The port ``Absences`` on the node's database: asked anew at every question, so that what one process was told all of them know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import connection

from liandong.adapters.postgres.models import AbsenceEntry, User
from liandong.application.ports import Colleague
from liandong.domain.routing import Absence, Turn

__all__ = ["PostgresAbsences", "absence_of"]

#: Key of the lock under which one decides at a time.
LOCK = 7_210_019
#: Most entries that are read.
MOST = 2000


class PostgresAbsences:
    """Absences as rows of ``absence``, in the open transaction where there is one.

    Parameters:
        roster: of the pack, whose names are people of their units too.
    """

    def __init__(self, roster: Iterable[Turn] = ()) -> None:
        self._roster = tuple(roster)

    def standing(self, at: datetime) -> Sequence[Absence]:
        """Return the entries that are not over at an instant."""
        rows = AbsenceEntry.objects.filter(until__gt=at, ended_at__isnull=True).order_by("since", "id")
        return [absence_of(each) for each in rows[:MOST]]

    def one(self, absence: str) -> Absence | None:
        """Return an entry by its id."""
        try:
            wanted = uuid.UUID(absence)
        except ValueError:
            return None
        row = AbsenceEntry.objects.filter(id=wanted).first()
        return absence_of(row) if row else None

    def people(self, unit: str) -> Sequence[Colleague]:
        """Return the accounts of a unit, and the names of its roster that have none."""
        phones = {name: phone for turn in self._roster if turn.unit == unit for name, phone in ((turn.substitute, turn.substitute_phone), (turn.name, turn.phone)) if name}
        users = User.objects.filter(unit=unit, is_active=True).order_by("username").values_list("username", "first_name")
        found = [Colleague(account, name or account, phones.get(name, "")) for account, name in users]
        named = {each.name for each in found}
        return [*found, *(Colleague("", name, phone) for name, phone in phones.items() if name not in named)]

    def hold(self) -> None:
        """Take the lock under which absences are decided on."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def add(self, absence: Absence) -> None:
        """Write an entry."""
        AbsenceEntry.objects.create(**asdict(absence))

    def end(self, absence: Absence) -> None:
        """Write that an entry is over."""
        AbsenceEntry.objects.filter(id=absence.id).update(ended_by=absence.ended_by, ended_at=absence.ended_at)


def absence_of(row: AbsenceEntry) -> Absence:
    """Return the entry of a row."""
    return Absence(
        str(row.id), row.unit, row.person, row.name, row.since, row.until, row.substitute, row.substitute_phone, row.reason, row.marked_by, row.marked_at,
        row.ended_by, row.ended_at,
    )  # fmt: skip

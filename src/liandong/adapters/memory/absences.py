"""The port ``Absences`` in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from liandong.application.ports import Colleague
from liandong.domain.routing import Absence

__all__ = ["MemoryAbsences"]


class MemoryAbsences:
    """Absences as a mapping.

    Parameters:
        people: unit -> who belongs to it.
    """

    def __init__(self, people: Mapping[str, Sequence[Colleague]] | None = None) -> None:
        self.entries: dict[str, Absence] = {}
        self._people = dict(people or {})

    def standing(self, at: datetime) -> Sequence[Absence]:
        """Return the entries that are not over at an instant."""
        found = [each for each in self.entries.values() if each.until > at and each.ended_at is None]
        return sorted(found, key=lambda each: (each.since, each.id))

    def one(self, absence: str) -> Absence | None:
        """Return an entry by its id."""
        return self.entries.get(absence)

    def people(self, unit: str) -> Sequence[Colleague]:
        """Return who belongs to a unit."""
        return self._people.get(unit, ())

    def hold(self) -> None:
        """Nobody else decides here."""

    def add(self, absence: Absence) -> None:
        """Keep an entry."""
        self.entries[absence.id] = absence

    def end(self, absence: Absence) -> None:
        """Keep that an entry is over."""
        self.entries[absence.id] = absence

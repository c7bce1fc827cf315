"""What every use case is given: the clock, the ids, the desk, the database, triage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from liandong.application.guidance import DoorWords
from liandong.application.notary import Notary
from liandong.application.ports import (
    Absences,
    Adviser,
    CitizenMessages,
    Clock,
    Desk,
    Directory,
    Ids,
    OwnerNotices,
    Patrols,
    Telephony,
    Triage,
    VehicleOwners,
    Work,
)
from liandong.domain.alarms.alarm import ALARM
from liandong.domain.alerts.alert import ALERT
from liandong.domain.appeals.appeal import APPEAL
from liandong.domain.calls.call import CALL
from liandong.domain.clocks import Rulebook
from liandong.domain.consultations.consultation import CONSULTATION
from liandong.domain.handovers.handover import HANDOVER
from liandong.domain.inspections.inspection import INSPECTION
from liandong.domain.journal.facts import Fact, StreamKind
from liandong.domain.journal.machine import Machine
from liandong.domain.quickservice.move_car import MOVE_CAR
from liandong.domain.supervision.supervision import SUPERVISION
from liandong.domain.whistles.whistle import WHISTLE
from liandong.domain.workorders.workorder import WORK_ORDER

__all__ = ["MACHINES", "World"]

#: kind -> the table that rules it.
MACHINES: Mapping[StreamKind, Machine] = {
    each.kind: each for each in (APPEAL, ALARM, WORK_ORDER, HANDOVER, CALL, ALERT, MOVE_CAR, SUPERVISION, CONSULTATION, WHISTLE, INSPECTION)
}


@dataclass(frozen=True, slots=True)
class World:
    """The outside of the application, wired once by ``node.bootstrap``."""

    clock: Clock
    ids: Ids
    desk: Desk
    work: Work
    triage: Triage
    #: fact, decided here? -> what follows from it; see ``reactions.reactions_to``.
    reactions: Callable[[Fact, bool], Sequence[Callable[..., None]]]
    #: The switch that puts three-way calls through; None where people dial by hand.
    telephony: Telephony | None = None
    #: The register of vehicles and the way to their owners; None where people do it by hand.
    owners: VehicleOwners | None = None
    notices: OwnerNotices | None = None
    #: The units of the city; None where nobody is to be found.
    directory: Directory | None = None
    #: code -> door of the city's list, for matters that neither side takes.
    doors: Mapping[str, DoorWords] = field(default_factory=dict)
    #: place, division, position of a record -> (code, name) of the divisions it lies in, the smallest first; None where nobody knows.
    divisions_at: Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]] | None = None
    #: A language model asked for a second opinion; None (the default) where nobody wanted one.
    adviser: Adviser | None = None
    #: What the triage model of this node says of itself: what it was made of, and figures.
    model_about: Mapping[str, Any] = field(default_factory=dict)
    #: words -> code of a unit -> how probable history makes it; None where nothing was learned.
    unit_history: Callable[[str], Mapping[str, float]] | None = None
    #: More that guards may ask for; plain values.
    context: Mapping[str, Any] = field(default_factory=dict)
    #: The city's limits and working days; an empty one keeps no clocks.
    rulebook: Rulebook = field(default_factory=Rulebook)
    #: Keeps the peers' roots; None keeps such messages unread.
    notary: Notary | None = None
    #: The way to citizens' telephones; None where nobody sends messages.
    messages: CitizenMessages | None = None
    #: Where people of units are; None where nobody says.
    patrols: Patrols | None = None
    #: Who is away, and who stands in; None where nobody keeps that.
    absences: Absences | None = None

    def guard_context(self) -> dict[str, Any]:
        """Return the switches that guards read."""
        return {**self.desk.switches, **self.context, "own_side": self.desk.side}

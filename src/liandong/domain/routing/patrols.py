"""就近派警: who is out there, how far, and whether they can be sent (002 扁平指挥, 警力跟着警情走).

Rules:
    - Who has said within the last minutes where they are counts; an old position sends nobody.
    - Available before busy; off duty never. Among these the nearest first.
    - Only the last position of a person is known: patrols are found by it, they are not watched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from liandong.domain.routing.places import Position, distance_m

__all__ = ["FRESH_MINUTES", "NearPatrol", "Patrol", "PatrolStatus", "nearest"]

#: How old a position may be.
FRESH_MINUTES = 15


class PatrolStatus(StrEnum):
    """Whether somebody can be sent."""

    AVAILABLE = "available"
    BUSY = "busy"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Patrol:
    """One person of a unit who said where they are."""

    #: Account name.
    person: str
    unit: str
    position: Position
    status: PatrolStatus
    #: Aware.
    at: datetime
    #: How sure the phone was, in metres; 0 where it did not say.
    accuracy_m: int = 0


@dataclass(frozen=True, slots=True)
class NearPatrol:
    """A patrol and how far it is."""

    patrol: Patrol
    distance_m: int
    age_seconds: int


def nearest(patrols: Iterable[Patrol], place: Position, at: datetime, most: int = 5) -> tuple[NearPatrol, ...]:
    """Return the patrols that could be sent to a place, who is available before who is busy, the nearest first.

    Parameters:
        at: aware; positions older than ``FRESH_MINUTES``, or from the future, are left out.
        most: how many at most.
    """
    oldest = at - timedelta(minutes=FRESH_MINUTES)
    found = [
        NearPatrol(each, round(distance_m(place, each.position)), max(int((at - each.at).total_seconds()), 0))
        for each in patrols
        if each.status != PatrolStatus.OFF and oldest <= each.at <= at + timedelta(minutes=1)
    ]
    found.sort(key=lambda each: (each.patrol.status != PatrolStatus.AVAILABLE, each.distance_m, each.patrol.person))
    return tuple(found[:most])

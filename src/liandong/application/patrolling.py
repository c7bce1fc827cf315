"""就近派警: the nearest patrol gets an order of danger, and who is on the way is known to be busy (002 扁平指挥)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from liandong.application.perform import Session
from liandong.domain.assistants.parts import FIELD_ROLES
from liandong.domain.journal.facts import Fact, StreamState
from liandong.domain.routing import NearPatrol, PatrolStatus, Position

__all__ = ["PATROL_REACTIONS", "nearest_patrol", "position_said"]

#: Farther than this nobody is sent by nearness alone, in metres.
WITHIN_M = 3000
GOING = ("OfficersDeparted", "OfficersArrived", "PartReached")
FREE = ("AlarmReported", "ReportProposed", "SourceHandedOver", "NonPoliceStated", "PartReported", "PartDeclined")


def position_said(data: Mapping[str, Any]) -> Position | None:
    """Return the position of a record (longitude, latitude in degrees), None where none was given, or it is none."""
    try:
        lng, lat = float(data["longitude"]), float(data["latitude"])
    except (KeyError, TypeError, ValueError):
        return None
    sound = math.isfinite(lng) and math.isfinite(lat) and -180 <= lng <= 180 and -90 <= lat <= 90
    return (lng, lat) if sound else None


def nearest_patrol(session: Session, said: Mapping[str, Any]) -> NearPatrol | None:
    """Return the nearest patrol of this side that is available within ``WITHIN_M`` of a matter; None where nobody is, or nobody knows where."""
    patrols, directory, place = session.world.patrols, session.world.directory, position_said(said)
    if patrols is None or directory is None or place is None:
        return None
    for each in patrols.near(place, session.at, 20):
        fits = each.patrol.status == PatrolStatus.AVAILABLE and each.distance_m <= WITHIN_M
        if fits and directory.serves(each.patrol.unit, session.world.desk.side):
            return each
    return None


def _mark(status: PatrolStatus) -> Any:
    def follow(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
        if session.world.patrols is not None and fact.actor.person and fact.actor.role in FIELD_ROLES:
            session.world.patrols.mark(fact.actor.person, status)

    return follow


#: fact -> (decided here, what follows).
PATROL_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    **dict.fromkeys(GOING, ((True, _mark(PatrolStatus.BUSY)),)),
    **dict.fromkeys(FREE, ((True, _mark(PatrolStatus.AVAILABLE)),)),
}

"""Routing: units, divisions, territories, nearness, and the levels of platforms."""

from __future__ import annotations

from liandong.domain.routing.absences import Absence, Away
from liandong.domain.routing.divisions import Division, DivisionLevel, ancestors, division_of, divisions_in
from liandong.domain.routing.duty import duty_by_hours
from liandong.domain.routing.levels import Node, NodeLevel, next_hop, route
from liandong.domain.routing.patrols import NearPatrol, Patrol, PatrolStatus, nearest
from liandong.domain.routing.places import Place, Position, Territory, contains, distance_m, territory_at
from liandong.domain.routing.roster import Roster, Turn, duty_by_roster
from liandong.domain.routing.suggestions import OnDuty, Suggestion, WhyUnit, locate, suggest_units, team
from liandong.domain.routing.units import Duty, Unit, UnitLevel

__all__ = [
    "Absence",
    "Away",
    "Division",
    "DivisionLevel",
    "Duty",
    "NearPatrol",
    "Node",
    "NodeLevel",
    "OnDuty",
    "Patrol",
    "PatrolStatus",
    "Place",
    "Position",
    "Roster",
    "Suggestion",
    "Territory",
    "Turn",
    "Unit",
    "UnitLevel",
    "WhyUnit",
    "ancestors",
    "contains",
    "distance_m",
    "division_of",
    "divisions_in",
    "duty_by_hours",
    "duty_by_roster",
    "locate",
    "nearest",
    "next_hop",
    "route",
    "suggest_units",
    "team",
    "territory_at",
]

"""Where: positions, distances, territories.

Plain Python on purpose: at the size of a city (some hundred rings) this is fast enough, and the domain stays without
dependencies. Positions are longitude and latitude in degrees; all of one pack are in the same datum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

__all__ = ["EARTH_RADIUS_M", "Place", "Position", "Territory", "contains", "distance_m", "territory_at"]

EARTH_RADIUS_M = 6_371_008.8

#: Longitude and latitude in degrees.
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happens, as far as it is known."""

    #: The address in the caller's words.
    text: str = ""
    #: Code of a division, or ``""``.
    division: str = ""
    #: None where nobody knows.
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Territory:
    """The ground of a division or a unit: polygons, each an outer ring and its holes."""

    #: Code of the division or the unit it belongs to.
    code: str
    name: str
    polygons: tuple[tuple[tuple[Position, ...], ...], ...]


def distance_m(one: Position, other: Position) -> float:
    """Return the great-circle distance in metres (haversine; within 0.6 % of the ellipsoid)."""
    lng1, lat1, lng2, lat2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half)))


def contains(territory: Territory, position: Position) -> bool:
    """Say whether a position lies in a territory; the outer edge belongs to it, the edge of a hole too."""
    return any(_in_polygon(rings, position) for rings in territory.polygons)


def territory_at(position: Position, territories: Iterable[Territory]) -> Territory | None:
    """Return the first territory that contains a position, or None. On a shared edge the earlier one of the list wins."""
    return next((each for each in territories if contains(each, position)), None)


def _in_polygon(rings: Sequence[Sequence[Position]], position: Position) -> bool:
    outer, *holes = rings
    if _on_edge(outer, position):
        return True
    if not _crossings_odd(outer, position):
        return False
    return not any(_crossings_odd(hole, position) and not _on_edge(hole, position) for hole in holes)


def _edges(ring: Sequence[Position]) -> Iterable[tuple[Position, Position]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def _crossings_odd(ring: Sequence[Position], position: Position) -> bool:
    x, y = position
    inside = False
    for (x1, y1), (x2, y2) in _edges(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _on_edge(ring: Sequence[Position], position: Position) -> bool:
    x, y = position
    for (x1, y1), (x2, y2) in _edges(ring):
        between = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        if between and (x2 - x1) * (y - y1) == (y2 - y1) * (x - x1):
            return True
    return False

"""Who is out there: the patrols nearest to a matter, and what is known of a place that has no position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.models import Stream, User
from liandong.application.patrolling import position_said
from liandong.application.ports import Desk
from liandong.domain.routing import NearPatrol, PatrolStatus, Place, Position, Territory, locate
from liandong.web.acts import Act
from liandong.web.reading.pack_words import people_of_pack, unit_name
from liandong.web.rights import COMMANDING, role_of
from liandong.web.world import pack, world

__all__ = ["Near", "NearLine", "line_of", "near_of", "patrols_near", "scene_of"]

#: How many are shown beside an order.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class NearLine:
    """One patrol as a dispatcher reads it."""

    person: str
    name: str
    unit: str
    unit_name: str
    distance_m: int
    age_seconds: int
    available: bool

    @property
    def minutes(self) -> int:
        """How many minutes ago they said so."""
        return self.age_seconds // 60

    def as_dict(self) -> dict[str, Any]:
        """Return the line as the API gives it."""
        return {
            "person": self.person, "unit": self.unit, "unit_name": self.unit_name, "distance_m": self.distance_m, "age_seconds": self.age_seconds,
            "status": PatrolStatus.AVAILABLE.value if self.available else PatrolStatus.BUSY.value,
        }  # fmt: skip


def scene_of(data: Mapping[str, Any]) -> tuple[Position, bool] | None:
    """Return the position of a matter and whether it is only the middle of its division; None where neither is known."""
    given = position_said(data)
    if given is not None:
        return given, False
    city = pack()
    code = locate(Place(str(data.get("place") or ""), str(data.get("division") or "")), city.divisions, city.territories)
    ground = next((each for each in city.territories if each.code == code), None)
    return (_middle(ground), True) if ground is not None else None


def _middle(ground: Territory) -> Position:
    ring = max((rings[0] for rings in ground.polygons), key=len)
    return sum(each[0] for each in ring) / len(ring), sum(each[1] for each in ring) / len(ring)


def patrols_near(desk: Desk, order: Stream, said: Mapping[str, Any], at: datetime, most: int = SHOWN) -> tuple[list[NearLine], bool]:
    """Return the patrols of this side nearest to an order, and whether its place is only known as the middle of its division.

    Parameters:
        said: data of its appeal, which knows the position.
        at: aware.
    """
    patrols, directory = world().patrols, world().directory
    scene = scene_of({**said, **{name: value for name, value in order.data.items() if value}})
    if patrols is None or directory is None or scene is None:
        return [], False
    near = [each for each in patrols.near(scene[0], at, 4 * most) if directory.serves(each.patrol.unit, desk.side)]
    return [line_of(each) for each in near[:most]], scene[1]


@dataclass(frozen=True, slots=True)
class Near:
    """The patrols near an order, and the act that sends one of them."""

    command: str
    lines: Sequence[NearLine]
    #: The place is only known as the middle of its division.
    guessed: bool


def near_of(user: User, desk: Desk, order: Stream, said: Mapping[str, Any], acts: Sequence[Act], at: datetime) -> Near | None:
    """Return who is near an alarm that this person may send somebody to; None where they may not, or nobody is."""
    command = next((each.command for each in acts if each.command in ("order", "redirect")), "")
    if order.kind != "alarm" or not command or role_of(user) not in COMMANDING:
        return None
    lines, guessed = patrols_near(desk, order, said, at)
    return Near(command, lines, guessed) if lines else None


def line_of(near: NearPatrol) -> NearLine:
    """Return a patrol in words."""
    each = near.patrol
    name = people_of_pack().get(each.person, each.person)
    return NearLine(each.person, name, each.unit, unit_name(each.unit), near.distance_m, near.age_seconds, each.status == PatrolStatus.AVAILABLE)

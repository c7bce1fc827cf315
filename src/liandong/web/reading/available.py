"""Who is available now: each unit of a side, who is on duty there, who stands in, and how many of its people are out there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.patrols import PostgresPatrols
from liandong.application.ports import Desk
from liandong.domain.routing import Unit
from liandong.web.reading.pack_words import duty_of, on_duty
from liandong.web.world import pack

__all__ = ["UnitLine", "available_units"]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit now."""

    code: str
    name: str
    level: str
    kind: str
    functions: tuple[str, ...]
    #: Somebody answers there now.
    available: bool
    #: The 24-hour contact of the unit.
    phone: str
    on_duty: str
    duty_phone: str
    substitute: str
    substitute_phone: str
    #: People of it who said within the last minutes that they can be sent.
    out_there: int

    def as_dict(self) -> dict[str, Any]:
        """Return the line as the API gives it."""
        return {**asdict(self), "functions": list(self.functions)}


def available_units(desk: Desk, at: datetime) -> list[UnitLine]:
    """Return the units of a side, those that can be sent now first.

    Parameters:
        at: aware.
    """
    counts = PostgresPatrols().counts(at)
    city = pack()
    units = [each for each in city.units if (desk.side == "both" or each.side in (desk.side, "both")) and each.kind != "centre"]
    lines = [_line(each, counts.get(each.code, 0), at) for each in units]
    return sorted(lines, key=lambda each: (not each.out_there, not each.available, each.level))


def _line(unit: Unit, out_there: int, at: datetime) -> UnitLine:
    turn = duty_of(unit.code, at)
    return UnitLine(
        unit.code, unit.name, unit.level.value, unit.kind, unit.functions, on_duty(unit, at) or out_there > 0, unit.phone,
        turn.name if turn else "", turn.phone if turn else "", turn.substitute if turn else "", turn.substitute_phone if turn else "", out_there,
    )  # fmt: skip

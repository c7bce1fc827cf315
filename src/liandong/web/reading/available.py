"""Who is available now: each unit of a side, who is on duty there, who stands in, and how many of its people are out there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.patrols import PostgresPatrols
from liandong.application.absences import away_at
from liandong.application.ports import Desk
from liandong.domain.routing import Away, Unit
from liandong.web.reading.pack_words import duty_of, on_duty
from liandong.web.world import pack, world

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
    #: Name and telephone of the unit that stands in while all of this one is closed, and until when; "" and None where it is there.
    stands_in: str = ""
    closed_until: datetime | None = None
    #: Who of it is away now: (name, who stands in, until when).
    away: tuple[tuple[str, str, datetime], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the line as the API gives it."""
        away = [{"name": name, "substitute": substitute, "until": until.isoformat()} for name, substitute, until in self.away]
        return {**asdict(self), "functions": list(self.functions), "closed_until": self.closed_until.isoformat() if self.closed_until else None, "away": away}


def available_units(desk: Desk, at: datetime) -> list[UnitLine]:
    """Return the units of a side, those that can be sent now first.

    Parameters:
        at: aware.
    """
    counts = PostgresPatrols().counts(at)
    city, away = pack(), away_at(world(), at)
    units = [each for each in city.units if (desk.side == "both" or each.side in (desk.side, "both")) and each.kind != "centre"]
    lines = [_line(each, counts.get(each.code, 0), at, away) for each in units]
    return sorted(lines, key=lambda each: (not each.out_there, not each.available, each.level))


def _line(unit: Unit, out_there: int, at: datetime, away: Away) -> UnitLine:
    turn, closed = duty_of(unit.code, at, away), away.unit(unit.code)
    stand_in = pack().unit(away.stand_in(unit.code)) if closed else None
    return UnitLine(
        unit.code, unit.name, unit.level.value, unit.kind, unit.functions, on_duty(unit, at, away) or out_there > 0, unit.phone,
        turn.name if turn else "", turn.phone if turn else "", turn.substitute if turn else "", turn.substitute_phone if turn else "", out_there,
        f"{stand_in.name} {stand_in.phone}".strip() if stand_in else "", closed.until if closed else None,
        tuple((each.name, f"{each.substitute} {each.substitute_phone}".strip(), each.until) for each in away.of_unit(unit.code)),
    )  # fmt: skip

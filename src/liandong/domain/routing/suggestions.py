"""Whom to send: by business, by territory, by nearness (就近、属地、业务).

Rules:
    - Business first: only units with a function the item asks for; its functions are in order, the most fitting first.
    - Territory next: a unit serves its division and all that lies inside. A unit of the very street comes before one of the county
      when both do the same work; a unit whose division does not contain the place is not offered at all while the place is known. While it
      is not known, a unit of the whole city comes before one of any street.
    - Nearness last, among those that business and territory leave equal; a unit nobody answers at comes after one that is on duty.
    - Every suggestion says why, so that a dispatcher can disagree with a reason and not with a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liandong.domain.catalogue.items import Item
from liandong.domain.clocks import aware
from liandong.domain.routing.divisions import Division, ancestors, division_of
from liandong.domain.routing.places import Place, Territory, distance_m, territory_at
from liandong.domain.routing.units import Duty, Unit

__all__ = ["TERRITORY", "OnDuty", "Suggestion", "WhyUnit", "locate", "suggest_units", "team"]

#: How the reason of a unit begins whose division the place lies in.
TERRITORY = "属地："
#: Whether somebody answers at a unit at an instant.
OnDuty = Callable[[Unit, datetime], bool]


@dataclass(frozen=True, slots=True)
class WhyUnit:
    """One reason for a suggestion."""

    #: ``business``, ``territory``, ``nearness`` or ``duty``.
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit that could be sent, with its reasons."""

    unit: Unit
    #: The function of the item it was found by.
    function: str
    reasons: tuple[WhyUnit, ...]
    #: Metres from the place to where the unit sits, or None where either is unknown.
    distance_m: float | None
    #: False where nobody answers at that hour.
    available: bool


def locate(place: Place, divisions: Sequence[Division], territories: Sequence[Territory]) -> str:
    """Return the code of the smallest division a place lies in, or ``""``.

    A position beats a code only where it lies inside that code's own territory or the code is missing: a call-taker who typed a street knows
    more than a phone mast. The words of the address come last.
    """
    known = {each.code: each for each in divisions}
    by_position = territory_at(place.position, [each for each in territories if each.code in known]) if place.position else None
    if place.division in known:
        inside = by_position is not None and place.division in ancestors(by_position.code, divisions)
        return by_position.code if inside and by_position is not None else place.division
    if by_position is not None:
        return by_position.code
    named = division_of(place.text, divisions) if place.text else None
    return named.code if named else ""


def suggest_units(
    item: Item,
    place: Place,
    units: Iterable[Unit],
    divisions: Sequence[Division],
    territories: Sequence[Territory],
    at: datetime,
    on_duty: OnDuty | None = None,
) -> tuple[Suggestion, ...]:
    """Return the units that could lead a matter, best first; empty where no unit has any of its functions.

    Parameters:
        item: its ``functions`` decide the business, most fitting first.
        at: aware; handed to ``on_duty``.
        on_duty: the roster; without it only units with 24-hour duty count as available (``duty_by_hours`` knows office hours too).

    Raises:
        InvalidInput: ``calendar.naive_time`` where ``at`` has no zone.
    """
    aware(at)
    here = locate(place, divisions, territories)
    path = ancestors(here, divisions)
    names = {each.code: each.name for each in divisions}
    found: list[tuple[tuple[float, ...], str, Suggestion]] = []
    for unit in units:
        order = next((index for index, function in enumerate(item.functions) if function in unit.functions), None)
        if order is None or (path and unit.division and unit.division not in path):
            continue
        # With no place, a unit of the whole city comes before one of any street; with one, the nearest above it comes first.
        steps = path.index(unit.division) if path and unit.division else len(path) + len(ancestors(unit.division, divisions))
        metres = distance_m(place.position, unit.position) if place.position and unit.position else None
        available = on_duty(unit, at) if on_duty else unit.duty is Duty.ALWAYS
        function = item.functions[order]
        reasons = _reasons(unit, function, names, steps if path and unit.division else None, metres, available)
        suggestion = Suggestion(unit, function, reasons, metres, available)
        key = (order, steps, not available, metres if metres is not None else float("inf"), int(unit.level))
        found.append((tuple(map(float, key)), unit.code, suggestion))
    found.sort(key=lambda each: each[:2])
    return tuple(suggestion for _, _, suggestion in found)


def team(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """Return the best unit for each function, in order: the first leads, the others assist.

    For a smell of gas: the gas company, police, fire service, emergency office and ambulance of that place, to be alerted in one act.
    """
    best: dict[str, Suggestion] = {}
    for each in suggestions:
        best.setdefault(each.function, each)
    return tuple(best.values())


def _reasons(
    unit: Unit, function: str, names: dict[str, str], steps: int | None, metres: float | None, available: bool
) -> tuple[WhyUnit, ...]:
    reasons = [WhyUnit("business", f"职能：{function}")]
    if steps is None:
        reasons.append(WhyUnit("territory", "地点不明，先问清位置"))
    else:
        served = names.get(unit.division, unit.division)
        reasons.append(WhyUnit("territory", f"{TERRITORY}{served}" if steps == 0 else f"上级属地：{served}"))
    if metres is not None:
        reasons.append(WhyUnit("nearness", f"距离约{metres / 1000:.1f}公里" if metres >= 1000 else f"距离约{metres:.0f}米"))
    reasons.append(WhyUnit("duty", "现在有人值守" if available else "现在可能无人接听"))
    return tuple(reasons)

"""The port ``Directory`` on a pack: whom to order, whom to alert, who is around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from liandong.adapters.packs.model import Pack
from liandong.application.place_said import place_said
from liandong.application.ports import Recipient
from liandong.domain.catalogue.items import Item
from liandong.domain.routing import Away, Place, Position, Suggestion, Unit, WhyUnit, distance_m, suggest_units, team

__all__ = ["PackDirectory", "standing_in"]

#: Functions that police themselves have: they get an order, not an alert.
POLICE_KINDS = frozenset({"bureau", "station"})

#: Lines of the list that are looked at, most telling first.
MOST_LINES = 3
SEARCHERS = ("网格", "志愿者")


class PackDirectory:
    """Answers from the units of a pack.

    Parameters:
        away: who is away at an instant; a unit that is closed is answered for by the one that stands in. Without it everybody is there.
    """

    def __init__(self, pack: Pack, away: Callable[[datetime], Away] | None = None) -> None:
        self._pack = pack
        self._away = away
        self._items = {each.code: each for each in pack.catalogue.items}

    def police_unit(self, data: Mapping[str, Any], at: datetime) -> str:
        """Return the code of the police unit to order to a matter, ``""`` where none fits."""
        for each in self._suggested(data, at):
            if each.unit.side == "police" and each.available:
                return each.unit.code
        return ""

    def leading_unit(self, data: Mapping[str, Any], side: str, at: datetime) -> str:
        """Return the code of the first unit suggested for a matter on a side, ``""`` where none fits."""
        found = (each.unit for each in self._suggested(data, at) if each.unit.side in (side, "both") and each.unit.kind != "centre")
        return next((unit.code for unit in found), "")

    def team(self, data: Mapping[str, Any], at: datetime) -> Sequence[Recipient]:
        """Return one unit for each function of a matter beyond police, in the list's order."""
        found = [each for each in self._suggested(data, at) if each.unit.kind not in POLICE_KINDS and each.unit.kind != "centre"]
        return [self._recipient(each) for each in team(found)]

    def searchers(self, data: Mapping[str, Any], at: datetime, most: int) -> Sequence[Recipient]:
        """Return grid workers and volunteers, those of the place's own street first, then the nearest."""
        place = _place(data)
        units = [each for each in self._pack.units if set(SEARCHERS) & set(each.functions)]
        first, *_ = self._items.values()
        own = suggest_units(replace(first, functions=SEARCHERS), place, units, self._pack.divisions, self._pack.territories, at)
        centre = place.position or next((each.unit.position for each in own if each.unit.position), None)
        codes = {each.unit.code for each in own}
        # The others search too: a grid that is closed needs nobody to stand in.
        closed = {each.unit for each in self._away(at).now if each.whole_unit} if self._away else set()
        around = sorted((each for each in units if each.code not in codes | closed), key=lambda each: _metres(centre, each.position))
        own = tuple(each for each in own if each.unit.code not in closed)
        return [*map(self._recipient, own), *self.named([each.code for each in around])][:most]

    def serves(self, code: str, side: str) -> bool:
        """Tell whether a unit takes orders of a side; at a node of both sides every unit does."""
        found = self._pack.unit(code)
        return found is not None and (side == "both" or found.side in (side, "both"))

    def named(self, codes: Sequence[str]) -> Sequence[Recipient]:
        """Return the recipients of codes or names, in order; those nobody knows are left out."""
        by_name = {each.name: each for each in self._pack.units}
        known = (self._pack.unit(code) or by_name.get(code) for code in codes)
        return [Recipient(each.code, each.name, each.functions[0] if each.functions else "", int(each.level), each.phone) for each in known if each is not None]

    def _suggested(self, data: Mapping[str, Any], at: datetime) -> list[Suggestion]:
        found: dict[str, Suggestion] = {}
        for item in self._matters(data):
            for each in suggest_units(item, _place(data), self._pack.units, self._pack.divisions, self._pack.territories, at):
                found.setdefault(each.unit.code, each)
        # Who is away is asked only where somebody was found: of a matter without a class nobody is, and calls about one may come by the hundred.
        return standing_in(found.values(), self._away(at), self._pack.unit) if found and self._away else list(found.values())

    def _matters(self, data: Mapping[str, Any]) -> list[Item]:
        """Return the items of a matter: the lines that the verdict's reasons name, a class itself only where none of its own is named."""
        verdict = data.get("verdict") or {}
        top = [str(data.get("item") or ""), str(verdict.get("item2") or "")]
        codes = [str(each.get("item", "")) for each in verdict.get("reasons") or () if isinstance(each, Mapping)]
        fine = [code for code in dict.fromkeys(codes) if code in self._items and self._items[code].parent]
        wanted = [*fine[:MOST_LINES], *(each for each in top if not any(self._under(code, each) for code in fine))]
        return [self._items[code] for code in dict.fromkeys(wanted) if code in self._items]

    def _under(self, code: str, top: str) -> bool:
        while code and code != top:
            code = self._items[code].parent if code in self._items else ""
        return bool(top) and code == top

    @staticmethod
    def _recipient(found: Suggestion) -> Recipient:
        return Recipient(found.unit.code, found.unit.name, found.function, int(found.unit.level), found.unit.phone)


def standing_in(found: Iterable[Suggestion], away: Away, unit_of: Callable[[str], Unit | None]) -> list[Suggestion]:
    """Return suggestions with each unit that is closed replaced by the one that answers for it now; where nobody does, it stays."""
    replaced: dict[tuple[str, str], Suggestion] = {}
    for each in found:
        code = away.stand_in(each.unit.code)
        other = unit_of(code) if code and code != each.unit.code else None
        if other is not None:
            each = replace(each, unit=other, reasons=(*each.reasons[:-1], WhyUnit("duty", f"{each.unit.name}停岗，由其代办")), distance_m=None, available=True)
        replaced.setdefault((each.unit.code, each.function), each)
    return list(replaced.values())


def _place(data: Mapping[str, Any]) -> Place:
    try:
        position: Position | None = (float(data["longitude"]), float(data["latitude"]))
    except (KeyError, TypeError, ValueError):
        position = None
    return Place(text=place_said(data), division=str(data.get("division", "")), position=position)


def _metres(one: Position | None, other: Position | None) -> float:
    return distance_m(one, other) if one and other else float("inf")

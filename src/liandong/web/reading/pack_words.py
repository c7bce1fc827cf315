"""Words out of the city's pack: names of items and units, clauses, and which units fit a matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from liandong.adapters.packs import Pack
from liandong.adapters.packs.team import standing_in
from liandong.adapters.postgres.models import Stream
from liandong.application.absences import away_at
from liandong.application.place_said import place_said
from liandong.domain.alerts.alert import desk_code
from liandong.domain.catalogue.items import Clause, Door, Item
from liandong.domain.clocks import CalendarNotCovered
from liandong.domain.routing import (
    Away,
    Duty,
    OnDuty,
    Place,
    Roster,
    Suggestion,
    Turn,
    Unit,
    ancestors,
    duty_by_roster,
    locate,
    suggest_units,
)
from liandong.domain.routing.history import with_history
from liandong.web.shell.words import SIDE_WORDS
from liandong.web.world import pack, world

__all__ = ["clause_of", "door_choices", "duty_of", "duty_words", "item_name", "item_of", "items_of", "matter_of", "on_duty", "peer_title", "people_of_pack", "unit_choices", "unit_known", "unit_name"]

#: What the code of a side's desk begins with, where desks stand among units.
DESK = desk_code("")

#: How many units stand first in a choice because they fit.
FITTING = 5
#: Lines of the list that are looked at for whom to send, most telling first.
MOST_LINES = 3


def item_of(code: str) -> Item | None:
    """Return the item of a code in this city's list, or None."""
    return _index(pack()).items.get(code) if code else None


def door_choices() -> tuple[Door, ...]:
    """Return the doors of this city for matters that neither side takes, in the list's order."""
    return pack().catalogue.doors


def item_name(code: str) -> str:
    """Return the name of an item or of a door; the code where this city's list has none."""
    found = item_of(code)
    return found.name if found else _index(pack()).doors.get(code, code)


def items_of() -> tuple[Item, ...]:
    """Return the classes and the items of the second level, in the list's order."""
    return tuple(each for each in pack().catalogue.items if each.code.count(".") < 2)


def unit_name(code: str) -> str:
    """Return the name of a unit or a side's desk; the code where the directory has none."""
    if not code:
        return ""
    if code.startswith(DESK) and code.removeprefix(DESK) in SIDE_WORDS:
        return str(SIDE_WORDS[code.removeprefix(DESK)])
    found = _index(pack()).units.get(code)
    return found if found else code


def unit_known(code: str) -> bool:
    """Tell whether the directory has a unit; codes of units it has not are nothing for readers."""
    return code in _index(pack()).units


def people_of_pack() -> dict[str, str]:
    """Return account name -> name of the demonstration's people of both sides."""
    return _index(pack()).people


def clause_of(code: str, item: str = "") -> Clause | None:
    """Return the clause of a code; of the item where the code is not known."""
    found = _index(pack()).clauses.get(code)
    known = item_of(item)
    return found or (known.clause if known else None)


def peer_title(desk: Any, name: str) -> str:
    """Return what people call a node; one that is no peer of this node stands behind one, as a county behind its city."""
    if name == desk.node:
        return str(desk.title or name)
    found = desk.peer(name)
    if found is not None:
        return str(found.title or name)
    return _("下级平台 %(name)s") % {"name": name} if name else ""


def unit_choices(side: str, data: Mapping[str, Any], at: datetime) -> list[tuple[str, str, str]]:
    """Return (code, name, why) of the units a side can send: those that fit the item and the place first, with reasons.

    Parameters:
        side: ``police`` or ``hotline``: whose dispatcher asks.
        data: as ``matter_of`` gives it: item, place, words and what the verdict read out of them decide what fits.
        at: aware; who is on duty then.
    """
    city = pack()
    units = [each for each in city.units if each.side in (side, "both") and each.kind != "centre"]
    place = Place(text=place_said(data), division=str(data.get("division", "")))
    away = away_at(world(), at)
    ground = standing_in(_on_the_ground(city, data, place, units, at, away), away, city.unit)
    learned = world().unit_history
    told = learned(str(data.get("text") or data.get("summary") or "")) if learned else {}
    path = ancestors(locate(place, city.divisions, city.territories), city.divisions)
    fitting = with_history(ground, told, [each for each in units if away.unit(each.code) is None], path)[:FITTING]
    first = {each.unit.code for each in fitting}
    suggested = [(each.unit.code, each.unit.name, "、".join([*(why.words for why in each.reasons), *filter(None, [duty_words(each.unit.code, at, away)])])) for each in fitting]
    return suggested + [(each.code, each.name, "") for each in units if each.code not in first]


def matter_of(order: Stream) -> dict[str, Any]:
    """Return what is known of an order for choosing a unit: its own data, and the words and the verdict of its appeal."""
    said = Stream.objects.filter(id=order.appeal, kind="appeal").values_list("data", flat=True).first() if order.appeal and order.kind != "appeal" else None
    told = {name: said[name] for name in ("text", "verdict", "division") if said.get(name)} if said else {}
    return {**told, **{name: value for name, value in order.data.items() if value not in ("", None)}}


def _on_the_ground(city: Pack, data: Mapping[str, Any], place: Place, units: Sequence[Unit], at: datetime, away: Away) -> list[Suggestion]:
    """Return who fits by business, territory, nearness and duty: for the lines that the words name, then for their class."""
    found: dict[str, Suggestion] = {}
    for line in _lines(data):
        for each in suggest_units(line, place, units, city.divisions, city.territories, at, _on_duty(city, away)):
            found.setdefault(each.unit.code, each)
    return list(found.values())


def _lines(data: Mapping[str, Any]) -> list[Item]:
    """Return the lines of the list an order is about: those under its item that the verdict's reasons name, then the item itself."""
    item = str(data.get("item") or "")
    reasons = (data.get("verdict") or {}).get("reasons") or ()
    named = [str(each.get("item") or "") for each in reasons if isinstance(each, Mapping)]
    below = [code for code in dict.fromkeys(named) if code.startswith(f"{item}.")][:MOST_LINES]
    return [found for code in (*below, item) if (found := item_of(code)) is not None]


def _on_duty(city: Pack, away: Away) -> OnDuty:
    """Return who answers when, without who is away: the roster, else office hours of working days; past the last day the calendar knows, who is there day and night."""
    roster = _index(city).roster
    by_roster = duty_by_roster(roster, city.calendar)

    def on_duty(unit: Unit, at: datetime) -> bool:
        if away.unit(unit.code) is not None:
            return False
        try:
            if roster.has(unit.code):
                return away.turn(roster.at(unit.code, at)) is not None
            return by_roster(unit, at)
        except CalendarNotCovered:
            return unit.duty is Duty.ALWAYS

    return on_duty


def on_duty(unit: Unit, at: datetime, away: Away) -> bool:
    """Tell whether somebody answers at a unit at an instant, without who is away."""
    return _on_duty(pack(), away)(unit, at)


def duty_of(code: str, at: datetime, away: Away) -> Turn | None:
    """Return the turn that runs at a unit, with who stands in where its person is away; None where it has no roster, or nobody of it is there."""
    return away.turn(_index(pack()).roster.at(code, at))


def duty_words(code: str, at: datetime, away: Away) -> str:
    """Return who is on duty at a unit, with the telephone and who stands in; ``""`` where no roster says so."""
    turn = duty_of(code, at, away)
    if turn is None:
        return ""
    told = _("值班 %(who)s") % {"who": f"{turn.name} {turn.phone}".strip()}
    if not turn.substitute:
        return told
    stands_in = _("替班 %(who)s") % {"who": f"{turn.substitute} {turn.substitute_phone}".strip()}
    return f"{told}，{stands_in}"


class _Index:
    """Look-ups made once a pack."""

    def __init__(self, city: Pack) -> None:
        self.items = {each.code: each for each in city.catalogue.items}
        self.roster = Roster(city.roster, city.calendar)
        self.units = {each.code: each.name for each in city.units}
        self.people = {each.username: each.name for each in city.users}
        self.doors = {each.code: each.name for each in city.catalogue.doors}
        self.clauses = {each.clause.code: each.clause for each in (*city.catalogue.items, *city.catalogue.doors, *city.catalogue.rulings)}


@lru_cache(maxsize=4)
def _index_of(key: int) -> _Index:
    return _Index(pack())


def _index(city: Pack) -> _Index:
    return _index_of(id(city))

"""What a corrected verdict leads to: another course, another unit, and the reason already written (facts 1: after a correction routing runs again)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.models import JournalEntry, Stream, User
from liandong.application.correcting import AGAIN, SIDE_WORDS, correction_words
from liandong.application.ports import Desk
from liandong.domain.catalogue.items import Item
from liandong.domain.routing.suggestions import TERRITORY
from liandong.web.acts import open_acts
from liandong.web.reading.pack_words import item_name, item_of, items_of, matter_of, unit_choices, unit_name
from liandong.web.world import world

__all__ = ["Reroute", "as_corrected", "correction_reason", "item_candidates", "item_classes", "other_unit", "reroute_of", "station_of"]

#: Items that are one key away on the sheet of a recorded call.
KEYED_ITEMS = 5
#: Facts that name a unit, and the one after which the unit is looked for anew.
ORDERED = ("UnitOrdered", "UnitRedirected", "OrderDispatched", "OrderProposed")
CORRECTED = ("OrderCorrected", "AlarmCorrected")


@dataclass(frozen=True, slots=True)
class Reroute:
    """What is proposed after a correction, done by one key."""

    #: The record that is acted on.
    stream: Stream
    #: ``hand_over``, ``share``, ``order``, ``redirect`` or ``dispatch``; ``""`` where somebody else has to.
    command: str
    reason: str
    unit: str = ""
    unit_name: str = ""
    #: Name of the unit that has it now, ``""`` where nobody has.
    before: str = ""
    why: str = ""


def item_classes() -> tuple[Item, ...]:
    """Return the classes of this city's list, in its order."""
    return tuple(each for each in items_of() if not each.parent)


def item_candidates(verdict: Mapping[str, Any]) -> list[str]:
    """Return the classes a verdict may have meant, the likeliest first: those its reasons name, its second item, then the rest of its side."""
    reasons = [str(each.get("item") or "") for each in verdict.get("reasons") or () if isinstance(each, Mapping)]
    named = [str(verdict.get("item2") or ""), *reasons]
    known = {each.code: each for each in item_classes()}
    tops = [_class_of(code) for code in named]
    side = str(verdict.get("side") or "")
    same = [each.code for each in known.values() if each.side.value == side]
    ordered = dict.fromkeys([*tops, *same, *known])
    return [code for code in ordered if code in known and code != _class_of(str(verdict.get("item") or ""))]


def _class_of(code: str) -> str:
    found = item_of(code)
    while found is not None and found.parent:
        code, found = found.parent, item_of(found.parent)
    return code


def as_corrected(verdict: Mapping[str, Any], side: str, item: str) -> dict[str, Any]:
    """Return a verdict with the side and item a person said instead, and ``corrected`` in words; as it is where they said nothing new."""
    said = dict(verdict)
    found = item_of(item)
    if found is not None and item != said.get("item"):
        said["item"] = item
        side = side or found.side.value
    if side in SIDE_WORDS and side != said.get("side"):
        said["side"] = side
    if said.get("side") != verdict.get("side") or said.get("item") != verdict.get("item"):
        said["corrected"] = correction_reason({**said, "verdict": verdict})
    return said


def correction_reason(data: Mapping[str, Any]) -> str:
    """Return in words what a person changed of an appeal's verdict, ``""`` where nothing."""
    return correction_words(data, item_name)


def station_of(verdict: Mapping[str, Any], place: str) -> tuple[str, str] | None:
    """Return name and reasons of the unit of this node that serves a place, None where the place or the unit is not known."""
    read = (verdict.get("particulars") or {}).get("place") if isinstance(verdict.get("particulars"), Mapping) else None
    where = place or (str(read[0]) if isinstance(read, list | tuple) and read else "")
    desk = world().desk
    if not where or verdict.get("side") not in (desk.side, "joint", "unclear"):
        return None
    choices = unit_choices(desk.side, {"item": verdict.get("item", ""), "place": where}, world().clock.now())
    first = next((each for each in choices if TERRITORY in each[2]), None)
    return (first[1], first[2]) if first else None


def reroute_of(user: User, desk: Desk, appeal: Stream, orders: list[Stream], at: datetime) -> Reroute | None:
    """Return what one key should do after the last correction of an appeal; None where nothing has to change.

    Parameters:
        orders: the alarms and work orders of the appeal on this node.
        at: aware; who is on duty then.
    """
    if not _corrected(appeal, orders):
        return None
    reason = correction_reason(appeal.data)
    side = appeal.data.get("side")
    opened = {each.command for each in open_acts(user, desk, appeal, "zh")}
    other = {"police": "hotline", "hotline": "police"}.get(desk.side)
    if appeal.phase == "kept" and side in (other, "joint"):
        command = "hand_over" if side == other else "share"
        return Reroute(appeal, command if command in opened else "", reason)
    for order in orders:
        found = other_unit(user, desk, order, reason, at)
        if found is not None:
            return found
    return None


def _corrected(appeal: Stream, orders: Sequence[Stream]) -> bool:
    """Tell whether somebody corrected the verdict, or the item of an order itself."""
    happened = {name for each in orders for name in (each.data.get("times") or {})}
    return "VerdictCorrected" in (appeal.data.get("times") or {}) or not happened.isdisjoint(CORRECTED)


def other_unit(user: User, desk: Desk, order: Stream, reason: str, at: datetime) -> Reroute | None:
    """Return the unit that a corrected order should go to instead, None where it was not corrected since it was sent, or is where it belongs."""
    if order.phase in ("closed", "cancelled", "withdrawn", "answered", "visited", "handed_over"):
        return None
    last = JournalEntry.objects.filter(stream=order.id, name__in=(*ORDERED, *CORRECTED)).order_by("-seq").values_list("name", flat=True).first()
    if last not in CORRECTED:
        return None
    side = "police" if order.kind == "alarm" else "hotline"
    # What the past says of these words is what was corrected.
    best = next((each for each in unit_choices(side, {**matter_of(order), "text": "", "summary": ""}, at) if each[2]), None)
    if best is None or best[0] == order.unit:
        return None
    opened = [each.command for each in open_acts(user, desk, order, "zh")]
    command = next((each for each in ("redirect", "dispatch", "order") if each in opened), "")
    return Reroute(order, command, reason or AGAIN, best[0], best[1], unit_name(order.unit), best[2])

"""Say that somebody is away, and who stands in: by their own unit or an administrator, in force from the next question on.

Source: 004 24 小时值守; 001 值班备勤. Kept by this node alone; nothing of it crosses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from liandong.application.ports import Absences
from liandong.application.world import World
from liandong.domain.clocks import aware
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Role
from liandong.domain.routing.absences import DUTY_SOURCE, Absence, Away, refusal_of

__all__ = ["away_at", "end_absence", "mark_away", "may_mark"]

KEEPERS = frozenset({Role.ADMINISTRATOR})
OWN = frozenset({Role.OFFICER, Role.UNIT_STAFF})
LIMITS = {"person": 150, "substitute": 60, "substitute_phone": 40, "reason": 300}


def away_at(world: World, at: datetime) -> Away:
    """Return who is away at an instant; nobody where this node keeps no absences."""
    return Away(world.absences.standing(at) if world.absences is not None else (), at)


def may_mark(actor: Actor, unit: str, *, whole: bool) -> bool:
    """Tell whether somebody may say that a person of a unit, or a whole unit, is away, and that they are back."""
    return actor.role in KEEPERS or (actor.role in OWN and bool(actor.unit) and actor.unit == unit and not whole)


def mark_away(world: World, actor: Actor, data: Mapping[str, Any], since: datetime, until: datetime) -> Absence:
    """Register an absence in one transaction; return it.

    Parameters:
        data: ``unit`` (code or name; empty: the actor's own), ``person`` (account or name; empty: the whole unit), ``substitute`` (account
            or name of a person; of a whole unit, code or name of the unit that stands in), ``substitute_phone``, ``reason``.
        since: aware. until: aware; the end does not belong to it.

    Raises:
        CommandRefused: ``absence.…``, ``unit.unknown``, ``unit.other_side``, ``input.too_long``: what to do instead is in the words.

    Concurrency: two at once are decided one after the other.
    """
    said = {name: " ".join(str(data.get(name) or "").split()) for name in ("unit", *LIMITS)}
    for name, limit in LIMITS.items():
        if len(said[name]) > limit or "\x00" in said[name]:
            raise CommandRefused(Refusal("input.too_long", {"field": name, "limit": limit, "length": len(said[name])}))
    absences = _kept(world)
    unit = _unit(world, said["unit"] or actor.unit)
    if not may_mark(actor, unit, whole=not said["person"]):
        raise CommandRefused(Refusal("absence.not_yours", {}, DUTY_SOURCE))
    wanted = Absence(world.ids.new(), unit, "", "", aware(since), aware(until), "", said["substitute_phone"], said["reason"], actor.person, world.clock.now())
    if not said["substitute"]:
        raise CommandRefused(Refusal("absence.no_substitute", {}, DUTY_SOURCE))
    wanted = _of_person(world, absences, wanted, said) if said["person"] else replace(wanted, substitute=_unit(world, said["substitute"]), substitute_phone="")
    with world.work():
        absences.hold()
        now = world.clock.now()
        refused = refusal_of(wanted, absences.standing(now), now, _names(world, unit, wanted.substitute), ZoneInfo(world.desk.zone))
        if refused is not None:
            raise CommandRefused(refused)
        absences.add(wanted)
    return wanted


def end_absence(world: World, actor: Actor, absence: str) -> Absence:
    """Say that somebody is back, in one transaction; return the entry as it is now.

    Raises:
        CommandRefused: ``absence.not_found``, ``absence.over``, ``absence.not_yours``.
    """
    absences = _kept(world)
    with world.work():
        absences.hold()
        found = absences.one(absence)
        if found is None or not (actor.role in KEEPERS or found.unit == actor.unit):
            raise CommandRefused(Refusal("absence.not_found"))
        if not may_mark(actor, found.unit, whole=found.whole_unit):
            raise CommandRefused(Refusal("absence.not_yours", {}, DUTY_SOURCE))
        now = world.clock.now()
        if found.ended_at is not None or found.until <= now:
            raise CommandRefused(Refusal("absence.over"))
        ended = replace(found, ended_by=actor.person, ended_at=now)
        absences.end(ended)
    return ended


def _kept(world: World) -> Absences:
    if world.absences is None:
        raise CommandRefused(Refusal("command.not_yet", {"command": "离岗登记", "why": "本平台未启用离岗登记"}))
    return world.absences


def _unit(world: World, named: str) -> str:
    """Return the code of a unit of this side that was named."""
    directory = world.directory
    found = next(iter(directory.named([named])), None) if directory is not None and named else None
    if directory is None or found is None:
        raise CommandRefused(Refusal("unit.unknown", {"unit": named[:40]}))
    if not directory.serves(found.code, world.desk.side):
        raise CommandRefused(Refusal("unit.other_side", {"unit": found.name}))
    return found.code


def _names(world: World, *codes: str) -> dict[str, str]:
    return {each.code: each.name for each in world.directory.named(list(codes))} if world.directory is not None else {}


def _of_person(world: World, absences: Absences, wanted: Absence, said: Mapping[str, str]) -> Absence:
    """Return the entry of a person of a unit: both are looked up among its people, so that the roster and the patrols know them."""
    people = absences.people(wanted.unit)
    known = next((each for each in people if said["person"] in (each.account, each.name)), None)
    if known is None:
        unit = _names(world, wanted.unit).get(wanted.unit, wanted.unit)
        raise CommandRefused(Refusal("absence.unknown_person", {"unit": unit, "person": said["person"][:40]}, DUTY_SOURCE))
    other = next((each for each in people if said["substitute"] in (each.account, each.name)), None)
    phone = said["substitute_phone"] or (other.phone if other else "")
    if other is None and not phone:
        raise CommandRefused(Refusal("absence.no_substitute", {}, DUTY_SOURCE))
    return replace(wanted, person=known.account, name=known.name, substitute=other.name if other else said["substitute"], substitute_phone=phone)

"""Absences by API: who is away and who stands in; a unit says so for its own people, an administrator for everybody."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import AwareDatetime, Field, StrictBool, StrictStr

from liandong.application.absences import end_absence, mark_away
from liandong.domain.errors import CommandRefused, InvalidInput, Refusal
from liandong.domain.journal.facts import Role
from liandong.domain.journal.machine import ROLE_TITLES
from liandong.web.api.access import actor, once
from liandong.web.api.shapes import Strict
from liandong.web.reading.absences import absence_lines, line_of
from liandong.web.rights import COMMANDING, FIELD_ROLES
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["absences"])
SEEING = COMMANDING | FIELD_ROLES | {Role.ADMINISTRATOR}


class AbsenceIn(Strict):
    """Who is away, from when to when, and who stands in."""

    #: Code or name; empty: the unit of the token.
    unit: Annotated[StrictStr, Field(max_length=40)] = ""
    #: Account or name of a person of the unit; empty only with ``whole_unit``.
    person: Annotated[StrictStr, Field(max_length=150)] = ""
    #: Nobody of the unit is there; administrators alone.
    whole_unit: StrictBool = False
    #: Absent: from now on.
    since: AwareDatetime | None = None
    until: AwareDatetime
    #: Account or name of a person; of a whole unit, code or name of the unit that stands in.
    substitute: Annotated[StrictStr, Field(min_length=1, max_length=60)]
    #: Needed where the unit does not know the person.
    substitute_phone: Annotated[StrictStr, Field(max_length=40)] = ""
    reason: Annotated[StrictStr, Field(max_length=300)] = ""


@router.get("/absences", response={200: dict[str, Any]}, summary="Who is away, and who stands in")
def absences(request: HttpRequest) -> Status[dict[str, Any]]:
    """Return what is in force, what is to come and what was over lately: of all units for those who send, of its own for a unit."""
    who = actor(request)
    if who.role not in SEEING:
        names = sorted(each.value for each in SEEING)
        raise CommandRefused(Refusal("command.not_allowed", {"command": "查看离岗登记", "who": [ROLE_TITLES[each] for each in names], "roles": names}))
    return Status(200, {"absences": [each.as_dict() for each in absence_lines(who, world().clock.now())]})


@router.post("/absences", response={201: dict[str, Any]}, summary="Say that somebody is away")
def mark(request: HttpRequest, body: AbsenceIn) -> Status[dict[str, Any]]:
    """Register an absence; it is in force at once for dispatch, alerts and who is available."""
    who = actor(request)
    if bool(body.person.strip()) == body.whole_unit:
        raise InvalidInput(detail="person 和 whole_unit 只能给一个")

    def do() -> tuple[int, dict[str, Any]]:
        now = world().clock.now()
        made = mark_away(world(), who, body.dict(include={"unit", "person", "substitute", "substitute_phone", "reason"}), body.since or now, body.until)
        return 201, line_of(made, who, now).as_dict()

    return once(request, do)


@router.post("/absences/{absence}/end", response={200: dict[str, Any]}, summary="Say that somebody is back")
def end(request: HttpRequest, absence: uuid.UUID) -> Status[dict[str, Any]]:
    """End an absence before its time."""
    who = actor(request)
    return once(request, lambda: (200, line_of(end_absence(world(), who, str(absence)), who, world().clock.now()).as_dict()))

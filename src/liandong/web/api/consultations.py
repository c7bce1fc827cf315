"""Consultations and whistles by API: convene one, blow one; the rulings that bind here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from ninja.responses import Status
from pydantic import Field, StrictBool, StrictStr

from liandong.adapters.postgres.rulings import read_rulings
from liandong.application.blow_whistle import blow_by_hand
from liandong.application.convene import convene
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.appeals import router
from liandong.web.api.shapes import StreamOut, Strict
from liandong.web.api.showing import show_state
from liandong.web.world import pack, world

__all__ = ["BlowIn", "ConveneIn", "RulingOut"]

Code = Annotated[StrictStr, Field(max_length=60)]


class ConveneIn(Strict):
    """A consultation to be convened by hand."""

    #: What it is about.
    summary: Annotated[StrictStr, Field(min_length=1, max_length=1000)]
    occasion: Literal["by_hand", "monthly", "quarterly", "annual"] = "by_hand"
    #: Code of the item in dispute.
    matter: Annotated[StrictStr, Field(max_length=20)] = ""
    urgent: StrictBool = False
    #: Codes of the units invited beside those of the cases; the two desks always are.
    units: Annotated[list[Code], Field(max_length=50)] = []
    #: Numbers or ids of handovers, orders or appeals it is about.
    cases: Annotated[list[Code], Field(max_length=50)] = []
    agenda: Annotated[list[Annotated[StrictStr, Field(max_length=300)]], Field(max_length=40)] = []
    held_at: Annotated[StrictStr, Field(max_length=40)] = ""


class BlowIn(Strict):
    """A whistle to be blown by hand."""

    summary: Annotated[StrictStr, Field(min_length=1, max_length=1000)]
    place: Annotated[StrictStr, Field(max_length=300)] = ""
    item: Annotated[StrictStr, Field(max_length=20)] = ""
    urgent: StrictBool = False
    #: Codes of the units that have to report in.
    units: Annotated[list[Code], Field(max_length=50)] = []
    cases: Annotated[list[Code], Field(max_length=50)] = []
    note: Annotated[StrictStr, Field(max_length=2000)] = ""


class RulingOut(Schema):
    """A ruling kept here."""

    code: str
    consultation: str
    #: Whether triage uses it today.
    in_force: bool
    #: Local day from which it no longer binds, or null.
    revoked_on: str | None
    data: dict[str, Any]


@router.post("/consultations", response={201: StreamOut}, summary="Convene a consultation by hand")
def begin(request: HttpRequest, body: ConveneIn) -> Status[dict[str, Any]]:
    """Invite both desks, the units of the cases and those named; by reviewers, dispatchers, supervisors, leaders and analysts."""
    token, who = token_of(request), actor(request)

    def do() -> tuple[int, dict[str, Any]]:
        return 201, show_state(token, convene(world(), who, body.model_dump()))

    return once(request, do)


@router.post("/whistles", response={201: StreamOut}, summary="Blow a whistle by hand")
def blow(request: HttpRequest, body: BlowIn) -> Status[dict[str, Any]]:
    """Call the units named and those of the cases; each reports in against a clock."""
    token, who = token_of(request), actor(request)

    def do() -> tuple[int, dict[str, Any]]:
        return 201, show_state(token, blow_by_hand(world(), who, body.model_dump()))

    return once(request, do)


@router.get("/rulings", response={200: list[RulingOut]}, summary="Rulings of consultations kept at this node")
def rulings(request: HttpRequest) -> Status[list[dict[str, Any]]]:
    """Return every ruling, in force or not."""
    token_of(request)
    today = pack().calendar.zone
    day = world().clock.now().astimezone(today).date()
    return Status(200, [
        {
            "code": each.code,
            "consultation": each.consultation,
            "in_force": each.in_force(day),
            "revoked_on": None if each.revoked_on is None else each.revoked_on.isoformat(),
            "data": dict(each.data),
        }
        for each in read_rulings()
    ])

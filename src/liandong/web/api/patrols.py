"""Positions by API: a phone says where somebody is; a dispatcher asks who is nearest to an order, and who is available now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field, StrictFloat, StrictInt

from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Role, StreamKind
from liandong.domain.journal.machine import ROLE_TITLES
from liandong.domain.routing import PatrolStatus
from liandong.web.api.access import actor, token_of
from liandong.web.api.shapes import Strict
from liandong.web.api.showing import find
from liandong.web.reading.available import available_units
from liandong.web.reading.patrols import patrols_near
from liandong.web.rights import COMMANDING, FIELD_ROLES
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["patrols"])
Number = StrictFloat | StrictInt


class PositionIn(Strict):
    """Where somebody is."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    status: Literal["available", "busy", "off"] = "available"


@router.post("/positions", response={200: dict[str, Any]}, summary="Say where a person of a unit is now")
def report(request: HttpRequest, body: PositionIn) -> Status[dict[str, Any]]:
    """Write the position of the token's person; the one before is not kept."""
    who = actor(request)
    _only(who.role, FIELD_ROLES, "报告位置")
    patrols = world().patrols
    if patrols is None:
        raise CommandRefused(Refusal("command.not_yet", {"command": "报告位置", "why": "本平台未启用定位"}))
    said = patrols.report(who, (float(body.longitude), float(body.latitude)), PatrolStatus(body.status), body.accuracy_m, world().clock.now())
    return Status(200, {"person": said.person, "unit": said.unit, "status": said.status.value, "at": said.at.isoformat()})


@router.get("/alarms/{named}/patrols", response={200: dict[str, Any]}, summary="Patrols nearest to an alarm")
def for_alarm(request: HttpRequest, named: str) -> Status[dict[str, Any]]:
    """Return at most twenty, who is available before who is busy, the nearest first."""
    return _near(request, StreamKind.ALARM, named)


@router.get("/workorders/{named}/patrols", response={200: dict[str, Any]}, summary="People of units nearest to a work order")
def for_work_order(request: HttpRequest, named: str) -> Status[dict[str, Any]]:
    """Return at most twenty, who is available before who is busy, the nearest first."""
    return _near(request, StreamKind.WORK_ORDER, named)


@router.get("/units/available", response={200: dict[str, Any]}, summary="Who is available now")
def available(request: HttpRequest) -> Status[dict[str, Any]]:
    """Return the units of this side: whether somebody answers, who is on duty, who stands in, how many are out there."""
    _only(Role(token_of(request).role), COMMANDING, "查看可派力量")
    return Status(200, {"units": [each.as_dict() for each in available_units(world().desk, world().clock.now())]})


def _near(request: HttpRequest, kind: StreamKind, named: str) -> Status[dict[str, Any]]:
    token = token_of(request)
    _only(Role(token.role), COMMANDING, "查看附近警力")
    row = find(token, kind, named)
    appeal = find(token, StreamKind.APPEAL, str(row.appeal)) if row.appeal else None
    lines, guessed = patrols_near(world().desk, row, appeal.data if appeal else {}, world().clock.now(), 20)
    return Status(200, {"patrols": [each.as_dict() for each in lines], "place_is_middle_of_division": guessed})


def _only(role: Role, roles: frozenset[Role], command: str) -> None:
    if role not in roles:
        names = sorted(each.value for each in roles)
        raise CommandRefused(Refusal("command.not_allowed", {"command": command, "who": [ROLE_TITLES[each] for each in names], "roles": names}))

"""Supervision by API: begin a step of the ladder on a record; the demonstration's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from ninja import Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field, StrictInt, StrictStr

from liandong.adapters.settable_clock import SettableClock
from liandong.application.supervise import supervise
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Role, StreamId, StreamKind
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.appeals import router
from liandong.web.api.shapes import StreamOut, Strict
from liandong.web.api.showing import find, show_state
from liandong.web.world import world

__all__ = ["ClockIn", "ClockOut", "SuperviseIn"]


class SuperviseIn(Strict):
    """A step of the ladder on a record."""

    #: ``workorder``, ``alarm`` or ``handover``.
    kind: Literal["workorder", "alarm", "handover"]
    #: Its id or number.
    record: Annotated[StrictStr, Field(max_length=60)]
    step: Literal["remind", "supervise", "call_interview", "circulate", "refer"] = "remind"
    #: Code of an assisting unit whose part is meant; empty: the lead's order.
    assistant: Annotated[StrictStr, Field(max_length=40)] = ""
    form: Literal["", "written", "special", "instructed"] = ""
    reason: Annotated[StrictStr, Field(max_length=2000)] = ""
    words: Annotated[StrictStr, Field(max_length=5000)] = ""


class ClockIn(Strict):
    """Where a demonstration's clock is moved to: one of the two."""

    to: AwareDatetime | None = None
    ahead_seconds: Annotated[StrictInt, Field(ge=0, le=400 * 86_400)] | None = None


class ClockOut(Schema):
    """A node's time."""

    now: str
    #: How far it is moved; 0 where time is real.
    ahead_seconds: float
    settable: bool


@router.post("/supervisions", response={201: StreamOut}, summary="Take a step of the supervision ladder on a record")
def begin(request: HttpRequest, body: SuperviseIn) -> Status[dict[str, Any]]:
    """Remind, supervise, call an interview, name in a circular or refer: upwards only, by supervisors and leaders."""
    token, who = token_of(request), actor(request)
    kind = StreamKind(body.kind)
    row = find(token, kind, body.record)
    given = {name: value for name, value in (("assistant", body.assistant), ("form", body.form), ("reason", body.reason), ("words", body.words)) if value}

    def do() -> tuple[int, dict[str, Any]]:
        return 201, show_state(token, supervise(world(), who, kind, StreamId(str(row.id)), body.step, given))

    return once(request, do)


@router.get("/demonstration/clock", response={200: ClockOut}, summary="A node's time")
def clock(request: HttpRequest) -> Status[dict[str, Any]]:
    """Return this node's time and whether it can be moved."""
    return Status(200, _told())


@router.post("/demonstration/clock", response={200: ClockOut}, summary="Move a demonstration's clock ahead")
def move(request: HttpRequest, body: ClockIn) -> Status[dict[str, Any]]:
    """Move the clock of a demonstration ahead; refused everywhere else, and to everybody but an administrator."""
    if Role(token_of(request).role) != Role.ADMINISTRATOR:
        raise InvalidInput("access.forbidden")
    own = world().clock
    if not getattr(settings, "DEMONSTRATION", False) or not isinstance(own, SettableClock):
        raise InvalidInput("demonstration.only")
    if (body.to is None) == (body.ahead_seconds is None):
        raise InvalidInput("input.invalid", detail="to 与 ahead_seconds 给出其中一个")
    own.move_to(_wanted(own, body))
    return Status(200, _told())


def _wanted(own: SettableClock, body: ClockIn) -> datetime:
    return body.to if body.to is not None else own.now() + timedelta(seconds=body.ahead_seconds or 0)


def _told() -> dict[str, Any]:
    own = world().clock
    settable = isinstance(own, SettableClock)
    ahead = own.ahead().total_seconds() if isinstance(own, SettableClock) else 0.0
    return {"now": own.now().isoformat(), "ahead_seconds": ahead, "settable": settable}

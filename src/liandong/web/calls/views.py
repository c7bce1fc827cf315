"""What rings on a desk, and the page of one call with everything the citizen has said already."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Draft, Look, Stream
from liandong.application.route import party_here
from liandong.domain.calls.call import UNCONNECTED, CallState
from liandong.domain.journal.facts import Party
from liandong.web.acts import open_acts
from liandong.web.reading.streams import one
from liandong.web.reading.timeline import timeline
from liandong.web.reading.verdicts import shown_verdict
from liandong.web.rights import visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["line", "parts", "ringing", "room"]

#: Calls shown ringing at once.
MOST = 5


@require_GET
@gate("desk")
def ringing(request: HttpRequest) -> HttpResponse:
    """Return what rings here: the other side's calls that nobody has joined, oldest first."""
    found = visible(request.user).filter(kind="call", phase=CallState.OFFERED).exclude(data__origin=world().desk.node).order_by("opened_at")[:MOST]
    return render(request, "calls/ringing.html", {"calls": list(found)})


@require_GET
@gate("desk")
def room(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show one call. Who looked is written down."""
    found = _call(request, stream)
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return render(request, "calls/room.html", _shown(request, found))


@require_GET
@gate("desk")
def parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of a call's page anew."""
    return render(request, "calls/room_parts.html", _shown(request, _call(request, stream)))


@require_GET
@gate("desk")
def line(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return where a call stands, for the call-taker's sheet; says when the sheet is done with."""
    found = _call(request, stream)
    appeal = visible(request.user).filter(id=found.appeal, kind="appeal").first()
    placed = appeal is not None and appeal.phase != "taken"
    response = render(request, "calls/line.html", {"call": found, "appeal": appeal, "placed": placed, "unconnected": found.phase in UNCONNECTED})
    if placed:
        # The sheet of this call is done with; its draft goes.
        Draft.objects.filter(user=request.user, fields___call=str(found.id)).delete()
        response["HX-Trigger"] = json.dumps({"placed": {"slot": ""}})
    return response


def _call(request: HttpRequest, stream: uuid.UUID) -> Stream:
    found = one(request.user, str(stream))
    if found is None or found.kind != "call":
        raise Http404
    return found


def _shown(request: HttpRequest, call: Stream) -> dict[str, Any]:
    desk = world().desk
    record = call.data.get("record") or {}
    followed = visible(request.user).filter(kind="handover", data__call=str(call.id)).first() if call.phase == "taken" else None
    return {
        "call": call,
        "record": record,
        "verdict": shown_verdict(record.get("verdict") or {}),
        "mine": party_here(desk, call.data) == Party.RECEIVER,
        "acts": open_acts(request.user, desk, call, language()),
        "happenings": timeline(request.user, desk, [call]),
        "followed": followed,
        "talk": _talk(call.data.get("spoke") or []),
    }


def _talk(spoke: list[dict[str, Any]]) -> list[tuple[str, float]]:
    """Return who spoke for how long: (leg, seconds)."""
    seconds: dict[str, float] = {}
    for piece in spoke:
        try:
            lasted = datetime.fromisoformat(str(piece["until"])) - datetime.fromisoformat(str(piece["from"]))
        except (KeyError, ValueError, TypeError):
            continue
        leg = str(piece.get("leg", ""))
        seconds[leg] = seconds.get(leg, 0.0) + lasted.total_seconds()
    return sorted(((leg, round(lasted)) for leg, lasted in seconds.items()), key=lambda each: -each[1])

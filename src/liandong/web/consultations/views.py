"""The room of a consultation, the page of a whistle, their lists, and beginning one by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from liandong.adapters.postgres.models import Look, Stream
from liandong.adapters.postgres.rulings import read_rulings
from liandong.application.blow_whistle import blow_by_hand
from liandong.application.convene import convene
from liandong.application.route import party_here
from liandong.application.world import MACHINES
from liandong.domain.alerts.alert import desk_code
from liandong.domain.consultations.consultation import OPEN as OPEN_CONSULTATIONS
from liandong.domain.consultations.consultation import tally
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Party, StreamKind
from liandong.domain.whistles.whistle import HEADS
from liandong.domain.whistles.whistle import OPEN as OPEN_WHISTLES
from liandong.web.acts import open_acts
from liandong.web.problems import sentence_of
from liandong.web.reading.clocks import clocks_of
from liandong.web.reading.pack_words import unit_name
from liandong.web.reading.streams import one
from liandong.web.reading.timeline import timeline
from liandong.web.rights import FIELD_ROLES, actor_of, role_of, visible
from liandong.web.room_fields import room_choices
from liandong.web.shell.gate import gate, language
from liandong.web.world import pack, world

__all__ = ["asking", "begin", "home", "page", "parts"]

SHOWN = 40
OPEN = {"consultation": OPEN_CONSULTATIONS, "whistle": OPEN_WHISTLES}
#: What asks for an answer above every page: more than these are one line.
ASKED = 2
#: Who answers for a unit or a desk, as the tables say.
ANSWERING = {
    kind: frozenset(role for row in MACHINES[StreamKind(kind)].rows if row.command == command for role in row.who)
    for kind, command in (("consultation", "attend"), ("whistle", "report_in"))
}
#: Acts of those invited: not shown to a unit that is not.
INVITED = frozenset({"attend", "excuse", "speak", "vote", "report_in", "finish_task"})


@require_GET
@gate("consultations")
def home(request: HttpRequest) -> HttpResponse:
    """Show the consultations and whistles a person may see, and the rulings that bind."""
    rows = {kind: list(visible(request.user).filter(kind=kind).order_by("-updated_at", "-id")[:SHOWN]) for kind in OPEN}
    for each in (row for found in rows.values() for row in found):
        each.asks = _asks(each, _own(request))  # type: ignore[attr-defined]
    day = world().clock.now().astimezone(pack().calendar.zone).date()
    rulings = [] if role_of(request.user) in FIELD_ROLES else [(each, each.in_force(day)) for each in read_rulings()]
    return render(request, "consultations/home.html", {"consultations": rows["consultation"], "whistles": rows["whistle"], "rulings": rulings})


@require_GET
@gate("consultations")
def asking(request: HttpRequest) -> HttpResponse:
    """Return what waits for this person's unit or desk to answer."""
    own = _own(request)
    # A call-taker answers a whistle for the desk, and is not bothered with a meeting that others go to.
    kinds = [kind for kind, answering in ANSWERING.items() if role_of(request.user) in answering]
    found = visible(request.user).filter(kind__in=kinds).order_by("-opened_at")[:SHOWN]
    rows = [each for each in found if _asks(each, own)]
    return render(request, "consultations/asking.html", {"rows": rows[:ASKED], "more": max(0, len(rows) - ASKED)})


@require_http_methods(["GET", "POST"])
@gate("consultations")
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Convene or whistle by hand."""
    if kind not in OPEN:
        raise Http404
    shown: dict[str, Any] = {"kind": kind, "units": pack().units, "given": request.POST, "chosen": request.POST.getlist("units")}
    if request.method == "POST":
        given = {
            "summary": request.POST.get("summary", ""),
            "urgent": "urgent" in request.POST,
            "place": request.POST.get("place", "") if kind == "whistle" else "",
            "units": request.POST.getlist("units"),
            "cases": request.POST.get("cases", "").split(),
            "agenda": [line.strip()[:300] for line in request.POST.get("agenda", "").splitlines() if line.strip()],
        }
        if request.POST.get("occasion") in ("monthly", "quarterly", "annual"):
            given["occasion"] = request.POST["occasion"]
        try:
            made = (convene if kind == "consultation" else blow_by_hand)(world(), actor_of(request.user, world()), given)
        except LiandongError as error:
            return render(request, "consultations/begin.html", {**shown, "refused": sentence_of(error, language())}, status=422)
        return redirect("consultations:page", made.id)
    return render(request, "consultations/begin.html", shown)


@require_GET
@gate("consultations")
def page(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show one consultation or whistle. Who looked is written down."""
    found = _found(request, stream)
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return render(request, "consultations/page.html", _shown(request, found))


@require_GET
@gate("consultations")
def parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of a page anew."""
    found = _found(request, stream)
    return render(request, f"consultations/{found.kind}.html", _shown(request, found))


def _found(request: HttpRequest, stream: uuid.UUID) -> Stream:
    found = one(request.user, str(stream))
    if found is None or found.kind not in OPEN:
        raise Http404
    return found


def _own(request: HttpRequest) -> str:
    return request.user.unit if role_of(request.user) in FIELD_ROLES else desk_code(world().desk.side)


def _asks(row: Stream, own: str) -> bool:
    line = row.data.get("lines", {}).get(own)
    return line is not None and row.phase in OPEN[row.kind] and row.phase != "ruled" and not (line.get("answered_at") or line.get("reported_at"))


def _shown(request: HttpRequest, row: Stream) -> dict[str, Any]:
    desk, own = world().desk, _own(request)
    acts = open_acts(request.user, desk, row, language())
    if own not in row.data.get("lines", {}):
        acts = [each for each in acts if each.command not in INVITED]
    tasks_left = room_choices(row, "finish_task", "task", own, role_of(request.user) in HEADS and party_here(desk, row.data) == Party.SENDER)
    if tasks_left is None or not tasks_left[1]:
        acts = [each for each in acts if each.command != "finish_task"]
    lines = [{"code": code, "mine": code == own, **line} for code, line in row.data.get("lines", {}).items()]
    names = {line["code"]: line.get("name", "") for line in lines}
    minutes = [{**each, "name": names.get(each["by"]) or unit_name(each["by"])} for each in row.data.get("minutes", ())]
    draft = str(row.data.get("drafts", 0))
    votes = [{"name": names.get(code) or unit_name(code), **cast} for code, cast in row.data.get("votes", {}).get(draft, {}).items()]
    tasks = [{**each, "name": names.get(each.get("unit", "")) or unit_name(str(each.get("unit", "")))} for each in row.data.get("tasks", ()) if isinstance(each, Mapping)]
    return {
        "row": row,
        "stream": row,
        "acts": acts,
        "lines": lines,
        "minutes": minutes,
        "votes": votes,
        "tally": tally(row.data) if row.kind == "consultation" else {},
        "tasks": tasks,
        "ruling": row.data.get("ruling") or row.data.get("proposal"),
        "made": bool(row.data.get("ruling")),
        "clocks": clocks_of([row.id]).get(str(row.id), ()),
        "happenings": timeline(request.user, desk, [row]),
        "ours": party_here(desk, row.data) == Party.SENDER,
        "may_open": role_of(request.user) not in FIELD_ROLES,
    }

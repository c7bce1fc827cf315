"""The phone of a unit or an officer: my tasks, and one task with its next step as the one big button."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.adapters.postgres.models import Look, PatrolPosition, Stream
from liandong.application.patrolling import position_said
from liandong.domain.assistants.parts import parts_of
from liandong.domain.errors import InvalidInput
from liandong.domain.routing import PatrolStatus
from liandong.domain.routing.patrols import FRESH_MINUTES
from liandong.web.problems import sentence_of
from liandong.web.reading.clocks import attach_clocks
from liandong.web.reading.streams import COLUMNS, one
from liandong.web.records.views import whole_record
from liandong.web.rights import actor_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["home", "standing", "task", "task_parts", "tasks"]

#: What asks for the unit's hand, first things first.
WAITING = ("ordered", "dispatched")
IN_HAND = ("signed", "departed", "arrived", "working", "handled", "suspended")
SHOWN = 60
NEVER = datetime.max.replace(tzinfo=UTC)


@require_GET
@gate("unit")
def home(request: HttpRequest) -> HttpResponse:
    """Show my unit's tasks."""
    return render(request, "unit/home.html", {**_tasks(request), **_standing(request)})


@require_POST
@gate("unit")
def standing(request: HttpRequest) -> HttpResponse:
    """Take where this person is and whether they can be sent; show it."""
    return render(request, "unit/standing.html", _reported(request), status=200)


def _standing(request: HttpRequest) -> dict[str, Any]:
    row = PatrolPosition.objects.filter(person=request.user.get_username()).first()
    fresh = row is not None and row.at >= world().clock.now() - timedelta(minutes=FRESH_MINUTES)
    return {"standing": row if fresh else None}


def _reported(request: HttpRequest) -> dict[str, Any]:
    place = position_said(request.POST)
    status = str(request.POST.get("status", ""))
    accuracy = str(request.POST.get("accuracy_m", "0"))
    sound = place is not None and status in set(PatrolStatus) and accuracy.isascii() and accuracy.isdigit() and len(accuracy) <= 6
    patrols = world().patrols
    if not sound or place is None or patrols is None:
        return {**_standing(request), "refused": sentence_of(InvalidInput(detail=_("位置或在岗状态")), language())}
    try:
        patrols.report(actor_of(request.user, world()), place, PatrolStatus(status), int(accuracy), world().clock.now())
    except InvalidInput as error:
        return {"refused": sentence_of(error, language())}
    return _standing(request)


@require_GET
@gate("unit")
def tasks(request: HttpRequest) -> HttpResponse:
    """Return the list anew."""
    return render(request, "unit/tasks.html", _tasks(request))


def _tasks(request: HttpRequest) -> dict[str, Any]:
    unit = request.user.unit
    rows = attach_clocks([*_led(unit), *_assisted(unit)] if unit else [], owed_by=unit)
    # What is due first stands first; what has no clock behind it.
    rows.sort(key=lambda each: (not each.urgent, each.clock.due_at if each.clock else NEVER))
    groups: dict[str, list[Stream]] = {"waiting": [], "in_hand": [], "rest": []}
    for each in rows:
        groups[_group(each)].append(each)
    return groups


def _led(unit: str) -> list[Stream]:
    """Return the orders that a unit leads, those that wait for it first."""
    rank = Case(When(phase__in=WAITING, then=Value(0)), When(phase__in=IN_HAND, then=Value(1)), default=Value(2), output_field=IntegerField())
    found = Stream.objects.filter(kind__in=("alarm", "workorder"), unit=unit)
    return list(found.only(*COLUMNS).annotate(rank=rank).order_by("rank", "-urgent", "-updated_at")[:SHOWN])


def _assisted(unit: str) -> list[Stream]:
    """Return the orders that a unit assists, each with where its part stands as ``part``."""
    found = Stream.objects.filter(kind__in=("alarm", "workorder"), data__parts__has_key=unit)
    return list(found.only(*COLUMNS).annotate(part=KeyTextTransform("state", KeyTransform(unit, KeyTransform("parts", "data")))).order_by("-updated_at")[:SHOWN])


def _group(row: Stream) -> str:
    part = getattr(row, "part", None)
    if part is not None:
        return {"called": "waiting", "signed": "in_hand", "arrived": "in_hand"}.get(part, "rest")
    return "waiting" if row.phase in WAITING else "in_hand" if row.phase in IN_HAND else "rest"


@require_GET
@gate("unit")
def task(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show one task."""
    shown = _task(request, stream)
    Look.objects.create(person=request.user.get_username(), stream=stream)
    return render(request, "unit/task.html", shown)


@require_GET
@gate("unit")
def task_parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of a task anew."""
    return render(request, "unit/task_parts.html", _task(request, stream))


def _task(request: HttpRequest, stream: uuid.UUID) -> dict[str, Any]:
    found = one(request.user, str(stream))
    if found is None or found.kind not in ("alarm", "workorder"):
        raise Http404
    whole = whole_record(request, found)
    acts = next((open_acts for each, open_acts, *_rest in whole["records"] if each.id == found.id), [])
    followed = [(each, open_acts) for each, open_acts, *_rest in whole["records"] if each.kind == "supervision" and each.data.get("order") == str(found.id)]
    # What was asked of whoever knows more, the answers, and which officers were there first: the hands on the spot need them most.
    handovers = [each.data for each, *_rest in whole["records"] if each.kind == "handover"]
    questions = [question for each in handovers for question in each.get("questions") or ()]
    officers = [each["contact"] for each in handovers if each.get("contact")]
    attach_clocks([found], only_open=False)
    # What this unit owes itself stands before what others owe.
    mine = "" if found.unit == request.user.unit else request.user.unit
    clocks = sorted(found.clocks, key=lambda each: (not each.open, each.assistant != mine))
    return {**whole, "questions": questions, "answers": {each.get("answer") for each in questions}, "officers": officers, "clocks": clocks, "supervisions": followed, "order": found, "each": found, "assisting": request.user.unit in parts_of(found.data), "next": acts[0] if acts and acts[0].leading else None, "others": acts[1:] if acts and acts[0].leading else acts}

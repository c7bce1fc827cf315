"""The list of who is away, and the form that says so: a unit for its own people, an administrator for everybody and for whole units."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.application.absences import end_absence, mark_away, may_mark
from liandong.domain.errors import CommandRefused, LiandongError, Refusal
from liandong.domain.routing.absences import DUTY_SOURCE, LONGEST, MOST_AHEAD
from liandong.web.problems import sentence_of
from liandong.web.reading.absences import absence_lines
from liandong.web.reading.pack_words import unit_name
from liandong.web.rights import actor_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import pack, world

__all__ = ["end", "home", "mark"]

DESKS = ("absences", "orders", "unit")
TYPED = ("unit", "person", "substitute", "substitute_unit", "substitute_phone", "since", "until", "reason")


@require_GET
@gate(*DESKS)
def home(request: HttpRequest) -> HttpResponse:
    """Show who is away, and the form of those who may say so."""
    return render(request, "absences/home.html", _shown(request, {"unit": str(request.GET.get("unit", ""))[:40]}))


@require_POST
@gate(*DESKS)
def mark(request: HttpRequest) -> HttpResponse:
    """Register an absence; a refusal keeps what was typed."""
    given = {name: str(request.POST.get(name, "")) for name in TYPED}
    whole = given["person"] == "*"
    said = {**given, "person": "" if whole else given["person"], "substitute": given["substitute_unit"] if whole else given["substitute"]}
    try:
        if not given["person"]:
            raise CommandRefused(Refusal("absence.unknown_person", {"unit": unit_name(given["unit"]) or _("本单位"), "person": ""}, DUTY_SOURCE))
        mark_away(world(), actor_of(request.user, world()), said, _time(given["since"]), _time(given["until"]))
    except LiandongError as error:
        return render(request, "absences/home.html", {**_shown(request, given), "refused": sentence_of(error, language())}, status=422)
    return redirect("absences:home")


@require_POST
@gate(*DESKS)
def end(request: HttpRequest, absence: uuid.UUID) -> HttpResponse:
    """Say that somebody is back."""
    try:
        end_absence(world(), actor_of(request.user, world()), str(absence))
    except LiandongError as error:
        return render(request, "absences/home.html", {**_shown(request, {}), "refused": sentence_of(error, language())}, status=422)
    return redirect("absences:home")


def _shown(request: HttpRequest, given: Mapping[str, str]) -> dict[str, Any]:
    actor, now = actor_of(request.user, world()), world().clock.now()
    keeper = may_mark(actor, "", whole=True)
    side = world().desk.side
    units = [each for each in pack().units if side == "both" or each.side in (side, "both")] if keeper else []
    known = {each.code for each in units}
    unit = given.get("unit", "") if keeper and given.get("unit") in known else "" if keeper else actor.unit
    absences = world().absences
    people = list(absences.people(unit)) if absences is not None and unit else []
    return {
        "rows": absence_lines(actor, now),
        "may": keeper or may_mark(actor, actor.unit, whole=False),
        "keeper": keeper,
        "units": units,
        "unit": unit,
        "people": people,
        "given": {"since": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"), **{name: value for name, value in given.items() if value}},
        "source": DUTY_SOURCE,
    }


def _time(text: str) -> datetime:
    """Return a time of the city as a form gives it. Raises ``CommandRefused``: ``absence.times``."""
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=ZoneInfo(world().desk.zone))
    except ValueError as error:
        raise CommandRefused(Refusal("absence.times", {"days": LONGEST.days, "ahead": MOST_AHEAD.days}, DUTY_SOURCE)) from error

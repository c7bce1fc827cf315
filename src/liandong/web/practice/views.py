"""The practice mode: a case, keys only, the clock; then at once what was right and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from liandong.adapters.postgres.models import PracticeRound, User
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Role
from liandong.domain.practice.scoring import SIDES, seconds_for
from liandong.web.practice.rounds import answer, begin, item_codes, mistakes, own_round, show_case, standing_of, team
from liandong.web.problems import sentence_of
from liandong.web.reading.pack_words import clause_of, item_of
from liandong.web.reading.verdicts import shown_verdict
from liandong.web.rights import role_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["cases_of", "home", "member", "play", "start", "take_answer"]

#: The keys of the sides: 1 … 4.
SIDE_KEYS = tuple(enumerate(SIDES, 1))


@require_GET
@gate("practice")
def home(request: HttpRequest) -> HttpResponse:
    """Show how this person does, and to a supervisor how the team does."""
    shown: dict[str, Any] = {"subject": request.user, "standing": standing_of(request.user), "curve": _curve(request.user)}
    if role_of(request.user) == Role.SUPERVISOR:
        shown["team"] = team()
    return render(request, "practice/home.html", shown)


@require_GET
@gate("practice")
def member(request: HttpRequest, person: int) -> HttpResponse:
    """Show a supervisor how one of the team does."""
    found = User.objects.filter(pk=person).first()
    if found is None or (role_of(request.user) != Role.SUPERVISOR and found.pk != request.user.pk):
        raise Http404
    return render(request, "practice/home.html", {"subject": found, "standing": standing_of(found), "curve": _curve(found), "member": found})


@require_GET
@gate("practice")
def cases_of(request: HttpRequest, person: int) -> HttpResponse:
    """Show the cases behind a line of what somebody mistakes for what: their own, or one of a supervisor's team."""
    found = User.objects.filter(pk=person).first()
    if found is None or (role_of(request.user) != Role.SUPERVISOR and found.pk != request.user.pk):
        raise Http404
    wanted = {name: str(request.GET.get(name, ""))[:20] for name in ("what", "right", "said")}
    return render(request, "practice/cases.html", {"rows": mistakes(found, **wanted), **wanted, "person": found})


@require_POST
@gate("practice")
def start(request: HttpRequest) -> HttpResponse:
    """Begin a round, or go on with the one that stands."""
    return redirect("practice:round", round_id=begin(request.user).id)


@require_GET
@gate("practice")
def play(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Show the case that stands; its clock runs on the node from the first time it is shown."""
    return render(request, "practice/round.html", _case(request, _own(request, round_id)))


@require_POST
@gate("practice")
def take_answer(request: HttpRequest, round_id: uuid.UUID) -> HttpResponse:
    """Take an answer and tell at once what was right, and why."""
    given = {name: str(request.POST.get(name, ""))[:20] for name in ("case", "side", "item", "urgent")}
    current = _own(request, round_id)
    try:
        current, case, got = answer(request.user, round_id, given["case"], given["side"], given["item"], given["urgent"] in ("1", "on"))
    except LiandongError as error:
        return render(request, "practice/round.html", {**_case(request, current), "refused": sentence_of(error, language()), "given": given}, status=422)
    shown = {
        "round": current,
        "case": case,
        "got": got,
        "given": given,
        "clause": clause_of("", case.item),
        "verdict": shown_verdict(world().triage(case.text)),
        "place": current.done,
        "of": len(current.cases),
        "mean": round(current.points / max(current.done, 1)),
    }
    return render(request, "practice/feedback.html", shown)


def _own(request: HttpRequest, round_id: uuid.UUID) -> PracticeRound:
    try:
        return own_round(request.user, round_id)
    except LiandongError:
        raise Http404 from None


def _case(request: HttpRequest, current: PracticeRound) -> dict[str, Any]:
    case, left = show_case(current)
    if case is None:
        return {"round": current, "over": True, "mean": round(current.points / max(len(current.cases), 1)), "standing": standing_of(request.user)}
    items = item_codes()
    return {
        "round": current,
        "case": case,
        "left": left,
        "limit": seconds_for(case.text),
        "place": current.done + 1,
        "of": len(current.cases),
        "sides": SIDE_KEYS,
        "police_items": _keyed(items, "police"),
        "hotline_items": _keyed(items, "hotline"),
    }


def _keyed(items: Mapping[str, str], side: str) -> list[tuple[int, str, str]]:
    """Return (key, code, name) of the classes of a side, in the list's order."""
    own = [(code, name) for code, name in items.items() if (found := item_of(code)) is not None and found.side.value == side]
    return [(key, code, name) for key, (code, name) in enumerate(own, 1)]


def _curve(user: User) -> list[dict[str, Any]]:
    """Return the points of a person's rounds as places in a drawing of 600 by 120."""
    rounds = standing_of(user).rounds
    step = 560 / max(len(rounds) - 1, 1)
    return [{"x": round(20 + place * step), "y": round(110 - points), "points": points, "at": at} for place, (at, points) in enumerate(rounds)]

"""The adviser's word beside the verdict, asked by one key; advice, and drawn as such."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liandong.domain.errors import LiandongError
from liandong.web.asking_adviser import advice_on
from liandong.web.problems import sentence_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["advice"]

#: Characters of the words that are looked at.
LOOKED_AT = 20_000


@require_POST
@gate("desk")
def advice(request: HttpRequest) -> HttpResponse:
    """Ask the adviser about the words typed so far; nothing is recorded, nothing is decided."""
    text, *known = (str(request.POST.get(name, "")).replace("\x00", "")[:LOOKED_AT].strip() for name in ("text", "phone", "place", "citizen"))
    if not text:
        return HttpResponse("")
    try:
        said = advice_on(text, known)
    except LiandongError as error:
        return render(request, "calltaker/advice.html", {"refused": sentence_of(error, language())})
    verdict = world().triage(text)
    return render(request, "calltaker/advice.html", {"advice": said, "agrees": said.agrees_with(verdict), "verdict": verdict})

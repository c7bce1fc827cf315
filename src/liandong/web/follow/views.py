"""The citizen's pages: type the code, see the case, say something about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from liandong.adapters.postgres.follow_codes import give_code, plain_code
from liandong.application.follow_case import add_words, answer_question, rate_result
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId
from liandong.web.field_words import choice_words
from liandong.web.follow.reading import case_of, message_of, opened_case
from liandong.web.problems import sentence_of, status_of
from liandong.web.reading.streams import one
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["case", "enter", "give"]

LIMIT = 2000


@require_http_methods(["GET"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code; what was typed leads to the case."""
    typed = str(request.GET.get("code", ""))
    if plain_code(typed):
        return redirect("follow:case", code=plain_code(typed))
    refused = sentence_of(LiandongError("follow.unknown_code"), language()) if typed else ""
    return render(request, "follow/enter.html", {"typed": typed[:40], "refused": refused}, status=404 if typed else 200)


@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Show a case by its code; take words, an answer or a mark."""
    try:
        appeal = opened_case(code, str(request.META.get("REMOTE_ADDR", "")), settings.SECRET_KEY)
    except LiandongError as error:
        return _private(render(request, "follow/enter.html", {"typed": code[:40], "refused": sentence_of(error, language())}, status=status_of(error.code)))
    shown: dict[str, Any] = {"code": code, "marks": [(each, choice_words("satisfaction", each)) for each in "12345"]}
    status = 200
    if request.method == "POST":
        try:
            _say(request, StreamId(str(appeal.id)))
            return redirect("follow:case", code=code)
        except LiandongError as error:
            appeal.refresh_from_db()
            shown |= {"refused": sentence_of(error, language()), "typed": request.POST}
            status = status_of(error.code)
    return _private(render(request, "follow/case.html", {**shown, "case": case_of(world().desk, appeal)}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the page, whose address is the key, out of caches, search engines and other sites' logs."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _say(request: HttpRequest, appeal: StreamId) -> None:
    command, words = str(request.POST.get("command", "")), str(request.POST.get("words", ""))[: LIMIT * 5]
    if command == "words":
        add_words(world(), appeal, words)
    elif command == "answer":
        answer_question(world(), appeal, words)
    elif command == "rate":
        rate_result(world(), appeal, str(request.POST.get("satisfaction", ""))[:10], words)
    else:
        raise LiandongError("command.unknown", command=command[:40])


@require_GET
@gate("desk")
def give(request: HttpRequest, appeal: uuid.UUID) -> HttpResponse:
    """Show the code of a case, to be read out, sent or printed."""
    found = one(request.user, str(appeal))
    if found is None or found.kind != "appeal":
        raise Http404
    code = give_code(StreamId(str(found.id)), settings.SECRET_KEY)
    url = request.build_absolute_uri(reverse("follow:case", kwargs={"code": code.replace("-", "")}))
    return render(request, "follow/give.html", {"appeal": found, "code": code, "text": message_of(found.number, code, url)})

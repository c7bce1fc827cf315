"""The pages of the quick service."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from liandong.adapters.postgres.models import CitizenMessage, SimulatedNotice, Stream
from liandong.domain.errors import LiandongError
from liandong.web.movecar.asking import answer, ask_to_move, service_of
from liandong.web.problems import sentence_of, status_of
from liandong.web.rights import visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["ask", "follow", "owner", "simulator"]

FIELDS = ("plate", "place", "words", "phone", "doorplate")
LIMITS = {"plate": 20, "place": 200, "words": 500, "phone": 40, "doorplate": 40}


def _given(request: HttpRequest, names: tuple[str, ...] = FIELDS) -> dict[str, str]:
    source = request.POST if request.method == "POST" else request.GET
    return {name: str(source.get(name, "")).replace("\x00", "")[: LIMITS.get(name, 40)] for name in names}


def _visitor(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Show the form, filled from a door plate's code where one was scanned; take the request."""
    given = _given(request)
    shown: dict[str, Any] = {"given": given}
    if request.method == "POST":
        try:
            return redirect("movecar:follow", code=ask_to_move(world(), _visitor(request), settings.SECRET_KEY, given))
        except LiandongError as error:
            shown |= {"refused": sentence_of(error, language()), "names": error.data.get("names", [])}
            return render(request, "movecar/ask.html", shown, status=status_of(error.code))
    return render(request, "movecar/ask.html", shown)


@require_http_methods(["GET", "POST"])
def owner(request: HttpRequest, code: str) -> HttpResponse:
    """The owner's page: which car, where, and three answers. Nothing of the caller's is on it."""
    return _by_code(request, code, "owner")


@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """The caller's page: how it stands. Nothing of the owner's is on it."""
    return _by_code(request, code, "caller")


def _by_code(request: HttpRequest, code: str, who: str) -> HttpResponse:
    try:
        appeal, service = service_of(code, who, _visitor(request), settings.SECRET_KEY)
    except LiandongError as error:
        return render(request, "movecar/closed.html", {"sentence": sentence_of(error, language())}, status=status_of(error.code))
    shown: dict[str, Any] = {"appeal": appeal, "service": service, "code": code, "who": who}
    if request.method == "POST":
        if service is None:
            raise Http404
        try:
            answer(world(), service, who, str(request.POST.get("command", "")), _given(request, ("minutes", "plate")))
            return redirect(f"movecar:{'owner' if who == 'owner' else 'follow'}", code=code)
        except LiandongError as error:
            service.refresh_from_db()
            shown["refused"] = sentence_of(error, language())
            return render(request, f"movecar/{who}.html", shown, status=status_of(error.code))
    return render(request, f"movecar/{who}.html", shown)


def _messages(request: HttpRequest) -> list[tuple[CitizenMessage, Stream]]:
    """Return what citizens would have been sent, the newest first, each with its appeal."""
    told = list(CitizenMessage.objects.filter(simulated=True).order_by("-made_at")[:20])
    appeals = {each.id: each for each in visible(request.user).filter(id__in=[each.appeal for each in told])}
    return [(each, appeals[each.appeal]) for each in told if each.appeal in appeals]


@require_GET
@gate("desk", "orders")
def simulator(request: HttpRequest) -> HttpResponse:
    """The demonstration's unsent messages, with the links their owners would open."""
    if not getattr(settings, "DEMONSTRATION", False):
        raise Http404
    return render(request, "movecar/simulator.html", {"notices": SimulatedNotice.objects.order_by("-id")[:20], "messages": _messages(request)})

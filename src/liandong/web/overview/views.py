"""The overview of a node."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.web.overview.standing import groups, longest_waiting, today
from liandong.web.reading.waiting import peer_lines
from liandong.web.shell.gate import gate
from liandong.web.world import world

__all__ = ["home", "parts"]


@require_GET
@gate("overview")
def home(request: HttpRequest) -> HttpResponse:
    """Show the overview."""
    return render(request, "overview/home.html", _shown(request))


@require_GET
@gate("overview")
def parts(request: HttpRequest) -> HttpResponse:
    """Return its living part anew."""
    return render(request, "overview/parts.html", _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    desk = world().desk
    return {"today": today(request.user, desk.node), "groups": groups(request.user), "rows": longest_waiting(request.user), "peers": peer_lines(desk)}

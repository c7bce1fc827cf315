"""The list of return visits: what is owed stands first, each with its two keys; every figure opens the orders behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look, Stream
from liandong.web.acts import open_acts
from liandong.web.reading.clocks import attach_clocks
from liandong.web.reading.reply_figures import reply_figures
from liandong.web.reading.visits import MAJOR, SPANS, TABS, owed, visit_figures, visited
from liandong.web.rights import phone_for
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["board", "home", "replies"]

#: Rows shown in one tab.
ROWS = 60
#: Acts that belong to a visit.
KEYS = ("visit", "not_reached", "reopen")


@require_GET
@gate("visits")
def home(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    return render(request, "visits/home.html", _board(request))


@require_GET
@gate("visits")
def board(request: HttpRequest) -> HttpResponse:
    """Return figures and rows anew."""
    return render(request, "visits/board.html", _board(request))


@require_GET
@gate("visits")
def replies(request: HttpRequest) -> HttpResponse:
    """Show what the replies of each unit were worth; every figure has the orders beside it."""
    return render(request, "visits/replies.html", {"rows": reply_figures(request.user)})


def _board(request: HttpRequest) -> dict[str, Any]:
    days = str(request.GET.get("days", ""))
    span = int(days) if days in map(str, SPANS) else 30
    tab = str(request.GET.get("tab", ""))
    tab = tab if tab in TABS else "major"
    why = str(request.GET.get("why", ""))
    now = world().clock.now()
    figures = visit_figures(request.user, now, span)
    found = owed(request.user, tab) if tab in ("major", "drawn") else visited(request.user, now - timedelta(days=span), tab)
    if why in MAJOR:
        found = found.filter(data__visit_asked__contains=[why])
    rows = attach_clocks(list(found[:ROWS]))
    Look.objects.bulk_create([Look(person=request.user.get_username(), stream=each.id) for each in rows])
    desk = world().desk
    told = {each.id: each.data for each in Stream.objects.filter(id__in=[each.appeal for each in rows if each.appeal], kind="appeal").only("id", "data")}
    shown = [
        (each, phone_for(request.user, told.get(each.appeal, {})), [act for act in open_acts(request.user, desk, each, language()) if act.command in KEYS])
        for each in rows
    ]
    counts = {"major": owed(request.user, "major").count(), "drawn": owed(request.user, "drawn").count()}
    groups = figures["groups"]
    counts |= {
        "visited": groups["all"]["reached"] + groups["drawn"]["reached"],
        "given_up": groups["all"]["given_up"] + groups["drawn"]["given_up"],
    }
    return {
        "tab": tab, "tabs": [(each, counts[each]) for each in TABS], "rows": shown, "days": span, "spans": SPANS, "why": why, "figures": figures,
        "groups": [(name, groups[name]) for name in ("all", *MAJOR, "drawn")], "most": ROWS,
    }  # fmt: skip

"""The orders desk of a side: what the other side pushed, and this side's orders by what has to be done next."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look
from liandong.application.orders import order_kind
from liandong.domain.journal.facts import Role, StreamKind
from liandong.web.reading.available import available_units
from liandong.web.reading.clocks import attach_clocks
from liandong.web.reading.streams import COLUMNS, one
from liandong.web.reading.touches import with_touches
from liandong.web.records.views import whole_record
from liandong.web.rights import role_of, visible
from liandong.web.shell.gate import gate
from liandong.web.world import world

__all__ = ["available", "board", "home", "order"]

#: Rows shown in one tab.
ROWS = 50
#: Tabs in which nothing waits for this desk.
OVER = frozenset({"sent", "done", "police-done"})
#: What is only shown, not counted.
UNCOUNTED = OVER | {"visit"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One thing to be done next, and how many wait for it."""

    name: str
    title: str
    icon: str
    kind: str
    phases: tuple[str, ...]
    count: int = 0


def tabs(side: str) -> tuple[Tab, ...]:
    """Return the tabs of a side, in the order of work."""
    if side == "both":
        # Two lines, one desk: what waits of either, each under its own name.
        own = [*(Tab(f"police-{each.name}", each.title, each.icon, each.kind, each.phases) for each in tabs("police") if each.kind == "alarm"), *(each for each in tabs("hotline") if each.kind != "handover")]
        return (*own, *(each for each in tabs("hotline") if each.kind == "handover"))
    came = Tab("incoming", _("对方推来"), "inbox", "handover", ("offered", "objected", "negotiating"))
    sent = Tab("sent", _("我方推出"), "send-2", "handover", ())
    if order_kind(side) == StreamKind.ALARM:
        return (
            came,
            Tab("dispatch", _("待派警"), "send", "alarm", ("taken", "dispatch_review")),
            Tab("working", _("处置中"), "walk", "alarm", ("ordered", "signed", "departed", "arrived", "handled")),
            Tab("review", _("待审核"), "eye", "alarm", ("feedback_review", "non_police_stated")),
            Tab("close", _("待结警"), "flag", "alarm", ("reported",)),
            sent,
            Tab("done", _("已办结"), "archive", "alarm", ("closed", "cancelled", "handed_over")),
        )
    return (
        came,
        Tab("dispatch", _("待派遣"), "send", "workorder", ("received", "refused", "reopened")),
        Tab("quick", _("挪车"), "bolt", "quickservice", ("asked", "wrong_plate", "notified", "moving", "handed_over")),
        Tab("working", _("处置中"), "player-play", "workorder", ("dispatched", "signed", "working", "suspended")),
        Tab("reply", _("待回复"), "phone", "workorder", ("reported",)),
        Tab("close", _("待结案"), "flag", "workorder", ("replied", "answered")),
        Tab("visit", _("待回访"), "star", "workorder", ("closed",)),
        sent,
        Tab("done", _("已办结"), "archive", "workorder", ("closed", "visited", "withdrawn", "handed_over")),
    )


@require_GET
@gate("orders")
def home(request: HttpRequest) -> HttpResponse:
    """Show the desk."""
    return render(request, "agent/desk.html", _board(request))


@require_GET
@gate("orders")
def board(request: HttpRequest) -> HttpResponse:
    """Return tabs and rows anew."""
    return render(request, "agent/board.html", _board(request))


@require_GET
@gate("orders")
def order(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return one record with its acts and time line, beside the list."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return render(request, "agent/order.html", {**whole_record(request, found), "chosen": found})


@require_GET
@gate("orders")
def available(request: HttpRequest) -> HttpResponse:
    """Show who can be sent now: each unit, who is on duty, who stands in, how many of its people are out there."""
    words = str(request.GET.get("q", "")).strip()[:40]
    found = available_units(world().desk, world().clock.now())
    rows = [each for each in found if words in each.name or any(words in one for one in each.functions)]
    return render(request, "agent/available.html", {"rows": rows, "words": words})


def _board(request: HttpRequest) -> dict[str, Any]:
    desk = world().desk
    known = tabs(desk.side)
    counts = _counts(request, known)
    counted = [Tab(each.name, each.title, each.icon, each.kind, each.phases, counts[each.name]) for each in known]
    wanted = str(request.GET.get("tab", ""))
    here = next((each for each in counted if each.name == wanted), None) or _first(request, counted)
    # What waits stands in the order of waiting; what is over or was sent, newest first.
    order = ("-updated_at", "-id") if here.name in OVER else ("-urgent", "updated_at", "id")
    rows = _rows(request, here).only(*COLUMNS).order_by(*order)[:ROWS]
    shown = attach_clocks(list(rows) if here.name in OVER else list(with_touches(rows)))
    return {"tabs": counted, "tab": here, "rows": shown, "waits": here.name not in OVER, "most": ROWS}


def _first(request: HttpRequest, counted: list[Tab]) -> Tab:
    """Return the tab a person begins with: the dispatcher's is what has no unit yet; else the first where something waits."""
    waiting = [each for each in counted if each.count and each.name not in OVER]
    if role_of(request.user) == Role.DISPATCHER:
        waiting.sort(key=lambda each: each.name != "dispatch")
    return waiting[0] if waiting else counted[0]


def _rows(request: HttpRequest, tab: Tab) -> Any:
    found = visible(request.user).filter(kind=tab.kind)
    if tab.name == "sent":
        return found.filter(data__origin=world().desk.node)
    if tab.name == "incoming":
        return found.filter(phase__in=tab.phases).exclude(data__origin=world().desk.node)
    if tab.name == "visit":
        return found.filter(phase__in=tab.phases, data__has_key="visit_due")
    return found.filter(phase__in=tab.phases)


def _counts(request: HttpRequest, known: Iterable[Tab]) -> dict[str, int]:
    """Return how many stand in each tab: one query; what is over and what was sent is not counted, only shown."""
    open_phases = {phase for tab in known if tab.name not in UNCOUNTED for phase in tab.phases}
    here = Q(kind="handover", data__origin=world().desk.node)
    grouped = (
        visible(request.user).filter(phase__in=open_phases, kind__in={tab.kind for tab in known}).exclude(here).values_list("kind", "phase").annotate(many=Count("id")).order_by()
    )
    by_phase = {(kind, phase): many for kind, phase, many in grouped}
    return {tab.name: 0 if tab.name in UNCOUNTED else sum(by_phase.get((tab.kind, phase), 0) for phase in tab.phases) for tab in known}

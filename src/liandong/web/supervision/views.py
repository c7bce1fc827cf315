"""The supervisor's desk: every figure opens the records behind it, every step is one key, the referral file can be printed."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liandong.adapters.postgres.models import Look, Stream, Timer
from liandong.application.supervise import STEPS_BY_HAND, supervise
from liandong.application.world import MACHINES
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.domain.supervision.supervision import FORMS, NAMED, ORDERED
from liandong.web.acts import open_acts
from liandong.web.domain_english import capital
from liandong.web.problems import sentence_of
from liandong.web.reading.clocks import attach_clocks, clocks_of
from liandong.web.reading.following import followable
from liandong.web.reading.pack_words import unit_name
from liandong.web.reading.return_rate import return_rate
from liandong.web.reading.streams import COLUMNS, home_of_stream, one, together
from liandong.web.reading.timeline import timeline
from liandong.web.rights import actor_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["begin", "board", "circular", "home", "referral_file", "start"]

#: Rows shown in one tab.
ROWS = 60


@dataclass(frozen=True, slots=True)
class Tab:
    """One figure of the desk."""

    name: str
    title: str
    icon: str
    #: Phases of supervisions; empty where the tab is about something else.
    phases: tuple[str, ...] = ()
    count: int = 0


def _tabs() -> tuple[Tab, ...]:
    return (
        Tab("overdue", _("已逾期"), "alert-triangle"),
        Tab("warned", _("即将到期"), "bell", ("warned",)),
        Tab("reminded", _("已催办"), "bell", ("reminded",)),
        Tab("supervised", _("督办中"), "eye", ("supervised",)),
        Tab("interview", _("约谈提醒"), "users", ("interview",)),
        Tab("circular", _("通报"), "list-details", ("circular",)),
        Tab("referred", _("移送问责"), "gavel", ("referred",)),
        Tab("passing", _("推诿"), "arrows-exchange"),
        Tab("lifted", _("已解除"), "circle-check", ("lifted",)),
    )


@require_GET
@gate("supervision")
def home(request: HttpRequest) -> HttpResponse:
    """Show the desk."""
    return render(request, "supervision/home.html", _board(request))


@require_GET
@gate("supervision")
def board(request: HttpRequest) -> HttpResponse:
    """Return figures and rows anew."""
    return render(request, "supervision/board.html", _board(request))


def _supervisions(request: HttpRequest) -> QuerySet[Stream]:
    return visible(request.user).filter(kind=StreamKind.SUPERVISION.value)


def _late(request: HttpRequest) -> QuerySet[Stream]:
    """Return the records with a duty that has passed and is still open."""
    now = world().clock.now()
    late = Timer.objects.filter(outcome="open", is_right=False, due_at__lt=now).exclude(kind="supervision").values("stream")
    return visible(request.user).filter(id__in=late)


def _board(request: HttpRequest) -> dict[str, Any]:
    by_phase = dict(_supervisions(request).values_list("phase").annotate(many=Count("id")).order_by())
    passing = _supervisions(request).filter(data__cause="buck_passing").exclude(phase="lifted")
    late = _late(request)
    counts = {"overdue": late.count(), "passing": passing.count()}
    tabs = [Tab(each.name, each.title, each.icon, each.phases, counts.get(each.name, sum(by_phase.get(phase, 0) for phase in each.phases))) for each in _tabs()]
    wanted = str(request.GET.get("tab", ""))
    here = next((each for each in tabs if each.name == wanted), None) or next((each for each in tabs[:-1] if each.count), tabs[0])
    shown: dict[str, Any] = {"tabs": tabs, "tab": here, "failing": Timer.objects.filter(outcome="open", attempts__gt=2).count()}
    rate = return_rate(world().clock.now())
    if rate.rising:
        shown["returns"] = {"now": f"{rate.per_mille / 10:.1f}", "before": f"{rate.per_mille_before / 10:.1f}", "many": rate.returned}
    if here.name == "overdue":
        rows = attach_clocks(list(late.only(*COLUMNS).order_by("-urgent", "updated_at")[:ROWS]))
        return {**shown, "orders": rows, "rows": []}
    found = passing if here.name == "passing" else _supervisions(request).filter(phase__in=here.phases)
    rows = list(found.order_by("-urgent", "-updated_at")[:ROWS])
    return {**shown, "rows": [(each, open_acts(request.user, world().desk, each, language())) for each in attach_clocks(rows)], "orders": []}


@require_POST
@gate("supervision")
def begin(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Remind of a record with one key; where it is on the ladder already, its own page goes on."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    refused = ""
    try:
        supervise(world(), actor_of(request.user, world()), StreamKind(found.kind), StreamId(str(found.id)), "remind", {"reason": _("督办员催办"), "assistant": str(request.POST.get("assistant", ""))})
    except LiandongError as error:
        refused = sentence_of(error, language())
    return render(request, "supervision/board.html", {**_board(request), "refused": refused}, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@gate("supervision", "overview")
def start(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Begin the ladder on a record from the record's own page, at any step; a refusal keeps what was typed."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    machine = MACHINES[StreamKind.SUPERVISION]
    shown: dict[str, Any] = {
        "stream": found, "steps": [(each, capital(machine.title(each, language()))) for each in STEPS_BY_HAND], "forms": FORMS, "given": request.POST, "source": ORDERED,
        "targets": [(code, unit_name(code or found.unit) or _("本平台坐席")) for code in followable(found)],
    }  # fmt: skip
    if request.method == "GET":
        return render(request, "supervision/start.html", shown)
    given = {name: str(request.POST.get(name, "")) for name in ("form", "reason", "words", "assistant")}
    try:
        step = str(request.POST.get("step", "remind"))
        supervise(world(), actor_of(request.user, world()), StreamKind(found.kind), StreamId(str(found.id)), step, {name: value for name, value in given.items() if value})
    except LiandongError as error:
        return render(request, "supervision/start.html", {**shown, "refused": sentence_of(error, language())}, status=422)
    response = render(request, "records/act_done.html", {"title": capital(machine.title(step, language())), "stream": found})
    response["HX-Trigger-After-Swap"] = json.dumps({"acted": {"id": str(found.id), "appeal": str(found.appeal or found.id), "words": f"{found.number} {_('已办')}"}})
    return response


@require_GET
@gate("supervision", "overview")
def circular(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show a circular as a document that can be printed and sent to every unit."""
    found = one(request.user, str(stream))
    steps = list(found.data.get("steps", ())) if found is not None and found.kind == StreamKind.SUPERVISION else []
    issued = next((place for place, each in enumerate(steps) if each.get("fact") == "CircularIssued"), None)
    if found is None or issued is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    shown = {"supervision": found, "circular": steps[issued], "before": steps[:issued], "issued_at": datetime.fromisoformat(str(steps[issued]["at"])), "source": NAMED}
    return render(request, "supervision/circular.html", shown)


@require_GET
@gate("supervision")
def referral_file(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show everything about a referred record on one page that can be printed."""
    found = one(request.user, str(stream))
    if found is None or found.kind != StreamKind.SUPERVISION:
        raise Http404
    order = one(request.user, str(found.data.get("order", "")))
    if order is None:
        return redirect("supervision:home")
    appeal = home_of_stream(request.user, order) or order
    streams = together(request.user, appeal)
    if all(each.id != found.id for each in streams):
        streams.append(found)
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    shown = {
        "supervision": found,
        "order": order,
        "appeal": appeal,
        "clocks": clocks_of([order.id]).get(str(order.id), ()),
        "happenings": timeline(request.user, world().desk, streams),
        "printed_at": world().clock.now(),
    }
    return render(request, "supervision/file.html", shown)

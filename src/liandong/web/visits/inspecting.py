"""Inspection by sample: draw one, give each record its result, read the figures, draw it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from liandong.adapters.postgres.models import Look, Stream
from liandong.application.inspect_records import ENDING_FACTS, draw_again, draw_sample
from liandong.domain.errors import LiandongError
from liandong.domain.inspections.inspection import FINDINGS, MOST_DRAWN, figures_of
from liandong.web.acts import open_acts, state_of
from liandong.web.problems import sentence_of
from liandong.web.reading.streams import one
from liandong.web.reading.timeline import timeline
from liandong.web.rights import actor_of, role_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["inspections", "page", "parts"]

SHOWN = 40
#: Who draws and inspects.
DRAWING = ("reviewer", "supervisor", "leader", "analyst")


@require_http_methods(["GET", "POST"])
@gate("visits")
def inspections(request: HttpRequest) -> HttpResponse:
    """List the samples; draw one."""
    shown: dict[str, Any] = {
        "kinds": tuple(ENDING_FACTS),
        "given": request.POST,
        "most": MOST_DRAWN,
        "may_draw": role_of(request.user) in DRAWING,
    }
    status = 200
    if request.method == "POST":
        try:
            made = draw_sample(world(), actor_of(request.user, world()), _given(request))
            return redirect("visits:inspection", made.id)
        except LiandongError as error:
            shown["refused"], status = sentence_of(error, language()), 422
    rows = list(visible(request.user).filter(kind="inspection").order_by("-updated_at", "-id")[:SHOWN])
    return render(request, "visits/inspections.html", {**shown, "rows": [(each, figures_of(each.data)) for each in rows]}, status=status)


def _given(request: HttpRequest) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: str(request.POST.get(name, ""))[:300].replace("\x00", "").strip() for name in ("of", "from", "until", "seed", "summary")
    }
    count = str(request.POST.get("count", "")).strip()
    # What is no number is refused by the use case, in its words.
    return {**given, "count": int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0}


def _found(request: HttpRequest, stream: uuid.UUID) -> Stream:
    found = one(request.user, str(stream))
    if found is None or found.kind != "inspection":
        raise Http404
    return found


@require_GET
@gate("visits")
def page(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show a sample. Who looked is written down; with ``again=1`` it is drawn again from the journal."""
    found = _found(request, stream)
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    again = draw_again(world(), state_of(found)) if request.GET.get("again") == "1" else None
    return render(request, "visits/inspection.html", {**_shown(request, found), "again": again})


@require_GET
@gate("visits")
def parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of a sample's page anew."""
    return render(request, "visits/inspection_parts.html", _shown(request, _found(request, stream)))


def _shown(request: HttpRequest, row: Stream) -> dict[str, Any]:
    figures = figures_of(row.data)
    wanted = str(request.GET.get("figure", ""))
    behind = {**figures["by_finding"], **{f"fault:{name}": found for name, found in figures["by_fault"].items()}}
    chosen = set(behind[wanted]) if wanted in behind else None
    streams = {str(each.id): each for each in visible(request.user).filter(id__in=[each["stream"] for each in row.data["sample"]])}
    results = row.data.get("results", {})
    lines = [
        (each, streams.get(each["stream"]), results.get(each["stream"]))
        for each in row.data["sample"]
        if chosen is None or each["stream"] in chosen
    ]
    return {
        "row": row, "stream": row, "lines": lines, "figures": figures, "figure": wanted if chosen is not None else "", "findings": [(name, len(figures["by_finding"][name])) for name in FINDINGS],
        "faults": [(name, len(found)) for name, found in figures["by_fault"].items()],
        "units": [(name, len(found["inspected"]), len(found["passed"])) for name, found in figures["by_unit"].items()],
        "acts": open_acts(request.user, world().desk, row, language()), "happenings": timeline(request.user, world().desk, [row]),
    }  # fmt: skip

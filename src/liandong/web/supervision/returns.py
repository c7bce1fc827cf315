"""The page of return reasons: codes with their clauses, what became of each, and the records behind every figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look
from liandong.web.reading.returns import LISTED, OUTCOMES, SPANS, behind, return_figures
from liandong.web.rights import visible
from liandong.web.shell.gate import gate
from liandong.web.world import world

__all__ = ["page"]

OUTCOME_WORDS: Mapping[str, Promise] = {"returned": _("已退回"), "open": _("协商中"), "kept": _("仍由对方办理"), "lapsed": _("逾期归首接方")}
ASKED = ("code", "clause", "way", "outcome", "refused", "unit")


@require_GET
@gate("supervision", "overview")
def page(request: HttpRequest) -> HttpResponse:
    """Show the figures; with ``code``, ``clause``, ``way``, ``outcome`` or ``refused`` open the records. Who looked is written down."""
    days = str(request.GET.get("days", ""))
    span = int(days) if days in map(str, SPANS) else 30
    wanted = {name: str(request.GET[name])[:80].replace("\x00", "") for name in ASKED if name in request.GET}
    figures = return_figures(request.user, world().desk, world().clock.now(), span)
    ids = behind(figures, wanted)
    rows = list(visible(request.user).filter(id__in=ids).order_by("-updated_at")) if ids else []
    Look.objects.bulk_create([Look(person=request.user.get_username(), stream=each.id) for each in rows])
    lines = [(each, [(name, count) for name, count in each.counts]) for each in figures["lines"]]
    shown: dict[str, Any] = {
        "days": span, "spans": SPANS, "lines": lines, "outcomes": [(each, OUTCOME_WORDS[each]) for each in OUTCOMES], "refusals": figures["refusals"], "rate": figures["rate"],
        "opened": ids is not None, "rows": rows, "listed": LISTED, "total": sum(len(each.objected) for each in figures["lines"]),
    }  # fmt: skip
    return render(request, "supervision/returns.html", shown)

"""The published errors of triage: confusion, reliability, corrections, the model's own report, and the cases behind each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look
from liandong.domain.triage.error_table import BINS, Bin, Judged, bin_of, calibration_error, confusion, reliability, shares
from liandong.web.reading.rerouting import item_classes
from liandong.web.rights import masked_text, visible
from liandong.web.shell.gate import gate
from liandong.web.triage_errors.judged import MOST, SPANS, judged_since
from liandong.web.world import world

__all__ = ["cases", "home", "in_cell", "rows_of"]

DECIDED = ("police", "hotline", "joint", "neither")
JUDGED = (*DECIDED, "unclear")
#: What names a cell.
CELL = ("judged", "decided", "judged_item", "decided_item", "division", "corrected", "bin")
#: Cases of a cell that are listed, the newest.
LISTED = 100
#: Corrections between items that are shown.
PAIRS = 12


@require_GET
@gate("triage_errors")
def home(request: HttpRequest) -> HttpResponse:
    """Show how often the verdict was what people decided."""
    days, top = _asked(request)
    rows = rows_of(days, top)
    sides = confusion(rows)
    bins = reliability(rows)
    error = calibration_error(bins)
    items = sorted(((pair, times) for pair, times in confusion(rows, "item").items() if pair[0] != pair[1]), key=lambda each: (-each[1], each[0]))
    shown: dict[str, Any] = {
        "days": days,
        "spans": SPANS,
        "top": top,
        "classes": item_classes(),
        "total": len(rows),
        "full": len(rows) >= MOST,
        "right": round(100 * sum(each.right for each in rows) / len(rows), 1) if rows else None,
        "corrected": sum(each.corrected for each in rows),
        "judged": JUDGED,
        "table": [(decided, [(judged, sides.get((decided, judged), 0)) for judged in JUDGED]) for decided in DECIDED],
        "items": items[:PAIRS],
        "dots": _dots(bins),
        "error": round(100 * error, 1) if error is not None else None,
        "by_class": [(name, count, right, round(100 * right / count), mended) for name, count, right, mended in shares(rows, "class")],
        "by_division": [(name, count, right, round(100 * right / count), mended) for name, count, right, mended in shares(rows, "division")][:30],
        "model": model_report(),
    }
    return render(request, "triage_errors/home.html", shown)


@require_GET
@gate("triage_errors")
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases of one cell. Who looked is written down."""
    days, top = _asked(request)
    wanted = {name: str(request.GET.get(name, ""))[:20] for name in CELL}
    found = [each for each in rows_of(days, top) if in_cell(each, wanted)]
    ids = [each.id for each in found[:LISTED]]
    streams = {str(each.id): each for each in visible(request.user).filter(id__in=ids)}
    listed = [(streams[each.id], each, masked_text(request.user, streams[each.id].data, streams[each.id].summary)) for each in found[:LISTED] if each.id in streams]
    Look.objects.bulk_create([Look(person=request.user.get_username(), stream=stream.id) for stream, _, _ in listed])
    return render(request, "triage_errors/cases.html", {"rows": listed, "count": len(found), "days": days, "top": top, "wanted": wanted})


def _asked(request: HttpRequest) -> tuple[int, str]:
    """Return the span and the class of a request; what is none of the list is the default."""
    days = str(request.GET.get("days", ""))
    top = str(request.GET.get("class", ""))[:20]
    return (int(days) if days in map(str, SPANS) else 30), (top if top in {each.code for each in item_classes()} else "")


def rows_of(days: int, top: str) -> Sequence[Judged]:
    """Return the judged matters of a span, of one class where ``top`` names one."""
    rows = judged_since(world().desk.side, world().clock.now(), days)
    return [each for each in rows if not top or top in (each.item.split(".")[0], each.decided_item.split(".")[0])]


def in_cell(row: Judged, wanted: Mapping[str, str]) -> bool:
    """Tell whether a matter lies in a cell; what a cell does not name, or leaves empty, may be anything."""
    wanted = dict.fromkeys(CELL, "") | dict(wanted)
    told = {"judged": row.side, "decided": row.decided_side, "judged_item": row.item, "decided_item": row.decided_item, "division": row.division[:6]}
    inside = not wanted["bin"] or (row.side != "unclear" and wanted["bin"] == str(bin_of(row.confidence)))
    return all(not wanted[name] or told[name] == wanted[name] for name in told) and inside and (not wanted["corrected"] or row.corrected)


def _dots(bins: Sequence[Bin]) -> list[dict[str, Any]]:
    """Return the bins as places in a drawing of 320 by 320: the better calibrated, the nearer to the diagonal."""
    most = max((each.count for each in bins), default=0) or 1
    return [
        {"x": round(40 + 260 * each.stated), "y": round(290 - 260 * each.right), "r": round(4 + 10 * (each.count / most) ** 0.5, 1), "bin": round(each.low * BINS), "count": each.count, "stated": round(100 * each.stated), "right": round(100 * each.right)}
        for each in bins
        if each.count
    ]


def model_report() -> list[tuple[str, str]]:
    """Return what the model in use says of itself: name -> value, plain ones only."""
    return [(name, str(value)) for name, value in _flat("", world().model_about) if isinstance(value, str | int | float) and len(str(value)) <= 80][:60]


def _flat(before: str, about: Mapping[str, Any]) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = []
    for name, value in about.items():
        path = f"{before}.{name}" if before else str(name)
        told += _flat(path, value) if isinstance(value, Mapping) else [(path, value)]
    return told

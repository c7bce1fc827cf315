"""The published errors by API: what the verdict said against what people decided, and the cases behind each cell."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from liandong.adapters.postgres.models import Look
from liandong.domain.errors import InvalidInput, LiandongError
from liandong.domain.journal.facts import Role
from liandong.domain.triage.error_table import calibration_error, confusion, reliability, shares
from liandong.web.api.access import token_of
from liandong.web.reading.rerouting import item_classes
from liandong.web.rights import MENUS
from liandong.web.triage_errors.judged import SPANS
from liandong.web.triage_errors.views import LISTED, in_cell, rows_of
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["triage"])
#: Spans a caller may ask for, in days.
Days = Literal[7, 30, 90, 365]

assert Days.__args__ == SPANS  # type: ignore[attr-defined]


@router.get("/triage/errors", response={200: dict[str, Any]}, summary="How often the verdict was what people decided")
def errors(request: HttpRequest, days: Days = 30, item_class: str = "") -> tuple[int, dict[str, Any]]:
    """Return counts, confusion by side and item, reliability by tenths of confidence, shares by class and division, and the model's own report."""
    rows = rows_of(days, _allowed(request, item_class))
    bins = reliability(rows)
    return 200, {
        "days": days,
        "decided": len(rows),
        "right": sum(each.right for each in rows),
        "corrected": sum(each.corrected for each in rows),
        "calibration_error": calibration_error(bins),
        "sides": [{"decided": decided, "judged": judged, "count": count} for (decided, judged), count in sorted(confusion(rows).items())],
        "items": [{"decided": decided, "judged": judged, "count": count} for (decided, judged), count in sorted(confusion(rows, "item").items())],
        "bins": [{"low": each.low, "count": each.count, "stated": each.stated, "right": each.right} for each in bins],
        "classes": _shares(shares(rows, "class")),
        "divisions": _shares(shares(rows, "division")),
        "model": dict(world().model_about),
    }


@router.get("/triage/errors/cases", response={200: dict[str, Any]}, summary="The cases behind a cell of the published errors")
def cases(
    request: HttpRequest, days: Days = 30, item_class: str = "", decided: str = "", judged: str = "", decided_item: str = "", judged_item: str = "", division: str = "", corrected: bool = False, confidence_bin: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return the ids of the newest appeals of a cell with what was said and decided; who asked is written down."""
    wanted = {"decided": decided, "judged": judged, "decided_item": decided_item, "judged_item": judged_item, "division": division, "corrected": "1" if corrected else "", "bin": confidence_bin}
    found = [each for each in rows_of(days, _allowed(request, item_class)) if in_cell(each, wanted)]
    listed = found[:LISTED]
    Look.objects.bulk_create([Look(person=f"api:{token_of(request).name}"[:150], stream=each.id) for each in listed])
    told = [
        {"appeal": each.id, "judged": each.side, "judged_item": each.item, "confidence": each.confidence, "decided": each.decided_side, "decided_item": each.decided_item, "corrected": each.corrected} for each in listed
    ]
    return 200, {"count": len(found), "cases": told}


def _allowed(request: HttpRequest, top: str) -> str:
    """Return the class asked for. Raises ``access.forbidden`` or ``input.invalid``."""
    if Role(token_of(request).role) not in MENUS["triage_errors"]:
        raise LiandongError("access.forbidden")
    if top and top not in {each.code for each in item_classes()}:
        raise InvalidInput("input.invalid", detail="item_class")
    return top


def _shares(rows: list[tuple[str, int, int, int]]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count, "right": right, "corrected": mended} for name, count, right, mended in rows]

"""Which units could be sent, by API: the three candidates of the dispatch form, each with its reasons."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from liandong.domain.journal.facts import StreamKind
from liandong.web.api.access import token_of
from liandong.web.api.showing import find
from liandong.web.reading.pack_words import matter_of, unit_choices
from liandong.web.world import world

__all__ = ["CANDIDATES", "router"]

router = Router(tags=["units"])
#: How many units are proposed.
CANDIDATES = 3


@router.get("/alarms/{named}/units", response={200: dict[str, Any]}, summary="Units that could be sent to an alarm")
def for_alarm(request: HttpRequest, named: str) -> dict[str, Any]:
    """Return at most three units, best first, with reasons: business, territory, nearness, duty, history."""
    return _candidates(request, StreamKind.ALARM, "police", named)


@router.get("/workorders/{named}/units", response={200: dict[str, Any]}, summary="Units that could be sent a work order")
def for_work_order(request: HttpRequest, named: str) -> dict[str, Any]:
    """Return at most three units, best first, with reasons: business, territory, nearness, duty, history."""
    return _candidates(request, StreamKind.WORK_ORDER, "hotline", named)


def _candidates(request: HttpRequest, kind: StreamKind, side: str, named: str) -> dict[str, Any]:
    row = find(token_of(request), kind, named)
    fitting = [each for each in unit_choices(side, matter_of(row), world().clock.now()) if each[2]]
    return {"units": [{"code": code, "name": name, "reasons": why.split("、")} for code, name, why in fitting[:CANDIDATES]]}

"""Return reasons by API, and what the two ends of a handover said about whose matter it is."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query

from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import StreamKind
from liandong.web.api.access import token_of
from liandong.web.api.appeals import router
from liandong.web.api.showing import find
from liandong.web.reading.clocks import attach_clocks
from liandong.web.reading.negotiations import negotiation_of
from liandong.web.reading.returns import plain, return_figures
from liandong.web.reading.timeline import timeline
from liandong.web.rights import may_open
from liandong.web.world import world

__all__ = ["figures", "negotiation"]


@router.get("/return-figures", response={200: dict[str, Any]}, summary="Reasons of returns and refusals by code and clause")
def figures(request: HttpRequest, days: Annotated[int, Query(ge=1, le=366)] = 30) -> tuple[int, dict[str, Any]]:
    """Return each reason with its clause and what became of it; the ids behind every figure are within."""
    token = token_of(request)
    if not (may_open(token, "supervision") or may_open(token, "overview")):  # type: ignore[arg-type]
        raise InvalidInput("access.forbidden")
    return 200, plain(return_figures(token, world().desk, world().clock.now(), days))


@router.get("/handovers/{named}/negotiation", response={200: dict[str, Any]}, summary="What both sides said about whose matter a handover is")
def negotiation(request: HttpRequest, named: str) -> tuple[int, dict[str, Any]]:
    """Return the words of both ends in order of time, whether it is open, and when it falls to the first receiver; no lines where nobody objected."""
    token = token_of(request)
    row = find(token, StreamKind.HANDOVER, named)
    attach_clocks([row], only_open=False)
    room = negotiation_of(row, timeline(token, world().desk, [row]))  # type: ignore[arg-type]
    if room is None:
        return 200, {"lines": [], "open": False, "first": row.data.get("origin", ""), "due_at": None, "lapsed_at": None}
    lines = [{"fact": each.name, "party": each.party, "at": each.at.isoformat(), "who": each.who, "node": each.node, "said": dict(each.details)} for each in room.lines]
    due = room.clock.due_at if room.clock is not None else None
    return 200, {
        "lines": lines, "open": room.open, "first": room.first, "due_at": due.isoformat() if due else None, "lapsed_at": room.lapsed_at.isoformat() if room.lapsed_at else None,
    }  # fmt: skip

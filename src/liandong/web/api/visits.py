"""Return visits and inspections by API: what is owed, the figures, drawing a sample and drawing it again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field, StrictInt, StrictStr

from liandong.application.inspect_records import draw_again, draw_sample
from liandong.domain.errors import InvalidInput
from liandong.domain.inspections.inspection import MOST_DRAWN, figures_of
from liandong.domain.journal.facts import StreamKind
from liandong.web.acts import state_of
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.appeals import router
from liandong.web.api.shapes import StreamOut, Strict
from liandong.web.api.showing import find, show, show_state
from liandong.web.reading.clocks import clocks_of
from liandong.web.reading.visits import owed, visit_figures
from liandong.web.rights import may_open
from liandong.web.world import world

__all__ = ["DrawIn"]

#: Orders of one answer.
MOST = 200


class DrawIn(Strict):
    """A sample to be drawn."""

    of: Literal["workorder", "alarm", "handover"] = "workorder"
    #: Local days, both within: ``2026-11-01``.
    from_: Annotated[StrictStr, Field(max_length=10, alias="from")]
    until: Annotated[StrictStr, Field(max_length=10)]
    count: Annotated[StrictInt, Field(ge=1, le=MOST_DRAWN)] = 20
    #: The sample follows from it; one is made where none is given.
    seed: Annotated[StrictStr, Field(max_length=80)] = ""
    summary: Annotated[StrictStr, Field(max_length=300)] = ""


@router.get("/visits", response={200: list[StreamOut]}, summary="Orders whose return visit is owed")
def owed_visits(
    request: HttpRequest, of: Annotated[Literal["", "major", "drawn"], Query()] = "", limit: Annotated[int, Query(ge=1, le=MOST)] = 50
) -> tuple[int, list[dict[str, Any]]]:
    """Return what has to be asked about, danger first, then the oldest; ``data.visit_due`` says why. The acts are ``visit`` and ``not_reached``."""
    token = _may(request)
    rows = list(owed(token, of)[:limit])
    clocks = clocks_of([each.id for each in rows], only_open=True)
    return 200, [show(token, each, clocks=clocks.get(str(each.id), ())) for each in rows]


@router.get("/visit-figures", response={200: dict[str, Any]}, summary="Return visits: owed, reached, given up, by reason")
def figures(request: HttpRequest, days: Annotated[int, Query(ge=1, le=366)] = 30) -> tuple[int, dict[str, Any]]:
    """Return the figures of orders that changed in the last days."""
    return 200, visit_figures(_may(request), world().clock.now(), days)


@router.post("/inspections", response={201: StreamOut}, summary="Draw a sample of ended records for inspection")
def draw(request: HttpRequest, body: DrawIn) -> tuple[int, dict[str, Any]]:
    """Draw from what the journal says ended in these days; by reviewers, supervisors, leaders and analysts."""
    token, who = token_of(request), actor(request)
    given = {**body.model_dump(), "from": body.from_}

    def do() -> tuple[int, dict[str, Any]]:
        return 201, show_state(token, draw_sample(world(), who, given))

    return once(request, do)


@router.get(
    "/inspections/{named}/figures", response={200: dict[str, Any]}, summary="Figures of a sample, with the records behind each"
)
def sample_figures(request: HttpRequest, named: str) -> tuple[int, dict[str, Any]]:
    """Return how many passed, by finding, fault and unit."""
    return 200, figures_of(find(token_of(request), StreamKind.INSPECTION, named).data)


@router.get("/inspections/{named}/again", response={200: dict[str, Any]}, summary="Draw a sample again from the journal")
def again(request: HttpRequest, named: str) -> tuple[int, dict[str, Any]]:
    """Return whether population and sample are what was written."""
    return 200, draw_again(world(), state_of(find(token_of(request), StreamKind.INSPECTION, named)))


def _may(request: HttpRequest) -> Any:
    token = token_of(request)
    if not may_open(token, "visits"):  # type: ignore[arg-type]
        raise InvalidInput("access.forbidden")
    return token

"""Many appeals in one request: for channels that collect them, and for feeds.

Each is judged, recorded, placed and committed as if it had come alone, in the order told; one request and one token for all is what makes
many cheap. A commit for all would hold the places of all until the last, and two batches that meet would wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import ValidationError

from liandong.application.again import decided_again
from liandong.application.perform import Session
from liandong.application.place_appeal import place
from liandong.application.take_appeal import take_in
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Actor, StreamKind, StreamState
from liandong.web.api.access import actor, once
from liandong.web.api.answers import written
from liandong.web.api.appeals import given_of
from liandong.web.api.shapes import AppealIn, AppealsIn, TookManyOut
from liandong.web.problems import database_problem, language_of, problem_of, wrong_shape
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["appeals"])
#: The code of a refusal that meets every row after it as well.
AWAY = "server.no_database"


@router.post("/appeals/batch", response={200: TookManyOut}, summary="Take many appeals at once")
def take_many(request: HttpRequest, body: AppealsIn) -> HttpResponse:
    """Take up to fifty, each with ``course`` or without; the answer says of each in turn what came of it.

    Concurrency: as each alone, idempotent by its ``key``: a batch that was cut off is told again whole. With an ``Idempotency-Key`` all are one
    transaction with its answer.
    """
    who, language = actor(request), language_of(request.headers.get("Accept-Language", ""))

    def act() -> tuple[int, dict[str, Any]]:
        return 200, {"results": list(_each(who, body.appeals, language))}

    return written(once(request, act))


def _each(who: Actor, rows: Sequence[dict[str, Any]], language: str) -> Iterator[dict[str, Any]]:
    """Take them in turn; once the database is away, the rest is told to come again instead of waiting for it one by one."""
    away: dict[str, Any] | None = None
    for row in rows:
        came = away or _one(who, row, language)
        away = came if came.get("problem", {}).get("code") == AWAY else None
        yield came


def _one(who: Actor, row: dict[str, Any], language: str) -> dict[str, Any]:
    """Take one; return what came of it."""
    try:
        given = given_of(AppealIn.model_validate(row))
        course = given.pop("course", None)
        appeal, again = decided_again(lambda: _taken(who, given, course))
    except ValidationError as error:
        return _refused(wrong_shape(error.errors(), language))
    except LiandongError as error:
        return _refused(problem_of(error, language))
    except DatabaseError as error:
        # Those before it are taken: the answer has to say which.
        return _refused(database_problem(error, language))
    data = appeal.data
    kept = {"id": appeal.id, "number": data.get("number", ""), "phase": appeal.phase, "side": data.get("side", ""), "urgent": bool(data.get("urgent"))}
    return {"status": 200 if again else 201, **kept}


def _taken(who: Actor, given: Mapping[str, Any], course: str | None) -> tuple[StreamState, bool]:
    """Take and place one in a unit of work of its own; return it, and whether it was taken before."""
    with world().work() as unit:
        session = Session(world(), unit)
        taken = take_in(session, who, {"channel": "web", **given})
        if course and not taken.again:
            place(session, taken.appeal, who, course, {})
        return session.load(StreamKind.APPEAL, taken.appeal.id), taken.again


def _refused(problem: dict[str, Any]) -> dict[str, Any]:
    return {"status": problem["status"], "problem": problem}

"""Many appeals in one request: for channels that collect them, and for feeds.

Each is judged, recorded and placed as if it had come alone, in the order told. They are committed together; where that cannot be, each is
committed alone, so that one that is refused takes nothing with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import ValidationError

from liandong.application.again import decided_again
from liandong.application.perform import Session
from liandong.application.ports import NotTogether
from liandong.application.take_appeal import judge_many
from liandong.application.take_many import Told, Took, take_and_place, take_together
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Actor, StreamState
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
    """Take them; return what came of each, in the order told."""
    read = [_read(row, language) for row in rows]
    good = [each for each in read if isinstance(each, _Row)]
    told: list[Told] = [(each.data, verdict) for each, verdict in zip(good, judge_many(world(), [str(each.data.get("text", "")) for each in good]), strict=True)]
    came = iter(_taken(who, told, language))
    for each in read:
        yield each if isinstance(each, dict) else next(came)


def _taken(who: Actor, told: Sequence[Told], language: str) -> Iterator[dict[str, Any]]:
    try:
        together = take_together(world(), who, told)
    except NotTogether:
        yield from _one_by_one(who, told, language)
        return
    for each in together:
        yield _refused(problem_of(each, language)) if isinstance(each, LiandongError) else _shown(*each)


def _one_by_one(who: Actor, told: Sequence[Told], language: str) -> Iterator[dict[str, Any]]:
    """Take them in turn; once the database is away, the rest is told to come again instead of waiting for it one by one."""
    away: dict[str, Any] | None = None
    for each in told:
        came = away or _one(who, each, language)
        away = came if came.get("problem", {}).get("code") == AWAY else None
        yield came


def _one(who: Actor, told: Told, language: str) -> dict[str, Any]:
    """Take one in a unit of work of its own; return what came of it."""

    def once() -> Took:
        with world().work() as unit:
            return take_and_place(Session(world(), unit), who, *told)

    try:
        return _shown(*decided_again(once))
    except LiandongError as error:
        return _refused(problem_of(error, language))
    except DatabaseError as error:
        # Those before it are taken: the answer has to say which.
        return _refused(database_problem(error, language))


@dataclass(frozen=True, slots=True)
class _Row:
    """What was told of one, well formed."""

    data: Mapping[str, Any]


def _read(row: dict[str, Any], language: str) -> _Row | dict[str, Any]:
    """Return what was told of one, or what to answer."""
    try:
        return _Row({"channel": "web", **given_of(AppealIn.model_validate(row))})
    except ValidationError as error:
        return _refused(wrong_shape(error.errors(), language))
    except LiandongError as error:
        return _refused(problem_of(error, language))


def _shown(appeal: StreamState, again: bool) -> dict[str, Any]:
    data = appeal.data
    kept = {"id": appeal.id, "number": data.get("number", ""), "phase": appeal.phase, "side": data.get("side", ""), "urgent": bool(data.get("urgent"))}
    return {"status": 200 if again else 201, **kept}


def _refused(problem: dict[str, Any]) -> dict[str, Any]:
    return {"status": problem["status"], "problem": problem}

"""A case by its code, without a token; and the code of a case, for desks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from liandong.adapters.postgres.follow_codes import give_code
from liandong.application.follow_case import add_words, answer_question, rate_result
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.web.api.access import token_of
from liandong.web.api.shapes import ProblemOut
from liandong.web.api.showing import find
from liandong.web.follow.reading import case_of, opened_case, plain
from liandong.web.rights import may_open
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["follow"])


class Words(Schema):
    """What a citizen says."""

    words: str = Field(max_length=2000)


class Mark(Schema):
    """How content a citizen is: 1 very satisfied … 5 very dissatisfied; 4 and 5 with a reason."""

    satisfaction: str = Field(max_length=1)
    reason: str = Field("", max_length=2000)


def _appeal(request: HttpRequest, code: str) -> Any:
    return opened_case(code, str(request.META.get("REMOTE_ADDR", "")), settings.SECRET_KEY)


def _case(appeal: Any) -> Status[dict[str, Any]]:
    appeal.refresh_from_db()
    return Status(200, plain(case_of(world().desk, appeal)))


@router.post("/appeals/{appeal}/follow-code", response={200: dict[str, str]}, summary="Code by which the citizen follows a case")
def code_of(request: HttpRequest, appeal: str) -> Status[dict[str, str]]:
    """Return the code; the same each time. For desks, who give it to the citizen."""
    token = token_of(request)
    if not may_open(token, "desk"):  # type: ignore[arg-type]
        raise LiandongError("access.forbidden")
    row = find(token, StreamKind.APPEAL, appeal)
    return Status(200, {"number": row.number, "code": give_code(StreamId(str(row.id)), settings.SECRET_KEY)})


@router.get("/follow/{code}", auth=None, response={200: dict[str, Any], 429: ProblemOut}, summary="A case by its code")
def case(request: HttpRequest, code: str) -> Status[dict[str, Any]]:
    """Return the state in plain words, the history, what is asked, whether it can be rated."""
    return _case(_appeal(request, code))


@router.post("/follow/{code}/words", auth=None, response={200: dict[str, Any], 429: ProblemOut}, summary="Add words to a case")
def say(request: HttpRequest, code: str, body: Words) -> Status[dict[str, Any]]:
    """Add words; who works on it hears them."""
    appeal = _appeal(request, code)
    add_words(world(), StreamId(str(appeal.id)), body.words)
    return _case(appeal)


@router.post("/follow/{code}/answer", auth=None, response={200: dict[str, Any], 429: ProblemOut}, summary="Answer what is asked")
def answer(request: HttpRequest, code: str, body: Words) -> Status[dict[str, Any]]:
    """Answer the oldest open question."""
    appeal = _appeal(request, code)
    answer_question(world(), StreamId(str(appeal.id)), body.words)
    return _case(appeal)


@router.post("/follow/{code}/satisfaction", auth=None, response={200: dict[str, Any], 429: ProblemOut}, summary="Rate the result")
def rate(request: HttpRequest, code: str, body: Mark) -> Status[dict[str, Any]]:
    """Rate a result; not content opens the matter again at the unit."""
    appeal = _appeal(request, code)
    rate_result(world(), StreamId(str(appeal.id)), body.satisfaction, body.reason)
    return _case(appeal)

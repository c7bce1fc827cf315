"""Transcripts by API: what a speech recogniser hears goes into the call that a person is taking."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field, StrictInt, StrictStr

from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Role
from liandong.web.api.access import once, token_of
from liandong.web.api.shapes import Strict
from liandong.web.calltaker.transcripts import hear

__all__ = ["router"]

router = Router(tags=["appeals"])
SPEAKING = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER})


class Piece(Strict):
    """Some words of a call."""

    #: Account name of whoever takes the call.
    person: Annotated[StrictStr, Field(min_length=1, max_length=150)]
    words: Annotated[StrictStr, Field(min_length=1, max_length=2000)]
    #: The recogniser's number of the piece, from 1; the same number is taken once.
    seq: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = None


@router.post("/calls/{call}/transcript", response={200: dict[str, Any]}, summary="Add words to the call a person is taking")
def transcript(request: HttpRequest, call: str, body: Piece) -> Status[dict[str, Any]]:
    """Append a piece of speech to the draft of a call; the person's screen shows it at once and judges anew."""
    if Role(token_of(request).role) not in SPEAKING:
        raise LiandongError("access.forbidden")

    def do() -> tuple[int, dict[str, Any]]:
        seq, again = hear(body.person, call, body.words, body.seq)
        return 200, {"call": call, "seq": seq, "again": again}

    return once(request, do)

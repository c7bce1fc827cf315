"""The adviser by API: its word beside the verdict, never instead of it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StrictStr

from liandong.domain.errors import InvalidInput, LiandongError
from liandong.domain.journal.facts import Role
from liandong.web.api.access import token_of
from liandong.web.api.shapes import Line, Strict, Text
from liandong.web.asking_adviser import advice_on
from liandong.web.rights import DESKS
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["appeals"])


class AdviceIn(Strict):
    """Words of a caller, and what is known of them, which leaves the node in no form."""

    text: Text
    phone: Annotated[StrictStr, Field(max_length=40)] = ""
    place: Line = ""
    citizen: Annotated[StrictStr, Field(max_length=60)] = ""


@router.post("/triage/advice", response={200: dict[str, Any]}, summary="Ask the adviser for a word beside the verdict")
def advice(request: HttpRequest, body: AdviceIn) -> tuple[int, dict[str, Any]]:
    """Return ``verdict``, ``advice`` and whether they agree; nothing is recorded. Without an adviser: ``adviser.off``."""
    if Role(token_of(request).role) not in DESKS:
        raise LiandongError("access.forbidden")
    if not body.text.strip():
        raise InvalidInput("input.required", fields=["诉求内容"], names=["text"])
    said = advice_on(body.text, (body.phone, body.place, body.citizen))
    verdict = dict(world().triage(body.text))
    told = {"side": said.side, "item": said.item, "urgent": said.urgent, "reasons": list(said.reasons), "model": said.model}
    return 200, {"verdict": verdict, "advice": told, "agrees": said.agrees_with(verdict)}

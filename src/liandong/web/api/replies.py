"""Replies by API: check one before it is sent, and the figures of each unit with the orders behind them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from liandong.application.reply_check import check_order_reply
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.web.api.access import token_of
from liandong.web.api.showing import find
from liandong.web.reading.pack_words import unit_name
from liandong.web.reading.reply_figures import reply_figures
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["replies"])


class ReplyIn(Schema):
    """A reply that would be sent."""

    reply: str = Field(max_length=5000)


@router.post("/workorders/{named}/reply-check", response={200: dict[str, Any]}, summary="Check a reply before it is sent")
def check(request: HttpRequest, named: str, body: ReplyIn) -> Status[dict[str, Any]]:
    """Return whether it answers and what is found; nothing is recorded."""
    row = find(token_of(request), StreamKind.WORK_ORDER, named)
    said = check_order_reply(world(), StreamId(str(row.id)), body.reply)
    findings = [{"code": each.code, "zh": each.title(), "en": each.title("en"), "words": each.words, "grave": each.grave} for each in said.findings]
    return Status(200, {"answers": said.answers, "substance": said.substance, "findings": findings})


@router.get("/reply-figures", response={200: list[dict[str, Any]]}, summary="Replies of each unit: flagged, dissatisfied, reopened")
def figures(request: HttpRequest) -> Status[list[dict[str, Any]]]:
    """Return a row for each unit; ``orders`` opens the work orders behind what went wrong."""
    return Status(200, [{**each, "unit_name": unit_name(each["unit"])} for each in reply_figures(token_of(request))])

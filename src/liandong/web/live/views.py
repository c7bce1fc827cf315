"""Server-sent events to a screen, and the banner that says what waits for the other side.

What is sent names records by id and never says what is in them: the screen asks for its part anew, and the same rule
as ever decides what it may see.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import InboxMessage, User
from liandong.web.live.listener import listener
from liandong.web.reading.waiting import peer_lines
from liandong.web.rights import FIELD_ROLES, role_of
from liandong.web.shell.gate import gate
from liandong.web.shell.mark import newest
from liandong.web.world import world

__all__ = ["banner", "mark", "stream"]

#: Seconds between signs of life, so that a dead line is noticed by both ends.
BEAT_SECONDS = 15.0
#: What the browser waits before it comes back, in milliseconds.
RETRY_MS = 1000


async def stream(request: HttpRequest) -> HttpResponse:
    """Send news as they come, for as long as the screen is open."""
    user = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    response = StreamingHttpResponse(_events(user), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(user: User) -> AsyncIterator[str]:
    own_unit = user.unit if role_of(user) in FIELD_ROLES else None
    known: set[str] = set()
    async with listener.heard() as queue:
        # Read when news are being kept for this screen: what its page has not seen is either in the mark or in the queue.
        mark = await sync_to_async(_mark_and_close)()
        yield f"retry: {RETRY_MS}\ndata: {json.dumps({'kind': 'hello', 'mark': mark})}\n\n"
        while True:
            try:
                news = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
            except TimeoutError:
                yield ": beat\n\n"
                continue
            if news.get("kind") == "transcript" and news.get("person") != user.get_username():
                # What a caller says is heard at one desk only.
                continue
            told = _told(news, own_unit, known)
            if told is not None:
                yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n"


def _mark_and_close() -> str:
    """Return the mark; the line stays open for hours, the database connection goes back now."""
    try:
        return newest()
    finally:
        connections.close_all()


def _told(news: dict[str, Any], own_unit: str | None, known: set[str]) -> dict[str, Any] | None:
    """Return what of the news this person's screen hears.

    A unit hears of its own orders and, from then on, of everything of the same appeal, so that it also sees when an
    order goes to somebody else.
    """
    if own_unit is None or news.get("kind") in ("peer", "missed"):
        return {name: news[name] for name in ("id", "kind", "appeal", "phase", "seq") if name in news}
    appeal = str(news.get("appeal", ""))
    if own_unit and (news.get("unit") == own_unit or own_unit in news.get("units", ())):
        known.add(appeal)
    return {"id": news.get("id"), "kind": news.get("kind"), "appeal": appeal} if appeal in known else None


@require_GET
@gate()
def mark(request: HttpRequest) -> HttpResponse:
    """Return how far the journal has come: for a page that shares the line of another tab."""
    return HttpResponse(newest(), content_type="text/plain")


@require_GET
@gate()
def banner(request: HttpRequest) -> HttpResponse:
    """Return the line above every desk: which peer cannot be reached, and how many wait; empty when all is well."""
    lines = [each for each in peer_lines(world().desk) if each.up is False or each.parked]
    set_aside = InboxMessage.objects.filter(state=InboxMessage.QUARANTINED).count()
    return render(request, "live/banner.html", {"lines": lines, "set_aside": set_aside})

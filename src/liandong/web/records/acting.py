"""One act: its small form, and doing it. A refusal stands where the person types, with everything typed still there."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liandong.adapters.postgres.models import Stream
from liandong.application.act import act
from liandong.application.reply_check import REPLIES, check_order_reply
from liandong.application.world import MACHINES
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.web.acts import asked_fields, read_form
from liandong.web.attachments import check_attachments
from liandong.web.domain_english import capital
from liandong.web.problems import sentence_of
from liandong.web.reading.streams import one
from liandong.web.rights import actor_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["act_form"]


@require_http_methods(["GET", "POST"])
@gate("records", "unit", "orders")
def act_form(request: HttpRequest, stream: uuid.UUID, command: str) -> HttpResponse:
    """Show the form of a command, or do it."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    machine = MACHINES[StreamKind(found.kind)]
    if command not in machine.commands:
        raise Http404
    if request.method == "GET":
        return _form(request, found, command)
    try:
        data = read_form(found, command, request.POST)
        doubts = _doubts(request, found, command, data)
        if doubts:
            return _form(request, found, command, doubts=doubts)
        check_attachments(data)
        act(world(), actor_of(request.user, world()), StreamKind(found.kind), StreamId(str(found.id)), command, data, _seen(request))
    except LiandongError as error:
        fresh = one(request.user, str(stream)) or found
        return _form(request, fresh, command, error)
    return _done(request, found, command)


def _doubts(request: HttpRequest, stream: Stream, command: str, data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the check finds wrong with a reply, before it is sent; nothing once the person has seen it and sends it all the same."""
    reply = str(data.get(REPLIES.get(command, ""), ""))
    if stream.kind != StreamKind.WORK_ORDER or not reply or request.POST.get("doubted") == doubted(reply):
        return []
    said = check_order_reply(world(), StreamId(str(stream.id)), reply)
    # Advice alone stops nobody; it stands beside what does.
    return [] if said.answers else [(each.title(language()), each.words) for each in said.findings]


def doubted(reply: str) -> str:
    """Return the mark of a reply whose findings were shown: another wording is checked again."""
    return hashlib.sha256("".join(reply.split()).encode()).hexdigest()[:16]


def _seen(request: HttpRequest) -> int | None:
    seen = str(request.POST.get("seen", ""))
    return int(seen) if seen.isdigit() and len(seen) < 9 else None


def _form(request: HttpRequest, stream: Stream, command: str, error: LiandongError | None = None, doubts: list[tuple[str, str]] | None = None) -> HttpResponse:
    machine = MACHINES[StreamKind(stream.kind)]
    given = {name: "\n".join(request.POST.getlist(name)) for name in request.POST} if error or doubts else None
    fields = asked_fields(request.user, world().desk, stream, command, language(), world().clock.now(), given)
    shown: dict[str, Any] = {
        "stream": stream,
        "command": command,
        "title": capital(machine.title(command, language())),
        "fields": fields or [],
        "open": fields is not None,
        "source": next((row.source for row in machine.rows_for(stream.phase, command)), ""),
    }
    if doubts:
        shown |= {"doubts": doubts, "doubted": doubted(str(request.POST.get(REPLIES[command], "")))}
    if error is not None:
        shown["refused"] = sentence_of(error, language())
        shown["missing"] = [name for name in error.data.get("names", []) if isinstance(name, str)] if error.code == "input.required" else []
    elif fields is None:
        shown["refused"] = sentence_of(LiandongError("stream.conflict"), language())
    return render(request, "records/act_form.html", shown, status=422 if error or doubts else 200)


def _done(request: HttpRequest, stream: Stream, command: str) -> HttpResponse:
    machine = MACHINES[StreamKind(stream.kind)]
    response = render(request, "records/act_done.html", {"title": capital(machine.title(command, language())), "stream": stream})
    response["HX-Trigger-After-Swap"] = json.dumps({"acted": {"id": str(stream.id), "appeal": str(stream.appeal or stream.id), "words": f"{stream.number} {capital(machine.title(command, language()))}：{_('已办')}"}})
    return response

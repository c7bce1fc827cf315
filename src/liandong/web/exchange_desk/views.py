"""The exchange desk: what waits per peer, since when and why; what was set aside, and another try."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from liandong.adapters.postgres.inbox import retry_quarantined
from liandong.adapters.postgres.models import InboxMessage, OutboxMessage, Stream
from liandong.adapters.postgres.unit_of_work import OUTBOX
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Role
from liandong.web.problems import sentence_of
from liandong.web.reading.waiting import kept_messages, peer_lines, quarantined_messages, waiting_messages
from liandong.web.rights import role_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["home", "parts", "retry", "send_again"]

#: Who may try again or set aside.
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR})


@require_GET
@gate("exchange")
def home(request: HttpRequest) -> HttpResponse:
    """Show the desk."""
    return render(request, "exchange_desk/home.html", _all(request))


@require_GET
@gate("exchange")
def parts(request: HttpRequest) -> HttpResponse:
    """Return the lists anew."""
    return render(request, "exchange_desk/parts.html", _all(request))


def _all(request: HttpRequest, refused: str = "") -> dict[str, Any]:
    waiting, set_aside = waiting_messages(), quarantined_messages()
    numbers = {each.id: each for each in Stream.objects.filter(id__in={each.stream for each in (*waiting, *set_aside)}).only("id", "number", "appeal")}
    return {
        "peers": peer_lines(world().desk),
        "waiting": [(each, numbers.get(each.stream)) for each in waiting],
        "quarantined": [(each, numbers.get(each.stream)) for each in set_aside],
        "kept": kept_messages(),
        "keeper": role_of(request.user) in KEEPERS,
        "refused": refused,
    }


def _keeper(request: HttpRequest) -> None:
    if role_of(request.user) not in KEEPERS:
        raise LiandongError("access.forbidden")


@require_POST
@gate("exchange")
def retry(request: HttpRequest, position: int) -> HttpResponse:
    """Try a message of the quarantine again, or set it aside for good."""
    _keeper(request)
    refused = ""
    try:
        retry_quarantined(world(), position, set_aside=request.POST.get("set_aside") == "1")
    except LiandongError as error:
        refused = sentence_of(error, language())
        InboxMessage.objects.filter(position=position, state=InboxMessage.QUARANTINED).update(reason=f"{error.code}: {error.sentence('en')}"[:300])
    return render(request, "exchange_desk/parts.html", _all(request, refused), status=422 if refused else 200)


@require_POST
@gate("exchange")
def send_again(request: HttpRequest, position: int) -> HttpResponse:
    """Take a parked or waiting message to the front of the next try."""
    _keeper(request)
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().filter(position=position, sent_at=None).first()
        if message is None:
            raise Http404
        message.parked, message.next_try_at = False, None
        message.save(update_fields=["parked", "next_try_at"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [OUTBOX, message.peer])
    return render(request, "exchange_desk/parts.html", _all(request))

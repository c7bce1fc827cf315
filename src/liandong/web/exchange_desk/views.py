"""The exchange desk: how each peer does, what waits, since when and why; what was set aside; keys; and what people do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from liandong.adapters.postgres.exchange_acts import MOST_REPLAYED, recent_acts, replay, retry, send_again
from liandong.adapters.postgres.models import Stream
from liandong.domain.errors import LiandongError
from liandong.web.problems import sentence_of
from liandong.web.reading.return_rate import return_rate
from liandong.web.reading.waiting import kept_messages, key_lines, peer_lines, quarantined_messages, taken_lately, waiting_messages
from liandong.web.rights import EXCHANGE_KEEPERS, role_of
from liandong.web.shell.gate import gate, language
from liandong.web.world import keyring, world

__all__ = ["again", "home", "parts", "replayed", "retried"]


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


def _all(request: HttpRequest, refused: str = "", done: str = "") -> dict[str, Any]:
    waiting, set_aside, acts = waiting_messages(), quarantined_messages(), recent_acts()
    named = {each.stream for each in (*waiting, *set_aside, *acts) if each.stream}
    numbers = {each.id: each for each in Stream.objects.filter(id__in=named).only("id", "number", "appeal")}
    came = taken_lately()
    rate = return_rate(world().clock.now())
    return {
        "peers": [(each, came.get(each.name, 0)) for each in peer_lines(world().desk)],
        "keys": key_lines(keyring(), [each.name for each in world().desk.peers]),
        "waiting": [(each, numbers.get(each.stream)) for each in waiting],
        "quarantined": [(each, numbers.get(each.stream)) for each in set_aside],
        "kept": kept_messages(),
        "acts": [(each, numbers.get(each.stream)) for each in acts],
        "returns": {"now": f"{rate.per_mille / 10:.1f}", "before": f"{rate.per_mille_before / 10:.1f}", "many": rate.returned} if rate.rising else None,
        "keeper": role_of(request.user) in EXCHANGE_KEEPERS,
        "most": MOST_REPLAYED,
        "refused": refused,
        "done": done,
    }


def _keeper(request: HttpRequest) -> str:
    """Return the account of who acts; raises where the role may not."""
    if role_of(request.user) not in EXCHANGE_KEEPERS:
        raise LiandongError("access.forbidden")
    return str(request.user.get_username())


@require_POST
@gate("exchange")
def retried(request: HttpRequest, position: int) -> HttpResponse:
    """Try a message of the quarantine again, or set it aside for good."""
    person, refused = _keeper(request), ""
    try:
        retry(world(), person, position, set_aside=request.POST.get("set_aside") == "1")
    except LiandongError as error:
        refused = sentence_of(error, language())
    return render(request, "exchange_desk/parts.html", _all(request, refused), status=422 if refused else 200)


@require_POST
@gate("exchange")
def again(request: HttpRequest, position: int) -> HttpResponse:
    """Take a parked or waiting message to the front of the next try."""
    person = _keeper(request)
    try:
        send_again(world(), person, position)
    except LiandongError as error:
        raise Http404 from error
    return render(request, "exchange_desk/parts.html", _all(request))


@require_POST
@gate("exchange")
def replayed(request: HttpRequest) -> HttpResponse:
    """Send again to a peer what was delivered since a time; the peer knows what it has."""
    person, refused, done = _keeper(request), "", ""
    try:
        count = replay(world(), person, str(request.POST.get("peer", "")), since=_time(str(request.POST.get("since", ""))))
        done = _("%(count)d 条排队重发；对方已有的，它会认出，不会重复办理。") % {"count": count}
    except LiandongError as error:
        refused = sentence_of(error, language())
    return render(request, "exchange_desk/parts.html", _all(request, refused, done), status=422 if refused else 200)


def _time(text: str) -> datetime | None:
    """Return the time of a field of the form, told in the city's zone; None for anything else."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(world().desk.zone))
    except ValueError:
        return None

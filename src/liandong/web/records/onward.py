"""What a record says about where it should go: another unit after a correction, the platform that serves its place; done by one press.

The same on every sheet, the call-taker's, the dispatcher's, the unit's and the whole record: who may do it has the button, who may not
reads who can.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liandong.adapters.postgres.models import Stream, User
from liandong.application.act import act
from liandong.application.belonging import Belonging, belonging
from liandong.application.place_appeal import place_appeal
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.web.acts import open_acts
from liandong.web.problems import sentence_of
from liandong.web.reading.rerouting import Reroute, reroute_of
from liandong.web.reading.streams import home_of_stream, one
from liandong.web.rights import actor_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["banners", "do_reroute", "onward"]

#: Orders of an appeal that are looked at, the newest.
ORDERS = 4
#: Where an appeal stands while it can still be passed to the platform that serves its place.
MOVABLE = ("taken", "kept")


def banners(user: User, appeal: Stream, streams: list[Stream]) -> dict[str, Any]:
    """Return what the sheets of a record show above everything: ``reroute`` and ``belongs``, each None where nothing has to change.

    Parameters:
        streams: the records of the appeal that this person may see.
    """
    if appeal.kind != StreamKind.APPEAL:
        return {"reroute": None, "belongs": None, "may_transfer": False}
    orders = [each for each in streams if each.kind in ("alarm", "workorder")][-ORDERS:]
    # Whoever is on the way is not called back by a key: from then on people of both platforms speak with each other.
    belongs = _belongs(appeal) if not any(each.unit for each in orders) else None
    may = belongs is not None and any(each.command == "hand_over" for each in open_acts(user, world().desk, appeal, "zh"))
    return {"reroute": reroute_of(user, world().desk, appeal, orders, world().clock.now()), "belongs": belongs, "may_transfer": may}


def _belongs(appeal: Stream) -> Belonging | None:
    return belonging(world(), appeal.data) if appeal.phase in MOVABLE else None


def do_reroute(user: User, proposed: Reroute | None) -> None:
    """Do what was proposed after a correction, with its reason.

    Raises:
        LiandongError: ``stream.conflict`` where nothing is proposed any more, or what the record refuses.
    """
    if proposed is None or not proposed.command:
        raise LiandongError("stream.conflict")
    data = {"reason": proposed.reason}
    if proposed.unit:
        data = {"unit": proposed.unit, ("reason" if proposed.command == "redirect" else "note"): proposed.reason}
    stream = proposed.stream
    act(world(), actor_of(user, world()), StreamKind(stream.kind), StreamId(str(stream.id)), proposed.command, data)


@require_POST
@gate("records", "unit", "orders")
def onward(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Do what the banner of a record proposes: ``reroute`` or ``transfer``."""
    found = one(request.user, str(stream))
    appeal = home_of_stream(request.user, found) if found is not None else None
    if appeal is None:
        raise Http404
    try:
        if request.POST.get("what") == "transfer":
            place_appeal(world(), actor_of(request.user, world()), StreamId(str(appeal.id)), "transfer")
        else:
            orders = list(visible(request.user).filter(appeal=appeal.id, kind__in=("alarm", "workorder")).order_by("-opened_at")[:ORDERS])
            do_reroute(request.user, reroute_of(request.user, world().desk, appeal, orders, world().clock.now()))
    except LiandongError as error:
        return render(request, "records/onward_refused.html", {"refused": sentence_of(error, language())}, status=422)
    response = HttpResponse("")
    response["HX-Trigger-After-Swap"] = json.dumps({"acted": {"id": str(appeal.id), "appeal": str(appeal.id), "words": f"{appeal.number} {_('已办')}"}})
    return response

"""What asks a desk or a unit for an answer, and the page of one alert: everybody's line, who is silent, who is late."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look, Stream
from liandong.adapters.standards.cap import cap_document
from liandong.application.route import party_here
from liandong.domain.alerts.alert import OPEN, desk_code
from liandong.domain.journal.facts import Party
from liandong.web.acts import open_acts
from liandong.web.reading.pack_words import item_name
from liandong.web.reading.streams import home_of_stream, one
from liandong.web.reading.timeline import timeline
from liandong.web.rights import FIELD_ROLES, role_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["Line", "asking", "cap", "home", "page", "parts"]

#: Alerts shown at once where they ask for an answer.
MOST = 5
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient's line, with its times as times."""

    code: str
    name: str
    function: str
    alerted: datetime | None
    answered: datetime | None
    set_out: datetime | None
    on_scene: datetime | None
    unable: datetime | None
    chased: datetime | None
    due: datetime | None
    words: str
    people: int | None
    minutes: int | None
    #: It should be on scene by now and is not.
    late: bool
    mine: bool


@require_GET
@gate("desk", "unit", "orders", "records")
def home(request: HttpRequest) -> HttpResponse:
    """Show the alerts a person may see, those that stand first."""
    rows = list(_seen(request).order_by("-phase", "-opened_at")[:SHOWN])
    return render(request, "alerts/home.html", {"rows": [(each, _lines(request, each)) for each in rows]})


@require_GET
@gate("desk", "unit")
def asking(request: HttpRequest) -> HttpResponse:
    """Return the alerts that wait for this person's unit or desk to answer."""
    code = _own_code(request)
    rows = [each for each in _seen(request).filter(phase__in=OPEN).order_by("-opened_at")[:SHOWN] if _asks(each.data, code)]
    return render(request, "alerts/asking.html", {"rows": rows[:MOST], "code": code, "of_desk": code.startswith("desk:")})


@require_GET
@gate("desk", "unit", "orders", "records")
def page(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show one alert. Who looked is written down."""
    found = _alert(request, stream)
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return render(request, "alerts/page.html", _shown(request, found))


@require_GET
@gate("desk", "unit", "orders", "records")
def parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of an alert's page anew."""
    return render(request, "alerts/parts.html", _shown(request, _alert(request, stream)))


@require_GET
@gate("desk", "orders", "records")
def cap(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return an alert as a CAP 1.2 document."""
    found = _alert(request, stream)
    response = HttpResponse(cap_document(found.data, str(found.id), found.opened_at, item_name(found.item), world().desk.title), content_type="application/cap+xml")
    response["Content-Disposition"] = f'attachment; filename="{found.id}.cap.xml"'
    return response


def _seen(request: HttpRequest) -> QuerySet[Stream]:
    return visible(request.user).filter(kind="alert")


def _alert(request: HttpRequest, stream: uuid.UUID) -> Stream:
    found = one(request.user, str(stream))
    if found is None or found.kind != "alert":
        raise Http404
    return found


def _own_code(request: HttpRequest) -> str:
    return request.user.unit if role_of(request.user) in FIELD_ROLES else desk_code(world().desk.side)


def _asks(data: Mapping[str, Any], code: str) -> bool:
    line = data.get("lines", {}).get(code)
    return bool(line) and not any(line.get(name) for name in ("acknowledged_at", "set_out_at", "on_scene_at", "unable_at"))


def _shown(request: HttpRequest, alert: Stream) -> dict[str, Any]:
    desk = world().desk
    code = _own_code(request)
    acts = open_acts(request.user, desk, alert, language())
    if code not in alert.data.get("lines", {}):
        acts = [each for each in acts if each.command not in ("acknowledge", "set_out", "reach", "tell", "cannot_come")]
    if code.startswith("desk:"):
        # A desk acknowledges and reports; it does not travel.
        acts = [each for each in acts if each.command not in ("set_out", "reach", "cannot_come", "add", "chase")]
    return {
        "alert": alert,
        "lines": _lines(request, alert),
        "acts": acts,
        "code": code,
        "appeal": home_of_stream(request.user, alert),
        "happenings": timeline(request.user, desk, [alert]),
        "ours": party_here(desk, alert.data) == Party.SENDER,
        "asks": _asks(alert.data, code),
    }


def _lines(request: HttpRequest, alert: Stream) -> list[Line]:
    now = world().clock.now()
    own = _own_code(request)
    return [_line(code, line, now, own) for code, line in alert.data.get("lines", {}).items()]


def _line(code: str, line: Mapping[str, Any], now: datetime, own: str) -> Line:
    times = {name: _time(line.get(name)) for name in ("alerted_at", "acknowledged_at", "set_out_at", "on_scene_at", "unable_at", "chased_at", "due_at")}
    answered = times["acknowledged_at"] or times["set_out_at"] or times["on_scene_at"]
    due = times["due_at"]
    return Line(
        code=code,
        name=str(line.get("name", code)),
        function=str(line.get("function", "")),
        alerted=times["alerted_at"],
        answered=answered,
        set_out=times["set_out_at"],
        on_scene=times["on_scene_at"],
        unable=times["unable_at"],
        chased=times["chased_at"],
        due=due,
        words=str(line.get("words", "")),
        people=line.get("people"),
        minutes=line.get("minutes"),
        late=due is not None and times["on_scene_at"] is None and times["unable_at"] is None and now > due,
        mine=code == own,
    )


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None

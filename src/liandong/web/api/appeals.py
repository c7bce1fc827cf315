"""Appeals by API: judge words, take an appeal, place it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status

from liandong.adapters.postgres.models import ApiToken
from liandong.application.again import decided_again
from liandong.application.belonging import belonging
from liandong.application.guidance import guidance_text
from liandong.application.perform import Session
from liandong.application.place_appeal import place, place_appeal
from liandong.application.take_appeal import Taken, take_in
from liandong.domain.errors import InvalidInput, StreamNotFound
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.answers import written
from liandong.web.api.shapes import AppealIn, PlaceIn, StreamOut, TakenOut, TextIn
from liandong.web.api.showing import find, show_state
from liandong.web.reading.clocks import ClockLine, lines_of
from liandong.web.world import world

__all__ = ["given_of", "router"]

router = Router(tags=["appeals"])
#: Keys that this node gives itself: to calls of its desks, and to what came by a handover.
OWN_KEYS = ("desk:", "handover:")

@router.post("/triage", response={200: dict[str, Any]}, summary="Judge words: whose matter, how urgent, what is missing")
def judge(request: HttpRequest, body: TextIn) -> Status[dict[str, Any]]:
    """Return the verdict; nothing is recorded."""
    return Status(200, dict(world().triage(body.text)))


@router.post("/appeals", response={201: TakenOut, 200: TakenOut}, summary="Take an appeal")
def take(request: HttpRequest, body: AppealIn) -> HttpResponse:
    """Record what a citizen said; with ``course`` place it at once, in the same transaction."""
    given = given_of(body)
    course = given.pop("course", None)
    token, who = token_of(request), actor(request)

    def act() -> tuple[int, dict[str, Any]]:
        with world().work() as unit:
            session = Session(world(), unit)
            taken = take_in(session, who, {"channel": "web", **given})
            appeal = taken.appeal
            if course and not taken.again:
                appeal = place(session, appeal, who, course, {})
            appeal = session.load(StreamKind.APPEAL, appeal.id)
            clocks = None if taken.again else lines_of(unit.clocks(appeal))
            answer = _taken(token, Taken(appeal, taken.verdict, taken.earlier, taken.again), clocks)
        return (200 if taken.again else 201), answer

    return written(once(request, lambda: decided_again(act)))


def given_of(body: AppealIn) -> dict[str, Any]:
    """Return what was given of an appeal. Raises ``InvalidInput`` for a key that only this node may give."""
    given = {name: value for name, value in body.dict().items() if value not in ("", None)}
    if str(given.get("key", "")).startswith(OWN_KEYS):
        raise InvalidInput(detail=f"key: {'、'.join(OWN_KEYS)}")
    return given


@router.get("/appeals/{appeal}/guidance", response={200: dict[str, str]}, summary="What a guided citizen can keep")
def guidance(request: HttpRequest, appeal: str) -> Status[dict[str, str]]:
    """Return door, telephone, words, clause and the message made of them; 404 where no guidance was given."""
    row = find(token_of(request), StreamKind.APPEAL, appeal)
    if not row.data.get("guidance"):
        raise StreamNotFound(id=appeal[:60])
    told = {name: str(row.data.get(name, "")) for name in ("door", "door_phone", "clause", "guidance")}
    return Status(200, {**told, "text": guidance_text(world().doors, world().desk.side, row.data)})


@router.post("/appeals/{appeal}/place", response={200: StreamOut}, summary="Decide where an appeal goes")
def decide(request: HttpRequest, appeal: str, body: PlaceIn) -> Status[dict[str, Any]]:
    """Keep it, hand it over, share it or guide it; ``auto`` follows the verdict."""
    token, who = token_of(request), actor(request)
    row = find(token, StreamKind.APPEAL, appeal)
    given = {name: value for name, value in body.dict(exclude={"course"}).items() if value}

    def act() -> tuple[int, dict[str, Any]]:
        return 200, show_state(token, place_appeal(world(), who, StreamId(str(row.id)), body.course, given))

    return once(request, act)


def _belongs(appeal: StreamState) -> dict[str, str] | None:
    found = belonging(world(), appeal.data)
    return None if found is None else {"node": found.peer.name, "title": found.peer.title, "division": found.division}


def _taken(token: ApiToken, taken: Taken, clocks: Sequence[ClockLine] | None) -> dict[str, Any]:
    earlier = [
        {
            "id": each.id,
            "number": each.number,
            "opened_at": each.opened_at.isoformat(),
            "phase": each.phase,
            "summary": each.summary,
            "because": list(each.because),
            "likeness": round(each.likeness, 3),
            "repeats": each.repeats,
            "wave": each.wave,
        }
        for each in taken.earlier
    ]
    return {"appeal": show_state(token, taken.appeal, clocks), "verdict": dict(taken.verdict), "earlier": earlier, "belongs": _belongs(taken.appeal), "again": taken.again}

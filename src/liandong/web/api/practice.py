"""Practice by API: begin a round for a person, answer its cases, read how people do."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field, StrictBool, StrictStr

from liandong.adapters.postgres.models import PracticeRound, User
from liandong.domain.errors import InvalidInput, LiandongError
from liandong.domain.journal.facts import Role
from liandong.domain.practice.scoring import seconds_for
from liandong.web.api.access import once, token_of
from liandong.web.api.shapes import Strict
from liandong.web.practice.rounds import PRACTISING, answer, begin, mistakes, show_case, standing_of, team
from liandong.web.rights import role_of

__all__ = ["router"]

router = Router(tags=["practice"])
Person = Annotated[StrictStr, Field(min_length=1, max_length=150)]


class Beginner(Strict):
    """Who practises."""

    #: Account name.
    person: Person


class Answer(Strict):
    """What somebody answers to the case that stands."""

    person: Person
    case: Annotated[StrictStr, Field(min_length=1, max_length=20)]
    #: ``police``, ``hotline``, ``joint`` or ``neither``.
    side: Annotated[StrictStr, Field(max_length=12)]
    #: Code of the class, empty where neither side takes it.
    item: Annotated[StrictStr, Field(max_length=20)] = ""
    urgent: StrictBool = False


@router.post("/practice/rounds", response={200: dict[str, Any]}, summary="Begin a round of practice")
def begin_round(request: HttpRequest, body: Beginner) -> Status[dict[str, Any]]:
    """Begin a round, or go on with the one that stands; the clock of its case starts."""
    user = _person(request, body.person)
    return once(request, lambda: (200, _shown(begin(user))))


@router.post("/practice/rounds/{round_id}/answer", response={200: dict[str, Any]}, summary="Answer the case that stands")
def answer_case(request: HttpRequest, round_id: uuid.UUID, body: Answer) -> Status[dict[str, Any]]:
    """Answer, and hear what was right; the next case's clock starts."""
    user = _person(request, body.person)

    def do() -> tuple[int, dict[str, Any]]:
        current, case, got = answer(user, round_id, body.case, body.side, body.item, body.urgent)
        right = {"side": case.side, "item": case.item, "item2": case.item2, "kind": case.kind, "urgent": case.urgent}
        told = {name: getattr(got, name) for name in ("points", "side_right", "item_right", "danger_missed", "false_alarm", "late")}
        return 200, {**told, "right": right, "round": _shown(current)}

    return once(request, do)


@router.get("/practice/people/{person}", response={200: dict[str, Any]}, summary="How a person does")
def person_standing(request: HttpRequest, person: str) -> dict[str, Any]:
    """Return points, rounds and what a person mistakes for what."""
    found = standing_of(_person(request, person))
    return {
        "person": person,
        "answered": found.answered,
        "points": found.points,
        "sides_right": found.sides_right,
        "danger_missed": found.danger_missed,
        "seconds": found.seconds,
        "rounds": [{"finished_at": at.isoformat(), "points": points} for at, points in found.rounds],
        "confusions": [{"what": what, "right": right, "said": said, "times": times} for what, right, said, times in found.confusions],
    }


@router.get("/practice/people/{person}/mistakes", response={200: dict[str, Any]}, summary="The cases behind what a person mistakes for what")
def person_mistakes(request: HttpRequest, person: str, what: Literal["side", "item"], right: str, said: str) -> dict[str, Any]:
    """Return the answers in which a person said one thing where another was right, the newest first."""
    found = mistakes(_person(request, person), what, right, said)
    told = [{"case": each.case.id, "text": each.case.text, "points": each.said.points, "seconds": round(each.said.seconds), "at": each.said.at.isoformat()} for each in found]
    return {"person": person, "cases": told}


@router.get("/practice/team", response={200: dict[str, Any]}, summary="How the team does")
def team_standing(request: HttpRequest) -> dict[str, Any]:
    """Return everybody's figures; for supervisors."""
    if Role(token_of(request).role) not in (Role.SUPERVISOR, Role.ADMINISTRATOR):
        raise LiandongError("access.forbidden")
    return {"people": [{"person": each["user"].username, **{name: each[name] for name in ("answered", "points", "seconds", "rounds")}} for each in team()]}


def _person(request: HttpRequest, name: str) -> User:
    if Role(token_of(request).role) not in PRACTISING | {Role.ADMINISTRATOR}:
        raise LiandongError("access.forbidden")
    user = None if "\x00" in name else User.objects.filter(username=name, is_active=True).first()
    if user is None or role_of(user) not in PRACTISING:
        raise InvalidInput("practice.no_person")
    return user


def _shown(current: PracticeRound) -> dict[str, Any]:
    case, left = show_case(current)
    told = None if case is None else {"id": case.id, "text": case.text, "seconds": seconds_for(case.text), "left": left}
    return {"id": str(current.id), "done": current.done, "of": len(current.cases), "points": current.points, "over": case is None, "case": told}

"""Rounds of practice: begin one, show a case, take its answer, tell how a person does. Screens and the API have this one door."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, Max, Sum

from liandong.adapters.postgres.models import PracticeAnswer, PracticeRound, User
from liandong.adapters.practice import cases as shipped_cases
from liandong.domain.errors import InvalidInput, StreamNotFound
from liandong.domain.journal.facts import Role
from liandong.domain.practice.choosing import choose
from liandong.domain.practice.scoring import MOST, SIDES, Case, Said, Score, confusions, score, seconds_for
from liandong.domain.triage.register import Register
from liandong.web.reading.pack_words import item_name
from liandong.web.world import pack, world

__all__ = ["PRACTISING", "Mistake", "Standing", "answer", "begin", "case_of", "cases", "item_codes", "mistakes", "own_round", "show_case", "standing_of", "team"]

#: Who practises; supervisors see how the team does, and may try it themselves.
PRACTISING = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.SUPERVISOR})
#: Answers and rounds of a person that figures look at, the newest.
LOOKED_AT, ROUNDS_SHOWN = 400, 20
#: Confusions shown of a person.
CONFUSIONS = 6
#: People of a team that are listed.
TEAM = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person does, from the newest answers."""

    answered: int
    #: Mean of points of 100, shares in per cent; None where nothing was answered.
    points: int | None
    sides_right: int | None
    danger_missed: int
    seconds: int | None
    #: Finished rounds, the oldest first: (when, points in per cent).
    rounds: Sequence[tuple[datetime, int]]
    #: ``side`` or ``item``, right, said, how often.
    confusions: Sequence[tuple[str, str, str, int]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One answer that was wrong in the way that is looked at."""

    case: Case
    said: PracticeAnswer


def cases() -> Mapping[str, Case]:
    """Return id -> case, its items in the codes of this city's list."""
    return _cases_of(id(pack()))


@lru_cache(maxsize=4)
def _cases_of(_pack: int) -> Mapping[str, Case]:
    register = Register(pack().catalogue)
    if register.same:
        return shipped_cases()
    return {name: replace(case, item=_local(register, case.item, case.kind), item2=_local(register, case.item2, case.kind)) for name, case in shipped_cases().items()}


def _local(register: Register, code: str, kind: str) -> str:
    found = register.local_items({code: 1.0}, {kind: 1.0}) if code else {}
    return max(found, key=lambda each: (found[each], each), default="")


def mistakes(user: User, what: str, right: str, said: str) -> Sequence[Mistake]:
    """Return a person's answers behind one line of what they mistake for what, the newest first.

    Parameters:
        what: ``side`` or ``item``.
    """
    known = cases()
    answers = PracticeAnswer.objects.filter(person=user).order_by("-at", "-id")[:LOOKED_AT]
    found = (Mistake(known[each.case], each) for each in answers if each.case in known)
    if what == "side":
        return [each for each in found if (each.case.side, each.said.side) == (right, said)]
    return [each for each in found if (each.case.item, each.said.item) == (right, said)]


def item_codes() -> Mapping[str, str]:
    """Return code -> name of the classes the cases are labelled with; names of this city's list where it has them."""
    codes = sorted({each for case in cases().values() for each in (case.item, case.item2) if each})
    return {code: item_name(code) for code in codes}


def begin(user: User) -> PracticeRound:
    """Begin a round for a person, or go on with the one that stands."""
    open_round = PracticeRound.objects.filter(person=user, finished_at=None).order_by("-started_at").first()
    if open_round is not None:
        return open_round
    answers = list(PracticeAnswer.objects.filter(person=user).order_by("-at", "-id")[:LOOKED_AT])
    last: dict[str, int] = {}
    for each in answers:
        last.setdefault(each.case, each.points)
    wrong = [case for case, points in last.items() if points < MOST // 2]
    count = PracticeRound.objects.filter(person=user).count()
    chosen = choose(list(cases().values()), [each.case for each in reversed(answers)], wrong, seed=user.pk * 100_003 + count)
    return PracticeRound.objects.create(id=uuid.UUID(str(world().ids.new())), person=user, cases=list(chosen), started_at=world().clock.now())


def own_round(user: User, round_id: uuid.UUID) -> PracticeRound:
    """Return a person's own round. Raises ``StreamNotFound``."""
    found = PracticeRound.objects.filter(id=round_id, person=user).first()
    if found is None:
        raise StreamNotFound(id=str(round_id))
    return found


def case_of(current: PracticeRound) -> Case | None:
    """Return the case that stands, None where the round is over. A case the program no longer ships is passed over."""
    known = cases()
    return next((known[each] for each in current.cases[current.done :] if each in known), None)


def show_case(current: PracticeRound) -> tuple[Case | None, int]:
    """Return the case that stands and the seconds left for it; the clock starts when it is shown first.

    Concurrency: two windows start one clock.
    """
    case = case_of(current)
    if case is None:
        return None, 0
    now = world().clock.now()
    PracticeRound.objects.filter(id=current.id, shown_at=None).update(shown_at=now)
    current.refresh_from_db(fields=["shown_at"])
    gone = (now - current.shown_at).total_seconds() if current.shown_at else 0
    return case, max(seconds_for(case.text) - int(gone), 0)


def answer(user: User, round_id: uuid.UUID, case_id: str, side: str, item: str, urgent: bool) -> tuple[PracticeRound, Case, Score]:
    """Take the answer to the case that stands; return the round, the case with its right answer, and the score.

    Raises:
        StreamNotFound: not a round of this person.
        InvalidInput: ``practice.side``, ``practice.wrong_case``, ``practice.over``, ``input.invalid``; nothing is written.

    Concurrency: the round's row is locked; a case is answered once.
    """
    if side not in SIDES:
        raise InvalidInput("practice.side")
    if item and item not in item_codes():
        raise InvalidInput("input.invalid", detail="事项")
    with transaction.atomic():
        current = PracticeRound.objects.select_for_update().filter(id=round_id, person=user).first()
        if current is None:
            raise StreamNotFound(id=str(round_id))
        case = case_of(current)
        if case is None:
            raise InvalidInput("practice.over")
        if case.id != case_id:
            raise InvalidInput("practice.answered" if case_id in current.cases[: current.done] else "practice.wrong_case")
        now = world().clock.now()
        seconds = max((now - (current.shown_at or now)).total_seconds(), 0.0)
        got = score(case, Said(side, "" if side == "neither" else item, urgent, seconds))
        place = current.cases.index(case.id)
        PracticeAnswer.objects.create(
            round=current, person=user, place=place, case=case.id, side=side, item=item, urgent=urgent, points=got.points, seconds=seconds, at=now
        )
        current.done, current.points, current.shown_at = place + 1, current.points + got.points, None
        if case_of(current) is None:
            current.finished_at = now
        current.save()
    return current, case, got


def standing_of(user: User) -> Standing:
    """Return how a person does."""
    known = cases()
    answers = [(each, known[each.case]) for each in PracticeAnswer.objects.filter(person=user).order_by("-at", "-id")[:LOOKED_AT] if each.case in known]
    rounds = PracticeRound.objects.filter(person=user).exclude(finished_at=None).order_by("-finished_at")[:ROUNDS_SHOWN]
    count = len(answers)
    sides = confusions((case.side, each.side) for each, case in answers)
    items = confusions((case.item, each.item) for each, case in answers if case.item and each.item and each.item != case.item2)
    mixed = [*(("side", *pair, times) for pair, times in sides.items()), *(("item", *pair, times) for pair, times in items.items())]
    return Standing(
        answered=count,
        points=round(sum(each.points for each, _ in answers) / count) if count else None,
        sides_right=round(100 * sum(each.side == case.side for each, case in answers) / count) if count else None,
        danger_missed=sum(case.urgent and not each.urgent for each, case in answers),
        seconds=round(sum(each.seconds for each, _ in answers) / count) if count else None,
        rounds=[(each.finished_at, round(each.points / max(len(each.cases), 1))) for each in reversed(rounds) if each.finished_at],
        confusions=sorted(mixed, key=lambda each: (-each[3], each))[:CONFUSIONS],
    )


def team() -> list[dict[str, Any]]:
    """Return everybody who has practised, with their figures, the one who needs it most first."""
    figures = PracticeAnswer.objects.values("person").annotate(answered=Count("id"), points=Avg("points"), seconds=Avg("seconds"), last=Max("at"))
    people = {each.pk: each for each in User.objects.filter(pk__in=[row["person"] for row in figures])}
    finished = {row["person"]: row for row in PracticeRound.objects.exclude(finished_at=None).values("person").annotate(rounds=Count("id"), total=Sum("points"))}
    rows = [
        {"user": people[row["person"]], "answered": row["answered"], "points": round(row["points"]), "seconds": round(row["seconds"]), "last": row["last"], "rounds": finished.get(row["person"], {}).get("rounds", 0)}
        for row in figures
        if row["person"] in people
    ]
    return sorted(rows, key=lambda each: (each["points"], each["user"].username))[:TEAM]


"""The one key: record what was said and place it, in one transaction; between them, where it crosses, the three-way call.

Pressing twice, or again after an answer was lost, finds the same appeal: its key is the person and the slot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liandong.adapters.postgres.models import User
from liandong.application.again import decided_again
from liandong.application.link_repeats import link_repeat
from liandong.application.perform import Session
from liandong.application.place_appeal import COURSES, course_of, place
from liandong.application.start_move_car import is_move_car
from liandong.application.take_appeal import record_in
from liandong.application.three_way_call import hang_up, invite
from liandong.application.world import World
from liandong.domain.appeals.abuse import ABUSIVE, is_abusive
from liandong.domain.calls.call import OPEN as OPEN_CALLS
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Party, StreamId, StreamKind, StreamState
from liandong.web.calltaker.correcting import correct_said
from liandong.web.reading.rerouting import correction_reason
from liandong.web.rights import actor_of

__all__ = ["TAKEN_FIELDS", "Step", "finish_call", "proposed_course", "take_call"]

#: Fields of the form that the record takes.
TAKEN_FIELDS = ("text", "phone", "place", "citizen", "happened", "demand", "recording", "channel")
#: Fields that go with the placing.
PLACED_FIELDS = ("reason", "guidance", "door", "linked")
#: What a call may end with; ``skip`` sends the order without a call.
OUTCOMES = ("connected", "no_answer", "refused", "failed", "skip")


@dataclass(frozen=True, slots=True)
class Step:
    """Where the call stands after the key."""

    appeal: StreamState
    #: The course that was or will be taken.
    course: str
    #: The three-way call that rings, ``""`` where none does.
    call: str
    #: Orders and handovers that came of it: (kind, number).
    made: tuple[tuple[str, str], ...] = field(default=())


def proposed_course(world: World, text: str, verdict: Mapping[str, Any]) -> str:
    """Return the course that is proposed here for words and their verdict."""
    judged = {"side": verdict.get("side", "unclear"), "text": text, "verdict": verdict, "urgent": bool(verdict.get("urgent"))}
    with world.work() as unit:
        return course_of(Session(world, unit), StreamState(StreamKind.APPEAL, StreamId(""), data=judged))


def take_call(world: World, user: User, slot: str, fields: Mapping[str, str]) -> Step:
    """Record a call; place it at once unless the other side is to be called first.

    Raises:
        CommandRefused: something is missing or malformed, or the table says no; nothing is written.
    """
    course = fields.get("course") or "auto"
    if course not in COURSES:
        raise CommandRefused(Refusal("input.invalid", {"detail": "去向"}))
    data: dict[str, Any] = {name: fields[name] for name in TAKEN_FIELDS if fields.get(name)}
    data.setdefault("channel", "phone")
    data["confidential"] = fields.get("confidential") in ("on", "true", "True", "1")
    data["key"] = f"desk:{user.pk}:{slot}"

    def once() -> Step:
        with world.work() as unit:
            session = Session(world, unit)
            actor = actor_of(user, world)
            taken = record_in(session, actor, data)
            appeal = taken.appeal
            if taken.again and data.get("text") and str(data["text"]).strip() != appeal.data.get("text"):
                appeal = session.perform(appeal.kind, appeal.id, "supplement", actor, {"words": data["text"]})
            if appeal.phase != "taken":
                return Step(appeal, "", "", _made(session, appeal))
            if fields.get("abusive") and not is_abusive(appeal.data):
                appeal = session.perform(appeal.kind, appeal.id, "mark", actor, {"marks": [*(appeal.data.get("marks") or []), ABUSIVE]})
            appeal = correct_said(session, appeal, actor, fields.get("said_side", ""), fields.get("said_item", ""))
            if fields.get("linked") and course != "join":
                appeal = link_repeat(session, appeal, actor, "link", fields["linked"])
            wanted = course_of(session, appeal) if course == "auto" else course
            if wanted == "hand_over" and not appeal.data.get("urgent") and not is_move_car(appeal):
                ringing = _open_call(session, appeal) or invite(session, appeal, actor, _placing(fields, appeal))
                return Step(appeal, wanted, ringing.id)
            appeal = place(session, appeal, actor, wanted, _placing(fields, appeal))
            return Step(appeal, wanted, "", _made(session, appeal))

    return decided_again(once)


def finish_call(world: World, user: User, appeal_id: str, outcome: str, fields: Mapping[str, str]) -> Step:
    """Record how the three-way call went and place the appeal.

    ``no_answer`` and ``failed`` are said to the call itself, from which the order follows. The others end the call as it stands: when the
    two desks talked by a telephone this program does not know, the call-taker's word is what is kept.

    Raises:
        CommandRefused: the outcome is none of the list, or the table says no; nothing is written.
    """
    if outcome not in OUTCOMES:
        raise CommandRefused(Refusal("input.invalid", {"detail": "通话结果"}))
    course = fields.get("course") or "auto"

    def once() -> Step:
        with world.work() as unit:
            session = Session(world, unit)
            actor = actor_of(user, world)
            appeal = session.load(StreamKind.APPEAL, StreamId(appeal_id))
            if appeal.phase == "taken":
                appeal = _end_call(session, appeal, actor, outcome, fields)
            if appeal.phase != "taken":
                return Step(appeal, "", "", _made(session, appeal))
            wanted = course_of(session, appeal) if course == "auto" else course
            appeal = place(session, appeal, actor, wanted, _placing(fields, appeal))
            return Step(appeal, wanted, "", _made(session, appeal))

    return decided_again(once)


def _end_call(session: Session, appeal: StreamState, actor: Actor, outcome: str, fields: Mapping[str, str]) -> StreamState:
    """End the call of an appeal and keep how it went; return the appeal as it is then."""
    call = _open_call(session, appeal)
    words = fields.get("words", "")
    sender = actor.standing(Party.SENDER)
    if call is not None and call.phase == "offered" and outcome in ("no_answer", "failed"):
        session.perform(call.kind, call.id, "give_up" if outcome == "no_answer" else "fail", sender, {"note": words})
        return session.load(appeal.kind, appeal.id)
    if call is not None and call.phase == "connected":
        hang_up(session, call, actor, {"note": words})
        return session.load(appeal.kind, appeal.id)
    if call is not None:
        session.perform(call.kind, call.id, "call_off", sender, {"note": words})
    if outcome != "skip":
        session.perform(appeal.kind, appeal.id, "record_call", actor, {"outcome": outcome, "words": words})
    return session.load(appeal.kind, appeal.id)


def _open_call(session: Session, appeal: StreamState) -> StreamState | None:
    """Return the three-way call of an appeal that rings or is connected, or None."""
    calls = (session.load(StreamKind.CALL, each) for each in session.belonging(StreamKind.CALL, appeal.id))
    return next((each for each in calls if each.phase in OPEN_CALLS), None)


def _placing(fields: Mapping[str, str], appeal: StreamState) -> dict[str, str]:
    given = {name: fields[name] for name in PLACED_FIELDS if fields.get(name)}
    corrected = correction_reason(appeal.data)
    return {"reason": corrected, **given} if corrected else given


def _made(session: Session, appeal: StreamState) -> tuple[tuple[str, str], ...]:
    """Return what came of an appeal, as far as this transaction knows it."""
    from liandong.application.orders import order_of

    made: list[tuple[str, str]] = []
    order = order_of(session, appeal.data)
    if order is not None:
        made.append((order.kind.value, str(order.data.get("number", ""))))
    if appeal.data.get("handover"):
        handover = session.load(StreamKind.HANDOVER, StreamId(str(appeal.data["handover"])))
        made.append((handover.kind.value, str(handover.data.get("number", ""))))
    return tuple(made)

"""What people without an account do in the quick service: ask, answer as the owner, say that the car has moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.adapters.postgres.models import Stream
from liandong.adapters.postgres.service_codes import code_for, opened_by, visits
from liandong.application.again import decided_again
from liandong.application.move_car import NOT_NEEDED
from liandong.application.perform import Session
from liandong.application.place_appeal import place
from liandong.application.start_move_car import is_move_car
from liandong.application.take_appeal import record_in
from liandong.application.world import World
from liandong.domain.appeals.repeat_keys import normal_plate
from liandong.domain.errors import CommandRefused, LiandongError, Refusal
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind, StreamState
from liandong.domain.quickservice.recognising import request_words

__all__ = ["OWNER_ACTS", "answer", "ask_to_move", "service_of"]

#: Requests one visitor may make, and one plate may get, in ``SPAN_MINUTES``.
MOST_ASKED, MOST_OF_PLATE, MOST_OPENED, SPAN_MINUTES = 6, 3, 60, 10
OWNER_ACTS = ("come", "move", "deny")
CALLER_ACTS = ("move", "thank", "cancel", "correct_plate")


def ask_to_move(world: World, visitor: str, salt: str, given: Mapping[str, str]) -> str:
    """Record a request from the public page and begin it; return the code of the caller's own page.

    Parameters:
        visitor: where the request came from; only its digest is counted.
        given: ``plate``, ``place``, and if wished ``words``, ``phone``, ``doorplate``.

    Raises:
        CommandRefused: the plate or place is missing, or there were too many requests.
    """
    plate, where = normal_plate(given.get("plate", "")), given.get("place", "").strip()
    missing = [name for name, value in (("plate", plate), ("place", where)) if not value]
    if missing:
        raise CommandRefused(Refusal("input.required", {"fields": [{"plate": "完整车牌", "place": "地点"}[name] for name in missing], "names": missing}))
    if visits(f"ask|{visitor}", salt, SPAN_MINUTES) > MOST_ASKED or visits(f"plate|{plate}", salt, SPAN_MINUTES) > MOST_OF_PLATE:
        raise CommandRefused(Refusal("service.too_many"))
    told = request_words(where, plate, given.get("words", ""))
    data: dict[str, Any] = {"text": told, "place": where, "channel": "doorplate" if given.get("doorplate") else "web"}
    data |= {name: given[name] for name in ("phone", "doorplate") if given.get(name)}

    def once() -> StreamId:
        with world.work() as unit:
            session = Session(world, unit)
            appeal = record_in(session, Actor(Role.CITIZEN, node=world.desk.node), data).appeal
            # What turns out worse than a car in the way goes where the verdict says.
            course = ("hand_over" if world.desk.side == "police" else "quick") if is_move_car(appeal) else "auto"
            place(session, appeal, session.system, course, {})
            return appeal.id

    return code_for(decided_again(once), "caller")


def service_of(code: str, who: str, visitor: str, salt: str) -> tuple[Stream | None, Stream | None]:
    """Return the appeal and the quick service that a code opens; the owner sees the service alone.

    Raises:
        LiandongError: ``service.unknown_code``; ``service.too_many`` for who tries many codes.
    """
    found = opened_by(code)
    if found is None or found[1] != who:
        if visits(f"code|{visitor}", salt, SPAN_MINUTES) > MOST_OPENED:
            raise LiandongError("service.too_many")
        raise LiandongError("service.unknown_code")
    if who == "owner":
        return None, Stream.objects.get(id=found[0], kind="quickservice")
    appeal = Stream.objects.get(id=found[0], kind="appeal")
    return appeal, Stream.objects.filter(appeal=appeal.id, kind="quickservice").first()


def answer(world: World, service: Stream, who: str, command: str, given: Mapping[str, str]) -> StreamState:
    """Give an owner's or a caller's command. Raises ``CommandRefused``."""
    if command not in (OWNER_ACTS if who == "owner" else CALLER_ACTS):
        raise CommandRefused(Refusal("command.unknown", {"command": command[:40]}))
    data: dict[str, Any] = {}
    if command == "come" and given.get("minutes", "").isdigit() and len(given["minutes"]) <= 3:
        data["minutes"] = int(given["minutes"])
    if command == "cancel":
        data["reason"] = NOT_NEEDED
    if command == "correct_plate":
        data["plate"] = normal_plate(given.get("plate", ""))
    actor = Actor(Role.CITIZEN, person=who, node=world.desk.node)
    with world.work() as unit:
        session = Session(world, unit)
        state = session.perform(StreamKind.QUICK_SERVICE, StreamId(str(service.id)), command, actor, data)
        if who == "caller" and command == "move":
            state = session.perform(state.kind, state.id, "thank", actor)
        return state

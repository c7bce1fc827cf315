"""Follow up what is late or pushed to and fro: by rule, or by a supervisor's hand.

Source: 000 督办; 相政办〔2023〕55号 四（三）5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.orders import is_open
from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.assistants.parts import JOINT, called, open_parts
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.handovers.handover import OPEN as OPEN_HANDOVERS
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState
from liandong.domain.supervision.supervision import key_of

__all__ = ["STEPS_BY_HAND", "supervise", "supervision_of", "take_step"]

#: Kinds of record that may be followed up.
SUPERVISED = (StreamKind.WORK_ORDER, StreamKind.ALARM, StreamKind.HANDOVER)
STEPS_BY_HAND = ("remind", "supervise", "call_interview", "circulate", "refer")


def supervise(world: World, actor: Actor, kind: StreamKind, order: StreamId, command: str, data: Mapping[str, Any]) -> StreamState:
    """Take a step of the ladder by hand, in one transaction: on a record, or on the part of the ``assistant`` that data names. Return the supervision.

    Raises:
        CommandRefused: the role may not, the step is not upwards, something is missing, the record is already done, or
            ``assistant`` names a unit that owes no part of it.
        StreamNotFound: no such record here.
    """
    if kind not in SUPERVISED:
        raise CommandRefused(Refusal("input.invalid", {"detail": "只能督办警单、工单、联动单"}))
    if command not in STEPS_BY_HAND:
        raise CommandRefused(Refusal("command.unknown", {"command": command[:40]}))
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(kind, order)
        still = state.phase in OPEN_HANDOVERS if kind == StreamKind.HANDOVER else is_open(state)
        if not still:
            raise CommandRefused(Refusal("supervision.nothing_to_supervise"))
        assistant = str(data.get("assistant") or "")
        if assistant and assistant not in open_parts(state.data):
            raise CommandRefused(Refusal("part.none_of", {"unit": called(state.data, assistant)}, JOINT))
        given = {name: value for name, value in data.items() if name in ("form", "reason", "words")}
        return take_step(session, state, command, actor, {"cause": "by_hand", **given}, assistant)


def supervision_of(session: Session, order: StreamState, assistant: str = "") -> StreamState | None:
    """Return what is followed up about a record, or about an assistant's part in it, or None."""
    known = session.unit.by_key(key_of(order.id, assistant))
    return None if known is None else session.load(StreamKind.SUPERVISION, known)


def take_step(session: Session, order: StreamState, command: str, actor: Actor, given: Mapping[str, Any], assistant: str = "") -> StreamState:
    """Take a step inside a unit of work that has begun: on the supervision of the record or of an assistant's part, or on a new one.

    Raises:
        CommandRefused: the table says no.
    """
    known, unit = supervision_of(session, order, assistant), assistant or order.data.get("unit", "")
    if known is not None:
        return session.perform(known.kind, known.id, command, actor, {**given, "unit": unit})
    said = order.data
    record = said.get("record") or {}
    born = {
        "key": key_of(order.id, assistant),
        "order": order.id,
        "order_kind": order.kind.value,
        "order_number": str(said.get("number", "")),
        "appeal": said.get("appeal", ""),
        "summary": str(said.get("summary") or " ".join(str(record.get("text", "")).split()))[:200],
        "place": said.get("place") or record.get("place", ""),
        "item": said.get("item") or record.get("item", ""),
        "urgent": bool(said.get("urgent") or said.get("danger")),
        "unit": unit,
        **({"assistant": assistant} if assistant else {}),
    }
    return session.start(StreamKind.SUPERVISION, command, actor, {**born, **given})

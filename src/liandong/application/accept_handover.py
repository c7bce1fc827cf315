"""Accept a handover: the receiving side makes the matter its own, without asking the citizen again.

Source: 济政办字〔2023〕51号 四（一）; danger is accepted by being received (design: handover, rule 5).
"""

from __future__ import annotations

from typing import Any

from liandong.application.orders import order_of, start_order, summary_of
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.application.start_move_car import is_move_car, start_move_car
from liandong.application.world import World
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Party, Role, StreamId, StreamKind, StreamState

__all__ = ["accept_handover", "appeal_here", "begin_work", "order_here", "take_over"]

#: Fields of the record that the receiving side's own appeal starts with.
TAKEN_FIELDS = (
    "text", "citizen", "phone", "confidential", "place", "longitude", "latitude", "division", "doorplate", "happened", "demand",
    "recording", "evidence", "marks", "item", "kind", "urgent", "verdict",
)  # fmt: skip


def accept_handover(world: World, actor: Actor, handover: StreamId, note: str = "") -> StreamState:
    """Accept an offered handover in one transaction: appeal, order and acceptance together.

    Raises:
        CommandRefused: it is not offered here, or not to this side, or the role may not.
        StreamNotFound: no such handover.
    """
    with world.work() as unit:
        session = Session(world, unit)
        return take_over(session, session.load(StreamKind.HANDOVER, handover), actor, note)


def take_over(session: Session, handover: StreamState, actor: Actor, note: str = "") -> StreamState:
    """Accept inside a unit of work that has begun; see ``accept_handover``."""
    desk = session.world.desk
    if party_here(desk, handover.data) != Party.RECEIVER:
        raise CommandRefused(Refusal("access.forbidden"))
    given = {"unit_name": desk.title, "note": note}
    if handover.phase in ("offered", "objected"):
        given["order_number"] = str(begin_work(session, handover, actor).data["number"])
    session.perform(handover.kind, handover.id, "accept", actor.standing(Party.RECEIVER), given)
    return session.load(handover.kind, handover.id)


def begin_work(session: Session, handover: StreamState, actor: Actor) -> StreamState:
    """Make the appeal and the order of a handover that this side takes, once; return the order."""
    known = order_here(session, handover)
    if known is not None:
        return known
    desk = session.world.desk
    record: dict[str, Any] = dict(handover.data["record"])
    taken = {name: record[name] for name in TAKEN_FIELDS if name in record}
    supplements = record.get("supplements")
    if supplements:
        taken["text"] = "\n".join([str(record["text"]), *map(str, supplements)])[:20_000]
    source = {
        "handover": handover.id,
        "node": handover.data["origin"],
        "number": handover.data.get("number", ""),
        "appeal": handover.data["appeal"],
    }
    summary = ""
    if handover.data.get("danger"):
        # Calm when it was told, danger by now: why it was called over stands before the words of the first call.
        taken["urgent"] = True
        summary = summary_of(f"{handover.data.get('reason', '')}；{record['text']}") if handover.data.get("cause") == "escalation" else ""
    side = str(handover.data["destination"])
    machine = Actor(Role.SYSTEM, person=actor.person, node=desk.node)
    appeal = session.start(
        StreamKind.APPEAL,
        "take",
        machine,
        {**taken, "channel": "linkage", "side": side, "source": source, "key": key_of(handover.id), "handover": handover.id},
    )
    if side == "hotline" and handover.data.get("cause") == "quick_service" and is_move_car(appeal):
        order = start_move_car(session, appeal, machine, handover=handover.id)
    else:
        order = start_order(session, appeal, machine, handover=handover.id, summary=summary, ruling=handover.data.get("ruling"))
    session.perform(appeal.kind, appeal.id, "keep", machine, {"order": order.id})
    return order


def appeal_here(session: Session, handover: StreamState) -> StreamState | None:
    """Return the appeal that the receiving side made of a handover, or None."""
    known = session.unit.by_key(key_of(handover.id))
    return None if known is None else session.load(StreamKind.APPEAL, known)


def order_here(session: Session, handover: StreamState) -> StreamState | None:
    """Return the order that the receiving side made of a handover, or None."""
    appeal = appeal_here(session, handover)
    return None if appeal is None else order_of(session, appeal.data)


def key_of(handover: StreamId) -> str:
    """Return the key under which the receiving side's appeal is known: one for each handover."""
    return f"handover:{handover}"

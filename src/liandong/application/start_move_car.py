"""Begin the quick service of an appeal that names a car in the way and its plate (001 快速服务)."""

from __future__ import annotations

from typing import Any

from liandong.application.orders import summary_of
from liandong.application.perform import Session
from liandong.domain.appeals.repeat_keys import normal_plate
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, StreamKind, StreamState
from liandong.domain.quickservice.recognising import asks_to_move, plate_of

__all__ = ["is_move_car", "start_move_car"]


def is_move_car(appeal: StreamState) -> bool:
    """Tell whether an appeal is quick service: a car in the way, its plate known, nothing worse."""
    said = " ".join([str(appeal.data.get("text", "")), *map(str, appeal.data.get("supplements", []))])
    return asks_to_move(said, urgent=bool(appeal.data.get("urgent"))) and bool(normal_plate(plate_of(appeal.data)))


def start_move_car(session: Session, appeal: StreamState, actor: Actor, *, plate: str = "", handover: str = "") -> StreamState:
    """Begin the quick service of an appeal. Raises ``CommandRefused`` where no plate is known, or danger is."""
    if appeal.data.get("urgent"):
        raise CommandRefused(Refusal("service.danger"))
    known = normal_plate(plate or plate_of(appeal.data))
    if not known:
        raise CommandRefused(Refusal("input.required", {"fields": ["车牌"], "names": ["plate"]}))
    said = appeal.data
    data: dict[str, Any] = {
        "appeal": appeal.id, "plate": known, "summary": summary_of(str(said["text"])), "place": said.get("place", ""),
        "item": said.get("item", ""), "handover": handover,
    }  # fmt: skip
    return session.start(StreamKind.QUICK_SERVICE, "ask", actor, data)

"""What the end and the steps of an order mean elsewhere: for the side that sent the matter, and for the appeal."""

from __future__ import annotations

from typing import Any

from liandong.application.orders import is_open, order_of
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.domain.assistants.parts import called
from liandong.domain.journal.facts import Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["close_appeal", "close_if_done", "received_handover", "report_back", "result_of", "show_end", "tell_step"]


def tell_step(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The side that sent the matter sees each step of the order made of it."""
    handover = received_handover(session, after)
    if handover is None or "progress" not in session.allowed(handover, session.system.standing(Party.RECEIVER)):
        return
    note = next(
        (str(fact.data[name]) for name in ("situation", "result", "reply", "answer", "note", "reason", "unit") if fact.data.get(name)), ""
    )
    if fact.name == "PartReported":
        note = f"{called(after.data, fact.actor.unit)}：{note}"
    elif fact.name == "AssistantsCalled":
        note = "、".join(called(after.data, each) for each in fact.data["assistants"])
    told = {
        "step": fact.name,
        "note": note[:5000],
        "order_number": after.data.get("number", ""),
        "attachments": fact.data.get("attachments"),
    }
    session.perform(handover.kind, handover.id, "progress", session.system.standing(Party.RECEIVER), told)


def report_back(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The end of the order is the report to the side that sent it."""
    handover = received_handover(session, after)
    if handover is None or handover.phase != "accepted":
        return
    session.perform(handover.kind, handover.id, "report", session.system.standing(Party.RECEIVER), {"result": result_of(after)})


def show_end(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Of a matter that both sides work on, each closes its own part; the one that shared it tells how that ended, as the other reports."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(after.data["appeal"])))
    shared = appeal.data.get("handover") if not after.data.get("handover") else None
    if not shared:
        return
    handover, here = session.load(StreamKind.HANDOVER, StreamId(str(shared))), session.system.standing(Party.SENDER)
    if party_here(session.world.desk, handover.data) == Party.SENDER and "supplement" in session.allowed(handover, here):
        words = f"本方所办部分已办结（{after.data.get('number', '')}）：{result_of(after)}"
        session.perform(handover.kind, handover.id, "supplement", here, {"words": words[:2000]})


def close_appeal(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The end of the order is the end of the appeal, when nothing else of it is open."""
    close_if_done(session, after.data["appeal"], result_of(after))


def result_of(order: StreamState) -> str:
    """Return what an order says was done, for the citizen and the other side."""
    said = (order.data.get(name) for name in ("reply", "answer", "result", "situation", "reason"))
    return str(next((each for each in said if each), "已办结"))


def close_if_done(session: Session, appeal_id: Any, result: str) -> None:
    """Close an appeal with a result when its order and its handover have ended."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(appeal_id)))
    if appeal.phase not in ("kept", "handed", "shared"):
        return
    order = order_of(session, appeal.data)
    if order is not None and is_open(order) and appeal.phase != "handed":
        return
    if session.world.desk.side == "both" and _another_open(session, appeal):
        return
    if appeal.phase == "shared" and session.load(StreamKind.HANDOVER, StreamId(appeal.data["handover"])).phase not in (
        "confirmed",
        "withdrawn",
    ):
        return
    session.perform(appeal.kind, appeal.id, "close", session.system, {"result": result})


def _another_open(session: Session, appeal: StreamState) -> bool:
    """Tell whether an order of either line of this node is open for an appeal."""
    return any(is_open(session.load(kind, each)) for kind in (StreamKind.ALARM, StreamKind.WORK_ORDER) for each in session.belonging(kind, appeal.id))


def received_handover(session: Session, order: StreamState) -> StreamState | None:
    """Return the handover an order was made of, when this node is its receiver."""
    stream = order.data.get("handover")
    if not stream:
        return None
    handover = session.load(StreamKind.HANDOVER, StreamId(str(stream)))
    return handover if party_here(session.world.desk, handover.data) == Party.RECEIVER else None

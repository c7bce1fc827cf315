"""Link a repeat to the first of its kind, both ways; or let it add its words to a case that is still open.

Source: 相政办〔2023〕55号 四（三）4; 002 重复警情治理. All repeats are linked to the first appeal, so that its count is the
number of times people had to say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.orders import is_open, order_of, withdraw_order
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.domain.errors import CommandRefused, Refusal, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["end_joined", "forget_repeat", "join_repeat", "link_repeat", "note_repeat", "resolve_link", "resolve_named"]

#: Longest chain of links that is followed to the first appeal.
DEEPEST = 8
OPEN_ORDERS = ("taken", "kept", "handed", "shared")


def resolve_link(session: Session, wanted: Any) -> StreamState:
    """Return the first appeal behind an id or a number.

    Raises:
        CommandRefused: ``appeal.no_such_link``: there is none.
    """
    first = resolve_named(session, wanted)
    try:
        for _ in range(DEEPEST):
            links = first.data.get("links") or []
            if not links:
                break
            first = session.load(StreamKind.APPEAL, StreamId(str(links[0])))
    except StreamNotFound:
        raise CommandRefused(Refusal("appeal.no_such_link", {"named": str(wanted)[:40]})) from None
    return first


def resolve_named(session: Session, wanted: Any) -> StreamState:
    """Return the appeal of an id or a number, itself.

    Raises:
        CommandRefused: ``appeal.no_such_link``: there is none.
    """
    named = str(wanted or "").strip()
    known = session.unit.by_number(StreamKind.APPEAL, named) if named.startswith("诉") else StreamId(named)
    try:
        if known is None:
            raise StreamNotFound(id=named)
        return session.load(StreamKind.APPEAL, _sound(known))
    except (StreamNotFound, ValueError):
        raise CommandRefused(Refusal("appeal.no_such_link", {"named": named[:40]})) from None


def _sound(stream: StreamId) -> StreamId:
    from uuid import UUID

    return StreamId(str(UUID(stream)))


def link_repeat(session: Session, appeal: StreamState, actor: Actor, command: str, wanted: Any) -> StreamState:
    """Link an appeal to an earlier one, or unlink it; the earlier one knows it in the same transaction.

    Raises:
        CommandRefused: no such appeal, or it is the appeal itself.
    """
    first = resolve_link(session, wanted)
    if first.id == appeal.id:
        raise CommandRefused(Refusal("appeal.own_link"))
    if command == "link" and first.id in (appeal.data.get("links") or []):
        return appeal
    return session.perform(appeal.kind, appeal.id, command, actor, {"linked": first.id, "repeat_number": first.data.get("number", "")})


def join_repeat(session: Session, appeal: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Add the words of a repeat to the open case it repeats; no second order is made, and it ends with that case.

    Raises:
        CommandRefused: ``appeal.ended`` when the earlier one is not open; ``appeal.danger_not_joined`` when danger is new.
    """
    appeal = link_repeat(session, appeal, actor, "link", data.get("linked"))
    first = session.load(StreamKind.APPEAL, StreamId(str(appeal.data["links"][0])))
    if first.phase not in OPEN_ORDERS:
        raise CommandRefused(Refusal("appeal.ended", {"number": first.data.get("number", "")}))
    if appeal.data.get("urgent") and not first.data.get("urgent"):
        raise CommandRefused(Refusal("appeal.danger_not_joined", {"number": first.data.get("number", "")}))
    if appeal.phase == "kept":
        _give_up_order(session, appeal, first)
    words = f"〔{appeal.data.get('number', '')}〕{appeal.data['text']}"[:2000]
    session.perform(first.kind, first.id, "supplement", actor, {"words": words})
    _tell_the_other_side(session, first, actor, words)
    told = {"linked": first.id, "repeat_number": first.data.get("number", ""), "reason": data.get("reason", "")}
    return session.perform(appeal.kind, appeal.id, "join", actor, told)


def _give_up_order(session: Session, appeal: StreamState, first: StreamState) -> None:
    """Merge two cases that both have an order: the later one's gives way, unless somebody works on it (并单)."""
    order = order_of(session, appeal.data)
    if order is not None and is_open(order) and not withdraw_order(session, order, f"并入{first.data.get('number', '')}"):
        raise CommandRefused(Refusal("appeal.work_begun", {"number": order.data.get("number", "")}))


def _tell_the_other_side(session: Session, first: StreamState, actor: Actor, words: str) -> None:
    """Who works on it over there hears it too."""
    stream = first.data.get("handover")
    if not stream:
        return
    handover = session.load(StreamKind.HANDOVER, StreamId(str(stream)))
    here = actor.standing(party_here(session.world.desk, handover.data))
    if here.party == Party.SENDER and "supplement" in session.allowed(handover, here):
        session.perform(handover.kind, handover.id, "supplement", here, {"words": words})


# --- what follows from the facts ---------------------------------------------------------------------------------------


def note_repeat(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The earlier appeal knows who repeats it."""
    _on_the_first(session, after, fact, "note_repeat")


def forget_repeat(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """It was not the same after all."""
    _on_the_first(session, after, fact, "forget_repeat")


def _on_the_first(session: Session, after: StreamState, fact: Fact, command: str) -> None:
    first = StreamId(str(fact.data["linked"]))
    session.perform(StreamKind.APPEAL, first, command, session.system, {"linked": after.id, "repeat_number": after.data.get("number", "")})


def end_joined(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Whose words were added to a case is answered when the case is."""
    for repeat in after.data.get("repeats") or []:
        joined = session.load(StreamKind.APPEAL, StreamId(str(repeat)))
        if joined.phase == "joined":
            session.perform(joined.kind, joined.id, "close", session.system, {"result": after.data.get("result", "")})

"""拆单与关联: two matters in one call become two appeals that close apart and show each other; related appeals know of each other's end.

Source: 004 四（四）1 分类办理; 000 一次接听、一次录入: who told two things at once tells neither of them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.link_repeats import resolve_named
from liandong.application.perform import Session
from liandong.application.place_appeal import COURSES, place
from liandong.application.route import party_here
from liandong.application.take_appeal import record_in
from liandong.domain.errors import CommandRefused, Refusal, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["RELATED_REACTIONS", "relate", "split_matter"]

#: What both matters have in common: who told it, how, and where, unless the second is said to be elsewhere.
SHARED = (
    "citizen", "phone", "confidential", "place", "longitude", "latitude", "division", "doorplate", "happened", "channel", "recording", "evidence",
)  # fmt: skip
#: What follows the place; it is not taken along where another place is named.
OF_PLACE = ("longitude", "latitude", "division", "doorplate")
#: Where the second matter goes at once; ``later``: somebody decides.
LATER = "later"


def split_matter(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Make a second appeal of a part of what was said, judged and placed by itself; return the first.

    Parameters:
        data: ``words`` of the second matter; may hold ``place``, ``item``, ``side``, ``reason`` and ``course`` (``auto`` where absent).

    Raises:
        CommandRefused: words are missing, the course is none, or the first has ended.
    """
    words = data.get("words")
    if not isinstance(words, str) or not words.strip():
        raise CommandRefused(Refusal("input.required", {"fields": ["拆出的内容"], "names": ["words"]}))
    course = data.get("course") or "auto"
    if course != LATER and course not in COURSES:
        raise CommandRefused(Refusal("input.invalid", {"detail": f"去向只能是：{'、'.join((*COURSES, LATER))}"}))
    kept = {name: state.data[name] for name in SHARED if name in state.data}
    if data.get("place") and data["place"] != state.data.get("place"):
        kept = {name: value for name, value in kept.items() if name not in OF_PLACE}
    said = {name: data[name] for name in ("place", "item", "side") if data.get(name)}
    born = {**kept, **said, "text": words, "split_from": {"appeal": state.id, "number": state.data.get("number", "")}}
    second = record_in(session, actor, born).appeal
    told = {"related": second.id, "related_number": second.data.get("number", ""), "words": words, "reason": data.get("reason", "")}
    session.perform(state.kind, state.id, "split", actor, told)
    if course != LATER:
        place(session, second, actor, str(course), {"reason": data.get("reason", "")})
    return session.load(state.kind, state.id)


def relate(session: Session, state: StreamState, actor: Actor, command: str, data: Mapping[str, Any]) -> StreamState:
    """Relate an appeal to another, or take that back; both know it.

    Raises:
        CommandRefused: ``appeal.no_such_link``, ``appeal.own_link``; ``appeal.not_related`` where there is nothing to take back.
    """
    other = resolve_named(session, data.get("related"))
    if other.id == state.id:
        raise CommandRefused(Refusal("appeal.own_link"))
    known = any(each.get("appeal") == other.id for each in state.data.get("related_to", ()))
    if command == "relate" and known:
        return state
    if command == "unrelate" and not known:
        raise CommandRefused(Refusal("appeal.not_related", {"number": other.data.get("number", "")}))
    told = {"related": other.id, "related_number": other.data.get("number", ""), "reason": data.get("reason", "")}
    return session.perform(state.kind, state.id, command, actor, told)


# --- what follows from the facts ---------------------------------------------------------------------------------------


def _on_the_other(command: str) -> Any:
    def follow(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
        told = {"related": after.id, "related_number": after.data.get("number", "")}
        session.perform(StreamKind.APPEAL, StreamId(str(fact.data["related"])), command, session.system, told)

    return follow


def tell_sender_of_split(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Who handed the matter over hears that it became two."""
    _tell_sender(session, after, "MatterSplit", f"{fact.data.get('related_number', '')}：{fact.data['words']}")


def tell_related_of_end(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Each of the related matters closes apart; the others show its result."""
    result = str(fact.data.get("result", ""))
    told = {"related": after.id, "related_number": after.data.get("number", ""), "result": result}
    for each in after.data.get("related_to", ()):
        try:
            other = session.load(StreamKind.APPEAL, StreamId(str(each.get("appeal", ""))))
        except StreamNotFound:
            continue
        session.perform(other.kind, other.id, "note_related_end", session.system, told)
        _tell_sender(session, other, "RelatedEnded", f"{after.data.get('number', '')}：{result}")


def _tell_sender(session: Session, appeal: StreamState, step: str, note: str) -> None:
    stream = (appeal.data.get("source") or {}).get("handover")
    if not stream:
        return
    handover = session.load(StreamKind.HANDOVER, StreamId(str(stream)))
    here = session.system.standing(Party.RECEIVER)
    if party_here(session.world.desk, handover.data) == Party.RECEIVER and "progress" in session.allowed(handover, here):
        session.perform(handover.kind, handover.id, "progress", here, {"step": step, "note": note[:2000]})


#: fact -> (decided here, what follows).
RELATED_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "MatterSplit": ((True, _on_the_other("note_related")), (True, tell_sender_of_split)),
    "MatterRelated": ((True, _on_the_other("note_related")),),
    "MatterUnrelated": ((True, _on_the_other("forget_related")),),
    "AppealClosed": ((True, tell_related_of_end),),
}

"""What a citizen does about their own case: add words, answer what is asked, say whether they are content.

Source: mission G1, G2; 002 回访、不满意重办. Who holds the code is the citizen; what they say is decided by the same tables
as everybody's acts.
"""

from __future__ import annotations

from typing import Any

from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.application.world import World
from liandong.domain.errors import MESSAGES, CommandRefused, Message, Refusal
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId, StreamKind, StreamState

__all__ = ["FOLLOW_REACTIONS", "RATINGS", "add_words", "answer_question", "rate_result"]

#: 1 very satisfied … 5 very dissatisfied.
RATINGS = ("1", "2", "3", "4", "5")
CONTENT = ("1", "2", "3")

MESSAGES.update(
    {
        "follow.nothing_to_rate": Message("这一件还没有办结，或您已评价过。办结后再请您评价。", "This is not finished, or you have rated it already. You can say so when it is done."),
        "follow.nothing_asked": Message("现在没有要您回答的问题。补充内容请用“补充”。", "Nothing is asked of you now. Use “add words” instead."),
        "follow.unknown_code": Message("查询码不对。请核对短信或纸条上的 10 位查询码。", "There is no such code. Check the 10 characters you were given."),
        "follow.too_many": Message("试得太频繁。请过几分钟再试；急事请拨打 110。", "Too many tries. Wait some minutes; in need call 110.", retry_helps=True),
    }
)


def _citizen(world: World) -> Actor:
    return Actor(Role.CITIZEN, node=world.desk.node)


def add_words(world: World, appeal: StreamId, words: str) -> StreamState:
    """Add a citizen's words to their case, and tell the side that works on it. Raises ``CommandRefused``."""
    with world.work() as unit:
        session = Session(world, unit)
        after = session.perform(StreamKind.APPEAL, appeal, "supplement", _citizen(world), {"words": words})
        for handover, actor in _sent(session, appeal):
            if "supplement" in session.allowed(handover, actor):
                session.perform(handover.kind, handover.id, "supplement", actor, {"words": words[:2000]})
        return after


def answer_question(world: World, appeal: StreamId, answer: str) -> StreamState:
    """Answer the oldest question that the other side asked about a case.

    Raises:
        CommandRefused: ``follow.nothing_asked``, or what the table says.
    """
    with world.work() as unit:
        session = Session(world, unit)
        for handover, actor in _sent(session, appeal):
            if any(not each["answer"] for each in handover.data.get("questions", ())) and "answer" in session.allowed(handover, actor):
                return session.perform(handover.kind, handover.id, "answer", actor, {"answer": answer})
        raise CommandRefused(Refusal("follow.nothing_asked"))


def rate_result(world: World, appeal: StreamId, satisfaction: str, reason: str = "") -> StreamState:
    """Say how content the citizen is; 4 and 5 need a reason and open the matter again where it was done.

    Raises:
        CommandRefused: ``follow.nothing_to_rate``; the reason is missing; no such mark.
    """
    if satisfaction not in RATINGS:
        raise CommandRefused(Refusal("input.required", {"fields": ["满意度"], "names": ["satisfaction"]}))
    if satisfaction not in CONTENT and not reason.strip():
        raise CommandRefused(Refusal("workorder.not_content"))
    with world.work() as unit:
        session = Session(world, unit)
        given = {"satisfaction": satisfaction, "reason": reason, "way": "web"}
        rated = [*_rate_orders(session, appeal, given), *_rate_handovers(session, appeal, given)]
        if not rated:
            raise CommandRefused(Refusal("follow.nothing_to_rate"))
        return session.load(StreamKind.APPEAL, appeal)


def _rate_orders(session: Session, appeal: StreamId, given: dict[str, Any]) -> list[StreamState]:
    rated, content, citizen = [], given["satisfaction"] in CONTENT, _citizen(session.world)
    for stream in session.belonging(StreamKind.WORK_ORDER, appeal):
        if session.load(StreamKind.WORK_ORDER, stream).phase == "closed":
            rated.append(session.perform(StreamKind.WORK_ORDER, stream, "visit", citizen, {**given, **({} if not content else {"reason": ""})}))
    for stream in session.belonging(StreamKind.ALARM, appeal):
        alarm = session.load(StreamKind.ALARM, stream)
        if alarm.phase == "closed" and not alarm.data.get("satisfaction"):
            rated.append(session.perform(alarm.kind, stream, "visit" if content else "reopen", citizen, given))
    return rated


def _rate_handovers(session: Session, appeal: StreamId, given: dict[str, Any]) -> list[StreamState]:
    rated, content = [], given["satisfaction"] in CONTENT
    for handover, actor in _sent(session, appeal):
        if handover.phase == "confirmed" and not handover.data.get("satisfaction"):
            rated.append(session.perform(handover.kind, handover.id, "rate" if content else "reopen", actor, given))
    return rated


def _sent(session: Session, appeal: StreamId) -> list[tuple[StreamState, Actor]]:
    """Return the handovers of an appeal that this side sent, with the citizen standing on its end."""
    found = [session.load(StreamKind.HANDOVER, each) for each in session.belonging(StreamKind.HANDOVER, appeal)]
    here = [each for each in found if party_here(session.world.desk, each.data) == Party.SENDER]
    return [(each, _citizen(session.world).standing(Party.SENDER)) for each in here]


# --- what follows from the facts ---------------------------------------------------------------------------------------


def visit_rated(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The citizen told the side that sent the matter that they are content: the order here is visited."""
    if party_here(session.world.desk, after.data) != Party.RECEIVER:
        return
    known = session.unit.by_key(f"handover:{after.id}")
    for stream in session.belonging(StreamKind.WORK_ORDER, known) if known else ():
        if session.load(StreamKind.WORK_ORDER, stream).phase == "closed":
            told = {"satisfaction": fact.data["satisfaction"], "way": "web"}
            session.perform(StreamKind.WORK_ORDER, stream, "visit", session.system, told)


def open_appeal_again(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """An order that opens again opens its appeal: the citizen's record does not say closed while somebody works on it."""
    appeal = session.load(StreamKind.APPEAL, StreamId(str(after.data["appeal"])))
    if appeal.phase == "closed" and appeal.data.get("order") == after.id:
        reason = str(fact.data.get("reason") or "诉求人不满意")
        session.perform(appeal.kind, appeal.id, "reopen", session.system, {"reason": reason})
        session.perform(appeal.kind, appeal.id, "keep", session.system, {"order": after.id, "reason": reason})


def open_handover_again(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The other side's own visit found the citizen not content: what ended here waits for them again."""
    if fact.data.get("step") == "CitizenDissatisfied" and after.phase == "confirmed" and party_here(session.world.desk, after.data) == Party.SENDER:
        reason = str(fact.data.get("note") or "回访不满意")[:2000]
        session.perform(after.kind, after.id, "reopen", session.system.standing(Party.SENDER), {"reason": reason})


#: fact -> (decided here, what follows).
FOLLOW_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "CitizenRated": ((False, visit_rated),),
    "CitizenDissatisfied": ((True, open_appeal_again),),
    "AlarmReopened": ((True, open_appeal_again),),
    "ProgressTold": ((False, open_handover_again),),
}

"""What follows for a supervision when the record it is about moves: it is lifted, follows the unit, or begins.

Called for facts of alarms, work orders and handovers, in the transaction of the fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from liandong.application.accept_handover import order_here
from liandong.application.orders import order_of
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.application.supervise import supervision_of, take_step
from liandong.domain.assistants.parts import open_parts
from liandong.domain.clocks import PART_FACTS, STEPS, KeptClock, Outcome, WorkingCalendar
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Fact, Party, StreamId, StreamKind, StreamState
from liandong.domain.supervision.passing import PASSING_FACTS, passing_in
from liandong.domain.supervision.supervision import OPEN

__all__ = ["PASSING_FACTS", "RELIEVING", "be_chased", "relieve", "watch_passing"]

#: Facts after which a record is done, whatever its clocks say.
DONE = frozenset(
    {
        "WorkReported", "OrderAnswered", "OrderClosed", "OrderWithdrawn", "AlarmReported", "AlarmClosed", "AlarmCancelled", "HandoverReported",
        "HandoverConfirmed", "HandoverReturned", "HandoverWithdrawn", "NegotiationLapsed", "NegotiationSettledForSender",
    }
)  # fmt: skip
SENT = frozenset({"OrderDispatched", "UnitOrdered", "UnitRedirected"})
#: Facts that move a clock of a record that can be supervised.
RELIEVING = frozenset(
    name
    for machine in ("alarm", "workorder", "handover")
    for step in STEPS[machine]
    for part in (step.starts, step.stops, step.voids, step.pauses, step.extends)
    for name in part
) | PART_FACTS
GROUNDS = {"two_units": "两个单位都不接", "returned_twice": "两次被退回", "bounced": "管辖来回推"}
WORDS = {"ExtensionGranted": "已同意延期", "OrderSuspended": "已按规定中止计时"}
#: What a part's supervision is lifted with, where the part ended otherwise than by its report.
LEFT = {"PartDeclined": "已退回协办", "AssistantReleased": "已解除协办"}


def relieve(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Lift what was followed up when it is no longer late, the lead's and each assistant's apart; let it follow the unit when the record went to another."""
    if session.world.rulebook.calendar is None:
        return
    clocks = session.unit.clocks(after)
    _relieve_lead(session, after, fact, [each for each in clocks if not each.assistant])
    owing = open_parts(after.data)
    for assistant in dict.fromkeys([*open_parts(before.data), *owing]):
        _relieve_part(session, after, fact, assistant, [each for each in clocks if each.assistant == assistant], ended=assistant not in owing)


def _relieve_lead(session: Session, after: StreamState, fact: Fact, clocks: Sequence[KeptClock]) -> None:
    # More time and a suspension wipe the marks of the clock they move; everything else is looked at only where a clock was acted on.
    if fact.name not in DONE and fact.name not in WORDS and not any(each.warned_at or each.fired_at for each in clocks):
        return
    known = supervision_of(session, after)
    if known is None or known.phase not in OPEN:
        return
    if fact.name in SENT and after.data.get("unit") and after.data.get("unit") != known.data.get("unit"):
        known = session.perform(known.kind, known.id, "follow", session.system, {"unit": after.data["unit"]})
    if fact.name not in DONE and not _calm(session, known, clocks):
        return
    _lift(session, known, WORDS.get(fact.name, "已办理" if fact.name not in DONE else "已办结"))


def _relieve_part(session: Session, after: StreamState, fact: Fact, assistant: str, clocks: Sequence[KeptClock], *, ended: bool) -> None:
    """A part is over when its unit owes nothing any more; what was begun by hand waits for that."""
    if not ended and fact.name not in WORDS and not any(each.warned_at or each.fired_at for each in clocks):
        return
    known = supervision_of(session, after, assistant)
    if known is not None and known.phase in OPEN and (ended or _calm(session, known, clocks)):
        _lift(session, known, LEFT.get(fact.name, "已办结") if ended else WORDS.get(fact.name, "已办理"))


def _calm(session: Session, known: StreamState, clocks: Sequence[KeptClock]) -> bool:
    """Tell whether nothing is late, and what was warned of is no longer near."""
    calendar = session.world.rulebook.calendar
    assert calendar is not None, "asked only where clocks are kept"
    if any(each.overdue(session.at, calendar) for each in clocks):
        return False
    return known.data.get("cause") in ("overdue", "about_to_be") and not _still_near(known, clocks, calendar)


def _lift(session: Session, known: StreamState, words: str) -> None:
    session.perform(known.kind, known.id, "finish" if known.phase == "referred" else "lift", session.system, {"reason": words})


def _still_near(known: StreamState, clocks: Sequence[KeptClock], calendar: WorkingCalendar) -> bool:
    """Tell whether the clock that was warned of still runs to the same deadline."""
    warned = str(known.data.get("due", ""))
    for each in clocks:
        if each.outcome == Outcome.OPEN and each.rule.code == known.data.get("clock"):
            due = each.due(calendar)
            return due is not None and bool(warned) and due <= datetime.fromisoformat(warned)
    return False


def be_chased(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The first receiver chases: the side that has the matter reminds its unit, or its own desk."""
    if party_here(session.world.desk, after.data) != Party.RECEIVER:
        return
    target = order_here(session, after) or after
    known = supervision_of(session, target)
    if known is not None and known.phase not in ("warned", "lifted"):
        return
    take_step(session, target, "remind", session.system, {"cause": "chased", "reason": str(fact.data.get("words", ""))})


def watch_passing(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Supervise what is pushed to and fro, with the chain of who said what."""
    records = list(_records(session, after))
    found = passing_in((each.kind, str(each.data.get("number", "")), told) for each in records for told in session.unit.facts(each))
    if found is None:
        return
    target = next((each for each in records if each.kind in (StreamKind.WORK_ORDER, StreamKind.ALARM)), after)
    known = supervision_of(session, target)
    if known is not None and known.data.get("chain") and len(known.data["chain"]) >= len(found.chain):
        return
    given = {"cause": "buck_passing", "chain": [dict(each) for each in found.chain][-60:], "form": "special", "reason": "、".join(GROUNDS[each] for each in found.grounds)}
    if known is None or known.phase in ("warned", "lifted", "reminded"):
        take_step(session, target, "supervise", session.system, given)


def _records(session: Session, after: StreamState) -> Iterator[StreamState]:
    """Yield the records of one matter on this node, each once: the one that moved, the order of its appeal, and every handover of it.

    What comes back for the second time came back on another handover, so all of them count.
    """
    seen = {after.id}
    yield after
    for found in _of_the_matter(session, after):
        if found.id not in seen:
            seen.add(found.id)
            yield found


def _of_the_matter(session: Session, after: StreamState) -> Iterator[StreamState]:
    named = after.data.get("handover")
    if named:
        yield session.load(StreamKind.HANDOVER, StreamId(str(named)))
    appeal = after.data.get("appeal")
    if not appeal:
        return
    for each in session.belonging(StreamKind.HANDOVER, StreamId(str(appeal))):
        yield session.load(StreamKind.HANDOVER, each)
    try:
        told = session.load(StreamKind.APPEAL, StreamId(str(appeal)))
    except StreamNotFound:
        # At the receiving end a handover bears the other side's appeal.
        return
    if told.data.get("handover"):
        yield session.load(StreamKind.HANDOVER, StreamId(str(told.data["handover"])))
    order = order_of(session, told.data)
    if order is not None:
        yield order

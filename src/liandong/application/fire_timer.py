"""Act on a clock whose time has come: warn before it is due, and do what follows when it has passed.

What follows is a table: ``ON_DUE`` names for each kind of record and step what is done. Everything else is reminded of.
Marking the clock and what follows are one transaction, so that it happens once, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from liandong.application.accept_handover import order_here
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.application.shared_streams import is_shared
from liandong.application.supervise import supervision_of, take_step
from liandong.domain.clocks import KeptClock, in_words
from liandong.domain.journal.facts import Party, StreamId, StreamKind, StreamState
from liandong.domain.supervision.supervision import LADDER

__all__ = ["ON_DUE", "fire_timer"]

DISPUTED = ("objected", "negotiating")

Due = Callable[[Session, StreamState, KeptClock], None]


def fire_timer(session: Session, kind: StreamKind, stream: StreamId, step: str, round_: int) -> datetime | None:
    """Warn of a clock or act on its passing, inside a unit of work that has begun.

    Returns:
        when it has to be looked at again; None when nothing is left to do about it.

    Raises:
        CommandRefused, StreamConflict: what follows could not be done now; nothing of it should be committed.
    """
    calendar = session.world.rulebook.calendar
    state = session.load(kind, stream)
    clocks = session.unit.clocks(state)
    kept = next((each for each in clocks if each.key == (step, round_)), None)
    if kept is None or calendar is None:
        return None
    next_at, due = kept.next_at(calendar), kept.due(calendar)
    if next_at is None or due is None or session.at < next_at:
        return next_at
    passed = session.at > due
    marked = replace(kept, warned_at=kept.warned_at or session.at, fired_at=session.at if passed else None)
    session.unit.keep_clocks(state, [marked if each is kept else each for each in clocks])
    if passed:
        ON_DUE.get((kind, step), _remind)(session, state, marked)
    else:
        _warn(session, state, marked)
    return marked.next_at(calendar)


def _told(session: Session, kept: KeptClock, cause: str, reason: str) -> dict[str, Any]:
    calendar = session.world.rulebook.calendar
    assert calendar is not None, "a clock is kept only with a calendar"
    due = kept.due(calendar)
    assert due is not None, "a clock that stands still is not acted on"
    # The assistant is named by the supervision's unit; its words say that it is the part that is late, not the lead's order.
    name = f"{kept.rule.name}（协办）" if kept.assistant else kept.rule.name
    return {"cause": cause, "clock": kept.rule.code, "clock_name": name, "due": due.astimezone(UTC).isoformat(), "reason": reason.format(name=name, due=in_words(due, calendar))}


def _owed_here(session: Session, state: StreamState, kept: KeptClock) -> bool:
    """Tell whether this node owes it: always, but of what two nodes hold only the end that owes."""
    if not is_shared(state.kind):
        return True
    party = party_here(session.world.desk, state.data)
    return (party, kept.owed_by) in ((Party.SENDER, "sender"), (Party.RECEIVER, "receiver"))


def _warn(session: Session, state: StreamState, kept: KeptClock) -> None:
    if state.kind not in (StreamKind.ALARM, StreamKind.WORK_ORDER, StreamKind.HANDOVER, StreamKind.CONSULTATION, StreamKind.WHISTLE) or not _owed_here(session, state, kept):
        return
    known = supervision_of(session, state, kept.assistant)
    if known is None or known.phase == "lifted":
        take_step(session, state, "warn", session.system, _told(session, kept, "about_to_be", "{name}将于{due}到期"), kept.assistant)


def _remind(session: Session, state: StreamState, kept: KeptClock) -> None:
    """The first step of the ladder; where it is already on it, the ladder's own clocks go on."""
    if not _owed_here(session, state, kept):
        return
    known = supervision_of(session, state, kept.assistant)
    if known is None or known.phase in ("warned", "lifted"):
        take_step(session, state, "remind", session.system, _told(session, kept, "overdue", "{name}已于{due}到期未办"), kept.assistant)


def _lapse(session: Session, state: StreamState, kept: KeptClock) -> None:
    """No agreement in time: the first receiver keeps it (相政办〔2023〕55号 四（二）)."""
    if state.phase in DISPUTED and party_here(session.world.desk, state.data) == Party.SENDER:
        session.perform(state.kind, state.id, "lapse", session.system.standing(Party.SENDER))


def _chase(session: Session, state: StreamState, kept: KeptClock) -> None:
    """The receiver is late: the first receiver chases it; the receiver reminds whoever has it there."""
    party = party_here(session.world.desk, state.data)
    if party == Party.SENDER:
        words = _told(session, kept, "overdue", "{name}已于{due}到期，请尽快办理并反馈")["reason"]
        session.perform(state.kind, state.id, "chase", session.system.standing(Party.SENDER), {"words": words})
    elif party == Party.RECEIVER and kept.step == "accept":
        _remind(session, state, kept)
    elif party == Party.RECEIVER:
        target = order_here(session, state) or state
        known = supervision_of(session, target)
        if known is None or known.phase in ("warned", "lifted"):
            take_step(session, target, "remind", session.system, _told(session, kept, "overdue", "{name}已于{due}到期未办"))


def _climb(session: Session, state: StreamState, kept: KeptClock) -> None:
    """The step before has not helped in time: the next one."""
    command = LADDER.get(state.phase)
    if command is None or command == "remind":
        return
    due = str(state.data.get("due", ""))
    since = f"“{state.data.get('clock_name', '')}”逾期未办" if due else "催办后仍未办理"
    given = {"reason": f"{since}，{kept.rule.name}", "cause": state.data.get("cause", "overdue")}
    if command == "supervise":
        given["form"] = "written"
    elif command == "circulate":
        given["words"] = f"{state.data.get('order_number', '')}：{given['reason']}"
    session.perform(state.kind, state.id, command, session.system, given)


def _unanswered(session: Session, state: StreamState, kept: KeptClock) -> None:
    """A supervised unit said nothing in time: the interview does not wait for its own clock."""
    if state.phase == "supervised":
        session.perform(state.kind, state.id, "call_interview", session.system, {"reason": f"{kept.rule.name}逾期", "cause": "unanswered"})


def _left_hanging(session: Session, state: StreamState, kept: KeptClock) -> None:
    """Nobody opened the consultation in time: it says so, and climbs (000 会商悬置)."""
    if state.phase == "convened" and party_here(session.world.desk, state.data) == Party.SENDER:
        session.perform(state.kind, state.id, "lapse", session.system.standing(Party.SENDER), {"note": f"{kept.rule.name}逾期"})
        _remind(session, session.load(state.kind, state.id), kept)


def _silent_units(session: Session, state: StreamState, kept: KeptClock) -> None:
    """Who was whistled and has not reported in is chased by name, and it climbs."""
    if state.phase != "blown" or party_here(session.world.desk, state.data) != Party.SENDER:
        return
    for code, line in state.data.get("lines", {}).items():
        if not line.get("reported_at") and not line.get("chased_at"):
            session.perform(state.kind, state.id, "chase", session.system.standing(Party.SENDER), {"unit": code, "note": f"{kept.rule.name}逾期"})
    _remind(session, session.load(state.kind, state.id), kept)


def _nothing(session: Session, state: StreamState, kept: KeptClock) -> None:
    """It is only shown."""


_S = StreamKind.SUPERVISION
#: (kind, step) -> what follows when it has passed. Other use cases may add steps of their own kinds.
ON_DUE: dict[tuple[StreamKind, str], Due] = {
    (StreamKind.HANDOVER, "negotiate"): _lapse,
    (StreamKind.HANDOVER, "accept"): _chase,
    (StreamKind.HANDOVER, "report"): _chase,
    (StreamKind.HANDOVER, "chase"): _chase,
    **dict.fromkeys(((_S, "supervise"), (_S, "interview"), (_S, "circulate"), (_S, "refer")), _climb),
    (_S, "answer"): _unanswered,
    (StreamKind.APPEAL, "place"): _nothing,
    (StreamKind.CONSULTATION, "convene"): _left_hanging,
    (StreamKind.WHISTLE, "report_in"): _silent_units,
}

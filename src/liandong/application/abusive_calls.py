"""Abusive calls: doubted by their words, established by their number, kept as evidence, told to police by one key.

Source: 相政办〔2023〕55号 五（二）; 济政办字〔2023〕51号. Danger outranks the mark, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from liandong.application.perform import Session
from liandong.application.place_appeal import offer_handover
from liandong.application.ports import UnitOfWork
from liandong.application.route import towards_receiver
from liandong.domain.appeals.abuse import ESTABLISHED, SUSPECTED, abusive_words, is_abusive
from liandong.domain.appeals.repeat_keys import Why, normal_phone, number_of
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.facts import Actor, Fact, StreamKind, StreamState

__all__ = ["ABUSE_REACTIONS", "abusive_calls_of", "refer_abuse"]

#: Calls within this many hours establish it, unless the pack says otherwise.
HOURS, CALLS = 24, 10
#: Most earlier calls that are listed as evidence.
MOST_EVIDENCE = 40


def abusive_calls_of(unit: UnitOfWork, switches: Mapping[str, Any], at: datetime, phone: str) -> int:
    """Return how many calls of a number were marked within the window; 0 for no number."""
    plain = normal_phone(phone)
    since = at - timedelta(hours=int(switches.get("abusive_hours", HOURS)))
    return unit.count(number_of(Why.ABUSE, plain), since, MOST_EVIDENCE) if plain else 0


def refer_abuse(session: Session, appeal: StreamState, actor: Actor, note: str = "") -> StreamState:
    """Tell police of an established pest with the evidence: an alarm here, or a handover from the hotline.

    Raises:
        CommandRefused: it is not established, or it was referred before.
    """
    abuse = appeal.data.get("abuse")
    if not abuse:
        raise CommandRefused(Refusal("appeal.not_established"))
    if "refer_abuse" not in session.allowed(appeal, actor):
        return session.perform(appeal.kind, appeal.id, "refer_abuse", actor, {"referred": "-"})
    if appeal.data.get("referred"):
        raise CommandRefused(Refusal("appeal.referred_before"))
    reason = f"恶意骚扰：{abuse['hours']} 小时内 {abuse['count']} 次。{note}".strip()
    if session.world.desk.side == "hotline" and towards_receiver(session.world.desk, {}) is not None:
        made = offer_handover(session, appeal, actor, {"cause": "harassment", "reason": reason, "danger": False})
    else:
        data = {"appeal": appeal.id, "summary": reason, "item": appeal.data.get("item", ""), "place": appeal.data.get("place", "")}
        made = session.start(StreamKind.ALARM, "take", session.system, data)
    return session.perform(appeal.kind, appeal.id, "refer_abuse", actor, {"referred": made.id, "reason": reason})


# --- what follows from the facts ---------------------------------------------------------------------------------------


def doubt_words(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Words that abuse raise a doubt; never where somebody may be in danger, never twice for what crossed."""
    if after.data.get("urgent") or after.data.get("channel") in ("linkage", "feed") or not normal_phone(str(after.data.get("phone", ""))):
        return
    said = abusive_words(str(after.data.get("text", "")))
    if said:
        marks = [*(after.data.get("marks") or []), SUSPECTED]
        session.perform(after.kind, after.id, "mark", session.system, {"marks": marks, "reason": "、".join(said)[:200]})


def count_calls(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """A marked call counts for its number; the one that fills the measure establishes it, with the evidence."""
    plain = normal_phone(str(after.data.get("phone", "")))
    if not plain or not is_abusive(after.data) or is_abusive(before.data):
        return
    key, switches = number_of(Why.ABUSE, plain), session.world.desk.switches
    hours, enough = int(switches.get("abusive_hours", HOURS)), int(switches.get("abusive_calls", CALLS))
    earlier = session.unit.recall({key: MOST_EVIDENCE}, session.at - timedelta(hours=hours), MOST_EVIDENCE)
    session.unit.remember(after.id, [key], session.at)
    calls = [state for state in (session.load(StreamKind.APPEAL, each.id) for each in earlier) if is_abusive(state.data)]
    if len(calls) + 1 < enough:
        return
    evidence = [_evidence(each) for each in sorted([*calls, after], key=lambda each: str(each.data.get("number", "")))]
    abuse = {"count": len(evidence), "hours": hours, "evidence": evidence}
    marks = list(dict.fromkeys([*(after.data.get("marks") or []), ESTABLISHED]))
    session.perform(after.kind, after.id, "establish_abuse", session.system, {"marks": marks, "abuse": abuse})


def _evidence(appeal: StreamState) -> dict[str, str]:
    """Return what shows a call: its number here, when, and where its recording is."""
    taken = (appeal.data.get("times") or {}).get("AppealTaken", "")
    return {"number": str(appeal.data.get("number", "")), "at": str(taken), "recording": str(appeal.data.get("recording", ""))}


#: fact -> (decided here, what follows).
ABUSE_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "AppealTaken": ((True, doubt_words),),
    "AppealMarked": ((True, count_calls),),
}

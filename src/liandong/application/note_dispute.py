"""Count disputes of one kind of matter, and convene by itself when they recur.

Source: 相政办〔2023〕55号 四（三）3; 000: consultations exist on paper and are never convened. The count is taken in the transaction of the
objection, the lapse or the second refusal, alone under a lock of the matter, so that one recurrence convenes once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from liandong.application.convene import case_of, convene_in
from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.domain.consultations.consultation import OPEN
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Fact, Party, StreamId, StreamKind, StreamState

__all__ = ["DISPUTE_REACTIONS", "matter_of", "note_dispute"]

#: Days back that are counted, and how many disputes convene unless the pack says otherwise.
DAYS, DISPUTES = 30, 3
#: Units that must have refused one order for it to be a dispute.
REFUSALS = 2
MOST = 40
#: A dispute with danger in it is settled in hours.
URGENT_CAUSES = ("danger", "escalation")


def matter_of(data: Mapping[str, Any]) -> str:
    """Return the kind of matter of a record: the finest line of the list its verdict names, else its item."""
    verdict = data.get("verdict") or {}
    item = str(data.get("item") or verdict.get("item") or "")
    for each in verdict.get("reasons") or ():
        line = str(each.get("item", "")) if isinstance(each, Mapping) else ""
        if line.startswith(item + "."):
            return line
    return item


def key_of(word: str, matter: str) -> int:
    """Return the look-up key of disputes (``dispute``) or consultations (``consultation``) about a matter."""
    return int.from_bytes(blake2b(f"{word}|{matter}".encode(), digest_size=8).digest()) >> 1


def note_dispute(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Remember a dispute; where it is one too many, convene, or add it to the consultation that is open about it."""
    if after.kind == StreamKind.HANDOVER and party_here(session.world.desk, after.data) != Party.SENDER:
        return
    if after.kind != StreamKind.HANDOVER and len(after.data.get("refusals") or ()) < REFUSALS:
        return
    appeal = session.load(StreamKind.APPEAL, StreamId(str(after.data["appeal"])))
    matter = matter_of(appeal.data)
    if not matter:
        return
    dispute, consulted = key_of("dispute", matter), key_of("consultation", matter)
    session.unit.hold(dispute)
    session.unit.remember(appeal.id, [dispute], session.at)
    since = session.at - timedelta(days=DAYS)
    latest = _latest(session, consulted, since)
    case = {**case_of(session, after), "units": _units(session, appeal, after)}
    if latest is not None and latest.phase in OPEN:
        known = {str(each.get("appeal")) for each in latest.data.get("cases", ())}
        if appeal.id not in known and latest.phase != "ruled":
            session.perform(latest.kind, latest.id, "add_case", session.system.standing(Party.SENDER), {"added": [case]})
        return
    counted = {str(each.get("appeal")) for each in latest.data.get("cases", ())} if latest is not None else set()
    fresh = [each for each in _disputed(session, dispute, since, appeal.id) if each not in counted]
    if len(fresh) < int(session.world.desk.switches.get("consultation_count", DISPUTES)):
        return
    cases = [*(_case(session, each, case) for each in fresh if each != appeal.id), case]
    started = convene_in(session, session.system, _told(session, appeal, matter, len(fresh), after), cases, _concerned(session, appeal))
    session.unit.remember(started.id, [consulted], session.at)


def _latest(session: Session, key: int, since: Any) -> StreamState | None:
    found = session.unit.recall({key: 1}, since)
    return session.load(StreamKind.CONSULTATION, found[0].id) if found else None


def _disputed(session: Session, key: int, since: Any, own: StreamId) -> list[StreamId]:
    """Return the appeals in dispute, the oldest first, this one last."""
    found = sorted((each for each in session.unit.recall({key: MOST}, since, MOST) if each.id != own), key=lambda each: each.opened_at)
    return [*(each.id for each in found), own]


def _case(session: Session, appeal: StreamId, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case of an earlier dispute: its newest handover, else its order, else the appeal itself."""
    state = session.load(StreamKind.APPEAL, appeal)
    for stream in session.belonging(StreamKind.HANDOVER, appeal):
        handover = session.load(StreamKind.HANDOVER, stream)
        return {**case_of(session, handover), "units": _units(session, state, handover)}
    return {**case_of(session, state), "units": _units(session, state, state)}


def _units(session: Session, appeal: StreamState, state: StreamState) -> list[str]:
    """Return the units that refused the matter or have it."""
    found = list(case_of(session, state).get("units", ()))
    stream = appeal.data.get("order")
    for kind in (StreamKind.WORK_ORDER, StreamKind.ALARM):
        try:
            order = session.load(kind, StreamId(str(stream))) if stream else None
        except StreamNotFound:
            continue
        if order is not None:
            found += case_of(session, order).get("units", ())
            break
    return list(dict.fromkeys(found))


def _concerned(session: Session, appeal: StreamState) -> list[str]:
    """Return the units whose matter it may be by the list."""
    directory = session.world.directory
    if directory is None:
        return []
    police = directory.police_unit(appeal.data, session.at)
    return [*(each.code for each in directory.team(appeal.data, session.at)), *([police] if police else [])]


def _told(session: Session, appeal: StreamState, matter: str, count: int, state: StreamState) -> dict[str, Any]:
    urgent = bool(appeal.data.get("urgent")) or state.data.get("cause") in URGENT_CAUSES
    name = session.world.context.get("items", {}).get(matter, matter)
    return {
        "key": f"consultation:{session.world.desk.node}:{matter}:{appeal.id}",
        "occasion": "by_rule",
        "matter": matter,
        "urgent": urgent,
        "summary": f"{DAYS}天内同类事项第{count}次发生争议（{name}），系统自动召集会商",
        "agenda": ["逐件说明争议经过", "各单位说明职责依据", "明确牵头单位、查明何事实后由谁牵头", "形成裁定稿并表决"],
    }


#: fact -> (decided here? None: either, what follows).
DISPUTE_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "HandoverObjected": ((None, note_dispute),),
    "NegotiationLapsed": ((True, note_dispute),),
    "OrderRefused": ((True, note_dispute),),
}

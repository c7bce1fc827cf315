"""Convene a consultation, carry its ruling, and make it bind on this node.

Source: 相政办〔2023〕55号 四（三）3. The side whose dispute recurs convenes; both nodes write the ruling into their own list in the transaction
in which they learn that it is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from liandong.application.perform import Session
from liandong.application.route import OTHER_SIDE, party_here
from liandong.application.supervise import supervision_of
from liandong.application.telling import tell_peer
from liandong.application.world import World
from liandong.domain.alerts.alert import desk_code
from liandong.domain.appeals.particulars import read
from liandong.domain.appeals.particulars_masking import mask_text
from liandong.domain.consultations.consultation import SHARED_CONSULTATION_FACTS, tally
from liandong.domain.consultations.coordination import model_of
from liandong.domain.consultations.rulings import RULING_FIELDS, KeptRuling, day_of
from liandong.domain.errors import CommandRefused, Refusal, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState

__all__ = [
    "CONSULTATION_REACTIONS", "add_case_by_hand", "case_of", "cast_vote", "confirm_ruling", "convene", "convene_in", "invite_more", "named_case", "propose_ruling", "rule", "today_of", "unit_lines",
]  # fmt: skip

DESK_NAMES = {"police": "110报警服务台", "hotline": "12345热线"}
#: How much of what was said a case shows.
SAID_CHARACTERS = 160
MOST_CASES = 60


def today_of(session: Session) -> date:
    """Return the local day of a unit of work."""
    return session.at.astimezone(ZoneInfo(session.world.desk.zone)).date()


def convene(world: World, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Convene by hand, in one transaction; return the consultation.

    Parameters:
        data: ``summary``; may hold ``occasion``, ``urgent``, ``units`` (codes), ``cases`` (numbers or ids of handovers, orders or appeals),
            ``agenda`` (lines), ``held_at``, ``matter``, ``note``, ``figures``.

    Raises:
        CommandRefused: the role may not, something is missing, or a case is not found.
    """
    with world.work() as unit:
        session = Session(world, unit)
        cases = [named_case(session, str(each)) for each in data.get("cases") or ()]
        given = {name: data[name] for name in ("summary", "urgent", "agenda", "held_at", "matter", "note", "figures") if data.get(name)}
        return convene_in(session, actor, {"occasion": "by_hand", **given, **({"occasion": data["occasion"]} if data.get("occasion") else {})}, cases, data.get("units") or ())


def convene_in(session: Session, actor: Actor, data: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], units: Iterable[str]) -> StreamState:
    """Convene inside a unit of work that has begun: both desks, the units of the cases, and those named."""
    desk = session.world.desk
    wanted = dict.fromkeys([*(str(each) for each in units), *(unit for case in cases for unit in case.get("units", ()))])
    born = {
        **data,
        "origin": desk.node,
        "destination": OTHER_SIDE.get(desk.side, "both"),
        "cases": [dict(each) for each in cases][-MOST_CASES:],
        "participants": [*_desks(), *unit_lines(session, wanted)],
    }
    return session.start(StreamKind.CONSULTATION, "convene", actor.standing(Party.SENDER), born)


def _desks() -> list[dict[str, Any]]:
    return [{"code": desk_code(side), "name": name, "function": "联动双方"} for side, name in DESK_NAMES.items()]


def unit_lines(session: Session, units: Iterable[str]) -> list[dict[str, Any]]:
    """Return the lines of units as invitations carry them; codes that nobody knows are left out."""
    directory = session.world.directory
    found = directory.named(list(units)) if directory is not None else ()
    return [{"code": each.code, "name": each.name, "function": each.function} for each in found]


def invite_more(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Invite more units: ``units`` are codes, ``participants`` may hold codes on lines."""
    codes = [str(each) for each in (data.get("units") or data.get("participants") or ()) if isinstance(each, str)]
    given = {"participants": unit_lines(session, codes) or [{}], "note": data.get("note", "")}
    return session.perform(state.kind, state.id, "invite_more", _standing(session, state, actor), given)


def add_case_by_hand(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Add cases by their numbers."""
    cases = [named_case(session, str(each)) for each in data.get("added") or () if isinstance(each, str)]
    return session.perform(state.kind, state.id, "add_case", _standing(session, state, actor), {"added": cases or None, "note": data.get("note", "")})


def cast_vote(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Vote on the draft as it stands here: a vote that crosses with a new draft counts for the one that was read."""
    return session.perform(state.kind, state.id, "vote", _standing(session, state, actor), {**data, "round": int(state.data.get("drafts", 0))})


def propose_ruling(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Propose a ruling; it is in force from today where no day is given."""
    given = {"effective_from": today_of(session).isoformat(), **{name: value for name, value in data.items() if value not in (None, "")}}
    given.setdefault("item", state.data.get("matter", ""))
    return session.perform(state.kind, state.id, "propose", _standing(session, state, actor), given, _ruling_context(session))


def rule(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Make the proposed ruling, by vote, agreement or a leader's decision."""
    proposal = dict(state.data.get("proposal") or {})
    begins = day_of(proposal.get("effective_from"))
    if begins is not None and begins < today_of(session):
        # The draft was written on an earlier day; nothing binds backwards.
        proposal["effective_from"] = today_of(session).isoformat()
    code = "裁" + str(state.data.get("number", ""))[1:] + (f"-{state.data['drafts']}" if int(state.data.get("drafts", 1)) > 1 else "")
    given = {**proposal, "code": code, "way": data.get("way"), "note": data.get("note"), "tally": tally(state.data)}
    return session.perform(state.kind, state.id, "rule", _standing(session, state, actor), given, _ruling_context(session))


def confirm_ruling(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Confirm for this side; refused where what is in force here says otherwise."""
    return session.perform(state.kind, state.id, "confirm_ruling", _standing(session, state, actor), data, {"rulings": session.unit.rulings()})


def _standing(session: Session, state: StreamState, actor: Actor) -> Actor:
    return actor.standing(party_here(session.world.desk, state.data))


def _ruling_context(session: Session) -> dict[str, Any]:
    return {"today": today_of(session).isoformat(), "rulings": session.unit.rulings()}


def named_case(session: Session, named: str) -> dict[str, Any]:
    """Return the case of a number or id. Raises ``CommandRefused`` where there is none here."""
    wanted = named.strip()
    for kind in (StreamKind.HANDOVER, StreamKind.APPEAL, StreamKind.WORK_ORDER, StreamKind.ALARM):
        stream = session.unit.by_number(kind, wanted)
        try:
            state = session.load(kind, stream or StreamId(str(UUID(wanted))))
        except (StreamNotFound, ValueError):
            continue
        return case_of(session, state)
    raise CommandRefused(Refusal("appeal.no_such_link", {"named": wanted[:40]}))


def case_of(session: Session, state: StreamState) -> dict[str, Any]:
    """Return what a consultation shows of a record: its numbers, what was said, masked, who objected on which clause, and its units."""
    data = state.data
    record = data.get("record") or {}
    appeal = None if state.kind == StreamKind.APPEAL else data.get("appeal")
    said = " ".join(str(data.get("text") or record.get("text") or data.get("summary", "")).split())[:SAID_CHARACTERS]
    refusals = data.get("refusals") or []
    units = [str(each.get("unit", "")) for each in refusals if isinstance(each, Mapping)] + [str(data.get("unit", ""))]
    case = {
        "appeal": str(appeal or state.id),
        "stream": state.id,
        "kind": state.kind.value,
        "number": str(data.get("number", "")),
        "said": mask_text(said, read(said).spans),
        "code": str(data.get("code", "")),
        "clause": str(data.get("clause", "")),
        "why": str(data.get("reason", ""))[:300],
        "units": [each for each in dict.fromkeys(units) if each],
    }
    return {name: value for name, value in case.items() if value not in ("", [])}


# --- what follows from the facts ---------------------------------------------------------------------------------------


def bind_ruling(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Both sides have confirmed: the ruling is part of this node's list from this transaction on."""
    ruling = after.data["ruling"]
    said = {name: ruling[name] for name in RULING_FIELDS if name in ruling}
    replaced = said.get("replaces")
    if replaced:
        begins = day_of(said.get("effective_from")) or today_of(session)
        for each in session.unit.rulings():
            if each.code == replaced:
                session.unit.keep_ruling(KeptRuling(each.code, each.consultation, each.data, begins))
    session.unit.keep_ruling(KeptRuling(str(ruling["code"]), after.id, said))


def consent_to_group(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """The leading group stands above both sides: what its leader decided binds here without a further word (000 领导小组)."""
    if fact.data.get("way") == "decision" and model_of(session.world.guard_context()).above_both:
        given = {"note": "领导小组裁定，自动生效"}
        # What contradicts a ruling in force here waits for people; the message itself was taken.
        with suppress(CommandRefused):
            session.perform(after.kind, after.id, "confirm_ruling", session.system.standing(Party.RECEIVER), given, {"rulings": session.unit.rulings()})


def unbind_ruling(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """A revoked ruling binds nobody from the day of its revocation."""
    ruling = after.data["ruling"]
    said = {name: ruling[name] for name in RULING_FIELDS if name in ruling}
    day = fact.at.astimezone(ZoneInfo(session.world.desk.zone)).date()
    session.unit.keep_ruling(KeptRuling(str(ruling["code"]), after.id, said, day))


def calm_down(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Somebody has acted: what climbed about the consultation is lifted."""
    known = supervision_of(session, after)
    if known is not None and known.phase not in ("lifted", "referred"):
        session.perform(known.kind, known.id, "lift", session.system, {"reason": "会商已推进"})


#: fact -> (decided here? None: either, what follows).
CONSULTATION_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    **dict.fromkeys(SHARED_CONSULTATION_FACTS, ((True, tell_peer),)),
    **dict.fromkeys(("MeetingOpened", "ConsultationConcluded", "ConsultationCancelled", "RulingDeclined"), ((True, tell_peer), (None, calm_down))),
    "RulingMade": ((True, tell_peer), (None, calm_down), (False, consent_to_group)),
    "RulingConfirmed": ((True, tell_peer), (None, bind_ruling), (None, calm_down)),
    "RulingRevoked": ((True, tell_peer), (None, unbind_ruling)),
}

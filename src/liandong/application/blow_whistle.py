"""Blow the whistle for what recurs at one place, asks many departments or holds risk; tell the callers when it is closed.

Source: 相政办〔2023〕55号 四（三）4. The triggers are the pack's: ``whistle_days``, ``whistle_count``, ``whistle_callers``, ``whistle_units``,
``whistle_words``. They are counted in the transaction of the fact that may be one too many, alone under a lock of the place and item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from liandong.application.convene import case_of, named_case, unit_lines
from liandong.application.note_dispute import matter_of
from liandong.application.perform import Session
from liandong.application.route import OTHER_SIDE, party_here
from liandong.application.telling import tell_peer
from liandong.application.world import World
from liandong.domain.alerts.alert import desk_code
from liandong.domain.appeals.normal_places import normal_place
from liandong.domain.appeals.repeat_keys import likeness, normal_phone, shingles
from liandong.domain.errors import CommandRefused, Refusal, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, StreamId, StreamKind, StreamState
from liandong.domain.whistles.whistle import OPEN, SHARED_WHISTLE_FACTS

__all__ = ["WHISTLE_REACTIONS", "agree_plan", "blow_by_hand", "call_more"]

DAYS, COUNT, CALLERS, UNITS = 10, 3, 2, 3
BEGINNING = datetime.fromtimestamp(0, UTC)
MOST, MOST_UNITS = 40, 8
#: Likeness of words from which two tellings at one place are one matter.
A_LITTLE_LIKE = 0.15
SUMMARY_CHARACTERS = 120
#: Cases that are added at once, and that one whistle lists; who calls after that gets the answer of their own order.
MOST_ADDED, MOST_CASES = 20, 100


def blow_by_hand(world: World, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Blow by hand, in one transaction; return the whistle.

    Parameters:
        data: ``summary``; may hold ``place``, ``item``, ``urgent``, ``units`` (codes), ``cases`` (numbers or ids), ``note``.

    Raises:
        CommandRefused: nobody is called, the role may not, or a case is not found.
    """
    with world.work() as unit:
        session = Session(world, unit)
        cases = [named_case(session, str(each)) for each in data.get("cases") or ()]
        given = {name: data[name] for name in ("summary", "place", "item", "urgent", "note") if data.get(name)}
        units = [*(data.get("units") or ()), *(unit for case in cases for unit in case.get("units", ()))]
        return _blow(session, actor, {"trigger": "by_hand", **given}, cases, units)


def _blow(session: Session, actor: Actor, data: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], units: Iterable[str]) -> StreamState:
    desk = session.world.desk
    called = unit_lines(session, dict.fromkeys(str(each) for each in units))
    if not called:
        raise CommandRefused(Refusal("whistle.nobody"))
    other = OTHER_SIDE.get(desk.side)
    both = [{"code": desk_code(side), "name": name, "function": "联动双方"} for side, name in (("police", "110报警服务台"), ("hotline", "12345热线")) if side == other]
    born = {**data, "origin": desk.node, "destination": other or "both", "called": [*called, *both], "cases": [dict(each) for each in cases][-MOST_CASES:]}
    return session.start(StreamKind.WHISTLE, "blow", actor.standing(Party.SENDER), born)


def call_more(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Whistle more units: codes, one a line."""
    codes = [str(each) for each in (data.get("units") or data.get("called") or ()) if isinstance(each, str)]
    given = {"called": unit_lines(session, codes) or [{}], "note": data.get("note", "")}
    return session.perform(state.kind, state.id, "call_more", _standing(session, state, actor), given)


def agree_plan(session: Session, state: StreamState, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Agree the plan; a task is a mapping, or a line ``unit | what | until``."""
    tasks = [_task(state, each) for each in data.get("tasks") or ()]
    return session.perform(state.kind, state.id, "agree_plan", _standing(session, state, actor), {**data, "tasks": tasks})


def _task(state: StreamState, said: Any) -> Any:
    if not isinstance(said, str):
        return said
    unit, _, rest = said.replace("|", "｜").partition("｜")
    what, _, until = rest.partition("｜")
    # A unit may be written by its code or by its name.
    code = next((code for code, line in state.data.get("lines", {}).items() if unit.strip() in (code, line.get("name"))), unit.strip())
    return {"unit": code, "what": what.strip(), "until": until.strip()}


def _standing(session: Session, state: StreamState, actor: Actor) -> Actor:
    return actor.standing(party_here(session.world.desk, state.data))


# --- what follows from the facts ---------------------------------------------------------------------------------------


def watch_place(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """A recorded appeal may be one too many of its matter at its place, or hold a word of risk."""
    key = _key(after.data)
    if key is None or after.data.get("source") or after.data.get("split_from"):
        # What came by a handover was counted by the side that took the call, what was split off with the call it was told in.
        return
    session.unit.remember(after.id, [key], session.at)
    _watch(session, key, after, [])


def watch_repeats(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Somebody linked a repeat: it counts, whatever words and place it was told with."""
    key = _key(after.data)
    if key is not None:
        _watch(session, key, after, [StreamId(str(each)) for each in after.data.get("repeats") or ()])


def watch_units(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """An order that many departments have refused or share is knotty."""
    units = {str(each.get("unit", "")) for each in after.data.get("refusals") or () if isinstance(each, Mapping)}
    units |= {str(after.data.get("unit", "")), *(str(each) for each in after.data.get("assistants") or ())} - {""}
    if after.kind != StreamKind.WORK_ORDER or len(units) < int(session.world.desk.switches.get("whistle_units", UNITS)) or not after.data.get("appeal"):
        return
    appeal = session.load(StreamKind.APPEAL, StreamId(str(after.data["appeal"])))
    key = _key(appeal.data) or _number(f"appeal|{appeal.id}")
    if _look(session, key, appeal, ()).standing is None:
        _start(session, key, "many_units", [appeal], extra=units)


def _watch(session: Session, key: int, appeal: StreamState, linked: Sequence[StreamId]) -> None:
    seen = _look(session, key, appeal, linked)
    # Most calls are far from any whistle: nobody waits for them. Another call may be one more at this very moment.
    if seen.standing is None and not seen.blows(session, margin=1):
        return
    session.unit.hold(key)
    seen = _look(session, key, appeal, linked)
    if seen.standing is not None:
        # Read under the lock: who had it before us may have added a case a moment ago.
        _join(session, session.load(StreamKind.WHISTLE, seen.standing), appeal, seen.found)
    elif trigger := seen.blows(session):
        _start(session, key, trigger, seen.appeals(session))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of a matter at its place: the telling, those like it and those linked, the whistle that stands."""

    appeal: StreamState
    found: frozenset[StreamId]
    linked: bool
    callers: int
    standing: StreamId | None

    def appeals(self, session: Session) -> list[StreamState]:
        return [each for each in (_load(session, one) for one in sorted(self.found)) if each is not None]

    def blows(self, session: Session, margin: int = 0) -> str:
        """Return the trigger that is reached, or would be with so many more; "" for none."""
        switches = session.world.desk.switches
        enough = len(self.found) + margin >= int(switches.get("whistle_count", COUNT))
        if enough and self.callers + margin >= int(switches.get("whistle_callers", CALLERS)):
            return "repeated" if self.linked else "frequent"
        risky = len(self.found) + margin >= 2 and any(word and word in str(self.appeal.data.get("text", "")) for word in switches.get("whistle_words", ()))
        return "risk" if risky else ""


def _look(session: Session, key: int, appeal: StreamState, linked: Sequence[StreamId]) -> _Seen:
    """Return what is known now, by one question."""
    since = session.at - timedelta(days=int(session.world.desk.switches.get("whistle_days", DAYS)))
    whistles = _number(f"whistle|{key}")
    known = session.unit.recall({key: MOST, whistles: 5}, BEGINNING, MOST + 5)
    known = [each for each in known if _alike(appeal.data, each.item, each.summary)]
    standing = next((each.id for each in known if whistles in each.keys and each.phase in OPEN), None)
    alike = {each.id: normal_phone(each.phone) or each.id for each in known if key in each.keys and each.opened_at >= since}
    alike[appeal.id] = normal_phone(str(appeal.data.get("phone", ""))) or appeal.id
    for one in (_load(session, each) for each in linked if each not in alike):
        if one is not None:
            alike[one.id] = normal_phone(str(one.data.get("phone", ""))) or one.id
    return _Seen(appeal, frozenset(alike), bool(linked), len(set(alike.values())), standing)


def _join(session: Session, whistle: StreamState, appeal: StreamState, found: Iterable[StreamId]) -> None:
    """One more of what is whistled already: it is added, its caller will be told too."""
    known = {str(each.get("appeal")) for each in whistle.data.get("cases", ())}
    room = min(MOST_ADDED, MOST_CASES - len(known))
    # The newest first: who is calling now is not the one left for the next call to add.
    new = [case_of(session, each) for each in (_load(session, one) for one in sorted(set(found) - known, reverse=True)[: max(room, 0)]) if each is not None]
    if new:
        session.perform(whistle.kind, whistle.id, "add_case", session.system.standing(Party.SENDER), {"added": new})


def _start(session: Session, key: int, trigger: str, appeals: Sequence[StreamState], extra: Iterable[str] = ()) -> None:
    latest = max(appeals, key=lambda each: each.id)
    told_as = f"whistle:{session.world.desk.node}:{key}:{latest.id}"
    if (standing := session.unit.by_key(told_as)) is not None:
        # Its newest call blew already, with words that are less like these: it is that whistle's matter, or was while it stood.
        whistle = session.load(StreamKind.WHISTLE, standing)
        if whistle.phase in OPEN:
            _join(session, whistle, latest, [each.id for each in appeals])
        return
    called = [*extra, *_concerned(session, appeals)]
    if not unit_lines(session, dict.fromkeys(called)):
        # Nobody the directory knows can be called; what led here stands all the same.
        return
    cases = [case_of(session, each) for each in appeals]
    first = min(appeals, key=lambda each: each.id).data
    words = " ".join(str(first.get("text", "")).split())[:SUMMARY_CHARACTERS]
    item = Counter(matter_of(each.data) for each in appeals).most_common(1)[0][0]
    name = session.world.context.get("items", {}).get(item, item)
    days = int(session.world.desk.switches.get("whistle_days", DAYS))
    told = {
        "key": told_as,
        "trigger": trigger,
        "summary": f"{name}：{days}天内{len(appeals)}件。{words}",
        "place": first.get("place", "") or latest.data.get("place", ""),
        "item": item,
        "urgent": any(bool(each.data.get("urgent")) for each in appeals),
    }
    started = _blow(session, session.system, told, cases, called)
    session.unit.remember(started.id, [_number(f"whistle|{key}")], session.at)


def _concerned(session: Session, appeals: Sequence[StreamState]) -> list[str]:
    """Return the units that at least half of the tellings ask for, and the police unit of the place: one odd telling calls nobody."""
    directory = session.world.directory
    if directory is None:
        return []
    asked = Counter(code for each in appeals for code in {one.code for one in directory.team(each.data, session.at)})
    units = [code for code, count in asked.most_common(MOST_UNITS) if 2 * count >= len(appeals)] or [code for code, _ in asked.most_common(1)]
    police = directory.police_unit(appeals[0].data, session.at)
    return [*units, *([police] if police else [])]


def _alike(data: Mapping[str, Any], item: str, summary: str) -> bool:
    """Tell whether two tellings at one place are one matter: the same class, or words that are a little like (hurried words are judged differently)."""
    same = bool(item) and item[:2] == str(data.get("item", ""))[:2]
    return same or likeness(shingles(str(data.get("text", ""))), shingles(summary)) >= A_LITTLE_LIKE


def _load(session: Session, appeal: StreamId) -> StreamState | None:
    try:
        return session.load(StreamKind.APPEAL, appeal)
    except StreamNotFound:
        return None


def _key(data: Mapping[str, Any]) -> int | None:
    """Return the key of a place; None where none is named."""
    place = normal_place(str(data.get("place", "")))
    area = place.area or place.best
    return _number(f"place|{area}") if area else None


def _number(words: str) -> int:
    return int.from_bytes(blake2b(f"whistle|{words}".encode(), digest_size=8).digest()) >> 1


def tell_callers(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """It is closed: every appeal of it that this node holds gets the result, so that its caller is told."""
    words = f"双哨联合处置已闭环（{after.data.get('number', '')}）：{fact.data['result']}"[:2000]
    for each in after.data.get("cases", ()):
        appeal = _load(session, StreamId(str(each.get("appeal", "")))) if isinstance(each, Mapping) else None
        if appeal is not None and appeal.phase:
            session.perform(appeal.kind, appeal.id, "supplement", session.system, {"words": words})


#: fact -> (decided here? None: either, what follows).
WHISTLE_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    **dict.fromkeys(SHARED_WHISTLE_FACTS, ((True, tell_peer),)),
    "WhistleClosed": ((True, tell_peer), (None, tell_callers)),
    "AppealTaken": ((True, watch_place),),
    "RepeatNoted": ((True, watch_repeats),),
    "OrderDispatched": ((True, watch_units),),
    "AssistantsCalled": ((True, watch_units),),
    "OrderRefused": ((True, watch_units),),
}

"""会商: both sides and the units concerned talk a disputed kind of matter through, and what they decide binds.

Rules:
    1. It is convened by itself when a disputed kind of matter recurs, or by hand; urgent ones are held online within hours (003 四（三）3; 004).
    2. Who is invited answers for itself; who said what stands in the record, in order, by party and unit.
    3. A ruling is proposed, put to the vote or decided by the lead, and binds when both sides have confirmed it.
    4. A ruling says whose matter it is, who leads until which fact is found, who leads after, on which clause, from when until when.
    5. A ruling that contradicts one in force is refused, unless it names the one it replaces.
    6. Nobody leaves it hanging: what is not opened in time lapses and climbs (000 会商悬置).

Theory of operation: both nodes hold the same facts. The side that convenes is S; it alone moves the state, but for ``ruled``, where the
other side, R, confirms or sends it back. So the two never decide at once, and no crossing on the wire can part the copies: all other facts
leave the state as it is and fold to the same data in any order. Rows for nobody take what was on the wire when the state moved.
Participants live in the data, keyed by their code; ``desk:police`` and ``desk:hotline`` are the two desks.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.alerts.alert import desk_code
from liandong.domain.consultations.coordination import model_of, refused_convening, refused_way
from liandong.domain.consultations.rulings import RULING_FIELDS, KeptRuling, contradicting, day_of
from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["CONSULTATION", "OCCASIONS", "OPEN", "SHARED_CONSULTATION_FACTS", "TERMINAL", "ConsultationState", "speaker_of", "tally"]

MESSAGES.update(
    {
        "consultation.not_invited": Message(
            "这次会商没有邀请您的单位。需要参加，请联系召集方追加邀请。", "Your unit is not invited. To take part, ask the side that convenes to invite it."
        ),
        "consultation.answered": Message(
            "您的单位已经答复过邀请。如有变化请在会商中发言说明。", "Your unit has answered the invitation. Say in the meeting what has changed."
        ),
        "consultation.voted": Message("您的单位对这一稿已经表决过。改动请提出新的裁定稿。", "Your unit has voted on this draft. To change it, propose another."),
        "consultation.nobody_new": Message("没有新的邀请对象。请选择还未邀请的单位。", "Nobody new is invited. Choose units that are not invited yet."),
        "consultation.not_carried": Message(
            "表决未过半数（同意{yes}，不同意{no}）。请继续会商，或由领导直接裁定。", "The vote did not carry ({yes} for, {no} against). Go on talking, or let a leader decide."
        ),
        "consultation.leader_decides": Message(
            "“领导裁定”由领导或督办员作出。也可以提请表决。", "A decision by the lead is a leader's or a supervisor's to make. Or put it to the vote."
        ),
        "consultation.dates": Message(
            "裁定的日期不对：{detail}。请按“2026-12-01”填写，止期不早于起期，起期不早于今天。",
            "The dates are wrong: {detail}. Write 2026-12-01; the end is not before the start, the start not before today.",
        ),
        "consultation.contradicts": Message(
            "与现行裁定{code}矛盾（{words}，依据{clause}）。请先废止它，或在“替代裁定”里写明{code}。",
            "This contradicts ruling {code} in force ({words}, on {clause}). Revoke it first, or name {code} as the one it replaces.",
        ),
        "consultation.cues": Message(
            "裁定的关键词不能用：{detail}。请写 1 到 20 个普通词语，每个 2 到 30 字。",
            "The cues cannot be used: {detail}. Write 1 to 20 plain words of 2 to 30 characters each.",
        ),
        "consultation.unknown_code": Message("{field}“{code}”不在本市清单中。请从清单中选择。", "{field} {code} is not in this city's list. Choose one of the list."),
        "consultation.half_moved": Message(
            "写了转移事实，就要写明查明之后由哪方、哪个单位牵头。", "Where a fact moves the lead, say which side and unit lead once it is found."
        ),
    }
)


class ConsultationState(StrEnum):
    """Where a consultation stands."""

    NEW = ""
    CONVENED = "convened"
    MEETING = "meeting"
    ADJOURNED = "adjourned"
    VOTING = "voting"
    RULED = "ruled"
    IN_FORCE = "in_force"
    REVOKED = "revoked"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


S = ConsultationState
OPEN = frozenset({S.CONVENED, S.MEETING, S.ADJOURNED, S.VOTING, S.RULED, S.LAPSED})
TERMINAL = frozenset({S.REVOKED.value, S.CONCLUDED.value, S.CANCELLED.value})
#: Nobody speaks, votes or answers there any more.
ENDED = frozenset({S.IN_FORCE, S.REVOKED, S.CONCLUDED, S.CANCELLED})

#: 何以召集: by rule, by hand, monthly analysis, quarterly consultation, annual review.
OCCASIONS = ("by_rule", "by_hand", "monthly", "quarterly", "annual")
VOTES = ("yes", "no", "abstain")
#: 表决通过、协商一致、领导裁定.
WAYS = ("vote", "agreement", "decision")

FIELD = frozenset({Role.UNIT_STAFF, Role.OFFICER})
HEADS = frozenset({Role.REVIEWER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER})
SYSTEM = frozenset({Role.SYSTEM})
SPEAKING = FIELD | HEADS | {Role.CALL_TAKER, Role.AGENT, Role.ANALYST}
FROM, TO = Party.SENDER, Party.RECEIVER

RECURS = "相政办〔2023〕55号 四（三）3：争议事项会商研判；000：会商启动慢、门槛高"
CALLED = "国办发〔2022〕12号：及时召集，当事单位参加"
RECORD = "相政办〔2023〕55号 四（三）3：会商纪要"
BINDS = "相政办〔2023〕55号 四（三）3：会商结果更新对接事项明细"
CLIMBS = "000 会商悬置；相政办〔2023〕55号 四（三）5"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "会商编号", "consultation number", limit=40),
        Field("key", "召集事由编号", "key of the cause", limit=120),
        Field("origin", "召集平台", "convened by", limit=60),
        Field("destination", "对方平台", "other side", limit=60),
        Field("occasion", "召集事由", "occasion", form="choice", choices=OCCASIONS),
        Field("summary", "议题", "what it is about", limit=1000),
        Field("matter", "争议事项", "disputed matter", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("cases", "涉及件", "cases", form="list", limit=60),
        Field("added", "增列件", "added cases", form="list", limit=20),
        Field("figures", "数据", "figures", form="map", limit=40),
        Field("participants", "邀请单位", "invited units", form="list", limit=60),
        Field("participant", "单位", "unit", limit=60),
        Field("agenda", "议程", "agenda", form="list", limit=40),
        Field("held_at", "会商时间", "time of the meeting", limit=40),
        Field("person", "参会人", "who attends", limit=80),
        Field("reason", "理由", "reason", limit=2000),
        Field("note", "说明", "note", limit=2000),
        Field("words", "内容", "words", limit=4000),
        Field("vote", "表决", "vote", form="choice", choices=VOTES),
        Field("round", "第几稿", "draft", form="number"),
        Field("code", "裁定编号", "ruling number", limit=60),
        Field("item", "事项", "item", limit=20),
        Field("side", "归属", "side", form="choice", choices=("police", "hotline", "joint")),
        Field("lead", "牵头单位", "lead unit", limit=40),
        Field("until_fact", "牵头至查明何事实", "leads until this fact is found", limit=300),
        Field("then_side", "查明后归属", "side once it is found", form="choice", choices=("police", "hotline")),
        Field("then_lead", "查明后牵头单位", "lead unit once it is found", limit=40),
        Field("cues", "关键词", "cues", form="list", limit=20),
        Field("clause", "依据条款", "clause", limit=60),
        Field("effective_from", "生效日期", "in force from", limit=10),
        Field("effective_to", "失效日期", "in force until", limit=10),
        Field("replaces", "替代裁定", "replaces ruling", limit=60),
        Field("way", "裁定方式", "way of deciding", form="choice", choices=WAYS),
        Field("tally", "票数", "votes", form="map", limit=60),
        Field("conclusion", "会商结论", "conclusion", limit=4000),
        Field("moved", "时限变动", "moved deadlines", form="list", limit=20),
    )
}

TITLES = {
    "convened": ("已召集", "convened"),
    "meeting": ("会商中", "in session"),
    "adjourned": ("休会", "adjourned"),
    "voting": ("表决中", "voting"),
    "ruled": ("待对方确认", "awaiting the other side"),
    "in_force": ("裁定生效", "in force"),
    "revoked": ("裁定已废止", "revoked"),
    "concluded": ("已结束", "concluded"),
    "cancelled": ("已取消", "cancelled"),
    "lapsed": ("逾期未开", "lapsed"),
    "convene": ("召集", "convene"),
    "invite_more": ("追加邀请", "invite more"),
    "add_case": ("增列涉及件", "add a case"),
    "attend": ("参加", "attend"),
    "excuse": ("不能参加", "send regrets"),
    "set_agenda": ("定议程", "set the agenda"),
    "open_meeting": ("开会", "open"),
    "speak": ("发言", "speak"),
    "adjourn": ("休会", "adjourn"),
    "propose": ("提出裁定稿", "propose a ruling"),
    "vote": ("表决", "vote"),
    "rule": ("作出裁定", "rule"),
    "confirm_ruling": ("确认裁定", "confirm the ruling"),
    "decline_ruling": ("不予确认", "decline the ruling"),
    "revoke": ("废止裁定", "revoke"),
    "conclude": ("结束会商", "conclude"),
    "cancel": ("取消", "cancel"),
    "lapse": ("逾期", "limit passed"),
    "retime": ("重算时限", "work out the deadlines anew"),
}

SENTENCES = {
    "": "Nobody has been called together.",
    "convened": "Everybody concerned is invited; each answers for itself.",
    "meeting": "They talk; the words stand in the record.",
    "adjourned": "It goes on another time.",
    "voting": "A ruling is proposed; who takes part votes on it.",
    "ruled": "The convening side has ruled; it binds when the other side confirms.",
    "in_force": "Both sides have confirmed: the ruling is part of the list on both nodes.",
    "revoked": "The ruling no longer binds; the record stays.",
    "concluded": "It ended with a conclusion and without a ruling.",
    "cancelled": "It was called off before anything was decided.",
    "lapsed": "Nobody opened it in time; it climbs until somebody does.",
}

#: Facts that leave the state as it is and may be under way while it moves.
PASSING = {
    "InvitationAccepted": ("attend", "invited"), "InvitationExcused": ("excuse", "invited"), "WordsSpoken": ("speak", "speaker"), "VoteCast": ("vote", "invited"),
}  # fmt: skip
#: Every fact of a consultation but the recalculation of deadlines is held by both nodes.
SHARED_CONSULTATION_FACTS = frozenset(
    {
        "ConsultationConvened", "ParticipantsInvited", "CaseAdded", "AgendaSet", "MeetingOpened", "MeetingAdjourned", "RulingProposed", "RulingMade",
        "RulingConfirmed", "RulingDeclined", "RulingRevoked", "ConsultationConcluded", "ConsultationCancelled", "ConsultationLapsed", *PASSING,
    }
)  # fmt: skip


def speaker_of(data: Mapping[str, Any], actor_role: Role, unit: str, party: Party) -> str:
    """Return the code of who speaks: the unit of field people, else the desk of that party."""
    if actor_role in FIELD:
        return unit
    other = str(data.get("destination", ""))
    own = {"police": "hotline", "hotline": "police"}.get(other, other)
    return desk_code(other if party == TO else own)


def tally(data: Mapping[str, Any], draft: int | None = None) -> dict[str, int]:
    """Return the votes on a draft, the newest where none is named."""
    wanted = str(data.get("drafts", 0) if draft is None else draft)
    votes = data.get("votes", {}).get(wanted, {})
    return {each: sum(1 for one in votes.values() if one.get("vote") == each) for each in VOTES}


def _says(state: StreamState, command: Command) -> str:
    return speaker_of(state.data, command.actor.role, command.actor.unit, command.actor.party)


def _invited(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold for who was invited; the two desks always are."""
    who = _says(state, command)
    return None if who and who in state.data.get("lines", {}) else Refusal("consultation.not_invited", {}, CALLED)


def _speaker(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """A desk may write down the words of somebody invited who has no hands on the system."""
    named = command.data.get("participant")
    if named and command.actor.role not in FIELD:
        return None if named in state.data.get("lines", {}) else Refusal("consultation.not_invited", {}, CALLED)
    return _invited(state, command, context)


def _first_answer(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    refused = _invited(state, command, context)
    if refused is None and state.data["lines"][_says(state, command)].get("answer"):
        return Refusal("consultation.answered", {}, CALLED)
    return refused


def _first_vote(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    refused = _invited(state, command, context)
    cast = state.data.get("votes", {}).get(str(state.data.get("drafts", 0)), {})
    return Refusal("consultation.voted", {}, RECORD) if refused is None and _says(state, command) in cast else refused


def _somebody(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    known = state.data.get("lines", {})
    new = [each for each in command.data.get("participants", []) if isinstance(each, dict) and each.get("code") and each["code"] not in known]
    return None if new else Refusal("consultation.nobody_new", {}, CALLED)


def _convener(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold for whom the city's model of coordination lets convene, with somebody invited."""
    return refused_convening(command, context) or _somebody(state, command, context)


def _group_decided(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The node consents by itself to what a leader of the group above both sides decided, where nothing in force here says otherwise."""
    decided = model_of(context).above_both and state.data.get("ruling", {}).get("way") == "decision"
    return _still_sound(state, command, context) if decided else Refusal("consultation.group_decides", {}, BINDS)


def _sound_ruling(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Dates, cues and codes are sound, a moved lead is said whole, and no ruling in force says otherwise.

    Context: ``today`` (ISO), ``rulings`` (those kept here), ``items`` and ``units`` (known codes); each absent: not asked.
    """
    data = command.data
    return _dates(data, context) or _cues(data) or _codes(data, context) or _moved(data) or _contradiction(data, context)


def _dates(data: Mapping[str, Any], context: Mapping[str, Any]) -> Refusal | None:
    first, last = day_of(data.get("effective_from")), day_of(data.get("effective_to"))
    today = day_of(context.get("today"))
    detail = ""
    if first is None:
        detail = "生效日期不是日期"
    elif data.get("effective_to") and last is None:
        detail = "失效日期不是日期"
    elif last is not None and last < first:
        detail = "失效日期早于生效日期"
    elif today is not None and first < today:
        detail = "生效日期早于今天"
    return Refusal("consultation.dates", {"detail": detail}, BINDS) if detail else None


def _cues(data: Mapping[str, Any]) -> Refusal | None:
    cues = data.get("cues") or []
    detail = ""
    if not cues:
        detail = "一个也没有"
    for each in cues:
        if not isinstance(each, str) or not 2 <= len(each.strip()) <= 30 or each != each.strip():
            detail = "长短或格式不对"
        elif each.startswith("re:") or any(char < " " for char in each):
            detail = "只能是普通词语"
    return Refusal("consultation.cues", {"detail": detail}, BINDS) if detail else None


def _codes(data: Mapping[str, Any], context: Mapping[str, Any]) -> Refusal | None:
    for names, known in ((("item",), context.get("items")), (("lead", "then_lead"), context.get("units"))):
        for name in names:
            code = data.get(name)
            if code and known is not None and code not in known:
                return Refusal("consultation.unknown_code", {"field": FIELDS[name].zh, "code": str(code)[:40]}, BINDS)
    return None


def _moved(data: Mapping[str, Any]) -> Refusal | None:
    said = [bool(data.get(name)) for name in ("until_fact", "then_side", "then_lead")]
    return Refusal("consultation.half_moved", {}, BINDS) if any(said) and not (said[0] and said[1]) else None


def _contradiction(data: Mapping[str, Any], context: Mapping[str, Any]) -> Refusal | None:
    known: tuple[KeptRuling, ...] = tuple(context.get("rulings") or ())
    found = contradicting(data, known)
    if found is None:
        return None
    told = {"code": found.code, "words": str(found.data.get("words", ""))[:120], "clause": str(found.data.get("clause", ""))}
    return Refusal("consultation.contradicts", told, str(found.data.get("clause", BINDS)))


def _carried(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The model of coordination knows the way; a vote needs more for than against, a decision a leader; and the ruling must still be sound."""
    refused = refused_way(state, command, context)
    if refused is not None:
        return refused
    way = command.data.get("way")
    votes = tally(state.data)
    if way == "vote" and votes["yes"] <= votes["no"]:
        return Refusal("consultation.not_carried", {"yes": votes["yes"], "no": votes["no"]}, RECORD)
    if way == "decision" and command.actor.role not in (Role.LEADER, Role.SUPERVISOR):
        return Refusal("consultation.leader_decides", {}, RECORD)
    return _sound_ruling(state, command, context)


def _still_sound(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """What was ruled over there must not contradict what is in force here."""
    return _contradiction(state.data.get("ruling", {}), context)


def _alone(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Where one node serves both sides nobody else is there to confirm."""
    return None if state.data.get("destination") == "both" else Refusal("command.other_end", {"command": TITLES[command.name][0]}, BINDS)


def _rows() -> tuple[Row, ...]:
    born = ("summary", "origin", "destination", "participants")
    about = ("number", "key", "occasion", "matter", "urgent", "cases", "figures", "agenda", "held_at", "note")
    ruling = ("item", "side", "lead", "cues", "clause", "effective_from", "words")
    more = ("until_fact", "then_side", "then_lead", "effective_to", "replaces")
    rows = [Row(S.NEW, "convene", S.CONVENED, HEADS | SYSTEM | {Role.ANALYST}, "ConsultationConvened", RECURS, born, about, "convener", FROM)]
    for each in (S.CONVENED, S.MEETING, S.ADJOURNED, S.VOTING, S.LAPSED):
        rows += [
            Row(each, "invite_more", SAME, HEADS, "ParticipantsInvited", CALLED, ("participants",), ("note",), "somebody", FROM),
            Row(each, "add_case", SAME, HEADS | SYSTEM, "CaseAdded", RECURS, ("added",), ("note",), "", FROM),
            Row(each, "set_agenda", SAME, HEADS, "AgendaSet", RECORD, ("agenda",), ("held_at",), "", FROM),
            Row(each, "cancel", S.CANCELLED, HEADS, "ConsultationCancelled", RECORD, ("reason",), (), "", FROM),
            Row(each, "retime", SAME, SYSTEM, "DeadlineMoved", "城市包时限规则变更，按生效日期重算", ("moved", "reason")),
        ]
    rows += [
        *(Row(each, "open_meeting", S.MEETING, HEADS, "MeetingOpened", CALLED, (), ("agenda", "note"), "", FROM) for each in (S.CONVENED, S.ADJOURNED, S.LAPSED)),
        Row(S.CONVENED, "lapse", S.LAPSED, SYSTEM, "ConsultationLapsed", CLIMBS, (), ("note",), "", FROM),
        *(Row(each, "adjourn", S.ADJOURNED, HEADS, "MeetingAdjourned", RECORD, ("reason",), ("held_at",), "", FROM) for each in (S.MEETING, S.VOTING)),
        *(Row(each, "propose", S.VOTING, HEADS, "RulingProposed", BINDS, ruling, more, "sound_ruling", FROM) for each in (S.MEETING, S.VOTING)),
        Row(S.VOTING, "rule", S.RULED, HEADS, "RulingMade", BINDS, ("way", "code", *ruling), (*more, "tally", "note"), "carried", FROM),
        *(
            Row(each, "conclude", S.CONCLUDED, HEADS, "ConsultationConcluded", RECORD, ("conclusion",), (), "", FROM)
            for each in (S.MEETING, S.VOTING, S.ADJOURNED)
        ),
        Row(S.RULED, "confirm_ruling", S.IN_FORCE, HEADS, "RulingConfirmed", BINDS, (), ("note",), "still_sound", TO),
        Row(S.RULED, "confirm_ruling", S.IN_FORCE, HEADS, "RulingConfirmed", BINDS, (), ("note",), "alone", FROM),
        Row(S.RULED, "confirm_ruling", S.IN_FORCE, SYSTEM, "RulingConfirmed", BINDS, (), ("note",), "group_decided", TO),
        Row(S.RULED, "decline_ruling", S.MEETING, HEADS, "RulingDeclined", BINDS, ("reason",), (), "", TO),
        Row(S.IN_FORCE, "revoke", S.REVOKED, HEADS, "RulingRevoked", BINDS, ("reason",), (), "", FROM),
    ]
    return (*rows, *_passing())


def _passing() -> list[Row]:
    """Answers, words and votes of either end: for people while it is open, and for what was on the wire in any state."""
    nobody = frozenset[Role]()
    needed = {"attend": ((), ("person", "note")), "excuse": (("reason",), ("person",)), "speak": (("words",), ("participant",)), "vote": (("vote",), ("round", "words"))}
    source = {"attend": CALLED, "excuse": CALLED, "speak": RECORD, "vote": RECORD}
    people = {
        "attend": (FIELD | HEADS, "first_answer", frozenset({S.CONVENED, S.MEETING, S.ADJOURNED, S.LAPSED, S.VOTING})),
        "excuse": (FIELD | HEADS, "first_answer", frozenset({S.CONVENED, S.MEETING, S.ADJOURNED, S.LAPSED, S.VOTING})),
        "speak": (SPEAKING, "speaker", frozenset({S.CONVENED, S.MEETING, S.VOTING})),
        "vote": (FIELD | HEADS, "first_vote", frozenset({S.VOTING})),
    }
    rows = []
    for fact, (command, guard) in PASSING.items():
        who, strict, where = people[command]
        required, optional = needed[command]
        for each in (state for state in S if state != S.NEW):
            for end in (FROM, TO):
                rows.append(Row(each, command, SAME, nobody, fact, source[command], required, optional, guard, end))
                if each in where:
                    rows.append(Row(each, command, SAME, who, fact, source[command], required, optional, strict, end))
    return rows


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    name, at = fact.name, fact.at.isoformat()
    lines = {code: dict(line) for code, line in data.get("lines", {}).items()}
    if name in ("ConsultationConvened", "ParticipantsInvited"):
        for each in fact.data.get("participants", ()):
            if isinstance(each, dict) and each.get("code"):
                lines.setdefault(str(each["code"]), {**each, "invited_at": at})
    who = speaker_of(data, fact.actor.role, fact.actor.unit, fact.actor.party)
    if name in ("InvitationAccepted", "InvitationExcused") and who in lines:
        answer = {"answer": "attend" if name == "InvitationAccepted" else "excuse", "answered_at": at}
        said = {each: fact.data[each] for each in ("person", "note", "reason") if each in fact.data}
        # The first word counts, also where a unit answered at both nodes at once.
        if not lines[who].get("answered_at") or at < lines[who]["answered_at"]:
            lines[who] |= answer | {"said": said.get("reason") or said.get("note", ""), "person": said.get("person", "")}
    data["lines"] = lines
    if name == "WordsSpoken":
        said_by = who if fact.actor.role in FIELD else str(fact.data.get("participant") or who)
        line = {"at": at, "by": said_by, "party": fact.actor.party.value, "role": fact.actor.role.value, "person": fact.actor.person, "words": fact.data["words"]}
        data["minutes"] = sorted([*data.get("minutes", []), line], key=lambda each: (each["at"], each["party"], each["by"]))[-400:]
    if name == "CaseAdded":
        known = {each.get("appeal") for each in data.get("cases", ()) if isinstance(each, dict)}
        new = [each for each in fact.data["added"] if isinstance(each, dict) and each.get("appeal") not in known]
        data["cases"] = [*data.get("cases", []), *new][-60:]
    _fold_ruling(data, fact, who)
    for passing in ("participants", "participant", "words", "note", "person", "vote", "round", "moved", "way", "tally", "added"):
        data.pop(passing, None)
    return data


def _fold_ruling(data: dict[str, Any], fact: Fact, who: str) -> None:
    name, at = fact.name, fact.at.isoformat()
    if name == "RulingProposed":
        data["proposal"] = {each: fact.data[each] for each in RULING_FIELDS if each in fact.data}
        data["drafts"] = int(data.get("drafts", 0)) + 1
    elif name == "VoteCast":
        draft = str(fact.data.get("round", data.get("drafts", 0)))
        votes = {each: dict(cast) for each, cast in data.get("votes", {}).items()}
        cast = votes.setdefault(draft, {})
        if who not in cast or at < cast[who]["at"]:
            cast[who] = {"vote": fact.data["vote"], "words": fact.data.get("words", ""), "at": at}
        data["votes"] = votes
    elif name == "RulingMade":
        said = {each: fact.data[each] for each in RULING_FIELDS if each in fact.data}
        data["ruling"] = {**said, "code": fact.data["code"], "way": fact.data["way"], "tally": fact.data.get("tally", {}), "made_at": at}
    elif name == "RulingConfirmed":
        data["in_force_at"] = at
    elif name == "RulingRevoked":
        data["revoked_at"], data["revoked_for"] = at, fact.data["reason"]
    for each in ("lead", "until_fact", "then_side", "then_lead", "cues", "clause", "effective_from", "effective_to", "replaces", "code"):
        data.pop(each, None)


CONSULTATION = Machine(
    kind=StreamKind.CONSULTATION,
    states=ConsultationState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={
        "invited": _invited, "speaker": _speaker, "first_answer": _first_answer, "first_vote": _first_vote, "somebody": _somebody,
        "sound_ruling": _sound_ruling, "carried": _carried, "still_sound": _still_sound, "alone": _alone, "convener": _convener, "group_decided": _group_decided,
    },
    fold=_fold,
)  # fmt: skip

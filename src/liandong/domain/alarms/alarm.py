"""警单: the police loop, taken → ordered → signed → departed → arrived → handled → reported → closed.

Rules:
    1. 接警、指令、处置、反馈: each step is somebody's word with a time (相政办〔2023〕55号 三（二）).
    2. Dispatch and feedback have a second review where the pack asks for it by class (002 双复核、双审); danger never waits for one.
    3. A station that finds a non-police matter says why; the bureau decides; only then does it cross (003 四（三）1).
    4. Handle first, hand over after: once police have acted, the source may go to the other side (004 四（二）1).
    5. What the other side returns comes back to the state it left.
    6. One unit leads, others assist with parts of their own; a unit acts only on what is its own (001 主办、协办).

Theory of operation: an alarm is created for an appeal that police keep, or for a handover that police receive. Its end
is the end of the appeal here and, when it came by a handover, the report to the side that sent it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.assistants.parts import APART, PART_FIELDS, PART_GUARDS, PART_TITLES, fold_parts, is_own, part_rows, parts_in
from liandong.domain.errors import Refusal
from liandong.domain.journal.facts import Command, Fact, Role, StreamKind, StreamState
from liandong.domain.journal.machine import PRIOR, SAME, Field, Machine, Row
from liandong.domain.replies.visits import MAJOR_VISIT, fold_visit, owed_last_try, visit_owed

__all__ = ["ALARM", "AWAITING_REVIEW", "OPEN", "TERMINAL", "AlarmState"]


class AlarmState(StrEnum):
    """Where an alarm stands."""

    NEW = ""
    TAKEN = "taken"
    DISPATCH_REVIEW = "dispatch_review"
    ORDERED = "ordered"
    SIGNED = "signed"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    HANDLED = "handled"
    FEEDBACK_REVIEW = "feedback_review"
    REPORTED = "reported"
    NON_POLICE_STATED = "non_police_stated"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = AlarmState
TERMINAL = frozenset({S.CANCELLED.value})
OPEN = frozenset(set(S) - {S.NEW, S.CLOSED, S.CANCELLED})
AWAITING_REVIEW = frozenset({S.DISPATCH_REVIEW, S.FEEDBACK_REVIEW, S.NON_POLICE_STATED})
#: An officer is on it and police have not finished.
IN_HAND = (S.ORDERED, S.SIGNED, S.DEPARTED, S.ARRIVED)

DESK = frozenset({Role.CALL_TAKER, Role.DISPATCHER, Role.SYSTEM})
COMMAND = frozenset({Role.DISPATCHER, Role.CALL_TAKER})
FIELD = frozenset({Role.OFFICER})
BUREAU = frozenset({Role.REVIEWER})
SELF = frozenset({Role.SYSTEM})

LOOP = "相政办〔2023〕55号 三（二）双闭环：接警—指令—处置—反馈"
DOUBLE = "002 双复核、双审"
SOURCE_FIRST = "济政办字〔2023〕51号 四（二）1：先期处置后源头化解"
NON_POLICE = "相政办〔2023〕55号 四（三）1：派出所写明推送原因，分局审核"

RULED = "相政办〔2023〕55号 四（三）3 会商裁定明确牵头；000 职责随事实转移"
RETIMED = "城市包时限规则变更，按生效日期重算"

FIELDS = {
    each.name: each
    for each in (
        Field("appeal", "诉求", "appeal", limit=60),
        Field("number", "警单号", "alarm number", limit=40),
        Field("handover", "联动单", "handover", limit=60),
        Field("summary", "案由", "summary", limit=2000),
        Field("place", "地点", "place", limit=300),
        Field("item", "事项", "item", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("unit", "出警单位", "unit", limit=40),
        Field("officers", "民警", "officers", limit=200),
        Field("contact", "民警联系方式", "officers' contact", limit=80),
        Field("note", "说明", "note", limit=2000),
        Field("situation", "现场情况", "situation", limit=5000),
        Field("result", "处理结果", "result", limit=5000),
        Field("result_code", "结果代码", "result code", limit=20),
        Field("visit_for", "回访缘由", "why a visit is due", form="list", limit=8),
        Field("reason", "理由", "reason", limit=2000),
        Field("clause", "依据条款", "clause", limit=60),
        Field("source_matter", "需源头化解事项", "source to cure", limit=2000),
        Field("attachments", "附件", "attachments", form="list", limit=20),
        Field("longitude", "经度", "longitude", limit=20),
        Field("latitude", "纬度", "latitude", limit=20),
        Field("linked", "关联件", "linked record", limit=60),
        Field("kind", "类别", "kind", limit=20),
        Field("ruling", "会商裁定", "ruling", form="map", limit=12),
        Field("found", "查明的事实", "fact found", limit=2000),
        Field("division", "行政区划", "division", limit=12),
        Field("since", "起算时间", "counted from", limit=40),
        Field("satisfaction", "满意度", "satisfaction", form="choice", choices=("1", "2", "3")),
        Field("way", "回访方式", "way of the visit", form="choice", choices=("phone", "message", "web")),
        Field("moved", "时限变动", "moved deadlines", form="list", limit=20),
        *PART_FIELDS,
    )
}

TITLES = {
    "taken": ("已接警", "taken"),
    "dispatch_review": ("派警复核中", "dispatch in review"),
    "ordered": ("已下指令", "ordered"),
    "signed": ("已签收", "signed"),
    "departed": ("已出动", "departed"),
    "arrived": ("已到场", "arrived"),
    "handled": ("已处置", "handled"),
    "feedback_review": ("反馈审核中", "feedback in review"),
    "reported": ("已反馈", "reported"),
    "non_police_stated": ("提请非警务审核", "stated as non-police"),
    "handed_over": ("已移交热线", "handed over"),
    "closed": ("已结警", "closed"),
    "cancelled": ("已撤销", "cancelled"),
    "take": ("接警", "take"),
    "order": ("下达指令", "order"),
    "approve_order": ("复核通过", "approve the order"),
    "turn_back_order": ("复核退回", "turn the order back"),
    "redirect": ("改派", "redirect"),
    "sign": ("签收", "sign"),
    "depart": ("出动", "depart"),
    "arrive": ("到场", "arrive"),
    "handle": ("处置完毕", "handled"),
    "report": ("反馈", "report"),
    "approve_report": ("审核通过", "approve the report"),
    "turn_back_report": ("审核退回", "turn the report back"),
    "state_non_police": ("提请转非警务", "state non-police"),
    "find_fact": ("查明事实", "fact found"),
    "approve_non_police": ("同意转出", "approve"),
    "turn_back_non_police": ("不同意转出", "turn back"),
    "hand_over_source": ("移交源头", "hand over the source"),
    "take_back": ("对方退回", "taken back"),
    "peer_result": ("对方反馈结果", "result from the other side"),
    "note": ("补记", "note"),
    "retime": ("重算时限", "work out the deadlines anew"),
    "ask_support": ("请求支援", "ask for support"),
    "correct": ("更正类别", "correct the item"),
    "close": ("结警", "close"),
    "cancel": ("撤销", "cancel"),
    "reopen": ("重新处置", "reopen"),
    "visit": ("回访", "visit"),
    "due_visit": ("列入回访", "list for a visit"),
    "not_reached": ("没有联系上", "not reached"),
    **{name: words for name, words in PART_TITLES.items() if name != "ask_assistance"},
}

SENTENCES = {
    "": "Nothing is recorded yet.",
    "taken": "A police matter is recorded and no unit has been sent.",
    "dispatch_review": "An order is written and a second person looks at it before it goes.",
    "ordered": "A unit has its order and has not signed for it.",
    "signed": "The unit has signed and not set out.",
    "departed": "Officers are on their way.",
    "arrived": "Officers are at the scene.",
    "handled": "What police could do at the scene is done.",
    "feedback_review": "The report is written and a second person reads it.",
    "reported": "The report stands; the alarm can be closed.",
    "non_police_stated": "The station says this is not police work and waits for the bureau.",
    "handed_over": "The hotline has it; its result is awaited here.",
    "closed": "It is done and answered.",
    "cancelled": "It was taken by mistake or twice, and says so.",
}


def _review_wanted(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold only when the pack reviews this class twice (``double_review_dispatch``, ``double_review_feedback``) and nobody is in danger."""
    switch = "double_review_dispatch" if command.name == "order" else "double_review_feedback"
    classes = context.get(switch) or ()
    wanted = str(state.data.get("item", ""))[:2] in classes and not state.data.get("urgent")
    return None if wanted else Refusal("command.not_in_state", {"command": "复核", "state": "", "allowed": []})


def _report_review_wanted(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The parts first, then the second look: a report that lacks a part is not read twice."""
    return parts_in(state, command, context) or _review_wanted(state, command, context)


def _order_review_wanted(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    return PART_GUARDS["sound_assistants"](state, command, context) or _review_wanted(state, command, context)


def _another_person(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The second look is somebody else's than who proposed it, whoever wrote something in between."""
    if command.actor.person and command.actor.person == state.data.get("proposed_by", state.data.get("last_person")):
        return Refusal("alarm.same_person", {}, DOUBLE)
    return None


def _no_danger_left(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """While danger stands, police act first whatever the list says."""
    if state.data.get("urgent") and state.phase not in (S.HANDLED, S.REPORTED):
        return Refusal("alarm.danger_stands", {}, "相政办〔2023〕55号 四（三）1")
    return None


def _lead_crosses(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The ruling gives the lead to the hotline's side once its fact is found, and nobody is in danger."""
    ruling = state.data.get("ruling") or {}
    moves = ruling.get("until_fact") and ruling.get("then_side") == "hotline"
    return _no_danger_left(state, command, context) if moves else Refusal("ruling.nothing_to_find", {}, RULED)


def _rows() -> tuple[Row, ...]:
    born = ("appeal", "summary")
    about = ("number", "handover", "place", "item", "urgent", "unit", "longitude", "latitude", "linked", "kind", "division", "since", "ruling")
    sent = ("note", "officers")
    together = (*sent, "assistants", "assistant_names")
    done = ("result_code", "officers", "contact", "attachments")
    told = (*done, "without_parts")
    rows = [
        Row(S.NEW, "take", S.TAKEN, DESK | {Role.AGENT}, "AlarmTaken", LOOP, born, about),
        Row(S.TAKEN, "order", S.DISPATCH_REVIEW, COMMAND, "OrderProposed", DOUBLE, ("unit",), together, "order_review_wanted"),
        Row(S.TAKEN, "order", S.ORDERED, DESK, "UnitOrdered", LOOP, ("unit",), together, "sound_assistants"),
        Row(S.DISPATCH_REVIEW, "approve_order", S.ORDERED, COMMAND | BUREAU, "UnitOrdered", DOUBLE, (), ("note",), "another_person"),
        Row(S.DISPATCH_REVIEW, "turn_back_order", S.TAKEN, COMMAND | BUREAU, "OrderTurnedBack", DOUBLE, ("reason",), (), "another_person"),
        *(Row(each, "redirect", S.ORDERED, COMMAND, "UnitRedirected", LOOP, ("unit", "reason"), together, "sound_assistants") for each in IN_HAND),
        Row(S.ORDERED, "sign", S.SIGNED, FIELD, "OrderSigned", LOOP, (), sent),
        *(Row(each, "depart", S.DEPARTED, FIELD, "OfficersDeparted", LOOP, (), sent) for each in (S.ORDERED, S.SIGNED)),
        *(Row(each, "arrive", S.ARRIVED, FIELD, "OfficersArrived", LOOP, (), sent) for each in (S.ORDERED, S.SIGNED, S.DEPARTED)),
        *(Row(each, "handle", S.HANDLED, FIELD, "SceneHandled", LOOP, ("situation",), done) for each in (S.SIGNED, S.ARRIVED)),
        Row(S.HANDLED, "report", S.FEEDBACK_REVIEW, FIELD | COMMAND, "ReportProposed", DOUBLE, ("result",), told, "report_review_wanted"),
        Row(S.HANDLED, "report", S.REPORTED, FIELD | DESK, "AlarmReported", LOOP, ("result",), told, "parts_in"),
        Row(S.FEEDBACK_REVIEW, "approve_report", S.REPORTED, COMMAND | BUREAU, "AlarmReported", DOUBLE, (), ("note",), "another_person"),
        Row(
            S.FEEDBACK_REVIEW,
            "turn_back_report",
            S.HANDLED,
            COMMAND | BUREAU,
            "ReportTurnedBack",
            DOUBLE,
            ("reason",),
            (),
            "another_person",
        ),
        *(
            Row(
                each,
                "state_non_police",
                S.NON_POLICE_STATED,
                FIELD,
                "NonPoliceStated",
                NON_POLICE,
                ("reason",),
                ("clause", "contact", "attachments"),
                "no_danger_left",
            )
            for each in (*IN_HAND, S.HANDLED)
        ),
        Row(S.NON_POLICE_STATED, "approve_non_police", S.HANDED_OVER, BUREAU, "NonPoliceApproved", NON_POLICE, (), ("note", "clause")),
        Row(S.NON_POLICE_STATED, "turn_back_non_police", PRIOR, BUREAU, "NonPoliceTurnedBack", NON_POLICE, ("reason",)),
        *(
            Row(
                each,
                "hand_over_source",
                S.HANDED_OVER,
                FIELD | COMMAND,
                "SourceHandedOver",
                SOURCE_FIRST,
                ("source_matter", "contact"),
                ("attachments", "result"),
            )
            for each in (S.HANDLED, S.REPORTED)
        ),
        *(
            Row(each, "find_fact", S.HANDED_OVER, FIELD | COMMAND, "DecidingFactFound", RULED, ("found",), ("attachments", "contact"), "lead_crosses")
            for each in (S.TAKEN, *IN_HAND, S.HANDLED, S.REPORTED)
        ),
        Row(S.HANDED_OVER, "take_back", PRIOR, SELF, "HandoverTakenBack", "相政办〔2023〕55号 四（二）", ("reason",)),
        Row(S.HANDED_OVER, "peer_result", S.CLOSED, SELF, "AlarmClosed", SOURCE_FIRST, ("result",)),
        Row(S.REPORTED, "close", S.CLOSED, DESK, "AlarmClosed", LOOP, (), ("note",)),
        *(
            Row(each, "cancel", S.CANCELLED, COMMAND | {Role.SYSTEM}, "AlarmCancelled", "110接处警工作规则", ("reason",), ("linked",))
            for each in (S.TAKEN, S.DISPATCH_REVIEW, S.ORDERED)
        ),
        Row(S.CLOSED, "reopen", S.TAKEN, COMMAND | {Role.SYSTEM, Role.CITIZEN}, "AlarmReopened", "002 回访不满意重办", ("reason",)),
        Row(S.CLOSED, "visit", SAME, COMMAND | {Role.CITIZEN}, "CallerContent", "002 回访", ("satisfaction",), ("way", "note")),
        Row(S.CLOSED, "due_visit", SAME, SELF, "VisitDue", MAJOR_VISIT, ("visit_for",)),
        Row(S.CLOSED, "not_reached", SAME, DESK, "VisitGivenUp", "002 回访", (), ("way", "note"), "owed_last_try"),
        Row(S.CLOSED, "not_reached", SAME, DESK, "VisitNotReached", "002 回访", (), ("way", "note"), "visit_owed"),
    ]
    for each in sorted(OPEN):
        rows += [
            Row(each, "retime", SAME, SELF, "DeadlineMoved", RETIMED, ("moved", "reason")),
            Row(each, "note", SAME, DESK | FIELD | BUREAU, "AlarmNoted", LOOP, ("note",), ("attachments",)),
            Row(
                each,
                "correct",
                SAME,
                COMMAND | FIELD | BUREAU,
                "AlarmCorrected",
                "济政办字〔2023〕51号 四（四）2",
                ("item",),
                ("reason", "urgent"),
            ),
        ]
    rows += part_rows(frozenset(OPEN - {S.TAKEN, S.DISPATCH_REVIEW}), frozenset({*IN_HAND, S.HANDLED, S.REPORTED}), COMMAND | {Role.SYSTEM}, FIELD, reach=True)
    rows += [Row(each, "ask_support", SAME, FIELD, "SupportAsked", LOOP, ("note",)) for each in (*IN_HAND, S.HANDLED)]
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    if fact.actor.person:
        data["last_person"] = fact.actor.person
        if fact.name in ("OrderProposed", "ReportProposed", "NonPoliceStated"):
            data["proposed_by"] = fact.actor.person
    if fact.name == "AlarmReopened":
        data["reopened"] = int(data.get("reopened", 0)) + 1
        data.pop("satisfaction", None)
    data.pop("note", None)
    data.pop("moved", None)
    times = dict(data.get("times", {}))
    times.setdefault(fact.name, fact.at.isoformat())
    data["times"] = times
    if fact.name == "DecidingFactFound":
        ruling = data.get("ruling") or {}
        # The fact is found: it moves the lead once.
        data["ruling"] = {**ruling, "lead": ruling.get("then_lead", ""), "side": ruling.get("then_side", ""), "until_fact": "", "moved_by": str(ruling.get("until_fact", ""))}
    if fact.name == "UnitRedirected" and not fact.data.get("officers"):
        # Who was named of the unit before does not go along to the next.
        data.pop("officers", None)
    if fact.name == "SupportAsked":
        data["assistance_asked"] = {"unit": fact.actor.unit, "note": fact.data.get("note", ""), "units": []}
    return fold_visit(fold_parts(data, fact), fact.name, fact.data)


ALARM = Machine(
    kind=StreamKind.ALARM,
    states=AlarmState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={
        "order_review_wanted": _order_review_wanted,
        "report_review_wanted": _report_review_wanted,
        "another_person": _another_person,
        "no_danger_left": _no_danger_left,
        "lead_crosses": _lead_crosses,
        "parts_in": parts_in,
        "visit_owed": visit_owed,
        "owed_last_try": owed_last_try,
        **PART_GUARDS,
    },
    fold=_fold,
    own=is_own,
    apart=APART,
)

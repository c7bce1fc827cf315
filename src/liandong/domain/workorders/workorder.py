"""工单: the hotline loop, received → dispatched → signed → working → reported → replied → closed → visited.

Rules:
    1. 受理、派遣、处置、反馈、回复、结案、回访: each step is somebody's word with a time (相政办〔2023〕55号 三（二）).
    2. A question that can be answered at once is answered at once: received → answered → closed → visited (004 即问即答).
    3. A unit may refuse within a limit, with a ground and a clause; the order goes back to the desk, never to the citizen.
    4. More time is asked for and granted, not taken. Work is suspended only for listed reasons.
    5. Closed is not solved: a dissatisfied citizen opens it again, and it says how often.
    6. Danger met on the way calls police with one key and the work goes on.
    7. One unit leads, others assist with parts of their own; a unit acts only on what is its own (001 主办、协办).

Theory of operation: an order is created for an appeal that the hotline keeps, or for a handover that it receives. Its
steps are told to the side that sent it; its closing is the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from liandong.domain.assistants.parts import APART, PART_FIELDS, PART_GUARDS, PART_TITLES, fold_parts, is_own, part_rows, parts_in
from liandong.domain.errors import Refusal
from liandong.domain.journal.facts import Command, Fact, Role, StreamKind, StreamState
from liandong.domain.journal.machine import PRIOR, SAME, Field, Machine, Row
from liandong.domain.replies.visits import MAJOR_VISIT, fold_visit, owed_last_try, visit_owed

__all__ = ["OPEN", "SUSPENSION_REASONS", "TERMINAL", "WITH_UNIT", "WORK_ORDER", "WorkOrderState"]


class WorkOrderState(StrEnum):
    """Where a work order stands."""

    NEW = ""
    RECEIVED = "received"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    WORKING = "working"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    REPORTED = "reported"
    REPLIED = "replied"
    ANSWERED = "answered"
    CLOSED = "closed"
    VISITED = "visited"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


S = WorkOrderState
TERMINAL = frozenset({S.VISITED.value, S.WITHDRAWN.value})
#: Somebody still owes the citizen something.
OPEN = frozenset(set(S) - {S.NEW, S.CLOSED, S.VISITED, S.WITHDRAWN})
#: The clock of the unit runs.
WITH_UNIT = frozenset({S.DISPATCHED, S.SIGNED, S.WORKING})

#: 中止计时的法定情形: what may stop the clock, nothing else (provincial hotline rules, Shandong 2020).
SUSPENSION_REASONS = ("等待诉求人补充材料", "等待检验检测鉴定", "不可抗力", "进入诉讼仲裁复议程序", "诉求人要求暂缓")

DESK = frozenset({Role.AGENT, Role.DISPATCHER, Role.SYSTEM})
UNIT = frozenset({Role.UNIT_STAFF})
SELF = frozenset({Role.SYSTEM})

LOOP = "相政办〔2023〕55号 三（二）双闭环：受理、派遣、处置、反馈、回复、结案、回访"
INSTANT = "济政办字〔2023〕51号 四（四）1 即问即答"
REFUSAL = "山东省12345规则（2020）：2个工作日内说明理由退回"
EXTENSION = "山东省12345规则（2020）：延期不超过10个工作日"
POLICE = "相政办〔2023〕55号 四（三）1：承办中矛盾激化主动联系110派警"
VISIT = "002 回访；不满意重办"

RULED = "相政办〔2023〕55号 四（三）3 会商裁定明确牵头；000 职责随事实转移"
RETIMED = "城市包时限规则变更，按生效日期重算"

FIELDS = {
    each.name: each
    for each in (
        Field("appeal", "诉求", "appeal", limit=60),
        Field("number", "工单号", "order number", limit=40),
        Field("handover", "联动单", "handover", limit=60),
        Field("summary", "诉求摘要", "summary", limit=2000),
        Field("place", "地点", "place", limit=300),
        Field("item", "事项", "item", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("unit", "主办单位", "lead unit", limit=40),
        Field("handler", "经办人", "handler", limit=80),
        Field("answer", "答复内容", "answer", limit=5000),
        Field("note", "说明", "note", limit=2000),
        Field("result", "办理结果", "result", limit=5000),
        Field("solved", "是否解决", "solved", form="flag"),
        Field("reply", "答复诉求人", "reply to the citizen", limit=5000),
        Field("findings", "质检提示", "findings of the check", form="list", limit=10),
        Field("satisfaction", "满意度", "satisfaction", form="choice", choices=("1", "2", "3", "4", "5")),
        Field("way", "回访方式", "way of the visit", form="choice", choices=("phone", "message", "web")),
        Field("visit_for", "回访缘由", "why a visit is due", form="list", limit=8),
        Field("reason", "理由", "reason", limit=2000),
        Field("clause", "依据条款", "clause", limit=60),
        Field("days", "工作日数", "working days", form="number"),
        Field("suspension", "中止情形", "ground of suspension", form="choice", choices=SUSPENSION_REASONS),
        Field("attachments", "附件", "attachments", form="list", limit=20),
        Field("linked", "关联件", "linked record", limit=60),
        Field("kind", "类别", "kind", limit=20),
        Field("ruling", "会商裁定", "ruling", form="map", limit=12),
        Field("found", "查明的事实", "fact found", limit=2000),
        Field("division", "行政区划", "division", limit=12),
        Field("since", "起算时间", "counted from", limit=40),
        Field("moved", "时限变动", "moved deadlines", form="list", limit=20),
        *PART_FIELDS,
    )
}

TITLES = {
    "received": ("已受理", "received"),
    "dispatched": ("已派遣", "dispatched"),
    "signed": ("已签收", "signed"),
    "working": ("处置中", "working"),
    "suspended": ("已中止", "suspended"),
    "refused": ("单位退单", "refused by the unit"),
    "reported": ("已反馈", "reported"),
    "replied": ("已回复", "replied"),
    "answered": ("已即答", "answered at once"),
    "closed": ("已结案", "closed"),
    "visited": ("已回访", "visited"),
    "reopened": ("重新办理", "reopened"),
    "handed_over": ("已移交110", "handed over"),
    "withdrawn": ("已撤销", "withdrawn"),
    "receive": ("受理", "receive"),
    "answer": ("即时答复", "answer at once"),
    "dispatch": ("派遣", "dispatch"),
    "sign": ("签收", "sign"),
    "start": ("开始处置", "start work"),
    "progress": ("报告进展", "report progress"),
    "report": ("反馈结果", "report"),
    "turn_back_report": ("退回重办", "turn the report back"),
    "reply_citizen": ("回复诉求人", "reply to the citizen"),
    "close": ("结案", "close"),
    "visit": ("回访", "visit"),
    "due_visit": ("列入回访", "list for a visit"),
    "not_reached": ("没有联系上", "not reached"),
    "refuse": ("申请退单", "refuse"),
    "ask_extension": ("申请延期", "ask for more time"),
    "grant_extension": ("同意延期", "grant more time"),
    "deny_extension": ("不同意延期", "deny more time"),
    "suspend": ("中止计时", "suspend"),
    "resume": ("恢复计时", "resume"),
    "call_police": ("呼叫110", "call police"),
    "find_fact": ("查明事实", "fact found"),
    "hand_over": ("移交110", "hand over"),
    "take_back": ("对方退回", "taken back"),
    "peer_result": ("对方反馈结果", "result from the other side"),
    "correct": ("更正类别", "correct the item"),
    "note": ("补记", "note"),
    "retime": ("重算时限", "work out the deadlines anew"),
    "withdraw": ("撤销", "withdraw"),
    **{name: words for name, words in PART_TITLES.items() if name != "reach_part"},
}

SENTENCES = {
    "": "Nothing is recorded yet.",
    "received": "The hotline has taken it and no unit has it yet.",
    "dispatched": "A unit has it and has not signed.",
    "signed": "The unit has signed and not begun.",
    "working": "The unit is at work.",
    "suspended": "The clock stands still for a listed reason.",
    "refused": "The unit says with a ground that it is not theirs; the desk decides.",
    "reported": "The unit says what it did; the desk reads it.",
    "replied": "The citizen has been told.",
    "answered": "The question was answered in the call.",
    "closed": "It is done; the citizen will be asked.",
    "visited": "The citizen was asked and is content.",
    "reopened": "The citizen was not content; the desk sends it again.",
    "handed_over": "Police have it; their result is awaited here.",
    "withdrawn": "It was taken by mistake or twice, or the citizen took it back.",
}


def _within_refusal_limit(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """A unit may refuse until the limit in ``context['refusal_until']`` (ISO, aware); later it has to act."""
    ruling = state.data.get("ruling") or {}
    if ruling.get("lead") and ruling["lead"] == state.data.get("unit"):
        return Refusal("workorder.ruled", {"code": ruling.get("code", ""), "words": str(ruling.get("words", ""))[:120]}, str(ruling.get("clause", RULED)))
    until = context.get("refusal_until")
    if until and command.at > datetime.fromisoformat(str(until)):
        return Refusal("workorder.refusal_too_late", {"until": until}, REFUSAL)
    return None


def _lead_crosses(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The ruling gives the lead to police once its fact is found."""
    ruling = state.data.get("ruling") or {}
    if not ruling.get("until_fact"):
        return Refusal("ruling.nothing_to_find", {}, RULED)
    return None if ruling.get("then_side") == "police" else Refusal("ruling.nothing_to_find", {}, RULED)


def _lead_stays_here(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The ruling gives the lead to another unit of this side once its fact is found."""
    ruling = state.data.get("ruling") or {}
    moves = ruling.get("until_fact") and ruling.get("then_side") == "hotline" and ruling.get("then_lead")
    return None if moves else Refusal("ruling.nothing_to_find", {}, RULED)


def _content(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Satisfaction runs from 1, very satisfied, to 5, very dissatisfied (facts: field list of the Luzhou interface)."""
    held = str(command.data.get("satisfaction", "")) in ("1", "2", "3")
    return None if held else Refusal("workorder.not_content", {})


def _not_content(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    if command.data.get("reason"):
        return None
    return Refusal("input.required", {"fields": ["不满意的理由"], "names": ["reason"]}, VISIT)


def _extension_asked(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    return None if state.data.get("extension_asked") else Refusal("workorder.no_extension_asked", {}, EXTENSION)


def _days_in_bounds(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """More time is asked for before the limit in ``context['handle_until']`` (ISO, aware; absent: no limit) and within what is left of it."""
    until = context.get("handle_until")
    if until and command.at > datetime.fromisoformat(str(until)):
        return Refusal("workorder.extension_too_late", {"until": until}, EXTENSION)
    most = int(context.get("extension_days_most", 10))
    if 1 <= int(command.data.get("days", 0)) <= most:
        return None
    return Refusal("workorder.extension_too_long", {"most": most}, EXTENSION)


def _rows() -> tuple[Row, ...]:
    born = ("appeal", "summary")
    about = ("number", "handover", "place", "item", "urgent", "unit", "linked", "kind", "division", "since", "ruling")
    sent = ("assistants", "assistant_names", "note")
    rows = [
        Row(S.NEW, "receive", S.RECEIVED, DESK | {Role.CALL_TAKER}, "OrderReceived", LOOP, born, about),
        Row(S.RECEIVED, "answer", S.ANSWERED, DESK, "OrderAnswered", INSTANT, ("answer",), ("findings",)),
        *(
            Row(each, "dispatch", S.DISPATCHED, DESK, "OrderDispatched", LOOP, ("unit",), sent, "sound_assistants")
            for each in (S.RECEIVED, S.REFUSED, S.REOPENED, S.DISPATCHED)
        ),
        Row(S.DISPATCHED, "sign", S.SIGNED, UNIT, "OrderSigned", LOOP, (), ("handler", "note")),
        *(Row(each, "start", S.WORKING, UNIT, "WorkStarted", LOOP, (), ("handler", "note")) for each in (S.DISPATCHED, S.SIGNED)),
        Row(S.WORKING, "progress", SAME, UNIT | DESK, "ProgressReported", LOOP, ("note",), ("attachments",)),
        *(
            Row(each, "report", S.REPORTED, UNIT, "WorkReported", LOOP, ("result",), ("solved", "attachments", "handler", "without_parts"), "parts_in")
            for each in (S.SIGNED, S.WORKING)
        ),
        Row(S.REPORTED, "turn_back_report", S.WORKING, DESK, "ReportTurnedBack", "facts 12 虚假办结", ("reason",)),
        Row(S.REPORTED, "reply_citizen", S.REPLIED, DESK, "CitizenReplied", LOOP, ("reply",), ("findings",)),
        *(Row(each, "close", S.CLOSED, DESK, "OrderClosed", LOOP, (), ("note",)) for each in (S.REPLIED, S.ANSWERED)),
        Row(
            S.CLOSED,
            "visit",
            S.VISITED,
            DESK | {Role.CITIZEN},
            "CitizenContent",
            VISIT,
            ("satisfaction",),
            ("way", "note", "solved"),
            "content",
        ),
        Row(
            S.CLOSED,
            "visit",
            S.REOPENED,
            DESK | {Role.CITIZEN},
            "CitizenDissatisfied",
            VISIT,
            ("satisfaction",),
            ("reason", "way", "note"),
            "not_content",
        ),
        Row(S.CLOSED, "due_visit", SAME, SELF, "VisitDue", MAJOR_VISIT, ("visit_for",)),
        Row(S.CLOSED, "not_reached", SAME, DESK, "VisitGivenUp", VISIT, (), ("way", "note"), "owed_last_try"),
        Row(S.CLOSED, "not_reached", SAME, DESK, "VisitNotReached", VISIT, (), ("way", "note"), "visit_owed"),
        *(
            Row(each, "refuse", S.REFUSED, UNIT, "OrderRefused", REFUSAL, ("reason", "clause"), (), "within_refusal_limit")
            for each in (S.DISPATCHED, S.SIGNED)
        ),
        Row(S.WORKING, "suspend", S.SUSPENDED, DESK, "OrderSuspended", "办件中止法定情形", ("suspension",), ("note",)),
        Row(S.SUSPENDED, "resume", S.WORKING, DESK | UNIT, "OrderResumed", "办件中止法定情形", (), ("note",)),
        *(
            Row(each, "hand_over", S.HANDED_OVER, DESK, "OrderHandedOver", "济政办字〔2023〕51号 四（一）", ("reason",), ("clause",))
            for each in (S.RECEIVED, S.REFUSED, S.REOPENED)
        ),
        *(
            Row(each, "find_fact", S.HANDED_OVER, DESK | UNIT, "DecidingFactFound", RULED, ("found",), ("attachments",), "lead_crosses")
            for each in (S.RECEIVED, S.DISPATCHED, S.SIGNED, S.WORKING, S.REFUSED, S.REOPENED)
        ),
        *(
            Row(each, "find_fact", S.RECEIVED, DESK | UNIT, "LeadMoved", RULED, ("found",), ("attachments",), "lead_stays_here")
            for each in (S.RECEIVED, S.DISPATCHED, S.SIGNED, S.WORKING, S.REFUSED, S.REOPENED)
        ),
        Row(S.HANDED_OVER, "take_back", PRIOR, SELF, "HandoverTakenBack", "相政办〔2023〕55号 四（二）", ("reason",)),
        Row(S.HANDED_OVER, "peer_result", S.REPORTED, SELF, "WorkReported", "济政办字〔2023〕51号 四（二）1 处置情况及时反馈", ("result",)),
        *(
            Row(each, "withdraw", S.WITHDRAWN, DESK, "OrderWithdrawn", "诉求人撤回或重复受理", ("reason",), ("linked",))
            for each in (S.RECEIVED, S.DISPATCHED, S.SIGNED, S.REFUSED)
        ),
    ]
    for each in (S.SIGNED, S.WORKING):
        rows += [
            Row(each, "ask_extension", SAME, UNIT, "ExtensionAsked", EXTENSION, ("days", "reason"), (), "days_in_bounds"),
            Row(each, "grant_extension", SAME, DESK, "ExtensionGranted", EXTENSION, (), ("note",), "extension_asked"),
            Row(each, "deny_extension", SAME, DESK, "ExtensionDenied", EXTENSION, ("reason",), (), "extension_asked"),
        ]
    rows += part_rows(frozenset(OPEN - {S.ANSWERED}), WITH_UNIT | {S.SUSPENDED, S.REPORTED}, DESK, UNIT, reach=False)
    rows += [Row(each, "ask_assistance", SAME, UNIT, "AssistanceAsked", LOOP, ("note",), ("assistants",)) for each in sorted(WITH_UNIT)]
    for each in sorted(OPEN):
        rows += [
            Row(each, "retime", SAME, SELF, "DeadlineMoved", RETIMED, ("moved", "reason")),
            Row(each, "call_police", SAME, DESK | UNIT, "PoliceCalled", POLICE, ("reason",), ("place",)),
            Row(each, "note", SAME, DESK | UNIT, "OrderNoted", LOOP, ("note",), ("attachments",)),
            Row(each, "correct", SAME, DESK, "OrderCorrected", "济政办字〔2023〕51号 四（四）1", ("item",), ("reason",)),
        ]
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    data.pop("note", None)
    data.pop("moved", None)
    times = dict(data.get("times", {}))
    times.setdefault(fact.name, fact.at.isoformat())
    data["times"] = times
    if fact.name == "ExtensionAsked":
        data["extension_asked"] = True
    elif fact.name in ("ExtensionGranted", "ExtensionDenied"):
        data["extension_asked"] = False
        if fact.name == "ExtensionGranted":
            data["extended_days"] = int(data.get("extended_days", 0)) + int(data.get("days", 0))
    elif fact.name == "OrderRefused":
        refused = {
            "unit": data.get("unit", ""),
            "reason": fact.data.get("reason", ""),
            "clause": fact.data.get("clause", ""),
            "by": fact.actor.person,
        }
        data["refusals"] = [*data.get("refusals", []), refused]
    elif fact.name in ("DecidingFactFound", "LeadMoved"):
        ruling = data.get("ruling") or {}
        # The fact is found: it moves the lead once.
        data["ruling"] = {**ruling, "lead": ruling.get("then_lead", ""), "side": ruling.get("then_side", ""), "until_fact": "", "moved_by": str(ruling.get("until_fact", ""))}
    elif fact.name in ("CitizenReplied", "OrderAnswered"):
        data["findings"] = list(fact.data.get("findings", ()))
    elif fact.name == "CitizenDissatisfied":
        data["reopened"] = int(data.get("reopened", 0)) + 1
        # Who handled it and what the check had said: the figures of the unit's assessment.
        told = {"unit": data.get("unit", ""), "reason": fact.data.get("reason", ""), "findings": data.get("findings", [])}
        data["dissatisfied"] = [*data.get("dissatisfied", []), told][-20:]
    return fold_visit(fold_parts(data, fact), fact.name, fact.data)


WORK_ORDER = Machine(
    kind=StreamKind.WORK_ORDER,
    states=WorkOrderState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={
        "within_refusal_limit": _within_refusal_limit,
        "content": _content,
        "not_content": _not_content,
        "visit_owed": visit_owed,
        "owed_last_try": owed_last_try,
        "extension_asked": _extension_asked,
        "days_in_bounds": _days_in_bounds,
        "lead_crosses": _lead_crosses,
        "lead_stays_here": _lead_stays_here,
        "parts_in": parts_in,
        **PART_GUARDS,
    },
    fold=_fold,
    own=is_own,
    apart=APART,
)

"""联动单: between the sides. S sends, R receives; the same table on both nodes, the role is a parameter.

Rules:
    1. drafted → (reviewed) → offered → accepted → reported → confirmed is the straight way.
    2. R may ask and S may answer at any time; work does not stop for it, and shortness is no ground for return (000).
    3. R may object with a reason code and a clause, within a limit. S agrees (returned) or contests (negotiating).
    4. A negotiation ends in agreement, or its limit passes and the first receiver, S, keeps the matter and chases it
       (相政办〔2023〕55号 四（二）; 济政办字〔2023〕51号 四（一）).
    5. An offer that carries danger is accepted by being received: no objection before police or the unit have acted.
    6. S may withdraw until R has answered. What R has said stands when the two cross on the wire: somebody has begun to
       work, or has given a reason; a withdrawal that met an objection becomes the agreement to it.
    7. R objects once: a matter that was taken after an objection stays taken.
    8. Both nodes hold the same facts of a handover and reach the same state when the wire is quiet.

Theory of operation: each node decides its own party's commands and applies the other's facts through the same table
(``Machine.receive``). Rows marked *crossing* are there for facts under way at the same time. One rule makes them: a step of
R moves the state also where S has moved meanwhile, a step of S that R has overtaken is written down and moves nothing.
For that to be told apart, no step of S may be open in a state that R can reach while the step is under way; so S
withdraws only what is merely offered, and R objects once. ``tests/unit/test_handover_both_ends`` goes through every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from liandong.domain.errors import Refusal
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["AWAITING_RECEIVER", "AWAITING_SENDER", "HANDOVER", "OPEN", "RETURN_REASONS", "SHARED_FACTS", "TERMINAL", "HandoverState"]


class HandoverState(StrEnum):
    """Where a handover stands."""

    NEW = ""
    DRAFTED = "drafted"
    UNDER_REVIEW = "under_review"
    TURNED_BACK = "turned_back"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    NEGOTIATING = "negotiating"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    KEPT_BY_FIRST = "kept_by_first"


S = HandoverState
TERMINAL = frozenset({S.TURNED_BACK.value, S.RETURNED.value, S.WITHDRAWN.value, S.KEPT_BY_FIRST.value})
OPEN = frozenset({S.DRAFTED, S.UNDER_REVIEW, S.OFFERED, S.ACCEPTED, S.OBJECTED, S.NEGOTIATING, S.REPORTED})
AWAITING_RECEIVER = frozenset({S.OFFERED, S.ACCEPTED})
AWAITING_SENDER = frozenset({S.OBJECTED, S.REPORTED})

#: 退回理由: the only grounds there are. Missing information is not one of them (000; 003 四（三）1).
RETURN_REASONS = (
    "not_in_scope",  # 不属于受理范围
    "other_side_in_hand",  # 对方已在办
    "duplicate",  # 重复移交
    "neither_side",  # 双方均不受理
    "wrong_place",  # 不属本地管辖
    "police_matter",  # 属公安管辖
    "hotline_matter",  # 属热线受理
)
#: What other platforms return for and this one does not: who misses something asks for it.
SHORTNESS = ("too_short", "incomplete", "missing_information", "unclear", "信息不全", "内容过简")
#: Words of a reason that say nothing but that the record is short.
SHORT_WORDS = ("信息不全", "信息不完整", "信息不足", "内容过简", "内容过于简单", "描述不清", "描述过于简单", "要素不全", "记录过于简单", "缺少信息", "缺少要素")

DESK = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.SYSTEM})
BUREAU = frozenset({Role.REVIEWER})
REPLY = DESK | {Role.REVIEWER, Role.SUPERVISOR}
SELF = frozenset({Role.SYSTEM})
FROM, TO = Party.SENDER, Party.RECEIVER

ONE_KEY = "济政办字〔2023〕51号 四（一）：以“110联动”单一键转接"
REVIEW = "相政办〔2023〕55号 四（三）1：分局审核后转交"
DISPUTE = "相政办〔2023〕55号 四（二）：异议协商，协商不成首接平台先行受理"
ASKING = "000：请求110平台配合核实、补充信息"
BACK = "相政办〔2023〕55号 四（三）1：办理流程和结果反馈"
LEVELS = "济政办字〔2023〕51号 四（一）：市12345—市110—县110逐级流转"
DANGER = "济政办字〔2023〕51号 四（一）：紧急情况110先行处置"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "联动单号", "handover number", limit=40),
        Field("appeal", "诉求", "appeal", limit=60),
        Field("order", "承办单", "order", limit=60),
        Field("origin", "首接平台", "first receiver", limit=60),
        Field("destination", "接收平台", "receiver", limit=60),
        Field("destination_node", "属地平台", "platform of the place", limit=60),
        Field("record", "诉求记录", "record", form="map", limit=60),
        Field("reason", "理由", "reason", limit=2000),
        Field(
            "cause",
            "推送缘由",
            "why it is handed over",
            form="choice",
            choices=("scope", "source", "non_police", "danger", "escalation", "quick_service", "harassment", "territory", "ruling"),
        ),
        Field("danger", "险情", "danger", form="flag"),
        Field("clause", "依据条款", "clause", limit=60),
        Field("ruling", "会商裁定", "ruling", form="map", limit=12),
        Field("code", "退回理由", "return reason", form="choice", choices=RETURN_REASONS, denied=dict.fromkeys(SHORTNESS, "handover.short_is_no_ground")),
        Field("alert", "协同警示", "alert", limit=60),
        Field("call", "三方通话", "three-way call", limit=60),
        Field("contact", "前期民警联系方式", "officers' contact", limit=80),
        Field("attachments", "附件", "attachments", form="list", limit=20),
        Field("question", "询问", "question", limit=2000),
        Field("answer", "答复", "answer", limit=5000),
        Field("words", "意见", "words", limit=2000),
        Field("step", "进展", "step", limit=60),
        Field("note", "说明", "note", limit=5000),
        Field("unit_name", "承办单位", "unit", limit=80),
        Field("order_number", "对方单号", "number over there", limit=40),
        Field("result", "办理结果", "result", limit=5000),
        Field("moved", "时限变动", "moved deadlines", form="list", limit=20),
        Field("satisfaction", "满意度", "satisfaction", form="choice", choices=("1", "2", "3")),
        Field("keeper", "由谁办理", "who keeps it", form="choice", choices=("S", "R")),
    )
}

TITLES = {
    "drafted": ("已起草", "drafted"),
    "under_review": ("审核中", "under review"),
    "turned_back": ("审核未通过", "turned back by review"),
    "offered": ("已推送", "offered"),
    "accepted": ("对方已受理", "accepted"),
    "objected": ("对方有异议", "objected"),
    "negotiating": ("协商中", "negotiating"),
    "reported": ("已反馈", "reported"),
    "confirmed": ("已确认", "confirmed"),
    "returned": ("已退回", "returned"),
    "withdrawn": ("已撤回", "withdrawn"),
    "kept_by_first": ("首接方办理", "kept by the first receiver"),
    "draft": ("起草", "draft"),
    "submit": ("提交审核", "submit for review"),
    "turn_back": ("审核退回", "turn back"),
    "offer": ("推送", "offer"),
    "accept": ("受理", "accept"),
    "object": ("提出异议", "object"),
    "agree_return": ("同意退回", "agree to the return"),
    "contest": ("不同意退回", "contest"),
    "negotiate": ("协商发言", "speak"),
    "settle": ("协商一致", "settle"),
    "lapse": ("协商逾期", "limit passed"),
    "ask": ("询问", "ask"),
    "supplement": ("补充", "add words"),
    "answer": ("答复", "answer"),
    "progress": ("进展", "progress"),
    "report": ("反馈结果", "report"),
    "confirm": ("确认", "confirm"),
    "chase": ("催办", "chase"),
    "withdraw": ("撤回", "withdraw"),
    "reopen": ("要求重办", "reopen"),
    "rate": ("诉求人满意", "content"),
    "pass_down": ("转属地办理", "pass down"),
    "retime": ("重算时限", "work out the deadlines anew"),
}

SENTENCES = {
    "": "Nothing is written yet.",
    "drafted": "It is written on the sending side and has not left.",
    "under_review": "The sending side's bureau looks at it before it crosses.",
    "turned_back": "The bureau said no; the sending side keeps the matter.",
    "offered": "It has left; the other side has not said yes.",
    "accepted": "The other side has it and answers for it.",
    "objected": "The other side says with reason and clause that it is not theirs; the sender still answers for it.",
    "negotiating": "The two sides talk, against a limit; the sender answers for it meanwhile.",
    "reported": "The other side says what was done.",
    "confirmed": "The sender has taken the result; it is done.",
    "returned": "The sender agreed to take it back.",
    "withdrawn": "The sender took it back before anybody began.",
    "kept_by_first": "No agreement in time: the first receiver keeps it and chases it.",
}

#: Facts that both nodes hold; drafts and reviews stay at home.
SHARED_FACTS = frozenset(
    {
        "HandoverOffered", "HandoverAccepted", "HandoverObjected", "HandoverReturned", "HandoverContested", "NegotiationSpoken",
        "NegotiationSettledForSender", "NegotiationSettledForReceiver", "NegotiationLapsed", "QuestionAsked", "QuestionAnswered",
        "ProgressTold", "HandoverReported", "HandoverConfirmed", "HandoverSupplemented", "HandoverChased", "HandoverWithdrawn", "HandoverReopened", "CitizenRated", "HandoverPassedDown",
    }
)  # fmt: skip


def _no_danger(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Danger cannot be objected to before somebody has acted (rule 5)."""
    if state.data.get("danger") and not state.data.get("acted"):
        return Refusal("handover.danger_stands", {}, DANGER)
    return None


def _not_for_shortness(command: Command) -> Refusal | None:
    """A reason that says only that something is missing is none: it is asked for, and work goes on (rule 2)."""
    said = str(command.data.get("reason", ""))
    for words in SHORT_WORDS:
        said = said.replace(words, "")
    spoken = said.strip(" 　，。、；,.;!！请补充后再推送退回因为由于对方提供的")
    return Refusal("handover.short_is_no_ground", {}, ASKING) if said != command.data.get("reason") and len(spoken) < 6 else None


def _within_objection_limit(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Not for shortness, no danger, not for the second time, and before ``context['objection_until']`` (ISO, aware; absent: no limit)."""
    if state.data.get("times", {}).get("HandoverObjected"):
        return Refusal("handover.objected_before", {}, DISPUTE)
    refused = _no_danger(state, command, context)
    ruling = state.data.get("ruling") or {}
    if refused is None and ruling:
        return Refusal("handover.ruled", {"code": ruling.get("code", ""), "words": str(ruling.get("words", ""))[:120]}, str(ruling.get("clause", DISPUTE)))
    refused = _not_for_shortness(command) or _no_danger(state, command, context)
    until = context.get("objection_until")
    if refused is None and until and command.at > datetime.fromisoformat(str(until)):
        return Refusal("handover.objection_too_late", {"until": until}, DISPUTE)
    return refused


def _passed_once(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """It goes down one level, once; danger was accepted by being received."""
    if state.data.get("danger"):
        return Refusal("handover.danger_stands", {}, DANGER)
    return Refusal("handover.belongs_here", {}, LEVELS) if state.data.get("destination_node") else None


def _keeper(wanted: str) -> Any:
    def held(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
        return None if command.data.get("keeper") == wanted else Refusal("input.invalid", {"detail": "由谁办理只能是 S 或 R"})

    return held


def _question_open(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    is_open = any(not each["answer"] for each in state.data.get("questions", ()))
    return None if is_open else Refusal("handover.nothing_asked", {}, ASKING)


def _straight() -> list[Row]:
    born = ("appeal", "record", "origin", "destination")
    about = ("number", "destination_node", "order", "reason", "cause", "danger", "clause", "contact", "attachments", "call", "alert", "ruling")
    return [
        Row(
            S.NEW,
            "draft",
            S.DRAFTED,
            DESK | {Role.OFFICER, Role.UNIT_STAFF, Role.REVIEWER},
            "HandoverDrafted",
            ONE_KEY,
            born,
            about,
            party=FROM,
        ),
        Row(S.DRAFTED, "submit", S.UNDER_REVIEW, DESK | {Role.OFFICER}, "HandoverSubmitted", REVIEW, (), ("reason",), "no_danger", FROM),
        Row(S.UNDER_REVIEW, "turn_back", S.TURNED_BACK, BUREAU, "HandoverTurnedBack", REVIEW, ("reason",), party=FROM),
        *(
            Row(each, "offer", S.OFFERED, DESK | BUREAU, "HandoverOffered", ONE_KEY, born, about, party=FROM)
            for each in (S.NEW, S.DRAFTED, S.UNDER_REVIEW)
        ),
        Row(S.OFFERED, "accept", S.ACCEPTED, DESK, "HandoverAccepted", ONE_KEY, (), ("order_number", "unit_name", "note"), party=TO),
        Row(S.OFFERED, "pass_down", SAME, DESK, "HandoverPassedDown", LEVELS, ("destination_node",), ("note",), "passed_once", TO),
        Row(S.ACCEPTED, "report", S.REPORTED, DESK, "HandoverReported", BACK, ("result",), ("attachments", "unit_name", "note"), party=TO),
        Row(S.REPORTED, "confirm", S.CONFIRMED, REPLY, "HandoverConfirmed", BACK, (), ("note",), party=FROM),
        Row(S.REPORTED, "reopen", S.ACCEPTED, REPLY, "HandoverReopened", "002 回访不满意重办", ("reason",), party=FROM),
        Row(S.CONFIRMED, "reopen", S.ACCEPTED, REPLY | {Role.CITIZEN}, "HandoverReopened", "002 回访不满意重办", ("reason",), party=FROM),
        Row(S.CONFIRMED, "rate", SAME, REPLY | {Role.CITIZEN}, "CitizenRated", "002 回访", ("satisfaction",), ("words",), party=FROM),
        Row(S.OFFERED, "withdraw", S.WITHDRAWN, REPLY, "HandoverWithdrawn", "首接方撤回", ("reason",), party=FROM),
    ]


def _dispute() -> list[Row]:
    ground = ("code", "clause", "reason")
    return [
        Row(S.OFFERED, "object", S.OBJECTED, REPLY, "HandoverObjected", DISPUTE, ground, (), "within_objection_limit", TO),
        Row(S.ACCEPTED, "object", S.OBJECTED, REPLY, "HandoverObjected", DISPUTE, ground, (), "within_objection_limit", TO),
        Row(S.OBJECTED, "agree_return", S.RETURNED, REPLY, "HandoverReturned", DISPUTE, (), ("note",), party=FROM),
        Row(S.OBJECTED, "contest", S.NEGOTIATING, REPLY, "HandoverContested", DISPUTE, ("words",), ("clause",), party=FROM),
        Row(S.OBJECTED, "accept", S.ACCEPTED, DESK, "HandoverAccepted", DISPUTE, (), ("order_number", "unit_name", "note"), party=TO),
        Row(S.OBJECTED, "lapse", S.KEPT_BY_FIRST, SELF, "NegotiationLapsed", DISPUTE, (), ("note",), party=FROM),
        *(
            Row(S.NEGOTIATING, "negotiate", SAME, REPLY, "NegotiationSpoken", DISPUTE, ("words",), ("clause",), party=each)
            for each in (FROM, TO)
        ),
        Row(
            S.NEGOTIATING,
            "settle",
            S.ACCEPTED,
            REPLY,
            "NegotiationSettledForReceiver",
            DISPUTE,
            ("keeper",),
            ("words",),
            "receiver_keeps",
            TO,
        ),
        Row(
            S.NEGOTIATING,
            "settle",
            S.RETURNED,
            REPLY,
            "NegotiationSettledForSender",
            DISPUTE,
            ("keeper",),
            ("words",),
            "sender_keeps",
            FROM,
        ),
        Row(S.NEGOTIATING, "lapse", S.KEPT_BY_FIRST, SELF, "NegotiationLapsed", DISPUTE, (), ("note",), party=FROM),
    ]


def _crossing() -> list[Row]:
    """Facts that met on the wire: R's stand, those of S that R has overtaken are written down."""
    crossed = "规则6、8：途中交错的事实在两端归于同一状态"
    accepted, ground = ("order_number", "unit_name", "note"), ("code", "clause", "reason")
    nobody = frozenset[Role]()
    rows = [
        Row(each, "accept", S.ACCEPTED, nobody, "HandoverAccepted", crossed, (), accepted, party=TO)
        for each in (S.WITHDRAWN, S.RETURNED, S.NEGOTIATING, S.KEPT_BY_FIRST)
    ]
    rows += [Row(S.WITHDRAWN, "pass_down", SAME, nobody, "HandoverPassedDown", crossed, ("destination_node",), ("note",), party=TO)]
    rows += [Row(S.WITHDRAWN, "object", S.OBJECTED, nobody, "HandoverObjected", crossed, ground, (), "within_objection_limit", TO)]
    rows += [
        Row(each, "settle", S.ACCEPTED, nobody, "NegotiationSettledForReceiver", crossed, ("keeper",), ("words",), party=TO)
        for each in (S.RETURNED, S.KEPT_BY_FIRST)
    ]
    for each in (S.OBJECTED, S.ACCEPTED, S.REPORTED):
        rows.append(Row(each, "withdraw", SAME, nobody, "HandoverWithdrawn", crossed, ("reason",), party=FROM))
    for each in (S.ACCEPTED, S.REPORTED):
        rows += [
            Row(each, "agree_return", SAME, nobody, "HandoverReturned", crossed, (), ("note",), party=FROM),
            Row(each, "contest", SAME, nobody, "HandoverContested", crossed, ("words",), ("clause",), party=FROM),
            Row(each, "lapse", SAME, nobody, "NegotiationLapsed", crossed, (), ("note",), party=FROM),
            Row(each, "settle", SAME, nobody, "NegotiationSettledForSender", crossed, ("keeper",), ("words",), party=FROM),
        ]
    for each in (S.ACCEPTED, S.REPORTED, S.RETURNED, S.KEPT_BY_FIRST):
        rows.append(Row(each, "negotiate", SAME, nobody, "NegotiationSpoken", crossed, ("words",), ("clause",)))
    return rows


def _any_time() -> list[Row]:
    rows = []
    talking = (S.OFFERED, S.ACCEPTED, S.OBJECTED, S.NEGOTIATING, S.REPORTED, S.CONFIRMED, S.RETURNED, S.WITHDRAWN, S.KEPT_BY_FIRST)
    for each in talking:
        ended = each in (S.CONFIRMED, S.RETURNED, S.WITHDRAWN, S.KEPT_BY_FIRST)
        # After the end nobody asks anew, but what was on the wire is still taken.
        rows.append(
            Row(
                each,
                "ask",
                SAME,
                frozenset() if ended else REPLY | {Role.UNIT_STAFF, Role.OFFICER},
                "QuestionAsked",
                ASKING,
                ("question",),
                party=TO,
            )
        )
        rows.append(
            Row(
                each,
                "answer",
                SAME,
                REPLY | {Role.CITIZEN, Role.OFFICER},
                "QuestionAnswered",
                ASKING,
                ("answer",),
                ("attachments",),
                "question_open",
                FROM,
            )
        )
        rows.append(
            Row(
                each,
                "supplement",
                SAME,
                # Whoever shared a matter tells how its own part ended, also when the other's has ended before.
                (SELF if each is S.CONFIRMED else frozenset()) if ended else REPLY | {Role.CITIZEN, Role.OFFICER},
                "HandoverSupplemented",
                ASKING,
                ("words",),
                ("attachments",),
                party=FROM,
            )
        )
        rows.append(
            Row(
                each,
                "chase",
                SAME,
                frozenset() if ended else REPLY,
                "HandoverChased",
                "相政办〔2023〕55号 四（二）：督促承办单位及时反馈",
                ("words",),
                party=FROM,
            )
        )
    for each in (S.OFFERED, S.ACCEPTED, S.OBJECTED, S.NEGOTIATING, S.REPORTED):
        # Each side works out its own deadlines; the fact stays at home.
        rows.append(Row(each, "retime", SAME, SELF, "DeadlineMoved", "城市包时限规则变更，按生效日期重算", ("moved", "reason")))
    for each in (S.ACCEPTED, S.REPORTED, S.CONFIRMED, S.OBJECTED, S.NEGOTIATING, S.KEPT_BY_FIRST):
        who = DESK if each in (S.ACCEPTED, S.REPORTED, S.CONFIRMED) else frozenset()
        told = ("note", "unit_name", "order_number", "attachments")
        rows.append(Row(each, "progress", SAME, who, "ProgressTold", BACK, ("step",), told, party=TO))
    return rows


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    times = dict(data.get("times", {}))
    times.setdefault(fact.name, fact.at.isoformat())
    data["times"] = times
    if fact.name == "QuestionAsked":
        data["questions"] = [*data.get("questions", []), {"question": fact.data["question"], "answer": ""}][-30:]
    elif fact.name == "QuestionAnswered":
        data["questions"] = _answered(data.get("questions", []), str(fact.data["answer"]))
        data["supplied"] = int(data.get("supplied", 0)) + 1
    elif fact.name in ("NegotiationSpoken", "HandoverContested"):
        data["talk"] = [*data.get("talk", []), {"party": fact.actor.party.value, "words": fact.data["words"]}][-100:]
    elif fact.name == "HandoverSupplemented":
        data["supplied"] = int(data.get("supplied", 0)) + 1
    elif fact.name in ("HandoverReported", "ProgressTold"):
        data["acted"] = True
    elif fact.name == "HandoverReopened":
        data["reopened"] = int(data.get("reopened", 0)) + 1
        data.pop("satisfaction", None)
    for passing in ("question", "answer", "words", "note", "moved"):
        data.pop(passing, None)
    return data


def _answered(questions: list[dict[str, Any]], answer: str) -> list[dict[str, Any]]:
    """Return the questions with the oldest open one answered."""
    done = False
    result = []
    for each in questions:
        if not done and not each["answer"]:
            each, done = {**each, "answer": answer}, True
        result.append(each)
    return result


HANDOVER = Machine(
    kind=StreamKind.HANDOVER,
    states=HandoverState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=(*_straight(), *_dispute(), *_crossing(), *_any_time()),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={
        "no_danger": _no_danger,
        "within_objection_limit": _within_objection_limit,
        "receiver_keeps": _keeper("R"),
        "sender_keeps": _keeper("S"),
        "question_open": _question_open,
        "passed_once": _passed_once,
    },
    fold=_fold,
)

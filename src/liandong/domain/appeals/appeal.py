"""诉求: what a citizen said, once, and where it went.

Rules:
    1. One listen, one entry: what was said is recorded here and never asked for again (000, 一次接听、一次录入).
    2. At every moment an appeal has one responsible party: this node, or the peer that accepted it.
    3. It ends by a result, or by guidance to the right door; nothing else ends it.
    4. Words may be added at any time, also after the end.
    5. A repeat is linked to the first appeal, which counts its repeats; it may join an open one instead of making a second order.

Theory of operation: ``take`` records; then somebody places it: ``keep`` (this side acts), ``hand_over`` (the other side
acts), ``share`` (police first, the other side cures the source) or ``guide`` (neither). A handover that comes back puts
the appeal where it was before it was placed, with its clock still running.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.errors import Refusal
from liandong.domain.journal.facts import Command, Role, StreamKind, StreamState
from liandong.domain.journal.machine import ANYONE, SAME, Field, Machine, Row

__all__ = ["APPEAL", "CHANNELS", "OPEN", "TERMINAL", "AppealState"]


class AppealState(StrEnum):
    """Where an appeal stands."""

    NEW = ""
    TAKEN = "taken"
    KEPT = "kept"
    HANDED = "handed"
    SHARED = "shared"
    JOINED = "joined"
    GUIDED = "guided"
    CLOSED = "closed"


OPEN = frozenset({AppealState.TAKEN, AppealState.KEPT, AppealState.HANDED, AppealState.SHARED, AppealState.JOINED})
TERMINAL = frozenset({AppealState.GUIDED.value, AppealState.CLOSED.value})

#: 渠道 (002, 004): how the words came in.
CHANNELS = ("phone", "text", "video", "web", "wechat", "alipay", "doorplate", "linkage", "feed")

DESK = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.SYSTEM})
SELF = frozenset({Role.SYSTEM})
XC4 = "相政办〔2023〕55号 四（二）"
JN41 = "济政办字〔2023〕51号 四（一）"
REPEAT = "相政办〔2023〕55号 四（三）4 重复报警"
APART = "济政办字〔2023〕51号 四（四）1 分类办理：一次诉求含多个事项的，分别办理、相互关联"
ABUSE = "相政办〔2023〕55号 五（二） 恶意骚扰"
ONCE = "000 信息平台联通型：一次接听、一次录入、内部流转处置"

FIELDS = {
    each.name: each
    for each in (
        Field("text", "诉求内容", "what was said", limit=20_000),
        Field("words", "补充内容", "words added", limit=20_000),
        Field("citizen", "诉求人", "citizen", limit=60),
        Field("phone", "联系电话", "telephone", limit=40),
        Field("confidential", "要求保密", "wishes confidentiality", form="flag"),
        Field("place", "地点", "place", limit=300),
        Field("longitude", "经度", "longitude", limit=20),
        Field("latitude", "纬度", "latitude", limit=20),
        Field("division", "区划代码", "division code", limit=12),
        Field("doorplate", "门牌编码", "doorplate code", limit=40),
        Field("happened", "发生时间", "when it happened", limit=60),
        Field("demand", "诉求目的", "what is asked for", limit=2000),
        Field("channel", "渠道", "channel", form="choice", choices=CHANNELS),
        Field("recording", "录音编号", "recording reference", limit=120),
        Field("evidence", "证据材料", "evidence", form="list", limit=50),
        Field("marks", "风险标记", "risk marks", form="list", limit=20),
        Field("verdict", "研判结论", "verdict", form="map", limit=40),
        Field("side", "归属", "side", form="choice", choices=("police", "hotline", "joint", "neither", "unclear")),
        Field("item", "事项", "item", limit=20),
        Field("kind", "类别", "kind", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("number", "编号", "number", limit=40),
        Field("reason", "理由", "reason", limit=2000),
        Field("door", "指引去处", "door", limit=60),
        Field("door_phone", "去处电话", "telephone of the door", limit=60),
        Field("clause", "依据条款", "clause", limit=60),
        Field("guidance", "解释口径", "guidance given", limit=2000),
        Field("result", "办理结果", "result", limit=5000),
        Field("linked", "关联件（编号）", "linked record (number)", limit=60),
        Field("repeat_number", "相关编号", "its number", limit=40),
        Field("order", "承办单", "order", limit=60),
        Field("handover", "联动单", "handover", limit=60),
        Field("outcome", "通话结果", "outcome of the call", form="choice", choices=("connected", "no_answer", "refused", "failed")),
        Field("abuse", "骚扰证据", "evidence of abuse", form="map", limit=10),
        Field("referred", "移送单", "referral", limit=60),
        Field("source", "来源", "source", form="map", limit=20),
        Field("key", "外部编号", "key of the source", limit=120),
        Field("related", "相关件（编号）", "related appeal (number)", limit=60),
        Field("related_number", "相关件编号", "number of the related appeal", limit=40),
        Field("split_from", "拆自", "split from", form="map", limit=2),
    )
}

TITLES = {
    "taken": ("已记录", "recorded"),
    "kept": ("本方办理", "kept here"),
    "handed": ("已移交对方", "handed to the other side"),
    "shared": ("双方共办", "handled by both"),
    "joined": ("已并入前件", "joined to an earlier one"),
    "guided": ("已指引", "guided"),
    "closed": ("已办结", "closed"),
    "take": ("记录诉求", "record"),
    "keep": ("本方受理", "keep"),
    "hand_over": ("移交对方", "hand over"),
    "move_line": ("转另一条线", "move to the other line"),
    "share": ("先处置后移交", "share"),
    "guide": ("指引解释", "guide"),
    "join": ("并入前件", "join to an earlier one"),
    "note_repeat": ("又有人反映", "repeated"),
    "forget_repeat": ("重复件撤去", "repeat taken off"),
    "supplement": ("补充", "add words"),
    "correct": ("更正研判", "correct the verdict"),
    "link": ("关联重复件", "link to an earlier one"),
    "unlink": ("取消关联", "unlink"),
    "mark": ("标记风险", "mark"),
    "unmark": ("撤去标记", "take the mark off"),
    "establish_abuse": ("认定恶意骚扰", "establish abuse"),
    "refer_abuse": ("移送公安", "refer to police"),
    "record_call": ("三方通话", "three-way call"),
    "take_back": ("收回办理", "take back"),
    "close": ("办结", "close"),
    "reopen": ("重新办理", "reopen"),
    "separate": ("恢复单独办理", "separate again"),
    "split": ("拆单", "split"),
    "relate": ("关联相关件", "relate"),
    "unrelate": ("取消相关", "unrelate"),
    "note_related": ("记为相关", "note the relation"),
    "forget_related": ("撤去相关", "forget the relation"),
    "note_related_end": ("相关件办结", "related one ended"),
}

SENTENCES = {
    "": "Nothing is recorded yet.",
    "taken": "The words are recorded; whose matter it is has not been decided.",
    "kept": "This side has an order for it and answers for it.",
    "handed": "A handover carries it; the other side answers for it once it has accepted.",
    "shared": "Police act first here and the other side cures the source; each has an order.",
    "joined": "It repeats an open appeal; its words were added there and it ends with it.",
    "guided": "It is neither side's; the right door was shown and it counts as served.",
    "closed": "It ended with a result that the citizen can see.",
}


def _has_cause(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Danger is never guided away: some door is not an answer to it (相政办〔2023〕55号 四（三）1)."""
    if state.data.get("urgent") and not command.data.get("reason"):
        return Refusal("input.required", {"fields": ["理由"], "names": ["reason"]}, XC4)
    return None


def _abuse_stands(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Police are told of what is established, and once."""
    if not state.data.get("abuse"):
        return Refusal("appeal.not_established", {}, ABUSE)
    return Refusal("appeal.referred_before", {}, ABUSE) if state.data.get("referred") else None


def _rows() -> tuple[Row, ...]:
    told = ("text", "channel")
    more = tuple(
        name
        for name in FIELDS
        if name not in {*told, "words", "reason", "door", "guidance", "result", "linked", "repeat_number", "order", "handover", "outcome", "abuse", "referred", "door_phone", "clause", "related", "related_number"}
    )
    state = AppealState
    rows = [
        Row(
            state.NEW, "take", state.TAKEN, frozenset({*DESK, Role.CITIZEN, Role.OFFICER, Role.UNIT_STAFF}), "AppealTaken", ONCE, told, more
        ),
        Row(state.TAKEN, "keep", state.KEPT, DESK, "AppealKept", XC4, ("order",), ("reason",)),
        Row(state.TAKEN, "hand_over", state.HANDED, DESK, "AppealHandedOver", JN41, ("handover",), ("reason",)),
        Row(state.TAKEN, "share", state.SHARED, DESK, "AppealShared", "济政办字〔2023〕51号 四（二）1", ("order", "handover"), ("reason",)),
        Row(state.TAKEN, "guide", state.GUIDED, DESK, "AppealGuided", XC4, ("guidance",), ("door", "door_phone", "clause", "reason"), guard="has_cause"),
        Row(state.TAKEN, "join", state.JOINED, DESK, "AppealJoined", REPEAT, ("linked",), ("repeat_number", "reason")),
        Row(state.KEPT, "join", state.JOINED, DESK, "AppealJoined", REPEAT, ("linked",), ("repeat_number", "reason")),
        Row(state.JOINED, "separate", state.TAKEN, DESK, "AppealSeparated", REPEAT, ("reason",)),
        Row(state.KEPT, "hand_over", state.HANDED, DESK, "AppealHandedOver", JN41, ("handover",), ("reason",)),
        Row(state.KEPT, "share", state.SHARED, DESK, "AppealShared", "济政办字〔2023〕51号 四（二）1", ("handover",), ("order", "reason")),
        Row(state.KEPT, "move_line", SAME, SELF, "AppealMovedLine", "000：P县席位制，一个中心、两条线", ("order",), ("reason",)),
        Row(state.HANDED, "take_back", state.TAKEN, SELF, "AppealTakenBack", XC4, ("reason",)),
        Row(state.SHARED, "take_back", state.KEPT, SELF, "AppealTakenBack", XC4, ("reason",)),
        Row(state.TAKEN, "close", state.CLOSED, DESK, "AppealClosed", "首问负责", ("result",)),
        *(
            Row(each, "close", state.CLOSED, SELF, "AppealClosed", "相政办〔2023〕55号 三（二）双闭环", ("result",))
            for each in (state.KEPT, state.HANDED, state.SHARED, state.JOINED)
        ),
        Row(state.CLOSED, "reopen", state.TAKEN, DESK, "AppealReopened", "002 回访不满意重办", ("reason",)),
        Row(state.GUIDED, "reopen", state.TAKEN, DESK, "AppealReopened", "002 回访不满意重办", ("reason",)),
    ]
    for each in (*OPEN, state.GUIDED, state.CLOSED):
        rows.append(
            Row(
                each,
                "supplement",
                SAME,
                ANYONE,
                "AppealSupplemented",
                "000 配合核实，补充信息",
                ("words",),
                ("place", "phone", "citizen", "happened", "recording", "evidence"),
            )
        )
    for each in (*OPEN, state.GUIDED, state.CLOSED):
        rows += [
            Row(each, "note_repeat", SAME, SELF, "RepeatNoted", REPEAT, ("linked",), ("repeat_number",)),
            Row(each, "unmark", SAME, DESK | {Role.REVIEWER}, "AppealUnmarked", ABUSE, ("reason",)),
            Row(each, "establish_abuse", SAME, SELF, "HarassmentEstablished", ABUSE, ("marks", "abuse")),
            Row(each, "refer_abuse", SAME, DESK, "AbuseReferred", ABUSE, ("referred",), ("reason",), "abuse_stands"),
            Row(each, "forget_repeat", SAME, SELF, "RepeatForgotten", REPEAT, ("linked",), ("repeat_number",)),
        ]
    for each in (*OPEN, state.GUIDED, state.CLOSED):
        rows += [
            Row(each, "relate", SAME, DESK, "MatterRelated", APART, ("related",), ("related_number", "reason")),
            Row(each, "unrelate", SAME, DESK, "MatterUnrelated", APART, ("related",), ("related_number", "reason")),
            Row(each, "note_related", SAME, SELF, "RelatedNoted", APART, ("related",), ("related_number",)),
            Row(each, "forget_related", SAME, SELF, "RelatedForgotten", APART, ("related",), ("related_number",)),
            Row(each, "note_related_end", SAME, SELF, "RelatedEnded", APART, ("related", "result"), ("related_number",)),
        ]
    for each in (state.TAKEN, state.KEPT, state.HANDED, state.SHARED):
        rows.append(Row(each, "split", SAME, DESK, "MatterSplit", APART, ("words", "related"), ("related_number", "reason")))
    for each in OPEN:
        rows += [
            Row(
                each,
                "correct",
                SAME,
                DESK | {Role.REVIEWER},
                "VerdictCorrected",
                "济政办字〔2023〕51号 四（四）2 源头分流",
                ("side",),
                ("item", "kind", "urgent", "reason"),
            ),
            Row(each, "link", SAME, DESK, "AppealLinked", REPEAT, ("linked",), ("repeat_number",)),
            Row(each, "unlink", SAME, DESK, "AppealUnlinked", REPEAT, ("linked",), ("repeat_number",)),
            Row(each, "mark", SAME, DESK, "AppealMarked", ABUSE, ("marks",), ("reason",)),
            Row(
                each, "record_call", SAME, DESK, "ThreeWayCallRecorded", "济政办字〔2023〕51号 四（一） 三方通话", ("outcome",), ("words",)
            ),
        ]
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Any) -> dict[str, Any]:
    data["times"] = {fact.name: fact.at.isoformat(), **data.get("times", {})}
    if fact.name == "AppealSupplemented":
        data["supplements"] = [*data.get("supplements", []), fact.data["words"]][-50:]
        data.pop("words", None)
    elif fact.name == "AppealUnmarked":
        for mark in ("marks", "abuse"):
            data.pop(mark, None)
    elif fact.name == "AppealReopened":
        data["reopened"] = int(data.get("reopened", 0)) + 1
    _fold_links(data, fact)
    _fold_related(data, fact)
    for passing in ("linked", "repeat_number"):
        data.pop(passing, None)
    return data


def _fold_links(data: dict[str, Any], fact: Any) -> None:
    """Keep what this appeal repeats, and what repeats it; the count goes on when the list is full."""
    linked = fact.data.get("linked")
    if fact.name == "AppealLinked":
        data["links"] = [*data.get("links", []), linked][-50:]
    elif fact.name == "AppealUnlinked":
        data["links"] = [each for each in data.get("links", []) if each != linked]
    elif fact.name == "RepeatNoted" and linked not in data.get("repeats", []):
        data["repeats"] = [*data.get("repeats", []), linked][-200:]
        data["repeat_count"] = int(data.get("repeat_count", 0)) + 1
    elif fact.name == "RepeatForgotten":
        data["repeats"] = [each for each in data.get("repeats", []) if each != linked]
        data["repeat_count"] = max(int(data.get("repeat_count", 0)) - 1, 0)


#: The second matter does not take the place of the first, nor its end that of this one's.
OF_ANOTHER = frozenset({"MatterSplit", "MatterRelated", "MatterUnrelated", "RelatedNoted", "RelatedForgotten", "RelatedEnded"})


def _fold_related(data: dict[str, Any], fact: Any) -> None:
    """Keep what belongs to this appeal and closes apart, with its result once it has one."""
    if fact.name == "AppealTaken" and data.get("split_from"):
        data["related_to"] = [{**data["split_from"], "why": "split"}]
    if fact.name not in OF_ANOTHER:
        return
    other = fact.data["related"]
    known = {str(each.get("appeal")): each for each in data.get("related_to", ())}
    if fact.name in ("MatterUnrelated", "RelatedForgotten"):
        known.pop(other, None)
    elif fact.name == "RelatedEnded":
        known[other] = {**known.get(other, {"appeal": other}), "number": fact.data.get("related_number", ""), "result": fact.data["result"][:500]}
    elif other not in known:
        known[other] = {"appeal": other, "number": fact.data.get("related_number", ""), "why": "split" if fact.name == "MatterSplit" else "related"}
    data["related_to"] = list(known.values())[-50:]


APPEAL = Machine(
    kind=StreamKind.APPEAL,
    states=AppealState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=frozenset(),
    fields=FIELDS,
    guards={"has_cause": _has_cause, "abuse_stands": _abuse_stands},
    fold=_fold,
    apart=OF_ANOTHER,
)

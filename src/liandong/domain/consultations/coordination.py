"""协调模式: who convenes a consultation and who decides it, by the model that the city works in.

Rules:
    1. ``platform``: two linked platforms. The side whose dispute recurs convenes; a ruling is voted, agreed or decided by a leader, and binds when both
       sides have confirmed it (003 四（三）3).
    2. ``desk``: a county where one node seats both sides; as above, and the node confirms for itself (000: P 县).
    3. ``leading_group``: the group's command centre, seated at the police, convenes through its supervisors and leaders; a leader decides, and what the group
       decided needs no consent of the side below it (000: L 市社会联动工作领导小组).
    4. ``joint_conference``: 110 leads and convenes; the members decide: each that attends has voted and none voted against (000: Y 县联席会议).
    5. What recurs by rule is convened by the node in every model: nothing is left hanging.

Theory of operation: the guards of the consultation's table ask the model named in their context; both nodes of a city have the same pack, so
both ask the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Role, StreamState

__all__ = ["MODELS", "Coordination", "model_of", "refused_convening", "refused_way"]

MESSAGES.update(
    {
        "consultation.group_convenes": Message(
            "领导小组模式下，由联动指挥中心的督办员或领导召集。请提请他们召集。", "In the leading-group model its supervisors and leaders convene. Ask them to."
        ),
        "consultation.police_convenes": Message(
            "{model}由公安110一方召集。请在联动单上提请110召集。", "In this model ({model}) the side of 110 convenes. Ask it to on the handover."
        ),
        "consultation.group_decides": Message(
            "领导小组模式下，裁定由领导作出（方式选“领导裁定”）。请报领导裁定。", "In the leading-group model a leader decides (way: decision by the lead). Put it before a leader."
        ),
        "consultation.members_decide": Message(
            "联席会议模式下，由参会成员单位表决或协商一致，领导不单独裁定。请提请表决。", "In the joint-conference model the members decide by vote or agreement, no leader alone. Put it to the vote."
        ),
        "consultation.members_missing": Message(
            "还有参会单位没有表决：{units}。请等全部表决后再作裁定。", "These members have not voted yet: {units}. Wait for all of them."
        ),
        "consultation.member_against": Message(
            "有成员单位不同意（{units}），联席会议不能作出裁定。请继续会商，或修改裁定稿。", "Members are against it ({units}): the conference cannot rule. Go on talking, or change the draft."
        ),
    }
)

STUDY = "《110非警务警情分流模式的变迁逻辑与经验》：领导小组、联席会议、席位制"
HEADS = frozenset({Role.REVIEWER, Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.ANALYST})


@dataclass(frozen=True, slots=True)
class Coordination:
    """One model."""

    name: str
    zh: str
    #: Whose people convene by hand: ``police``, or ``""`` for both sides.
    convening_side: str = ""
    #: Which of them.
    conveners: frozenset[Role] = HEADS
    #: 裁定方式: how a ruling may come about.
    ways: tuple[str, ...] = ("vote", "agreement", "decision")
    #: Every member that attends has to vote, and none against.
    unanimous: bool = False
    #: A leader's decision binds the other side without its consent.
    above_both: bool = False
    #: Which side's node convenes what is due by the calendar; ``hotline`` unless the model says so.
    periodic_side: str = "hotline"


MODELS: Mapping[str, Coordination] = {
    each.name: each
    for each in (
        Coordination("platform", "平台联动"),
        Coordination("desk", "席位制"),
        Coordination("leading_group", "领导小组", "police", frozenset({Role.SUPERVISOR, Role.LEADER}), ("decision",), above_both=True, periodic_side="police"),
        Coordination("joint_conference", "联席会议", "police", HEADS, ("vote", "agreement"), unanimous=True, periodic_side="police"),
    )
}


def model_of(context: Mapping[str, Any]) -> Coordination:
    """Return the model that a guard's context names; two linked platforms where it names none."""
    return MODELS.get(str(context.get("coordination", "")), MODELS["platform"])


def refused_convening(command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Say why somebody may not convene by hand in this model, or None. What the node convenes by rule is never refused.

    Parameters:
        context: ``coordination`` and ``own_side``; each absent: not asked.
    """
    model = model_of(context)
    if command.actor.role == Role.SYSTEM:
        return None
    if model.convening_side and context.get("own_side", "both") not in (model.convening_side, "both"):
        return Refusal("consultation.police_convenes", {"model": model.zh}, STUDY)
    return None if command.actor.role in model.conveners else Refusal("consultation.group_convenes", {}, STUDY)


def refused_way(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Say why a ruling may not come about in this way in this model, or None."""
    model, way = model_of(context), str(command.data.get("way", ""))
    if way not in model.ways:
        return Refusal("consultation.group_decides" if model.above_both else "consultation.members_decide", {}, STUDY)
    if model.above_both and command.actor.role != Role.LEADER:
        return Refusal("consultation.group_decides", {}, STUDY)
    return _members(state) if model.unanimous else None


def _members(state: StreamState) -> Refusal | None:
    """Every member that said it attends has voted on the newest draft, and none against."""
    votes = state.data.get("votes", {}).get(str(state.data.get("drafts", 0)), {})
    lines = state.data.get("lines", {})
    missing = [str(line.get("name") or code) for code, line in lines.items() if line.get("answer") == "attend" and code not in votes]
    if missing or not votes:
        return Refusal("consultation.members_missing", {"units": missing[:8] or ["全部"]}, STUDY)
    against = [str(lines.get(code, {}).get("name") or code) for code, cast in votes.items() if cast.get("vote") == "no"]
    return Refusal("consultation.member_against", {"units": against[:8]}, STUDY) if against else None

"""席位制: one node seats both lines; what would cross between platforms moves from line to line, and the citizen hears one end."""

from __future__ import annotations

import pytest

from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryNode, memory_desk

REPLY = "城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。"


def desk() -> MemoryNode:
    return memory_desk({"visit_share_percent": 0}).nodes["desk"]


def kept(node: MemoryNode, text: str) -> StreamState:
    """Take a call at the one desk and place it as its verdict says."""
    return node.place(node.take(text), "auto")


def handled(node: MemoryNode, alarm: StreamState) -> None:
    """Bring an alarm to ``handled``."""
    if node.now(alarm).phase == "taken":
        node.act(alarm, "order", Role.DISPATCHER, unit="pcs")
    for command, given in (("sign", {}), ("arrive", {}), ("handle", {"situation": "已控制现场"})):
        node.act(alarm, command, Role.OFFICER, **given)


@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.AGENT])
def test_whoever_takes_the_call_the_order_is_of_the_line_whose_matter_it_is(role: Role) -> None:
    from liandong.application.place_appeal import place_appeal
    from liandong.application.take_appeal import take_appeal

    for text, kind in (("有人打架", StreamKind.ALARM), ("楼下油烟太大", StreamKind.WORK_ORDER), ("有燃气味", StreamKind.ALARM), ("老板欠薪", StreamKind.WORK_ORDER)):
        node = desk()
        taken = take_appeal(node.world, node.person(role), {"text": text, "channel": "phone"}).appeal
        place_appeal(node.world, node.person(role), taken.id, "auto")
        assert node.only(kind).data["appeal"] == taken.id


def test_the_source_moves_to_the_other_line_and_its_end_is_the_end_of_both() -> None:
    node = desk()
    appeal = kept(node, "有燃气味，管道老化")
    alarm = node.only(StreamKind.ALARM)
    handled(node, alarm)
    node.act(alarm, "hand_over_source", Role.OFFICER, source_matter="管道老化需要更换", contact="民警 0512")
    order = node.only(StreamKind.WORK_ORDER)
    assert order.data["linked"] == alarm.id
    assert node.now(alarm).phase == "handed_over"
    assert node.now(appeal).data["order"] == order.id
    assert node.database.of_kind(StreamKind.HANDOVER) == []
    node.act(order, "answer", answer=REPLY)
    node.act(order, "close")
    assert node.now(alarm).phase == "closed"
    assert node.now(alarm).data["result"] == REPLY
    assert node.now(appeal).phase == "closed"


def test_what_turns_out_to_be_a_police_matter_moves_and_comes_back_to_be_told() -> None:
    node = desk()
    appeal = kept(node, "楼下油烟太大")
    order = node.only(StreamKind.WORK_ORDER)
    node.act(order, "hand_over", reason="店主持刀威胁邻居")
    alarm = node.only(StreamKind.ALARM)
    handled(node, alarm)
    node.act(alarm, "report", Role.CALL_TAKER, result="已训诫")
    node.act(alarm, "close", Role.CALL_TAKER)
    assert node.now(order).phase == "reported"
    assert node.now(appeal).phase == "kept", "the citizen has not been told yet"
    node.act(order, "reply_citizen", reply=REPLY)
    node.act(order, "close")
    assert node.now(appeal).phase == "closed"


def test_one_key_calls_the_own_police_while_work_goes_on_and_nothing_ends_before_both_have() -> None:
    node = desk()
    appeal = kept(node, "楼下油烟太大")
    order = node.only(StreamKind.WORK_ORDER)
    node.act(order, "call_police", reason="双方扭打起来了")
    alarm = node.only(StreamKind.ALARM)
    assert alarm.data["urgent"]
    node.act(order, "answer", answer=REPLY)
    node.act(order, "close")
    assert node.now(appeal).phase == "kept"
    handled(node, alarm)
    node.act(alarm, "report", Role.CALL_TAKER, result="已分开双方")
    node.act(alarm, "close", Role.CALL_TAKER)
    assert node.now(appeal).phase == "closed"


@pytest.mark.parametrize("course", ["hand_over", "share"])
def test_nothing_is_handed_over_where_both_lines_sit(course: str) -> None:
    node = desk()
    taken = node.take("楼下油烟太大")
    before = node.database.snapshot()
    with pytest.raises(CommandRefused) as refused:
        node.place(taken, course)
    assert refused.value.code == "handover.one_desk"
    assert node.database.snapshot() == before


def test_a_ruling_of_the_one_desk_is_confirmed_by_itself() -> None:
    from liandong.application.act import act
    from liandong.application.convene import convene

    node = desk()
    head = node.person(Role.SUPERVISOR)
    room = convene(node.world, head, {"summary": "油烟归谁"})
    draft = {"item": "H2", "side": "hotline", "lead": "cg", "cues": ["油烟扰民"], "clause": "c", "words": "由城管牵头"}
    for command, given in (("open_meeting", {}), ("propose", draft), ("rule", {"way": "agreement"}), ("confirm_ruling", {})):
        room = act(node.world, head, room.kind, room.id, command, given)
    assert room.phase == "in_force"
    assert len(node.database.rulings) == 1

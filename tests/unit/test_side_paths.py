"""Side paths of both loops, each by the right person, in time, and refused otherwise: correction, extension, suspension, reopening, withdrawal, source, double review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from liandong.domain.workorders.workorder import OPEN, SUSPENSION_REASONS
from tests.memory_city import MemoryCity, MemoryNode, memory_city

UNIT = "u1"


def refused(city: MemoryCity, press: Callable[[], Any]) -> str:
    """Return the code with which something was refused; nothing has changed by it."""
    before = city.snapshot()
    with pytest.raises(LiandongError) as caught:
        press()
    assert city.snapshot() == before
    return caught.value.code


def order_in(node: MemoryNode, phase: str) -> StreamState:
    """Return a work order that stands in a phase."""
    order = str(node.place(node.take("路灯坏了"), "keep").data["order"])
    steps: dict[str, tuple[tuple[str, Role, dict[str, Any]], ...]] = {
        "received": (),
        "dispatched": (("dispatch", Role.AGENT, {"unit": UNIT}),),
        "signed": (("dispatch", Role.AGENT, {"unit": UNIT}), ("sign", Role.UNIT_STAFF, {})),
        "working": (("dispatch", Role.AGENT, {"unit": UNIT}), ("start", Role.UNIT_STAFF, {})),
        "refused": (("dispatch", Role.AGENT, {"unit": UNIT}), ("refuse", Role.UNIT_STAFF, {"reason": "不属本单位", "clause": "某条"})),
    }
    steps["suspended"] = (*steps["working"], ("suspend", Role.AGENT, {"suspension": SUSPENSION_REASONS[0]}))
    steps["reported"] = (*steps["working"], ("report", Role.UNIT_STAFF, {"result": "已修"}))
    steps["replied"] = (*steps["reported"], ("reply_citizen", Role.AGENT, {"reply": "已修"}))
    steps["closed"] = (*steps["replied"], ("close", Role.AGENT, {}))
    steps["visited"] = (*steps["closed"], ("visit", Role.AGENT, {"satisfaction": "1"}))
    steps["reopened"] = (*steps["closed"], ("visit", Role.AGENT, {"satisfaction": "5", "reason": "又坏了"}))
    steps["answered"] = (("answer", Role.AGENT, {"answer": "明天修"}),)
    steps["withdrawn"] = (("withdraw", Role.AGENT, {"reason": "重复受理"}),)
    for command, role, data in steps[phase]:
        node.act(order, command, role, **data)
    found = node.now(order)
    assert found.phase == phase
    return found


@pytest.mark.parametrize("phase", sorted(each.value for each in OPEN if each.value != "handed_over"))
def test_a_category_is_corrected_in_every_state_in_which_somebody_still_owes_something(phase: str) -> None:
    city = memory_city()
    order = order_in(city.hotline, phase)
    corrected = city.hotline.act(order, "correct", Role.AGENT, item="H5", reason="不是路灯")
    assert (corrected.phase, corrected.data["item"]) == (phase, "H5")
    assert refused(city, lambda: city.hotline.act(order, "correct", Role.UNIT_STAFF, item="H1")) == "command.not_allowed"


@pytest.mark.parametrize("phase", ["closed", "visited", "withdrawn"])
def test_a_category_of_what_is_over_stays(phase: str) -> None:
    city = memory_city()
    order = order_in(city.hotline, phase)
    assert refused(city, lambda: city.hotline.act(order, "correct", Role.AGENT, item="H5")) == "command.not_in_state"


def test_a_corrected_verdict_reaches_the_order_and_a_corrected_side_sends_it_across() -> None:
    city = memory_city()
    appeal = city.hotline.place(city.hotline.take("路灯坏了"), "keep")
    city.hotline.act(appeal, "correct", side="police", item="P2", reason="其实是打架")
    assert city.hotline.now(str(appeal.data["order"])).data["item"] == "P2"
    handed = city.hotline.act(appeal, "hand_over", reason="更正后属公安")
    city.wire.carry()
    assert handed.phase == "handed"
    assert city.police.only(StreamKind.HANDOVER).data["record"]["item"] == "P2"


def test_more_time_is_asked_for_by_the_lead_once_granted_by_the_desk_and_never_taken() -> None:
    city = memory_city()
    node = city.hotline
    order = order_in(node, "working")
    assert refused(city, lambda: node.act(order, "grant_extension", Role.AGENT)) == "workorder.no_extension_asked"
    assert refused(city, lambda: node.act(order, "ask_extension", Role.AGENT, days=3, reason="等料")) == "command.not_allowed"
    assert refused(city, lambda: node.act_for("u2", order, "ask_extension", days=3, reason="等料")) == "order.not_your_unit"
    for days in (0, -1, 11, 10**9):
        assert refused(city, lambda days=days: node.act(order, "ask_extension", Role.UNIT_STAFF, days=days, reason="等料")) == "workorder.extension_too_long"
    node.act(order, "ask_extension", Role.UNIT_STAFF, days=3, reason="等料")
    assert refused(city, lambda: node.act(order, "grant_extension", Role.UNIT_STAFF)) == "command.not_allowed"
    granted = node.act(order, "grant_extension", Role.AGENT)
    assert granted.data["extended_days"] == 3
    assert refused(city, lambda: node.act(order, "grant_extension", Role.AGENT)) == "workorder.no_extension_asked", "twice is not twice the time"
    reported = order_in(node, "reported")
    assert refused(city, lambda: node.act(reported, "ask_extension", Role.UNIT_STAFF, days=1, reason="x")) == "command.not_in_state"


@pytest.mark.parametrize("ground", SUSPENSION_REASONS)
def test_the_clock_stands_still_for_each_listed_reason(ground: str) -> None:
    node = memory_city().hotline
    order = order_in(node, "working")
    assert node.act(order, "suspend", Role.AGENT, suspension=ground).phase == "suspended"
    assert node.act(order, "resume", Role.UNIT_STAFF).phase == "working"


@pytest.mark.parametrize("ground", ["太忙", "", "等待", None, 7, ["不可抗力"]])
def test_the_clock_stands_still_for_no_other_reason_and_not_by_the_unit(ground: Any) -> None:
    city = memory_city()
    order = order_in(city.hotline, "working")
    assert refused(city, lambda: city.hotline.act(order, "suspend", Role.AGENT, suspension=ground)) in ("input.invalid", "input.required")
    assert refused(city, lambda: city.hotline.act(order, "suspend", Role.UNIT_STAFF, suspension=SUSPENSION_REASONS[0])) == "command.not_allowed"
    suspended = city.hotline.act(order, "suspend", Role.AGENT, suspension=SUSPENSION_REASONS[0])
    assert refused(city, lambda: city.hotline.act(suspended, "report", Role.UNIT_STAFF, result="好了")) == "command.not_in_state"


@pytest.mark.parametrize("satisfaction", ["4", "5"])
def test_who_is_not_content_says_why_and_the_unit_has_it_again(satisfaction: str) -> None:
    city = memory_city()
    order = order_in(city.hotline, "closed")
    assert refused(city, lambda: city.hotline.act(order, "visit", Role.AGENT, satisfaction=satisfaction)) in ("input.required", "workorder.not_content")
    opened = city.hotline.act(order, "visit", Role.AGENT, satisfaction=satisfaction, reason="没修好")
    assert (opened.phase, opened.data["reopened"]) == ("reopened", 1)
    again = city.hotline.act(order, "dispatch", Role.AGENT, unit=UNIT)
    assert again.phase == "dispatched"


@pytest.mark.parametrize("phase", ["received", "dispatched", "signed", "refused"])
def test_what_nobody_works_on_is_withdrawn_with_a_reason(phase: str) -> None:
    city = memory_city()
    order = order_in(city.hotline, phase)
    assert refused(city, lambda: city.hotline.act(order, "withdraw", Role.AGENT)) == "input.required"
    assert refused(city, lambda: city.hotline.act(order, "withdraw", Role.UNIT_STAFF, reason="x")) in ("command.not_allowed", "order.no_unit")
    assert city.hotline.act(order, "withdraw", Role.AGENT, reason="诉求人撤回").phase == "withdrawn"


@pytest.mark.parametrize("phase", ["working", "suspended", "reported", "replied", "closed", "visited", "withdrawn"])
def test_what_somebody_works_on_or_is_over_is_not_withdrawn(phase: str) -> None:
    city = memory_city()
    order = order_in(city.hotline, phase)
    assert refused(city, lambda: city.hotline.act(order, "withdraw", Role.AGENT, reason="x")) == "command.not_in_state"


def alarm_in(node: MemoryNode, text: str, *steps: tuple[str, Role, dict[str, Any]]) -> str:
    """Return an alarm after some steps."""
    alarm = str(node.place(node.take(text), "keep").data["order"])
    for command, role, data in steps:
        node.act(alarm, command, role, **data)
    return alarm


GO = (("order", Role.DISPATCHER, {"unit": UNIT}), ("arrive", Role.OFFICER, {}), ("handle", Role.OFFICER, {"situation": "已劝开"}))


def test_police_act_first_and_hand_the_source_over_with_their_contact_and_only_then() -> None:
    city = memory_city()
    node = city.police
    early = alarm_in(node, "有人打架", *GO[:2])
    assert refused(city, lambda: node.act(early, "hand_over_source", Role.OFFICER, source_matter="油烟", contact="警号1")) == "command.not_in_state"
    node.act(early, "handle", Role.OFFICER, situation="已劝开")
    assert refused(city, lambda: node.act(early, "hand_over_source", Role.OFFICER, source_matter="油烟")) == "input.required"
    assert refused(city, lambda: node.act_for("u2", early, "hand_over_source", source_matter="油烟", contact="警号1")) == "order.not_your_unit"
    node.act(early, "hand_over_source", Role.OFFICER, source_matter="油烟扰民，矛盾根源", contact="警号1")
    handover = node.only(StreamKind.HANDOVER)
    assert (handover.data["cause"], handover.data["contact"]) == ("source", "警号1")


def test_a_unit_that_meets_danger_calls_police_with_one_key_and_works_on() -> None:
    city = memory_city()
    order = order_in(city.hotline, "working")
    assert city.hotline.act(order, "call_police", Role.UNIT_STAFF, reason="当事人持刀，有人要跳楼").phase == "working"
    city.wire.carry()
    assert city.police.only(StreamKind.ALARM).phase in ("taken", "ordered")
    told = city.hotline.only(StreamKind.HANDOVER)
    assert (told.data["cause"], told.data["danger"]) == ("escalation", True)


def test_a_class_that_is_reviewed_twice_is_looked_at_by_another_person_and_danger_waits_for_nobody() -> None:
    city = memory_city(switches={"double_review_dispatch": ["P2"], "double_review_feedback": ["P2"]})
    node = city.police
    alarm = alarm_in(node, "有人打架", GO[0])
    assert node.now(alarm).phase == "dispatch_review"
    assert refused(city, lambda: node.act(alarm, "approve_order", Role.DISPATCHER)) == "alarm.same_person"
    assert refused(city, lambda: node.act(alarm, "sign", Role.OFFICER)) == "command.not_in_state"
    node.act(alarm, "approve_order", Role.REVIEWER)
    for command, role, data in GO[1:]:
        node.act(alarm, command, role, **data)
    node.act(alarm, "report", Role.OFFICER, result="已劝开")
    assert node.now(alarm).phase == "feedback_review"
    assert refused(city, lambda: node.act(alarm, "close")) == "command.not_in_state"
    back = node.act(alarm, "turn_back_report", Role.REVIEWER, reason="没写双方身份")
    assert back.phase == "handled"
    node.act(alarm, "report", Role.OFFICER, result="双方张某、李某已劝开")
    assert node.act(alarm, "approve_report", Role.REVIEWER).phase == "reported"
    urgent = alarm_in(node, "有人要跳楼", GO[0])
    assert node.now(urgent).phase == "ordered", "danger never waits for a review"


def test_two_who_sign_at_the_same_moment_one_does_and_one_is_told() -> None:
    city = memory_city()
    order = order_in(city.hotline, "dispatched")
    city.hotline.act(order, "sign", Role.UNIT_STAFF)
    assert refused(city, lambda: city.hotline.act(order, "sign", Role.UNIT_STAFF)) == "command.not_in_state"

"""Lead and assistants, 主办与协办: each acts on its own, the report waits for the parts, and nobody else's order is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from liandong.adapters.packs import load_pack
from liandong.application.fire_timer import fire_timer
from liandong.application.perform import Session
from liandong.application.ports import Recipient
from liandong.application.recalculate import recalculate
from liandong.application.supervise import supervise
from liandong.application.world import World
from liandong.domain.clocks import ClockRule, Limit, Outcome, Rulebook
from liandong.domain.errors import CommandRefused, LiandongError
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city

LEAD, ONE, TWO, STRANGER = "cg", "hb", "wg", "rs"
KINDS = ("police", "hotline")


class Directory:
    """Knows four units of the hotline's side and one of the police's."""

    NAMES = {LEAD: "城管", ONE: "环保", TWO: "卫健", STRANGER: "人社", "pcs": "派出所"}

    def police_unit(self, data: Any, at: Any) -> str:
        return ""

    def team(self, data: Any, at: Any) -> Sequence[Recipient]:
        return ()

    searchers = team

    def serves(self, code: str, side: str) -> bool:
        return (code == "pcs") == (side == "police")

    def named(self, codes: Sequence[str]) -> Sequence[Recipient]:
        by_name = {name: code for code, name in self.NAMES.items()}
        known = [by_name.get(each, each) for each in codes]
        return [Recipient(each, self.NAMES[each], "", 1) for each in known if each in self.NAMES]


def sent(node: MemoryNode, *assistants: str) -> StreamState:
    """Return an order of this node that a lead and its assistants have."""
    appeal = node.place(node.take("有人打架" if node.desk_role == Role.CALL_TAKER else "路灯坏了"), "keep")
    command = "order" if node.desk_role == Role.CALL_TAKER else "dispatch"
    return node.act(str(appeal.data["order"]), command, Role.DISPATCHER, unit=LEAD, assistants=list(assistants))


def work(node: MemoryNode, order: StreamState) -> None:
    """Let the lead do everything before its report."""
    steps = ("sign", "depart", "arrive") if order.kind == StreamKind.ALARM else ("sign", "start")
    for step in steps:
        node.act_for(LEAD, order, step)
    if order.kind == StreamKind.ALARM:
        node.act_for(LEAD, order, "handle", situation="已到场")


def refused(city: MemoryCity, node: MemoryNode, unit: str, order: StreamState, command: str, role: Role | None = None, **data: Any) -> LiandongError:
    """Return how a command was refused; nothing has changed by it."""
    before = city.snapshot()
    with pytest.raises(LiandongError) as caught:
        node.act_for(unit, order, command, role, **data)
    assert city.snapshot() == before
    return caught.value


@pytest.fixture(params=KINDS)
def city_and_node(request: pytest.FixtureRequest) -> tuple[MemoryCity, MemoryNode]:
    city = memory_city()
    return city, city.nodes[request.param]


Pair = tuple[MemoryCity, MemoryNode]


def test_assistants_sign_and_report_their_own_part_and_the_lead_reports_the_whole(city_and_node: Pair) -> None:
    _, node = city_and_node
    order = sent(node, ONE, TWO)
    assert {code: part["state"] for code, part in order.data["parts"].items()} == {ONE: "called", TWO: "called"}
    work(node, order)
    for unit in (ONE, TWO):
        node.act_for(unit, order, "sign_part")
        node.act_for(unit, order, "report_part", result=f"{unit} 的部分办好了")
    done = node.act_for(LEAD, order, "report", result="整件办好了")
    assert done.phase == "reported"
    assert done.data["result"] == "整件办好了", "the result of a part never stands where the lead's belongs"
    assert [done.data["parts"][each]["result"] for each in (ONE, TWO)] == ["hb 的部分办好了", "wg 的部分办好了"]
    assert done.data["parts"][ONE]["person"] == "hb-1"


def test_the_report_waits_for_the_parts_or_says_why_it_does_not(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node, ONE, TWO)
    work(node, order)
    node.act_for(ONE, order, "sign_part")
    node.act_for(ONE, order, "report_part", result="好了")
    error = refused(city, node, LEAD, order, "report", result="好了")
    assert (error.code, error.data["codes"]) == ("part.open", [TWO])
    done = node.act_for(LEAD, order, "report", result="好了", without_parts="卫健另行反馈，已电话确认")
    assert done.phase == "reported"
    assert done.data["reported_without"] == {"units": [TWO], "reason": "卫健另行反馈，已电话确认"}
    # The assistant may still report while the order is open; what never comes has lapsed at its end.
    node.act_for(TWO, order, "sign_part")
    if order.kind == StreamKind.WORK_ORDER:
        node.act(order, "reply_citizen", Role.AGENT, reply="已办")
    closed = node.act(order, "close")
    assert closed.data["parts"][TWO]["state"] == "lapsed"
    assert closed.data["parts"][ONE]["state"] == "reported"
    assert refused(city, node, TWO, order, "report_part", result="晚了").code == "command.not_in_state"


@pytest.mark.parametrize("command", ["sign", "report", "refuse", "note", "report_part", "sign_part", "decline_part", "ask_extension", "state_non_police", "handle", "depart", "find_fact", "call_police", "ask_support"])
def test_a_stranger_can_do_nothing_on_another_units_order(city_and_node: Pair, command: str) -> None:
    city, node = city_and_node
    order = sent(node, ONE)
    words = {"result": "我来", "reason": "我来", "clause": "某条", "note": "我来", "days": 1, "situation": "我来", "found": "我来"}
    error = refused(city, node, STRANGER, order, command, **words)
    assert error.code in ("order.not_your_unit", "part.not_called", "command.not_in_state", "command.unknown"), error.code
    assert refused(city, node, "", order, command, **words).code in ("order.no_unit", "command.not_in_state", "command.unknown")


def test_an_assistant_does_not_act_for_the_lead_nor_the_lead_for_an_assistant(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node, ONE)
    assert refused(city, node, ONE, order, "sign").code == "order.not_your_unit"
    assert refused(city, node, LEAD, order, "sign_part").code == "part.not_called"
    noted = node.act_for(ONE, order, "note", note="两家一起到了")
    assert noted.seq == order.seq + 1, "a note is anybody's who works on it"


def test_a_part_is_signed_once_reported_after_signing_and_not_again(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node, ONE)
    assert refused(city, node, ONE, order, "report_part", result="好了").code == "part.not_signed"
    node.act_for(ONE, order, "sign_part")
    assert refused(city, node, ONE, order, "sign_part").code == "part.over"
    assert refused(city, node, ONE, order, "report_part").code == "input.required"
    node.act_for(ONE, order, "report_part", result="好了")
    for again in ("report_part", "decline_part", "sign_part"):
        assert refused(city, node, ONE, order, again, result="x", reason="x", clause="x").code == "part.over"


def test_a_part_that_does_not_satisfy_is_turned_back_by_lead_or_desk(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node, ONE)
    assert refused(city, node, LEAD, order, "turn_back_part", assistant=ONE, reason="照片呢").code == "part.not_reported"
    node.act_for(ONE, order, "sign_part")
    node.act_for(ONE, order, "report_part", result="好了")
    turned = node.act_for(LEAD, order, "turn_back_part", assistant=ONE, reason="没有照片")
    assert turned.data["parts"][ONE]["state"] == "signed"
    assert turned.data.get("reason") != "没有照片", "what is said of a part does not become the order's"
    node.act_for(ONE, order, "report_part", result="照片已附")
    assert refused(city, node, LEAD, order, "turn_back_part", assistant=STRANGER, reason="x").code == "part.none_of"


def test_an_assistant_that_is_not_concerned_leaves_and_no_longer_acts(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node, ONE, TWO)
    left = node.act_for(ONE, order, "decline_part", reason="不属本单位职责", clause="三定第3条")
    assert list(left.data["parts"]) == [TWO]
    assert (left.data["parts_past"][0]["unit"], left.data["parts_past"][0]["clause"]) == (ONE, "三定第3条")
    assert refused(city, node, ONE, order, "report_part", result="x").code == "part.not_called"
    freed = node.act(order, "release_assistant", Role.DISPATCHER, assistant=TWO, reason="主办可独办")
    assert freed.data["assistants"] == []
    work(node, order)
    assert node.act_for(LEAD, order, "report", result="好了").phase == "reported"


def test_more_assistants_are_called_on_the_way_each_once_and_never_the_lead(city_and_node: Pair) -> None:
    city, node = city_and_node
    order = sent(node)
    assert "parts" not in order.data
    called = node.act(order, "call_assistants", Role.DISPATCHER, assistants=[ONE, ONE, TWO], note="来搭把手")
    assert called.data["assistants"] == [ONE, TWO]
    before = city.snapshot()
    for assistants, code in (([ONE], "part.called_before"), ([LEAD], "part.lead_assists"), ([], "part.unsound"), ([7], "part.unsound"), (["x" * 41], "part.unsound"), ([""] * 3, "part.unsound"), (["u"] * 71, "input.invalid"), ("hb", "input.invalid"), ([{"code": "hb"}], "part.unsound")):
        with pytest.raises(CommandRefused) as caught:
            node.act(order, "call_assistants", Role.DISPATCHER, assistants=assistants)
        assert caught.value.code == code, assistants
    assert city.snapshot() == before
    unit_role = Role.OFFICER if order.kind == StreamKind.ALARM else Role.UNIT_STAFF
    assert refused(city, node, LEAD, order, "call_assistants", unit_role, assistants=[STRANGER]).code == "command.not_allowed"


def test_the_lead_asks_for_help_and_the_desk_sees_it_until_it_sends_somebody(city_and_node: Pair) -> None:
    _, node = city_and_node
    order = sent(node)
    command = "ask_support" if order.kind == StreamKind.ALARM else "ask_assistance"
    if order.kind == StreamKind.ALARM:
        node.act_for(LEAD, order, "sign")
    asked = node.act_for(LEAD, order, command, note="需要清障车")
    assert (asked.data["assistance_asked"]["unit"], asked.data["assistance_asked"]["note"]) == (LEAD, "需要清障车")
    assert "assistance_asked" not in node.act(order, "call_assistants", Role.DISPATCHER, assistants=[ONE]).data


def test_who_leads_after_a_redirect_assists_no_more_and_who_led_acts_no_more() -> None:
    city = memory_city()
    alarm = sent(city.police, ONE)
    city.police.act(alarm, "redirect", Role.DISPATCHER, unit=LEAD, officers="张警官", reason="指名")
    moved = city.police.act(alarm, "redirect", Role.DISPATCHER, unit=ONE, reason="更近")
    assert "officers" not in moved.data, "who was named of the unit before does not go along"
    assert (moved.data["unit"], moved.data["parts"]) == (ONE, {})
    assert refused(city, city.police, LEAD, alarm, "sign").code == "order.not_your_unit"
    assert city.police.act_for(ONE, alarm, "sign").phase == "signed"


def test_assistants_of_a_reviewed_dispatch_are_called_when_it_is_approved_and_not_before() -> None:
    city = memory_city(switches={"double_review_dispatch": ["P2"]})
    alarm = sent(city.police, ONE)
    assert (alarm.phase, alarm.data.get("parts")) == ("dispatch_review", None)
    assert refused(city, city.police, ONE, alarm, "sign_part").code == "command.not_in_state"
    back = city.police.act(alarm, "turn_back_order", Role.REVIEWER, reason="不用两家")
    assert back.data["assistants"] == []
    city.police.act(alarm, "order", Role.DISPATCHER, unit=LEAD, assistants=[TWO])
    approved = city.police.act(alarm, "approve_order", Role.REVIEWER)
    assert list(approved.data["parts"]) == [TWO]


def test_a_report_that_lacks_a_part_is_not_read_twice() -> None:
    city = memory_city(switches={"double_review_feedback": ["P2"]})
    alarm = sent(city.police, ONE)
    work(city.police, alarm)
    assert refused(city, city.police, LEAD, alarm, "report", result="好了").code == "part.open"
    reviewed = city.police.act_for(LEAD, alarm, "report", result="好了", without_parts="协办另报")
    assert reviewed.phase == "feedback_review"


def test_an_assisting_patrol_says_that_it_is_there() -> None:
    alarm = sent((city := memory_city()).police, ONE)
    city.police.act_for(ONE, alarm, "sign_part")
    there = city.police.act_for(ONE, alarm, "reach_part")
    assert there.data["parts"][ONE]["state"] == "arrived"
    assert there.data["parts"][ONE]["arrived_at"] == there.data["times"]["PartReached"]


def with_directory(city: MemoryCity) -> MemoryNode:
    """Return the hotline with units it knows."""
    node = city.hotline
    old = node.world
    made = {name: getattr(old, name) for name in ("clock", "ids", "desk", "work", "triage", "reactions")}
    node.world = World(**made, directory=Directory())
    return node


@pytest.mark.parametrize(("unit", "assistants", "code"), [("nobody", [], "unit.unknown"), (LEAD, ["nobody"], "unit.unknown"), ("pcs", [], "unit.other_side"), (LEAD, ["派出所"], "unit.other_side"), (LEAD, ["城管"], "part.lead_assists")])
def test_whom_the_directory_does_not_know_is_not_sent(unit: str, assistants: list[str], code: str) -> None:
    city = memory_city()
    node = with_directory(city)
    order = node.place(node.take("路灯坏了"), "keep").data["order"]
    before = city.snapshot()
    with pytest.raises(CommandRefused) as caught:
        node.act(order, "dispatch", Role.AGENT, unit=unit, assistants=assistants)
    assert caught.value.code == code
    assert city.snapshot() == before


def test_one_key_sends_many_by_code_or_name_each_once_with_its_name() -> None:
    node = with_directory(memory_city())
    order = node.place(node.take("路灯坏了"), "keep").data["order"]
    sent_to = node.act(order, "dispatch", Role.AGENT, unit="城管", assistants=["环保", "hb", "卫健"])
    assert sent_to.data["unit"] == LEAD
    assert {code: part["name"] for code, part in sent_to.data["parts"].items()} == {ONE: "环保", TWO: "卫健"}


def test_the_other_side_hears_of_assistants_and_of_their_parts() -> None:
    city = memory_city()
    city.police.place(city.police.take("楼下油烟太大"), "hand_over")
    city.wire.carry()
    handover = city.hotline.only(StreamKind.HANDOVER)
    order = city.hotline.act(handover, "accept").data.get("order") or city.hotline.only(StreamKind.WORK_ORDER).id
    city.hotline.act(order, "dispatch", Role.AGENT, unit=LEAD)
    city.hotline.act(order, "call_assistants", Role.AGENT, assistants=[ONE])
    city.hotline.act_for(ONE, order, "sign_part")
    city.hotline.act_for(ONE, order, "report_part", result="油烟已检测")
    city.wire.carry()
    with city.police.world.work() as unit:
        told = [fact.data for fact in unit.facts(city.police.now(handover)) if fact.name == "ProgressTold"]
    assert [each["step"] for each in told][-2:] == ["AssistantsCalled", "PartReported"]
    assert told[-1]["note"] == "hb：油烟已检测"


# --- late ---------------------------------------------------------------------------------------------------------------


def late_order(*assistants: str) -> tuple[MemoryCity, MemoryNode, StreamState]:
    """Return a city with clocks, its hotline, and an order that a lead and its assistants have."""
    pack = load_pack("xiangcheng")
    city = memory_city(rulebook=Rulebook(pack.clocks, pack.calendar))
    return city, city.hotline, sent(city.hotline, *assistants)


def pass_time(city: MemoryCity, **span: float) -> None:
    """Let time pass and look at every clock until nothing is due."""
    city.clock.forward(**span)
    for node in city.nodes.values():
        for _ in range(6):
            for stream in list(node.database.clocks):
                for kept in node.database.clocks[stream]:
                    with node.world.work() as unit:
                        fire_timer(Session(node.world, unit), node.now(stream).kind, stream, kept.step, kept.round)


def followed(node: MemoryNode) -> dict[str, StreamState]:
    """Return the supervisions by the unit they name."""
    return {str(each.data["unit"]): each for each in node.database.of_kind(StreamKind.SUPERVISION)}


def test_a_late_assistant_is_reminded_by_name_and_the_lead_that_is_in_time_is_not() -> None:
    city, node, order = late_order(ONE, TWO)
    for command in ("sign", "start", "progress"):
        node.act_for(LEAD, order, command, note="到了")
    node.act_for(TWO, order, "sign_part")
    pass_time(city, days=1)
    found = followed(node)
    assert set(found) == {ONE}, "only who is late is named"
    assert (found[ONE].phase, found[ONE].data["assistant"], found[ONE].data["clock"]) == ("reminded", ONE, "workorder.sign")
    assert found[ONE].data["order"] == order.id
    assert "协办" in found[ONE].data["clock_name"]
    node.act_for(ONE, order, "sign_part")
    assert followed(node)[ONE].phase == "lifted"


def test_each_late_assistant_climbs_its_own_ladder_and_the_work_of_one_lifts_its_own_alone() -> None:
    city, node, order = late_order(ONE, TWO)
    for command in ("sign", "start"):
        node.act_for(LEAD, order, command)
    for unit in (ONE, TWO):
        node.act_for(unit, order, "sign_part")
    pass_time(city, days=40)
    pass_time(city, days=4)
    found = followed(node)
    assert {code: found[code].phase for code in (ONE, TWO)} == {ONE: "supervised", TWO: "supervised"}
    assert found[ONE].id != found[TWO].id != found[LEAD].id
    node.act_for(ONE, order, "report_part", result="已办")
    assert {code: each.phase for code, each in followed(node).items()} == {ONE: "lifted", TWO: "supervised", LEAD: "supervised"}
    node.act(order, "release_assistant", Role.DISPATCHER, assistant=TWO, reason="主办可独办")
    assert followed(node)[TWO].phase == "lifted"
    assert followed(node)[TWO].data["steps"][-1]["fact"] == "SupervisionLifted"
    node.act_for(LEAD, order, "report", result="办好了")
    assert followed(node)[LEAD].phase == "lifted"


def test_an_assistant_is_warned_before_its_limit_and_leaving_ends_that() -> None:
    city, node, order = late_order(ONE, TWO)
    node.act_for(TWO, order, "sign_part")
    node.act_for(TWO, order, "report_part", result="好了")
    pass_time(city, hours=5)
    assert (set(followed(node)), followed(node)[ONE].phase) == ({LEAD, ONE}, "warned")
    node.act_for(ONE, order, "decline_part", reason="不属本单位职责", clause="三定第3条")
    assert followed(node)[ONE].phase == "lifted"


def test_the_end_of_an_order_ends_what_was_followed_up_of_its_parts() -> None:
    city, node, order = late_order(ONE)
    pass_time(city, days=2)
    assert ONE in followed(node)
    node.act(order, "withdraw", Role.AGENT, reason="诉求人撤回")
    assert {each.phase for each in followed(node).values()} == {"lifted"}
    assert [each for each in node.database.clocks[order.id] if each.outcome == Outcome.OPEN] == []


def test_a_supervisor_follows_up_an_assistant_by_hand_and_not_one_that_owes_nothing() -> None:
    city, node, order = late_order(ONE, TWO)
    supervisor = node.person(Role.SUPERVISOR)
    node.act_for(TWO, order, "sign_part")
    node.act_for(TWO, order, "report_part", result="好了")
    begun = supervise(node.world, supervisor, order.kind, order.id, "supervise", {"assistant": ONE, "form": "written"})
    assert (begun.data["unit"], begun.phase) == (ONE, "supervised")
    before = city.snapshot()
    for code in (TWO, LEAD, STRANGER, "x" * 90):
        with pytest.raises(CommandRefused) as caught:
            supervise(node.world, supervisor, order.kind, order.id, "remind", {"assistant": code})
        assert caught.value.code == "part.none_of"
    assert city.snapshot() == before
    node.act_for(ONE, order, "sign_part")
    assert followed(node)[ONE].phase == "supervised", "a person's word waits for the part itself"
    node.act_for(ONE, order, "report_part", result="好了")
    assert followed(node)[ONE].phase == "lifted"


def test_a_changed_rule_moves_the_clocks_of_the_parts_and_the_journal_says_whose() -> None:
    _, node, order = late_order(ONE)
    own = ClockRule("workorder.part_report", "协办反馈", Limit.parse("1 workday"), "本包设定")
    pack = load_pack("xiangcheng")
    changed = replace(node.world, rulebook=Rulebook((*pack.clocks, own), pack.calendar))
    moved = recalculate(changed, order.kind, order.id, "协办时限改为1个工作日")
    assert [(each["assistant"], each["clock"], each["limit"]) for each in moved] == [(ONE, "workorder.part_report", "1 workdays")]
    assert recalculate(changed, order.kind, order.id, "再算一次") == []


def test_who_becomes_the_lead_owes_the_leads_clocks_and_its_parts_no_more() -> None:
    pack = load_pack("xiangcheng")
    city = memory_city(rulebook=Rulebook(pack.clocks, pack.calendar))
    alarm = sent(city.police, ONE)
    city.police.act(alarm, "redirect", Role.DISPATCHER, unit=ONE, reason="更近")
    running = [(each.assistant, each.step) for each in city.police.database.clocks[alarm.id] if each.outcome == Outcome.OPEN]
    assert running == [("", "sign")], running

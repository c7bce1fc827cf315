"""A matter that begins at the city's hotline goes to the city's police and down to the county's; everything comes back the same way, and the city decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.domain.errors import CommandRefused, RemoteProtocolError
from liandong.domain.journal.facts import Role, StreamId, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city


def passed(city: MemoryCity, begun: MemoryNode, passing: MemoryNode, below: str, text: str = "楼道里有人打架后留下的东西没人管") -> StreamState:
    """Hand a matter over at one node and pass it down at another; return the handover where it began."""
    placed = begun.place(begun.take(text), "hand_over")
    city.wire.carry()
    passing.act(placed.data["handover"], "pass_down", destination_node=below)
    city.wire.carry()
    return begun.now(placed.data["handover"])


def told(node: MemoryNode, handover: str) -> list[str]:
    """Return the names of a handover's facts at a node, in order."""
    return [entry.fact.name for _, entry in node.database.journal if entry.stream == handover]


def finished(city: MemoryCity, node: MemoryNode, handover: str) -> None:
    """Accept, work and close at the node that has it in the end."""
    node.act(handover, "accept")
    kind = StreamKind.ALARM if node.world.desk.side == "police" else StreamKind.WORK_ORDER
    order = node.only(kind)
    if kind == StreamKind.ALARM:
        node.act(order, "order", Role.DISPATCHER, unit="pcs")
        for command, given in (("sign", {}), ("arrive", {}), ("handle", {"situation": "已清理"}), ("report", {"result": "已清理完毕"})):
            node.act(order, command, Role.OFFICER, **given)
    else:
        node.act(order, "answer", answer="城管执法人员今天上午已经到场清理完毕，明天上午复查，联系电话12345。")
    node.act(order, "close")
    city.wire.carry()


def test_city_hotline_city_police_county_police_and_back() -> None:
    city = memory_city(county=True)
    handover = passed(city, city.hotline, city.police, "county")
    assert handover.data["destination_node"] == "county"
    city.county.act(handover, "ask", question="哪一栋楼？")
    city.wire.carry()
    city.hotline.act(handover, "answer", answer="3栋")
    city.wire.carry()
    finished(city, city.county, handover.id)
    assert city.hotline.now(handover).phase == "confirmed"
    assert city.hotline.now(handover.data["appeal"]).phase == "closed"
    stories = [told(node, handover.id) for node in (city.hotline, city.police, city.county)]
    assert stories[0] == stories[1] == stories[2]
    assert stories[0][:3] == ["HandoverOffered", "HandoverPassedDown", "QuestionAsked"]
    assert city.police.database.of_kind(StreamKind.ALARM) == [], "the city's police made nothing of it"


def test_county_city_city_county() -> None:
    city = memory_city(county=True, hotline_county=True)
    below = city.nodes["county12345"]
    handover = passed(city, city.county, city.hotline, "county12345", "楼下油烟太大")
    finished(city, below, handover.id)
    assert city.county.now(handover).phase == "confirmed"
    stories = [told(node, handover.id) for node in (city.county, city.police, city.hotline, below)]
    assert stories[0] == stories[1] == stories[2] == stories[3]
    assert city.hotline.database.of_kind(StreamKind.WORK_ORDER) == []


def test_the_county_objects_for_itself_and_the_first_receiver_answers() -> None:
    city = memory_city(county=True)
    handover = passed(city, city.hotline, city.police, "county")
    city.county.act(handover, "object", code="hotline_matter", clause="c", reason="没有违法情节，属热线受理范围")
    city.wire.carry()
    city.hotline.act(handover, "contest", words="现场有人打架")
    city.wire.carry()
    assert {node.now(handover).phase for node in (city.hotline, city.police, city.county)} == {"negotiating"}


def test_withdrawing_and_passing_down_may_meet_on_the_wire() -> None:
    city = memory_city(county=True)
    placed = city.hotline.place(city.hotline.take("楼道里有人打架后留下的东西没人管"), "hand_over")
    city.wire.carry()
    handover = placed.data["handover"]
    city.police.act(handover, "pass_down", destination_node="county")
    city.hotline.act(handover, "withdraw", reason="诉求人撤回")
    city.wire.carry()
    assert {node.now(handover).phase for node in (city.hotline, city.police, city.county)} == {"withdrawn"}


@pytest.mark.parametrize(
    ("at", "given", "code"),
    [
        ("police", {"destination_node": "nowhere"}, "handover.belongs_here"),
        ("police", {"destination_node": "hotline"}, "handover.belongs_here"),
        ("police", {}, "handover.belongs_here"),
        ("hotline", {"destination_node": "county"}, "handover.belongs_here"),
    ],
)
def test_nobody_passes_to_who_does_not_stand_below(at: str, given: dict[str, Any], code: str) -> None:
    city = memory_city(county=True)
    placed = city.hotline.place(city.hotline.take("楼道里有人打架后留下的东西没人管"), "hand_over")
    city.wire.carry()
    before = city.snapshot()
    with pytest.raises(CommandRefused) as refused:
        city.nodes[at].act(placed.data["handover"], "pass_down", **given)
    assert refused.value.code == code
    assert city.snapshot() == before


def test_it_goes_down_once_and_not_after_it_was_accepted() -> None:
    city = memory_city(county=True)
    handover = passed(city, city.hotline, city.police, "county")
    before = city.snapshot()
    with pytest.raises(CommandRefused):
        city.police.act(handover, "pass_down", destination_node="county")
    with pytest.raises(CommandRefused):
        city.police.act(handover, "accept")
    assert city.snapshot() == before


def test_danger_is_accepted_by_the_city_and_not_passed_down() -> None:
    city = memory_city(county=True)
    placed = city.hotline.place(city.hotline.take("有人要跳楼"), "hand_over")
    city.wire.carry()
    assert city.police.now(placed.data["handover"]).phase == "accepted"
    with pytest.raises(CommandRefused):
        city.police.act(placed.data["handover"], "pass_down", destination_node="county")


def test_a_county_does_not_take_a_matter_that_its_own_peer_passes_to_somebody_else() -> None:
    from liandong.application.receive_message import receive_message

    city = memory_city(county=True)
    handover = passed(city, city.hotline, city.police, "county")
    forged = {"name": "HandoverPassedDown", "actor": {"role": "system", "node": "police", "party": "R"}, "at": "2026-11-23T01:00:00.000000Z", "data": {"destination_node": "county2"}}
    with pytest.raises((RemoteProtocolError, CommandRefused)), city.county.world.work() as unit:
        receive_message(city.county.world, unit, "police", StreamId(handover.id), "handover.fact", forged)

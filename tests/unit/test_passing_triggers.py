"""推诿: what is returned twice, bounced between places, or refused by two units is supervised at once, with the chain of who said what."""

from __future__ import annotations

import pytest

from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, memory_city

GROUND = {"code": "hotline_matter", "clause": "xc-a2", "reason": "没有违法情节，属热线受理范围"}


def returned(city: MemoryCity, appeal: StreamState, **ground: str) -> StreamState:
    """Hand a matter of the hotline to the police, who object, and take it back; return the appeal."""
    hotline, police = city.hotline, city.police
    city.clock.forward(minutes=1)
    placed = hotline.act(appeal, "hand_over", reason="涉嫌违法")
    city.wire.carry()
    police.act(placed.data["handover"], "object", **{**GROUND, **ground})
    city.wire.carry()
    hotline.act(placed.data["handover"], "agree_return")
    city.wire.carry()
    return hotline.now(appeal)


def supervisions(city: MemoryCity) -> list[StreamState]:
    return city.hotline.database.of_kind(StreamKind.SUPERVISION)


def test_what_is_returned_twice_is_supervised_with_both_returns_in_the_chain() -> None:
    city = memory_city()
    appeal = city.hotline.take("楼下油烟太大")
    appeal = returned(city, appeal, code="neither_side", reason="双方均不受理，属合同纠纷")
    assert supervisions(city) == [], "once is no passing to and fro"
    returned(city, appeal, code="neither_side", reason="双方均不受理，属合同纠纷")
    (found,) = supervisions(city)
    assert (found.phase, found.data["cause"]) == ("supervised", "buck_passing")
    assert "退回两次" in found.data["steps"][-1]["reason"] or "两次" in found.data["steps"][-1]["reason"]
    assert [each["fact"] for each in found.data["chain"]] == ["HandoverObjected", "HandoverReturned"] * 2
    assert [each["node"] for each in found.data["chain"]] == ["police", "hotline"] * 2
    assert found.data["chain"][0]["clause"] == "xc-a2"


def test_what_is_bounced_by_place_is_supervised_before_it_is_returned_a_second_time() -> None:
    city = memory_city()
    appeal = returned(city, city.hotline.take("楼下油烟太大"), code="wrong_place", reason="事发地不在本辖区，请转属地")
    city.clock.forward(minutes=1)
    city.hotline.act(appeal, "hand_over", reason="涉嫌违法")
    city.wire.carry()
    handover = city.hotline.now(appeal).data["handover"]
    city.police.act(handover, "object", code="wrong_place", clause="xc-a2", reason="仍不在本辖区，请转属地办理")
    city.wire.carry()
    (found,) = supervisions(city)
    assert found.data["cause"] == "buck_passing"
    assert found.data["chain"][-1]["code"] == "wrong_place"
    assert len(found.data["chain"]) == 3


def test_two_units_that_refuse_are_supervised() -> None:
    city = memory_city()
    hotline = city.hotline
    hotline.place(hotline.take("楼下油烟太大"), "keep")
    order = hotline.only(StreamKind.WORK_ORDER)
    for unit in ("u1", "u2"):
        hotline.act(order, "dispatch", unit=unit)
        assert len(supervisions(city)) == 0
        hotline.act(order, "refuse", Role.UNIT_STAFF, reason="不属本单位职责", clause="三定方案")
    (found,) = supervisions(city)
    assert [each["unit"] for each in found.data["chain"]] == ["u1", "u2"]


def test_another_objection_for_what_is_missing_is_no_bouncing() -> None:
    city = memory_city()
    appeal = returned(city, city.hotline.take("楼下油烟太大"), code="duplicate", reason="与昨日移交的一件重复")
    city.clock.forward(minutes=1)
    city.hotline.act(appeal, "hand_over", reason="涉嫌违法")
    city.wire.carry()
    handover = city.hotline.now(appeal).data["handover"]
    city.police.act(handover, "object", code="duplicate", clause="xc-a2", reason="与昨日移交的一件重复")
    city.wire.carry()
    assert supervisions(city) == []


def test_what_is_done_is_not_supervised_by_hand() -> None:
    from liandong.application.supervise import supervise

    city = memory_city()
    hotline = city.hotline
    hotline.place(hotline.take("楼下油烟太大"), "keep")
    order = hotline.only(StreamKind.WORK_ORDER)
    hotline.act(order, "answer", answer="城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。")
    order = hotline.act(order, "close")
    before = city.snapshot()
    with pytest.raises(CommandRefused) as refused:
        supervise(hotline.world, hotline.person(Role.SUPERVISOR), order.kind, order.id, "circulate", {"words": "通报"})
    assert refused.value.code == "supervision.nothing_to_supervise"
    assert city.snapshot() == before

"""Whatever is pressed, one side answers for one matter: nothing is handed over while somebody here works on it, or twice."""

from __future__ import annotations

import pytest

from liandong.adapters.packs import load_pack
from liandong.application.act import act
from liandong.domain.clocks import Outcome, Rulebook
from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, memory_city

CALM, DANGER = "楼下油烟太大", "有人要跳楼"


def handovers(city: MemoryCity) -> list[StreamState]:
    return city.hotline.database.of_kind(StreamKind.HANDOVER)


def test_what_nobody_has_begun_is_taken_back_when_it_is_handed_over() -> None:
    city = memory_city()
    kept = city.hotline.place(city.hotline.take(CALM), "keep")
    handed = city.hotline.act(kept, "hand_over", reason="有人持刀")
    assert (handed.phase, city.hotline.only(StreamKind.WORK_ORDER).phase) == ("handed", "withdrawn")
    assert [each.phase for each in handovers(city)] == ["offered"]


def test_what_somebody_has_begun_goes_on_here_while_the_other_side_takes_its_part() -> None:
    city = memory_city()
    kept = city.hotline.place(city.hotline.take(CALM), "keep")
    order = city.hotline.only(StreamKind.WORK_ORDER)
    city.hotline.act(order, "dispatch", unit="CG")
    staff = city.hotline.person(Role.UNIT_STAFF, "CG")
    act(city.hotline.world, staff, StreamKind.WORK_ORDER, order.id, "sign", {})
    act(city.hotline.world, staff, StreamKind.WORK_ORDER, order.id, "start", {})
    shared = city.hotline.act(kept, "hand_over", reason="有人持刀")
    assert (shared.phase, city.hotline.now(order).phase) == ("shared", "working")


def test_danger_is_never_left_by_those_who_were_ordered() -> None:
    city = memory_city()
    kept = city.police.place(city.police.take(DANGER), "keep")
    alarm = city.police.only(StreamKind.ALARM)
    shared = city.police.act(kept, "hand_over", reason="请热线配合")
    assert (shared.phase, city.police.now(alarm).phase) != ("handed", "cancelled")
    assert shared.phase == "shared"


@pytest.mark.parametrize(("on_its_way", "sent"), [(False, [True]), (True, [False, True])], ids=["kept", "on its way to them"])
def test_police_called_twice_hear_of_one_danger(on_its_way: bool, sent: list[bool]) -> None:
    city = memory_city()
    city.hotline.place(city.hotline.take(CALM), "keep")
    order = city.hotline.only(StreamKind.WORK_ORDER)
    if on_its_way:
        city.hotline.act(order, "hand_over", reason="应由公安处理")
    for reason in ("有人持刀", "又来了两个人"):
        city.hotline.act(order, "call_police", reason=reason)
    assert sorted(bool(each.data.get("danger")) for each in handovers(city)) == sent
    city.wire.carry()
    assert city.wire.set_aside == {}
    alarm = city.police.only(StreamKind.ALARM)
    assert alarm.data["urgent"] is True
    assert alarm.data["summary"].startswith("有人持刀"), "what makes it danger stands first"
    assert "又来了两个人" in city.police.only(StreamKind.APPEAL).data["supplements"][-1]


def test_who_took_it_while_it_was_taken_back_is_still_waited_for() -> None:
    pack = load_pack("xiangcheng")
    city = memory_city(rulebook=Rulebook(pack.clocks, pack.calendar, frozenset()))
    city.police.place(city.police.take(CALM), "hand_over")
    city.wire.carry()
    city.hotline.act(city.hotline.only(StreamKind.HANDOVER), "accept")
    city.police.act(city.police.only(StreamKind.HANDOVER), "withdraw", reason="误报")
    city.wire.carry()
    taken = city.hotline.only(StreamKind.HANDOVER)
    assert (taken.phase, city.police.only(StreamKind.HANDOVER).phase) == ("accepted", "accepted")
    assert "HandoverWithdrawn" in city.hotline.database.names(taken.id)
    assert "report" in [each.step for each in city.hotline.database.clocks[taken.id] if each.outcome == Outcome.OPEN]


def test_what_was_offered_in_calm_goes_again_as_danger_and_not_beside_it() -> None:
    city = memory_city()
    city.hotline.place(city.hotline.take(CALM), "share")
    order = city.hotline.only(StreamKind.WORK_ORDER)
    city.hotline.act(order, "call_police", reason="有人持刀")
    assert sorted((each.phase, bool(each.data.get("danger"))) for each in handovers(city)) == [("offered", True), ("withdrawn", False)]
    city.wire.carry()
    assert [each.phase for each in city.police.database.of_kind(StreamKind.ALARM)].count("closed") == 0
    assert city.wire.set_aside == {}


def test_what_both_sides_have_is_not_handed_over_once_more() -> None:
    city = memory_city()
    city.hotline.place(city.hotline.take(CALM), "share")
    order, before = city.hotline.only(StreamKind.WORK_ORDER), city.snapshot()
    with pytest.raises(CommandRefused) as refused:
        city.hotline.act(order, "hand_over", reason="都归你们", clause="XC-1")
    assert refused.value.code == "handover.already"
    assert refused.value.data["number"] == handovers(city)[0].data["number"]
    assert city.snapshot() == before

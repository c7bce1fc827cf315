"""Both sides close their own part of one matter, and each learns how the other's ended, whichever ends first."""

from __future__ import annotations

import pytest

from liandong.domain.journal.facts import Role, StreamKind
from tests.memory_city import MemoryCity, memory_city

OURS = "工资已全部补发到卡上"


def shared() -> tuple[MemoryCity, str, str]:
    """Return a city with a matter that the hotline shared with police, its work order and its handover."""
    city = memory_city()
    appeal = city.hotline.take("老板欠薪，工友说要打架")
    city.hotline.place(appeal, "share")
    city.wire.carry()
    handover = city.hotline.only(StreamKind.HANDOVER).id
    city.police.act(handover, "accept")
    city.wire.carry()
    return city, city.hotline.only(StreamKind.WORK_ORDER).id, handover


def close_ours(city: MemoryCity, order: str) -> None:
    city.hotline.act(order, "dispatch", unit="xc-rs")
    city.hotline.act(order, "sign", Role.UNIT_STAFF)
    city.hotline.act(order, "report", Role.UNIT_STAFF, result=OURS)
    city.hotline.act(order, "reply_citizen", reply=f"您反映的欠薪一事，{OURS}，如有遗漏请再拨打 12345，谢谢您的反映。")
    city.hotline.act(order, "close")


def close_theirs(city: MemoryCity) -> None:
    alarm = city.police.only(StreamKind.ALARM).id
    for command, role, data in (
        ("order", None, {"unit": "xc-pcs"}), ("sign", Role.OFFICER, {}), ("depart", Role.OFFICER, {}), ("arrive", Role.OFFICER, {}),
        ("handle", Role.OFFICER, {"situation": "双方已分开"}), ("report", Role.OFFICER, {"result": "没有打起来"}),
    ):  # fmt: skip
        if command in ("order",) and city.police.now(alarm).phase != "taken":
            continue
        city.police.act(alarm, command, role, **data)
    if city.police.now(alarm).phase == "feedback_review":
        city.police.act(alarm, "approve_report", Role.REVIEWER)
    city.police.act(alarm, "close", Role.DISPATCHER)


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_each_side_learns_how_the_other_part_ended(first: str) -> None:
    city, order, handover = shared()
    if first == "ours":
        close_ours(city, order)
        city.wire.carry()
        close_theirs(city)
    else:
        close_theirs(city)
        city.wire.carry()
        assert city.hotline.now(handover).phase == "confirmed"
        close_ours(city, order)
    city.wire.carry()
    theirs = city.police.only(StreamKind.APPEAL)
    assert [each for each in theirs.data.get("supplements", ()) if "本方所办部分已办结" in each and OURS in each], theirs.data.get("supplements")
    assert city.hotline.now(handover).data["result"] == "没有打起来"
    assert city.hotline.only(StreamKind.APPEAL).phase == "closed"
    assert not city.police.database.broken()
    assert not city.hotline.database.broken()

"""Every major case is asked about, of the others a share that nobody chooses; who cannot be reached is tried three times."""

from __future__ import annotations

import pytest

from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from liandong.domain.replies.visits import due_because, is_drawn
from tests.memory_city import MemoryCity, memory_city

ID = "0190a000-0000-7000-8000-{:012d}"


def ended(city: MemoryCity, text: str = "楼下油烟太大，天天往窗户里灌") -> StreamState:
    """Return a work order of the hotline that was closed."""
    hotline = city.hotline
    hotline.place(hotline.take(text), "keep")
    order = hotline.only(StreamKind.WORK_ORDER)
    hotline.act(order, "answer", answer="城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。")
    return hotline.act(order, "close")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"urgent": True}, ("danger",)),
        ({"item": "P2.03"}, ("major",)),
        ({"item": "P21"}, ()),
        ({"reopened": 1, "urgent": True}, ("danger", "reopened")),
        ({"assistants": ["a"]}, ("joint",)),
        ({}, ()),
    ],
)
def test_a_major_case_is_always_asked_about(data: dict[str, object], why: tuple[str, ...]) -> None:
    assert due_because(ID.format(1), data, ("P2",), 0) == why


def test_a_share_of_the_others_is_drawn_and_the_same_again() -> None:
    drawn = [each for each in range(5000) if is_drawn(ID.format(each), 20)]
    assert 900 < len(drawn) < 1100
    assert drawn == [each for each in range(5000) if is_drawn(ID.format(each), 20)]
    assert not any(is_drawn(ID.format(each), 0) for each in range(200))
    assert all(is_drawn(ID.format(each), 100) for each in range(200))


def test_what_nobody_has_to_ask_about_is_not_listed() -> None:
    city = memory_city(switches={"visit_share_percent": 0})
    order = city.hotline.now(ended(city))
    assert "visit_due" not in order.data
    before = city.snapshot()
    with pytest.raises(CommandRefused, match=r"visit\.not_owed"):
        city.hotline.act(order, "not_reached", note="没人接")
    assert city.snapshot() == before


def test_a_visit_is_owed_with_its_reason_until_the_citizen_has_said_something() -> None:
    city = memory_city(switches={"visit_share_percent": 0, "visit_major": ("H2",)})
    order = city.hotline.now(ended(city))
    assert order.data["visit_due"] == ["major"]
    after = city.hotline.act(order, "visit", satisfaction="2", way="phone")
    assert after.phase == "visited"
    assert "visit_due" not in after.data
    assert after.data["visit_asked"] == ["major"]


def test_who_is_not_reached_three_times_is_not_asked_for_ever() -> None:
    city = memory_city(switches={"visit_share_percent": 100})
    order = city.hotline.now(ended(city))
    for tries in (1, 2):
        order = city.hotline.act(order, "not_reached", note="没人接", way="phone")
        assert (order.data["visit_tries"], order.data["visit_due"]) == (tries, ["drawn"])
    order = city.hotline.act(order, "not_reached")
    assert order.data["visit_given_up"] is True
    assert "visit_due" not in order.data
    assert order.phase == "closed"
    with pytest.raises(CommandRefused, match=r"visit\.not_owed"):
        city.hotline.act(order, "not_reached")


def test_a_dissatisfied_citizen_makes_the_case_a_major_one() -> None:
    city = memory_city(switches={"visit_share_percent": 100})
    order = city.hotline.act(ended(city), "visit", satisfaction="5", reason="一点没改")
    assert order.phase == "reopened"
    assert "visit_due" not in order.data
    city.hotline.act(order, "dispatch", unit="u1")
    for command, given in (("start", {}), ("report", {"result": "已改"})):
        city.hotline.act(order, command, Role.UNIT_STAFF, **given)
    city.hotline.act(order, "reply_citizen", reply="城管今天上午再次到店，净化设备已经装好并检测合格，三天后复查，联系电话12345。")
    city.hotline.act(order, "close")
    assert city.hotline.now(order).data["visit_due"] == ["reopened"]


def test_nobody_but_the_node_lists_a_case_for_a_visit() -> None:
    city = memory_city(switches={"visit_share_percent": 0})
    order = ended(city)
    with pytest.raises(CommandRefused, match=r"command\.unknown"):
        city.hotline.act(order, "due_visit", visit_for=["danger"])

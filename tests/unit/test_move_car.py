"""Quick service: what is one, and that its table keeps its rules."""

from __future__ import annotations

import pytest

from liandong.domain.quickservice.move_car import MOVE_CAR, OPEN, TERMINAL, MoveCarState
from liandong.domain.quickservice.recognising import asks_to_move, plate_of


@pytest.mark.parametrize(
    "said",
    ["有辆车堵住我家车库门了，帮我联系挪车", "我的车位被占了，找不到车主", "白色轿车挡在小区出口，我出不去", "麻烦挪一下车", "面包车堵着消防通道门口没人"],
)
def test_a_blocked_way_asks_for_a_car_to_be_moved(said: str) -> None:
    assert asks_to_move(said)


@pytest.mark.parametrize("said", ["", "挪车的时候被撞了", "两个司机为挪车打起来了", "我的车被偷了", "门口堵车很严重想反映", "小区车位太少，建议增加"])
def test_what_is_worse_or_something_else_is_no_quick_service(said: str) -> None:
    assert not asks_to_move(said)


def test_danger_is_never_quick_service() -> None:
    assert not asks_to_move("麻烦挪车", urgent=True)


def test_the_plate_is_taken_from_the_field_before_the_words() -> None:
    assert plate_of({"plate": "苏E00001", "verdict": {"particulars": {"plate": ["苏E99999"]}}}) == "苏E00001"
    assert plate_of({"verdict": {"particulars": {"plate": ["苏E99999"]}}}) == "苏E99999"
    assert plate_of({}) == plate_of({"verdict": {"particulars": {"plate": "x"}}}) == ""


def test_every_open_state_can_go_on_and_every_ended_one_cannot() -> None:
    going = {row.state for row in MOVE_CAR.rows}
    assert going >= {each.value for each in OPEN}
    assert not going & TERMINAL
    assert {each.value for each in MoveCarState} - {""} <= going | TERMINAL

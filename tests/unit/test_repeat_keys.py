"""Look-up keys: the same matter told in other words shares a key, another matter does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.domain.appeals.normal_places import normal_place
from liandong.domain.appeals.repeat_keys import MOST_KEYS, Why, keys_of, likeness, normal_phone, normal_plate, shingles


@pytest.mark.parametrize(
    ("said", "door"),
    [
        ("苏州市相城区采莲路88号附近", "采莲路88"),
        ("采莲路 八十八号", "采莲路88"),
        ("元和街道采莲路88号楼下", "采莲路88"),
        ("锦绣花园小区3幢2单元401室", "锦绣花园小区3栋"),
        ("锦绣花园小区三号楼门口", "锦绣花园小区3栋"),
        ("黄埭镇春申路5弄12号", "春申路5弄12"),
    ],
)
def test_one_place_said_in_many_ways_is_one_place(said: str, door: str) -> None:
    assert normal_place(said).door == door


def test_a_crossing_is_the_same_from_either_road() -> None:
    assert normal_place("采莲路与阳澄湖路交叉口") == normal_place("阳澄湖路和采莲路路口")


@pytest.mark.parametrize("said", ["", "小区门口", "我家", "88号", "，。"])
def test_words_that_place_nothing_give_no_place(said: str) -> None:
    assert normal_place(said).best == ""


@pytest.mark.parametrize(("said", "digits"), [("139 0000 0031", "13900000031"), ("+86-13900000031", "13900000031"), ("一三九零零零零零零三一", "13900000031"), ("110", ""), ("", "")])
def test_a_number_is_the_same_however_it_is_written(said: str, digits: str) -> None:
    assert normal_phone(said) == digits


def test_a_plate_is_the_same_with_and_without_its_dot() -> None:
    assert normal_plate("苏e·12345") == normal_plate("苏E12345") == "苏E12345"
    assert normal_plate("苏E") == ""


SMOKE = "楼下烧烤摊的油烟天天往窗户里灌，晚上十一点还在炒，孩子咳得睡不着觉，你们管不管"
AGAIN = "我们楼下那个烧烤摊油烟又往窗户里灌，孩子咳得睡不着，到底管不管"
LIGHTS = "路口的红绿灯坏了两天，早上上班堵得厉害，请派人来修"


def shared(one: str, other: str, **more: str) -> set[Why]:
    return {each.why for each in set(keys_of(one, **more)) & set(keys_of(other, **more))}


def test_the_same_number_and_place_are_found_whatever_is_said() -> None:
    assert {Why.PHONE, Why.PLACE} <= shared(SMOKE, LIGHTS, phone="13900000031", place="采莲路88号")


def test_neighbours_on_one_road_share_the_event_and_not_the_place() -> None:
    one, other = keys_of(SMOKE, place="采莲路88号"), keys_of(LIGHTS, place="采莲路102号")
    assert {each.why for each in set(one) & set(other)} == {Why.EVENT}
    assert not set(one) & set(keys_of(LIGHTS, place="春申路102号"))


def test_words_told_again_are_like_and_other_matters_are_not() -> None:
    assert likeness(shingles(SMOKE), shingles(AGAIN)) > 0.4
    assert likeness(shingles(SMOKE), shingles(LIGHTS)) < 0.1


def test_nearly_the_same_words_share_a_band() -> None:
    changed = SMOKE.replace("天天", "每天").replace("十一点", "十二点")
    assert Why.WORDS in shared(SMOKE, changed)


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=60))
def test_any_words_give_few_keys_that_fit_the_database(text: str, phone: str, place: str) -> None:
    keys = keys_of(text, phone=phone, place=place, particulars={"plate": [phone], "place": [text], "phone": [place]})
    assert len(keys) <= MOST_KEYS
    assert all(0 <= each.key < 2**63 for each in keys)
    assert keys == keys_of(text, phone=phone, place=place, particulars={"plate": [phone], "place": [text], "phone": [place]})

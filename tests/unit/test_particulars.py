"""What is read out of the words, what is missing, what is asked, what is hidden."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.domain.appeals.particulars import NAMES, ask, missing_for, read
from liandong.domain.appeals.reading_needles import needles
from liandong.domain.appeals.reading_numbers import identity_is_sound
from liandong.domain.appeals.reading_numerals import number
from liandong.domain.appeals.reading_times import resolve
from liandong.domain.appeals.reading_words import LIMIT, Words
from liandong.domain.catalogue.items import Clause, Item, Side

CITY = timezone(timedelta(hours=8))
#: Sunday evening.
NOW = datetime(2026, 11, 22, 20, 0, tzinfo=CITY)
CLAUSE = Clause("t-1", "试验清单", "第一类", "试验")


def _values(text: str, name: str) -> list[str]:
    return read(text).as_json().get(name, [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我的电话13800138000", "13800138000"),
        ("打 138 0013 8000 找我", "13800138000"),
        ("固定电话0512-65751234", "051265751234"),
        ("一三八零零一三八零零零", "13800138000"),
        ("幺三八零零幺三八零零零", "13800138000"),
        ("电话：１３８００１３８０００", "13800138000"),
    ],
)
def test_phones_are_read_in_digits_and_in_words(text: str, value: str) -> None:
    assert value in _values(text, "phone")


def test_a_long_number_is_not_a_phone() -> None:
    assert _values("工单号20261122138001380001234", "phone") == []


def test_identity_numbers_are_checked_by_their_check_digit() -> None:
    good = read("身份证11010519491231002X")
    assert good.has("identity")
    bad = read("身份证110105194912310021")
    assert bad.of("identity") and not bad.has("identity")
    assert identity_is_sound("11010519491231002x")
    assert not identity_is_sound("11010519491331002X")


@pytest.mark.parametrize(
    ("text", "plate"),
    [("苏E12345挡着我", "苏E12345"), ("车牌苏E·D12345", "苏ED12345"), ("鲁h d12345 是新能源", "鲁HD12345"), ("京A8888警停在路边", "京A8888警"), ("鲁HF12345", "鲁HF12345")],
)
def test_plates_are_read_new_energy_included(text: str, plate: str) -> None:
    assert (_values(text, "plate") or [""])[0] == plate


@pytest.mark.parametrize(
    ("words", "value"),
    [("一万二", 12000), ("三千五", 3500), ("十几万", 100000), ("1.5亿", 150000000), ("七八十", 70), ("两千零三", 2003), ("二十", 20), ("一百二", 120), ("半", 0.5), ("没有", None), ("", None)],
)
def test_numerals_are_valued(words: str, value: float | None) -> None:
    assert number(words) == value


@pytest.mark.parametrize(("text", "value"), [("被骗了一万二", "12000"), ("欠我3.5万元工资", "35000"), ("罚款两百块", "200"), ("押金1,200元", "1200"), ("转了十几万给他", "100000")])
def test_sums_of_money_are_read(text: str, value: str) -> None:
    assert value in _values(text, "amount")


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("昨晚八点多", datetime(2026, 11, 21, 20, 0, tzinfo=CITY)),
        ("今天下午3点半", datetime(2026, 11, 22, 15, 30, tzinfo=CITY)),
        ("半小时前", NOW - timedelta(minutes=30)),
        ("前天凌晨两点", datetime(2026, 11, 20, 2, 0, tzinfo=CITY)),
        ("3月2日", datetime(2026, 3, 2, tzinfo=CITY)),
        ("12月30日", datetime(2025, 12, 30, tzinfo=CITY)),
        ("刚才", NOW),
        ("三天前", NOW - timedelta(days=3)),
        ("2月30日", None),
        ("几天前", None),
    ],
)
def test_times_are_resolved_against_the_moment_they_were_said(words: str, moment: datetime | None) -> None:
    assert resolve(words, NOW) == moment


def test_times_keep_their_words_without_a_moment() -> None:
    assert _values("昨晚八点多有人砸门", "time") == ["昨晚八点多"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在采莲路12号玲珑湾花园3幢2单元502室", "采莲路12号玲珑湾花园3幢2单元502室"),
        ("元和街道和平社区18号楼漏水", "元和街道和平社区18号楼"),
        ("阳澄湖东路与齐门北大街交叉口", "阳澄湖东路"),
        ("5号楼302没水", "5号楼302"),
    ],
)
def test_places_are_read_down_to_the_door(text: str, place: str) -> None:
    assert any(place in value for value in _values(text, "place"))


@pytest.mark.parametrize("text", ["这条路一路都堵", "物业费太贵", "我们小区没人管", "希望政府修路"])
def test_vague_words_are_no_place(text: str) -> None:
    assert not read(text).has("place")


def test_people_weapons_injuries_and_counts_are_read() -> None:
    found = read("三个男的拿着菜刀，邻居头破血流，还有一个老人昏迷").as_json()
    assert "菜刀" in found["weapon"] and "头破血流" in found["injury"] and "昏迷" in found["injury"]
    assert "邻居" in found["role"] and "老人" in found["role"]


@pytest.mark.parametrize("text", ["孩子的水枪漏水", "家里网断了", "所幸没人受伤", "这家刀削面不卫生"])
def test_lookalikes_are_neither_weapon_nor_injury(text: str) -> None:
    assert not read(text).has("weapon") and not read(text).has("injury")


def test_companies_need_a_name() -> None:
    assert _values("投诉鑫达建筑有限公司", "company") == ["鑫达建筑有限公司"]
    assert not read("公司不发工资").has("company")


def _item(**more: object) -> Item:
    return Item("T1", "试验", Side.HOTLINE, CLAUSE, **more)  # type: ignore[arg-type]


def test_missing_follows_the_order_of_the_item_and_skips_what_was_said() -> None:
    item = _item(required=("place", "company", "amount", "evidence", "description"), questions=(("company", "哪家店？"),))
    text = "在采莲路12号被坑了三百块，有小票"
    missing = missing_for(item, read(text), text=text)
    assert missing == ("company",)
    assert ask(item, missing) == "哪家店？"


def test_in_danger_only_place_injury_and_number_are_asked() -> None:
    assert missing_for(_item(required=("company",)), read("有人掉河里了"), urgent=True) == ("place", "injury", "count")
    assert "哪里" in ask(None, ("place",), urgent=True)


def test_nothing_missing_asks_nothing() -> None:
    assert ask(_item(), ()) == ""


def test_a_doubtful_identity_is_asked_again() -> None:
    assert "identity" in missing_for(_item(required=("identity",)), read("110105194912310021"))


def test_masking_keeps_the_length_and_hides_people() -> None:
    text = "我住采莲路12号3幢502室，电话13800138000，身份证11010519491231002X，车牌苏E12345"
    found = read(text)
    hidden = found.mask(text)
    assert len(hidden) == len(text)
    for secret in ("13800138000", "11010519491231002X", "苏E12345", "502", "3幢"):
        assert secret not in hidden
    assert "采莲路" in hidden
    assert "13800138000" not in str(found.masked().as_json())


def test_positions_are_those_of_the_text_as_said() -> None:
    text = "我家 着火 了，电话１３８００１３８０００"
    span = read(text).of("phone")[0]
    assert text[span.start : span.end] == "１３８００１３８０００" and span.value == "13800138000"


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    words = Words.of("啊" * 1_000_000)
    assert len(words.plain) == LIMIT and words.cut == 1_000_000


@given(st.text(max_size=300))
def test_any_text_is_read_without_error_and_spans_hold_their_words(text: str) -> None:
    for span in read(text).spans:
        assert span.name in NAMES
        assert text[span.start : span.end] == span.words


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("(?:着|起)火.{0,4}快来", {"着火", "起火"}),
        ("被困", {"被困"}),
        ("a?b*", set()),
        ("[一-九]点", {"点"}),
        ("(?<!不)着火", {"着火"}),
        ("煤气|燃气(?:味|漏)", {"煤气", "燃气味", "燃气漏"}),
    ],
)
def test_needles_promise_only_what_must_be_there(pattern: str, wanted: set[str]) -> None:
    found = needles(pattern)
    if wanted:
        assert found and found <= wanted | {"快来"}
    else:
        assert not found


def test_a_sum_said_before_what_became_of_it_is_read() -> None:
    assert read("三万二被骗了，转给一个姓王的").as_json()["amount"] == ["32000"]
    assert read("全国三万多人被骗").of("amount") == ()


def test_a_broken_head_is_an_injury() -> None:
    assert read("拿着钢管打我老公，头破了").has("injury")

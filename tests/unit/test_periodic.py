"""The calendar convenes: once for each period that is over, at one node, with figures out of the journal; nothing over nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from liandong.application.periodic import convene_due, period_before, period_of
from liandong.domain.journal.facts import StreamKind
from tests.memory_city import MemoryCity, memory_city


@pytest.mark.parametrize(
    ("name", "day", "first", "after"),
    [
        ("monthly", date(2026, 11, 30), date(2026, 11, 1), date(2026, 12, 1)),
        ("monthly", date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 1)),
        ("monthly", date(2028, 2, 29), date(2028, 2, 1), date(2028, 3, 1)),
        ("quarterly", date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1)),
        ("quarterly", date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1)),
        ("annual", date(2026, 6, 15), date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_period_holds_its_days(name: str, day: date, first: date, after: date) -> None:
    assert period_of(name, day) == (first, after)


def test_the_period_before_is_the_last_that_is_over() -> None:
    assert period_before("monthly", date(2027, 1, 1)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert period_before("quarterly", date(2027, 1, 1)) == (date(2026, 10, 1), date(2027, 1, 1))
    assert period_before("annual", date(2027, 12, 31)) == (date(2026, 1, 1), date(2027, 1, 1))


def disputed_city(**switches: object) -> MemoryCity:
    """Return a city with one disputed handover and a kept appeal, in November 2026."""
    city = memory_city(switches=switches)
    appeal = city.police.place(city.police.take("楼下油烟太大"), "hand_over")
    city.wire.carry()
    city.hotline.act(appeal.data["handover"], "object", code="not_in_scope", clause="c1", reason="不属于城管受理范围，应由生态环境部门处理")
    city.wire.carry()
    city.hotline.place(city.hotline.take("有人打架"), "keep")
    return city


def test_nothing_is_convened_before_the_period_is_over_nor_over_nothing() -> None:
    city = disputed_city()
    assert convene_due(city.hotline.world) == []
    fresh = memory_city()
    fresh.clock.set(datetime(2027, 1, 1, 1, tzinfo=UTC))
    assert convene_due(fresh.hotline.world) == []


def test_month_quarter_and_year_are_convened_once_by_one_node_with_figures_and_agenda() -> None:
    city = disputed_city()
    # 1 December 2026, 00:00 in Suzhou: still November in UTC.
    city.clock.set(datetime(2026, 11, 30, 16, tzinfo=UTC))
    assert convene_due(city.police.world) == [], "the hotline convenes in this model"
    (monthly,) = convene_due(city.hotline.world)
    assert monthly.data["occasion"] == "monthly"
    assert monthly.data["figures"]["disputed"] == 1
    assert "争议 1 件" in monthly.data["agenda"][0]
    assert any("H2" in each for each in monthly.data["agenda"])
    assert [each["number"] for each in monthly.data["cases"]] == [city.hotline.only(StreamKind.HANDOVER).data["number"]]
    assert set(monthly.data["lines"]) == {"desk:police", "desk:hotline"}
    assert convene_due(city.hotline.world) == []
    city.wire.carry()
    assert city.police.now(monthly).phase == "convened", "both nodes hold it"
    city.clock.set(datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert [each.data["occasion"] for each in convene_due(city.hotline.world)] == ["quarterly", "annual"], "December told of nothing"
    assert convene_due(city.hotline.world) == []


def test_the_leading_group_seated_at_the_police_convenes_itself() -> None:
    city = disputed_city(coordination="leading_group")
    city.clock.set(datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert convene_due(city.hotline.world) == []
    assert [each.data["occasion"] for each in convene_due(city.police.world)] == ["monthly"]

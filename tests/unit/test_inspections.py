"""A sample follows from the journal and a seed alone; each record of it gets a result, by somebody who did not handle it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.application.act import act
from liandong.application.inspect_records import draw_again, draw_sample
from liandong.domain.errors import CommandRefused
from liandong.domain.inspections.inspection import draw, figures_of
from liandong.domain.journal.facts import Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city

DAYS = {"from": "2026-11-23", "until": "2026-11-23"}


def city_with_ended(count: int) -> MemoryCity:
    """Return a city whose hotline closed so many orders yesterday."""
    city = memory_city(switches={"visit_share_percent": 0})
    for each in range(count):
        city.hotline.place(city.hotline.take(f"楼下油烟太大，第{each}家"), "keep")
    for order in city.hotline.database.of_kind(StreamKind.WORK_ORDER):
        city.hotline.act(order, "answer", answer="城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。")
        city.hotline.act(order, "close")
    city.clock.forward(days=1)
    return city


def drawn(node: MemoryNode, **data: object) -> StreamState:
    """Draw as the supervisor."""
    return draw_sample(node.world, node.person(Role.SUPERVISOR), {**DAYS, "count": 3, "seed": "十一月", **data})


def inspect(node: MemoryNode, sample: StreamState, role: Role = Role.SUPERVISOR, **data: object) -> StreamState:
    """Give a result."""
    return act(node.world, node.person(role), sample.kind, sample.id, "inspect", data)


@given(st.sets(st.uuids().map(str), max_size=30), st.text(max_size=10), st.integers(1, 40))
def test_a_sample_is_the_same_whatever_the_order(population: set[str], seed: str, count: int) -> None:
    found = draw(population, seed, count)
    assert found == draw(sorted(population, reverse=True), seed, count)
    assert len(found) == min(count, len(population)) == len(set(found))
    assert set(found) <= population
    assert draw(population, seed, 1) == found[:1], "a larger sample holds the smaller one"


def test_a_sample_can_be_drawn_again_from_the_journal_also_after_more_has_ended() -> None:
    city = city_with_ended(8)
    sample = drawn(city.hotline)
    assert (sample.data["population"], len(sample.data["sample"])) == (8, 3)
    city.hotline.place(city.hotline.take("又一家油烟"), "keep")
    assert draw_again(city.hotline.world, city.hotline.now(sample))["same"]
    assert [each["stream"] for each in drawn(city.hotline).data["sample"]] == [each["stream"] for each in sample.data["sample"]]
    assert [each["stream"] for each in drawn(city.hotline, seed="另一个", count=8).data["sample"]] != [each["stream"] for each in drawn(city.hotline, count=8).data["sample"]]


def test_each_record_gets_a_result_and_the_figures_open_the_records() -> None:
    city = city_with_ended(5)
    hotline = city.hotline
    sample = drawn(hotline)
    first, second, third = (each["number"] for each in sample.data["sample"])
    inspect(hotline, sample, sampled=first, finding="pass")
    with pytest.raises(CommandRefused, match=r"inspection\.not_all"):
        act(hotline.world, hotline.person(Role.SUPERVISOR), sample.kind, sample.id, "conclude", {})
    inspect(hotline, sample, sampled=second, finding="grave", fault="false_closing", words="没有整改照片")
    inspect(hotline, sample, sampled=third, finding="fault", fault="late", words="超两天")
    inspect(hotline, sample, sampled=third, finding="pass", words="核实后未超")
    ended = act(hotline.world, hotline.person(Role.SUPERVISOR), sample.kind, sample.id, "conclude", {})
    figures = figures_of(ended.data)
    assert (figures["drawn"], figures["inspected"], figures["passed"], figures["grave"], figures["per_mille"]) == (3, 3, 2, 1, 666)
    assert figures["by_fault"] == {"false_closing": [sample.data["sample"][1]["stream"]]}
    assert ended.phase == "finished"


@pytest.mark.parametrize(
    ("given_data", "code"),
    [
        ({"sampled": "工209901010001", "finding": "pass"}, "inspection.not_drawn"),
        ({"finding": "pass"}, "input.required"),
        ({"sampled": "FIRST", "finding": "fault"}, "inspection.fault_missing"),
        ({"sampled": "FIRST", "finding": "fine"}, "input.invalid"),
        ({"sampled": "FIRST", "finding": "grave", "fault": "late"}, "inspection.fault_missing"),
    ],
)
def test_a_result_that_cannot_stand_is_refused(given_data: dict[str, str], code: str) -> None:
    city = city_with_ended(2)
    sample = drawn(city.hotline)
    data = {name: sample.data["sample"][0]["number"] if value == "FIRST" else value for name, value in given_data.items()}
    before = city.snapshot()
    with pytest.raises(CommandRefused) as refused:
        inspect(city.hotline, sample, **data)
    assert refused.value.code == code
    assert city.snapshot() == before


def test_who_handled_a_record_does_not_inspect_it() -> None:
    city = city_with_ended(1)
    sample = drawn(city.hotline)
    handler = city.hotline.person(Role.REVIEWER, name=city.hotline.person().person)
    with pytest.raises(CommandRefused, match=r"inspection\.own_work"):
        act(city.hotline.world, handler, sample.kind, sample.id, "inspect", {"sampled": sample.data["sample"][0]["number"], "finding": "pass"})


@pytest.mark.parametrize(
    ("given_data", "code"),
    [
        ({"from": "昨天"}, "inspection.dates"),
        ({"from": "2026-11-23", "until": "2026-11-22"}, "inspection.dates"),
        ({"until": "2026-11-24"}, "inspection.dates"),
        ({"from": "2020-01-01"}, "inspection.dates"),
        ({"from": "2026-11-01", "until": "2026-11-02"}, "inspection.nothing_ended"),
        ({"of": "call"}, "input.invalid"),
        ({"count": 0}, "input.invalid"),
        ({"count": 201}, "input.invalid"),
        ({"count": True}, "input.invalid"),
        ({"seed": "x" * 400}, "input.too_long"),
    ],
)
def test_a_sample_that_cannot_be_drawn_is_refused(given_data: dict[str, object], code: str) -> None:
    city = city_with_ended(1)
    before = city.snapshot()
    with pytest.raises(CommandRefused) as refused:
        drawn(city.hotline, **given_data)
    assert refused.value.code == code
    assert city.snapshot() == before


def test_an_agent_draws_no_sample() -> None:
    city = city_with_ended(1)
    with pytest.raises(CommandRefused, match=r"command\.not_allowed"):
        draw_sample(city.hotline.world, city.hotline.person(Role.AGENT), {**DAYS, "count": 1})

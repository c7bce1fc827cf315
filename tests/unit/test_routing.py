"""Whom to send, where a place lies, and which way a matter goes between platforms."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.packs import CityCalendar, load_pack
from liandong.domain.catalogue.items import Clause, Item, Side
from liandong.domain.errors import InvalidInput
from liandong.domain.routing import (
    Division,
    DivisionLevel,
    Duty,
    Node,
    NodeLevel,
    Place,
    Territory,
    Unit,
    UnitLevel,
    ancestors,
    contains,
    distance_m,
    division_of,
    divisions_in,
    duty_by_hours,
    locate,
    next_hop,
    route,
    suggest_units,
    team,
    territory_at,
)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 周一 12:00
MONDAY_TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 周一 10:00
SUNDAY_TEN = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 周日 10:00

DIVISIONS = (
    Division("320500", "苏州市", DivisionLevel.CITY),
    Division("320507", "相城区", DivisionLevel.COUNTY, "320500"),
    Division("320508", "姑苏区", DivisionLevel.COUNTY, "320500"),
    Division("320507001", "元和街道", DivisionLevel.STREET, "320507"),
    Division("320507002", "太平街道", DivisionLevel.STREET, "320507"),
    Division("320508018", "平江街道", DivisionLevel.STREET, "320508"),
)


def square(lng: float, lat: float, size: float = 1.0) -> tuple[tuple[float, float], ...]:
    return ((lng, lat), (lng + size, lat), (lng + size, lat + size), (lng, lat + size))


YUANHE = Territory("320507001", "元和街道", ((square(0, 0),),))
TAIPING = Territory("320507002", "太平街道", ((square(1, 0),),))
TERRITORIES = (YUANHE, TAIPING)


def unit(code: str, functions: str, division: str, **more: object) -> Unit:
    return Unit(code, code, UnitLevel.FIRST, "hotline", "department", functions=tuple(functions.split()), division=division, **more)  # type: ignore[arg-type]


def item(*functions: str) -> Item:
    return Item("H2.07", "餐饮油烟", Side.HOTLINE, Clause("c", "d", "p", "t"), functions=functions)


def codes(*units: Unit, place: Place, functions: tuple[str, ...] = ("城管", "生态环境"), at: datetime = NOON) -> list[str]:
    return [each.unit.code for each in suggest_units(item(*functions), place, units, DIVISIONS, TERRITORIES, at)]


# whom to send ------------------------------------------------------------------------------------------------------


def test_business_comes_before_territory_and_territory_before_nearness() -> None:
    near = unit("near", "生态环境", "320507001", position=(0.5, 0.5))
    county = unit("county", "城管", "320507", position=(0.5, 0.5))
    street = unit("street", "城管", "320507001", position=(0.9, 0.9))
    place = Place("", "320507001", (0.5, 0.5))
    assert codes(near, county, street, place=place) == ["street", "county", "near"]


def test_a_unit_of_another_street_is_not_offered() -> None:
    assert codes(unit("other", "城管", "320507002"), place=Place("", "320507001")) == []


def test_the_nearer_of_two_equal_units_comes_first_and_says_how_far() -> None:
    far, near = unit("far", "城管", "320507001", position=(0.9, 0.9)), unit("near", "城管", "320507001", position=(0.51, 0.5))
    found = suggest_units(item("城管"), Place("", "", (0.5, 0.5)), [far, near], DIVISIONS, TERRITORIES, NOON)
    assert [each.unit.code for each in found] == ["near", "far"]
    assert found[0].distance_m == pytest.approx(1112, abs=2)
    assert [why.rule for why in found[0].reasons] == ["business", "territory", "nearness", "duty"]
    assert found[0].reasons[1].words == "属地：元和街道"
    assert found[0].reasons[2].words == "距离约1.1公里"


def test_who_is_on_duty_comes_before_who_is_not() -> None:
    asleep = unit("a-asleep", "城管", "320507001", duty=Duty.OFFICE)
    awake = unit("b-awake", "城管", "320507001", duty=Duty.ALWAYS)
    assert codes(asleep, awake, place=Place("", "320507001")) == ["b-awake", "a-asleep"]


def test_office_hours_follow_the_working_calendar() -> None:
    on_duty = duty_by_hours(CityCalendar(ZoneInfo("Asia/Shanghai")))
    office, always = unit("o", "城管", "", duty=Duty.OFFICE), unit("a", "城管", "", duty=Duty.ALWAYS)
    assert on_duty(office, MONDAY_TEN)
    assert not on_duty(office, SUNDAY_TEN)
    assert not on_duty(office, NOON), "12:00 is the first minute of the break"
    assert on_duty(office, datetime(2026, 9, 20, 2, 0, tzinfo=UTC)), "调休: Sunday 20 September is worked"
    assert on_duty(always, SUNDAY_TEN)


def test_with_no_place_the_city_comes_before_any_street_and_the_reason_says_so() -> None:
    street, city = unit("a-street", "城管", "320507001"), unit("b-city", "城管", "320500")
    found = suggest_units(item("城管"), Place(), [street, city], DIVISIONS, TERRITORIES, NOON)
    assert [each.unit.code for each in found] == ["b-city", "a-street"]
    assert "地点不明" in found[0].reasons[1].words


def test_no_unit_with_the_function_gives_nothing_and_a_naive_time_is_refused() -> None:
    assert codes(unit("x", "教育", "320507"), place=Place()) == []
    with pytest.raises(InvalidInput) as caught:
        codes(place=Place(), at=datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001
    assert caught.value.code == "calendar.naive_time"


@pytest.mark.parametrize("name", ["xiangcheng", "jining"])
def test_every_line_of_a_shipped_list_finds_a_unit_in_every_street(name: str) -> None:
    pack = load_pack(name)
    streets = [each for each in pack.divisions if each.level is DivisionLevel.STREET]
    for line in pack.catalogue.items:
        for street in streets[:: max(1, len(streets) // 7)]:
            found = suggest_units(line, Place(division=street.code), pack.units, pack.divisions, pack.territories, NOON)
            assert found, f"{name}: nobody for {line.code} in {street.name}"


def test_a_smell_of_gas_calls_one_unit_of_each_kind_with_the_gas_company_in_the_lead() -> None:
    pack = load_pack("xiangcheng")
    gas = pack.catalogue.item("P6.04")
    assert gas is not None
    called = team(suggest_units(gas, Place("元和街道"), pack.units, pack.divisions, pack.territories, NOON))
    assert [each.unit.code for each in called] == ["xc-rq", "xc-pcs-yuanhe", "xc-xf", "xc-yj", "xc-jz"]
    assert [each.function for each in called] == list(gas.functions)


# where -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place("", "320507001", None), "320507001"),
        (Place("太平街道某路", "", None), "320507002"),
        (Place("太平街道某路", "", (0.5, 0.5)), "320507001"),
        (Place("", "320507", (1.5, 0.5)), "320507002"),
        (Place("", "320508", (1.5, 0.5)), "320508"),
        (Place("", "999999", (0.5, 0.5)), "320507001"),
        (Place("月球", "", (50.0, 50.0)), ""),
        (Place(), ""),
    ],
)
def test_a_place_is_located_by_code_then_position_then_words(place: Place, code: str) -> None:
    assert locate(place, DIVISIONS, TERRITORIES) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("苏州市相城区元和街道阳澄湖中路8号", "320507001"),
        ("元和那边的菜场", "320507001"),
        ("相城区某小区", "320507"),
        ("平江街道和元和交界处", "320508018"),
        ("家里", None),
        ("", None),
    ],
)
def test_the_division_named_in_a_text_is_found(text: str, code: str | None) -> None:
    found = division_of(text, DIVISIONS)
    assert (found.code if found else None) == code


def test_one_name_in_two_counties_is_not_guessed() -> None:
    twins = (*DIVISIONS, Division("320508099", "太平街道", DivisionLevel.STREET, "320508"))
    assert division_of("太平街道菜场", twins) is None
    named = division_of("姑苏区太平街道菜场", twins)
    assert named is not None
    assert named.code == "320508099"


def test_a_name_inside_a_longer_name_is_not_a_place() -> None:
    divisions = (*DIVISIONS, Division("320507199", "太平湖镇", DivisionLevel.STREET, "320507"))
    assert [each.code for each in divisions_in("太平湖镇政府旁", divisions)] == ["320507199"]


def test_ancestors_end_at_the_top_and_at_a_ring() -> None:
    assert ancestors("320507001", DIVISIONS) == ("320507001", "320507", "320500")
    assert ancestors("1", DIVISIONS) == ()
    ring = (Division("1", "甲县", DivisionLevel.COUNTY, "2"), Division("2", "乙县", DivisionLevel.COUNTY, "1"))
    assert ancestors("1", ring) == ("1", "2")


def test_a_polygon_has_edges_corners_and_holes() -> None:
    ring_with_hole = Territory("1", "环", ((square(0, 0, 4), square(1, 1, 2)),))
    assert contains(ring_with_hole, (0.5, 0.5))
    assert contains(ring_with_hole, (0, 0))
    assert contains(ring_with_hole, (4, 2))
    assert contains(ring_with_hole, (1, 2)), "the edge of a hole belongs to the ground"
    assert not contains(ring_with_hole, (2, 2))
    assert not contains(ring_with_hole, (4.0001, 2))
    two = Territory("1", "两块", ((square(0, 0),), (square(5, 5),)))
    assert contains(two, (5.5, 5.5))
    assert not contains(two, (3, 3))


def test_a_shared_edge_belongs_to_the_earlier_territory() -> None:
    found = territory_at((1.0, 0.5), TERRITORIES)
    assert found is YUANHE
    assert territory_at((9.0, 9.0), TERRITORIES) is None


@given(st.floats(0.01, 3.99), st.floats(0.01, 3.99))
def test_a_point_of_the_rectangle_is_inside_however_the_ring_turns(x: float, y: float) -> None:
    there = Territory("1", "正", ((square(0, 0, 4),),))
    back = Territory("1", "反", (((tuple(reversed(square(0, 0, 4)))),),))
    assert contains(there, (x, y))
    assert contains(back, (x, y))
    assert not contains(there, (x + 4, y))


def test_distances_are_those_of_the_atlas() -> None:
    suzhou, jining = (120.585, 31.299), (116.587, 35.415)
    assert distance_m(suzhou, suzhou) == 0
    assert distance_m(suzhou, jining) == pytest.approx(588_000, rel=0.01)
    assert distance_m((0, 0), (180, 0)) == pytest.approx(20_015_115, rel=1e-5)


@given(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_round(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert distance_m(one, other) == pytest.approx(distance_m(other, one))
    assert 0 <= distance_m(one, other) <= 20_015_120


@pytest.mark.parametrize("name", ["xiangcheng", "jining"])
def test_the_middle_of_a_shipped_territory_lies_in_it_alone(name: str) -> None:
    pack = load_pack(name)
    assert {each.code for each in pack.territories} <= {each.code for each in pack.divisions}
    for territory in pack.territories:
        ring = territory.polygons[0][0]
        middle = (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))
        inside = [each.code for each in pack.territories if contains(each, middle)]
        assert inside == [territory.code], name


# levels ------------------------------------------------------------------------------------------------------------

NODES = (
    Node("city-110", "市110", "police", NodeLevel.CITY, "370800"),
    Node("city-12345", "市12345", "hotline", NodeLevel.CITY, "370800"),
    Node("qufu-110", "曲阜110", "police", NodeLevel.COUNTY, "370881", "city-110"),
    Node("zoucheng-110", "邹城110", "police", NodeLevel.COUNTY, "370883", "city-110"),
    Node("qufu-12345", "曲阜12345", "hotline", NodeLevel.COUNTY, "370881", "city-12345"),
    Node("other-110", "邻市110", "police", NodeLevel.CITY, "371300"),
)


@pytest.mark.parametrize(
    ("origin", "destination", "way"),
    [
        ("qufu-110", "city-12345", ["qufu-110", "city-110", "city-12345"]),
        ("city-12345", "qufu-110", ["city-12345", "city-110", "qufu-110"]),
        ("city-110", "city-12345", ["city-110", "city-12345"]),
        ("qufu-110", "zoucheng-110", ["qufu-110", "city-110", "zoucheng-110"]),
        ("qufu-110", "qufu-12345", ["qufu-110", "city-110", "city-12345", "qufu-12345"]),
        ("qufu-110", "qufu-110", ["qufu-110"]),
    ],
)
def test_only_the_citys_two_platforms_cross(origin: str, destination: str, way: list[str]) -> None:
    assert list(route(NODES, origin, destination)) == way
    assert next_hop(NODES, origin, destination) == (way[1] if len(way) > 1 else None)


def test_no_way_and_no_such_platform_are_said() -> None:
    with pytest.raises(InvalidInput) as caught:
        route(NODES, "qufu-110", "other-110")
    assert caught.value.code == "routing.no_route"
    with pytest.raises(InvalidInput) as caught:
        next_hop(NODES, "qufu-110", "moon")
    assert caught.value.code == "routing.unknown_node"


def test_every_county_of_jining_reaches_the_hotline_through_its_city() -> None:
    nodes = load_pack("jining").nodes
    counties = [each for each in nodes if each.level is NodeLevel.COUNTY]
    assert len(counties) == 12
    for county in counties:
        assert route(nodes, county.code, "jn-12345") == (county.code, "jn-110", "jn-12345")


def test_a_desk_mode_county_hangs_under_its_citys_police() -> None:
    nodes = (*NODES, Node("p-desk", "P县", "both", NodeLevel.COUNTY, "370899", "city-110"))
    assert route(nodes, "p-desk", "city-12345") == ("p-desk", "city-110", "city-12345")

"""离岗与替班: nobody is away without somebody who is there, whoever says so; what asks the roster, the directory and the dispatch hears it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.memory import MemoryAbsences
from liandong.adapters.packs import load_pack
from liandong.adapters.packs.team import PackDirectory
from liandong.application.absences import away_at, end_absence, mark_away
from liandong.application.ports import Colleague
from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Actor, Role
from liandong.domain.routing import Absence, Away, Turn
from liandong.domain.routing.absences import LONGEST
from tests.memory_city import MORNING, MemoryCity, MemoryNode, memory_city

PACK = load_pack("xiangcheng")
UNIT, OTHER, THIRD = "xc-cg-yuanhe", "xc-rs", "xc-hb"
PEOPLE = {UNIT: (Colleague("cg1", "李临川", "0512-1"), Colleague("", "何砚秋", "0512-2"), Colleague("cg3", "周砚秋")), OTHER: (Colleague("rs1", "何砚秋"),)}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TURN = Turn(UNIT, frozenset("1234567"), time(0), time(23), "李临川", "0512-1", "何砚秋", "0512-2")


def entry(name: str, substitute: str, *, unit: str = UNIT, since: datetime = MORNING, until: datetime = MORNING + DAY, phone: str = "1") -> Absence:
    return Absence(f"{unit}{name}{substitute}", unit, "", name, since, until, substitute, phone)


def test_an_absence_holds_from_its_first_instant_to_its_last_and_not_after_it_was_ended() -> None:
    one = entry("李临川", "何砚秋")
    assert [one.covers(MORNING + each) for each in (-HOUR, HOUR * 0, DAY - timedelta(seconds=1), DAY)] == [False, True, True, False]
    ended = replace(one, ended_at=MORNING + HOUR)
    assert [ended.covers(MORNING), ended.covers(MORNING + HOUR)] == [True, False]


def test_a_turn_is_taken_by_who_was_named_then_by_the_rosters_substitute_then_by_nobody() -> None:
    named = Away([entry("李临川", "王敏", phone="0512-9")], MORNING).turn(TURN)
    assert named is not None
    assert (named.name, named.phone, named.substitute) == ("王敏", "0512-9", "何砚秋")
    second = Away([entry("何砚秋", "王敏", phone="0512-9")], MORNING).turn(TURN)
    assert second is not None
    assert (second.name, second.substitute) == ("李临川", "王敏")
    chain = Away([entry("李临川", "何砚秋"), entry("何砚秋", "王敏", phone="0512-9")], MORNING).turn(TURN)
    assert chain is not None
    assert (chain.name, chain.phone, chain.substitute) == ("王敏", "0512-9", "")
    assert Away([entry("", OTHER)], MORNING).turn(TURN) is None, "a unit that is closed answers nowhere"
    assert Away([entry("李临川", "王敏", unit=OTHER)], MORNING).turn(TURN) == TURN, "a namesake elsewhere is somebody else"


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8))
def test_whatever_was_noted_looking_for_who_stands_in_comes_to_an_end(notes: list[tuple[str, str]]) -> None:
    away = Away([entry("", other, unit=unit) for unit, other in notes], MORNING)
    for code in "abcd":
        found = away.stand_in(code)
        assert found == "" or away.unit(found) is None, "who stands in is there"
    people = Away([entry(name, other) for name, other in notes], MORNING)
    turn = people.turn(replace(TURN, name="a", substitute="b"))
    assert turn is None or turn.name not in {each.name for each in people.now}


# --- saying so ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def city() -> MemoryCity:
    """A city whose hotline knows units and people."""
    found = memory_city()
    node, absences = found.hotline, MemoryAbsences(PEOPLE)
    node.world = replace(node.world, absences=absences, directory=PackDirectory(PACK, lambda at: Away(absences.standing(at), at)))
    return found


def staff(node: MemoryNode, unit: str = UNIT, role: Role = Role.UNIT_STAFF) -> Actor:
    return Actor(role, person="somebody", unit=unit if role != Role.ADMINISTRATOR else "", node=node.world.desk.node)


def mark(node: MemoryNode, who: Actor, since: datetime = MORNING, until: datetime = MORNING + DAY, **data: Any) -> Absence:
    return mark_away(node.world, who, data, since, until)


def refused(node: MemoryNode, who: Actor, since: datetime = MORNING, until: datetime = MORNING + DAY, **data: Any) -> str:
    absences = node.world.absences
    assert isinstance(absences, MemoryAbsences)
    before = dict(absences.entries)
    with pytest.raises(CommandRefused) as caught:
        mark(node, who, since, until, **data)
    assert absences.entries == before, "what is refused changes nothing"
    return str(caught.value.code)


def test_own_people_mark_a_colleague_by_account_or_name_with_one_of_theirs_or_a_stranger_with_a_telephone(city: MemoryCity) -> None:
    made = mark(city.hotline, staff(city.hotline), person="cg1", substitute="何砚秋", reason="培训")
    assert (made.unit, made.person, made.name, made.substitute, made.substitute_phone, made.marked_by) == (UNIT, "cg1", "李临川", "何砚秋", "0512-2", "somebody")
    other = mark(city.hotline, staff(city.hotline), person="周砚秋", substitute="借调的老王", substitute_phone="0512-7")
    assert (other.person, other.substitute) == ("cg3", "借调的老王")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"person": "李临川"}, "absence.no_substitute"),
        ({"person": "李临川", "substitute": "不认识的人"}, "absence.no_substitute"),
        ({"person": "李临川", "substitute": "李临川"}, "absence.self"),
        ({"person": "cg1", "substitute": "cg1"}, "absence.self"),
        ({"person": "谁也不是", "substitute": "何砚秋"}, "absence.unknown_person"),
        ({"person": "李临川", "substitute": "何砚秋", "unit": OTHER}, "absence.not_yours"),
        ({"person": "", "substitute": OTHER}, "absence.not_yours"),
        ({"person": "李临川", "substitute": "何砚秋", "unit": "没有这个单位"}, "unit.unknown"),
        ({"person": "李临川", "substitute": "何砚秋", "unit": "xc-pcs-yuanhe"}, "unit.other_side"),
        ({"person": "李临川", "substitute": "王" * 61}, "input.too_long"),
        ({"person": "李临川", "substitute": "何砚秋", "reason": "x" * 301}, "input.too_long"),
        ({"person": "李\x00临川", "substitute": "何砚秋"}, "input.too_long"),
    ],
)
def test_what_cannot_stand_is_refused_with_what_to_do_instead(city: MemoryCity, data: dict[str, str], code: str) -> None:
    assert refused(city.hotline, staff(city.hotline), **data) == code


@pytest.mark.parametrize(
    ("since", "until"),
    [(MORNING, MORNING), (MORNING + HOUR, MORNING), (MORNING - DAY, MORNING - HOUR), (MORNING - 2 * DAY, MORNING + DAY), (MORNING, MORNING + LONGEST + HOUR), (MORNING + timedelta(days=400), MORNING + timedelta(days=401))],
)
def test_times_that_cannot_be_are_refused(city: MemoryCity, since: datetime, until: datetime) -> None:
    assert refused(city.hotline, staff(city.hotline), since, until, person="李临川", substitute="何砚秋") == "absence.times"


@pytest.mark.parametrize("role", [each for each in Role if each not in (Role.UNIT_STAFF, Role.OFFICER, Role.ADMINISTRATOR)])
def test_nobody_else_says_so(city: MemoryCity, role: Role) -> None:
    assert refused(city.hotline, staff(city.hotline, role=role), person="李临川", substitute="何砚秋", unit=UNIT) == "absence.not_yours"


def test_who_is_away_does_not_stand_in_and_is_not_away_twice(city: MemoryCity) -> None:
    node = city.hotline
    mark(node, staff(node), person="何砚秋", substitute="周砚秋", substitute_phone="1")
    assert refused(node, staff(node), person="李临川", substitute="何砚秋") == "absence.substitute_away"
    assert refused(node, staff(node), person="周砚秋", substitute="何砚秋") == "absence.substitute_away", "two do not stand in for each other"
    assert refused(node, staff(node), MORNING + HOUR, MORNING + 2 * DAY, person="何砚秋", substitute="李临川") == "absence.overlaps"
    mark(node, staff(node), MORNING + DAY, MORNING + 2 * DAY, person="何砚秋", substitute="李临川")
    assert refused(node, staff(node, OTHER), person="何砚秋", substitute="无此人") == "absence.no_substitute", "a namesake of another unit is not held"


def test_only_an_administrator_closes_a_unit_and_another_of_the_side_stands_in(city: MemoryCity) -> None:
    node, keeper = city.hotline, staff(city.hotline, role=Role.ADMINISTRATOR)
    assert refused(node, staff(node), substitute=OTHER) == "absence.not_yours", "a unit does not write itself out of its duty"
    assert refused(node, keeper, unit=UNIT, substitute=UNIT) == "absence.self"
    assert refused(node, keeper, unit=UNIT, substitute="xc-pcs-yuanhe") == "unit.other_side"
    made = mark(node, keeper, unit=UNIT, substitute=OTHER)
    assert made.whole_unit
    assert refused(node, keeper, unit=OTHER, substitute=UNIT) == "absence.substitute_away"
    assert away_at(node.world, MORNING).stand_in(UNIT) == OTHER


def test_being_back_is_said_once_and_the_entry_stays(city: MemoryCity) -> None:
    node = city.hotline
    made = mark(node, staff(node), person="cg1", substitute="何砚秋")

    def code(who: Actor, absence: str) -> str:
        with pytest.raises(CommandRefused) as caught:
            end_absence(node.world, who, absence)
        return str(caught.value.code)

    assert code(staff(node, OTHER), made.id) == "absence.not_found", "another unit does not even learn of it"
    assert code(staff(node), "x") == "absence.not_found"
    ended = end_absence(node.world, staff(node), made.id)
    assert (ended.ended_by, ended.ended_at) == ("somebody", MORNING)
    assert away_at(node.world, MORNING).now == ()
    assert code(staff(node), made.id) == "absence.over"
    mark(node, staff(node), person="cg1", substitute="何砚秋")
    whole = mark(node, staff(node, role=Role.ADMINISTRATOR), unit=UNIT, substitute=OTHER)
    assert code(staff(node), whole.id) == "absence.not_yours"


# --- and hearing it -----------------------------------------------------------------------------------------------------


def order_of(node: MemoryNode) -> str:
    return str(node.place(node.take("路灯坏了"), "keep").data["order"])


def test_an_order_is_not_sent_to_a_unit_that_is_closed_and_the_refusal_names_who_stands_in(city: MemoryCity) -> None:
    node = city.hotline
    order = order_of(node)
    made = mark(node, staff(node, role=Role.ADMINISTRATOR), unit=UNIT, substitute=OTHER)
    before = city.snapshot()
    for data in ({"unit": UNIT}, {"unit": THIRD, "assistants": [UNIT]}):
        with pytest.raises(CommandRefused) as caught:
            node.act(order, "dispatch", Role.AGENT, **data)
        assert (caught.value.code, caught.value.data["codes"]) == ("unit.away", [OTHER])
    assert city.snapshot() == before
    end_absence(node.world, staff(node, role=Role.ADMINISTRATOR), made.id)
    assert node.act(order, "dispatch", Role.AGENT, unit=UNIT).data["unit"] == UNIT, "back is back, at once"


def test_nobody_is_sent_by_name_who_is_away(city: MemoryCity) -> None:
    node = city.police
    absences = MemoryAbsences({"xc-pcs-yuanhe": (Colleague("pcs1", "吴书远"), Colleague("pcs2", "施清和", "0512-5"))})
    node.world = replace(node.world, absences=absences, directory=PackDirectory(PACK, lambda at: Away(absences.standing(at), at)))
    alarm = order_of(node)
    mark(node, staff(node, "xc-pcs-yuanhe", Role.OFFICER), person="pcs1", substitute="施清和")
    with pytest.raises(CommandRefused) as caught:
        node.act(alarm, "order", Role.DISPATCHER, unit="xc-pcs-yuanhe", officers="pcs1")
    assert (caught.value.code, caught.value.data["substitute"]) == ("person.away", "施清和")
    assert node.act(alarm, "order", Role.DISPATCHER, unit="xc-pcs-yuanhe", officers="pcs2").phase == "ordered"


def suggested(absences: Sequence[Absence]) -> tuple[str, set[str]]:
    directory = PackDirectory(PACK, lambda at: Away(absences, at))
    said = {"text": "采莲路101号有人打架", "place": "元和街道采莲路101号", "item": "P1"}
    return directory.police_unit(said, MORNING), {each.code for each in directory.team({**said, "item": "H2"}, MORNING)}


def test_nobody_asks_who_is_away_for_a_matter_that_no_unit_has() -> None:
    """Calls about one place come by the hundred, and each looks whom a whistle would call for all of them."""
    asked: list[datetime] = []

    def away(at: datetime) -> Away:
        asked.append(at)
        return Away((), at)

    directory = PackDirectory(PACK, away)
    said = {"text": "那边的事情还是那样", "place": "采莲路101号", "item": ""}
    assert (list(directory.team(said, MORNING)), directory.police_unit(said, MORNING), asked) == ([], "", [])
    assert directory.police_unit({**said, "item": "P1"}, MORNING) and len(asked) == 1


def test_what_goes_by_itself_goes_to_who_stands_in() -> None:
    unit, team = suggested(())
    assert unit
    stands_in = next(each.code for each in PACK.units if each.kind == "station" and each.code != unit)
    moved, same = suggested([entry("", stands_in, unit=unit)])
    assert (moved, same) == (stands_in, team)
    closed = sorted(team)[0]
    other = next(each.code for each in PACK.units if each.side == "hotline" and each.code not in team and each.kind != "centre")
    assert suggested([entry("", other, unit=closed)])[1] == (team - {closed}) | {other}


def test_times_are_shown_in_the_citys_zone(city: MemoryCity) -> None:
    node = city.hotline
    mark(node, staff(node), person="cg1", substitute="何砚秋")
    with pytest.raises(CommandRefused) as caught:
        mark(node, staff(node), person="cg1", substitute="何砚秋")
    assert caught.value.data["since"] == f"{MORNING.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d %H:%M}"
    assert MORNING.tzinfo is UTC

"""就近与值班: the nearest who can be sent, the old and the absent left out; who is on duty at which hour, past midnight and on working rest days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from liandong.adapters.packs import check_pack, load_pack
from liandong.application.patrolling import position_said
from liandong.application.ports import Recipient
from liandong.application.world import World
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Actor, StreamKind
from liandong.domain.routing import Duty, NearPatrol, Patrol, PatrolStatus, Position, Roster, Turn, Unit, UnitLevel, duty_by_roster, nearest
from tests.memory_city import MemoryCity, memory_city

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SCENE = (120.6400, 31.3700)
PACK = load_pack("xiangcheng")
ZONE = ZoneInfo("Asia/Shanghai")


def patrol(person: str, east_m: float, status: PatrolStatus = PatrolStatus.AVAILABLE, minutes: float = 1, unit: str = "pcs") -> Patrol:
    """Return somebody so many metres east of the scene who said so minutes ago."""
    return Patrol(person, unit, (SCENE[0] + east_m / 95_000, SCENE[1]), status, NOW - timedelta(minutes=minutes))


def test_available_comes_before_busy_and_the_nearest_first() -> None:
    all_of_them = [patrol("far", 900), patrol("busy", 10, PatrolStatus.BUSY), patrol("near", 200), patrol("off", 1, PatrolStatus.OFF), patrol("old", 5, minutes=15.1), patrol("ahead", 5, minutes=-5)]
    found = nearest(all_of_them, SCENE, NOW)
    assert [each.patrol.person for each in found] == ["near", "far", "busy"]
    assert 190 <= found[0].distance_m <= 210
    assert found[0].age_seconds == 60


def test_at_most_so_many_are_named_and_who_is_as_near_stands_in_a_fixed_order() -> None:
    found = nearest([patrol(name, 100) for name in ("c", "a", "b")], SCENE, NOW, most=2)
    assert [each.patrol.person for each in found] == ["a", "b"]


@pytest.mark.parametrize("data", [{}, {"longitude": "120.6"}, {"longitude": "x", "latitude": "31"}, {"longitude": "nan", "latitude": "31"}, {"longitude": "181", "latitude": "31"}, {"longitude": "120", "latitude": "-91"}, {"longitude": "inf", "latitude": "0"}, {"longitude": None, "latitude": None}, {"longitude": [], "latitude": {}}])
def test_what_is_no_position_is_none(data: dict[str, Any]) -> None:
    assert position_said(data) is None


class Patrols:
    """People in a list."""

    def __init__(self, *people: Patrol) -> None:
        self.people = {each.person: each for each in people}
        self.marked: list[tuple[str, PatrolStatus]] = []

    def report(self, actor: Actor, position: Position, status: PatrolStatus, accuracy_m: int, at: datetime) -> Patrol:
        raise NotImplementedError

    def mark(self, person: str, status: PatrolStatus) -> None:
        self.marked.append((person, status))

    def near(self, place: Position, at: datetime, most: int = 5, units: Sequence[str] | None = None) -> Sequence[NearPatrol]:
        return nearest(self.people.values(), place, at, most)


class Directory:
    """Every unit named ``pcs…`` is the police's; danger goes to ``pcs-of-the-list``."""

    def police_unit(self, data: Any, at: Any) -> str:
        return "pcs-of-the-list"

    def team(self, data: Any, at: Any) -> Sequence[Recipient]:
        return ()

    searchers = team

    def serves(self, code: str, side: str) -> bool:
        return code.startswith("pcs") == (side == "police")

    def named(self, codes: Sequence[str]) -> Sequence[Recipient]:
        return [Recipient(each, each, "", 1) for each in codes]


def city_with(*people: Patrol) -> tuple[MemoryCity, Patrols]:
    """Return a city whose police know where people are."""
    city, patrols = memory_city(), Patrols(*people)
    old = city.police.world
    made = {name: getattr(old, name) for name in ("clock", "ids", "desk", "work", "triage", "reactions")}
    city.police.world = World(**made, directory=Directory(), patrols=patrols)
    return city, patrols


DANGER = {"longitude": str(SCENE[0]), "latitude": str(SCENE[1])}


def test_danger_is_ordered_to_the_nearest_patrol_that_can_go() -> None:
    city, _ = city_with(patrol("busy", 50, PatrolStatus.BUSY, unit="pcs-1"), patrol("near", 400, unit="pcs-2"), patrol("far", 2000, unit="pcs-3"), patrol("grid", 10, unit="wg"))
    alarm = city.police.now(str(city.police.place(city.police.take("有人要跳楼", **DANGER), "keep").data["order"]))
    assert (alarm.data["unit"], alarm.data["officers"]) == ("pcs-2", "near"), "busy is not torn away, and who is not the police's is not ordered"
    assert alarm.phase == "ordered"


@pytest.mark.parametrize("people", [(), (patrol("far", 3500, unit="pcs-3"),), (patrol("old", 10, minutes=40, unit="pcs-4"),), (patrol("busy", 10, PatrolStatus.BUSY, unit="pcs-5"),)])
def test_without_a_patrol_that_can_go_danger_is_ordered_by_the_list(people: tuple[Patrol, ...]) -> None:
    city, _ = city_with(*people)
    alarm = city.police.now(str(city.police.place(city.police.take("有人要跳楼", **DANGER), "keep").data["order"]))
    assert alarm.data["unit"] == "pcs-of-the-list"


def test_who_sets_out_is_busy_until_the_report() -> None:
    city, patrols = city_with(patrol("near", 400, unit="pcs-2"))
    alarm = city.police.place(city.police.take("有人要跳楼", **DANGER), "keep").data["order"]
    for step, data in (("sign", {}), ("depart", {}), ("arrive", {}), ("handle", {"situation": "已救下"}), ("report", {"result": "平安"})):
        city.police.act_for("pcs-2", str(alarm), step, **data)
    assert patrols.marked == [("pcs-2-1", PatrolStatus.BUSY), ("pcs-2-1", PatrolStatus.BUSY), ("pcs-2-1", PatrolStatus.AVAILABLE)]
    assert city.police.only(StreamKind.ALARM).phase == "reported"


# --- the roster ----------------------------------------------------------------------------------------------------------

TURNS = (
    Turn("u", frozenset({"work"}), time(9), time(17), "日班", "1", "替日班", "2"),
    Turn("u", frozenset({"5"}), time(20), time(8), "周五夜班"),
    Turn("u", frozenset({"rest"}), time(10), time(16), "休息日"),
)


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("2026-11-23 09:00:00", "日班"),  # Monday
        ("2026-11-23 08:59:59", None),
        ("2026-11-23 16:59:59", "日班"),
        ("2026-11-23 17:00:00", None),
        ("2026-11-27 20:00:00", "周五夜班"),  # Friday night
        ("2026-11-27 23:59:59", "周五夜班"),
        ("2026-11-28 00:00:00", "周五夜班"),  # Saturday, still that night
        ("2026-11-28 07:59:59", "周五夜班"),
        ("2026-11-28 08:00:00", None),
        ("2026-11-28 12:00:00", "休息日"),
        ("2026-11-26 23:00:00", None),  # Thursday night is nobody's
        ("2026-10-10 09:30:00", "日班"),  # a Saturday that is worked, 调休
        ("2026-10-01 10:00:00", "休息日"),  # 国庆, a Thursday
        ("2026-10-01 09:30:00", None),
    ],
)
def test_a_turn_runs_in_the_citys_own_hours(local: str, name: str | None) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    roster = Roster(TURNS, PACK.calendar)
    turn = roster.at("u", at.astimezone(UTC))
    assert (turn.name if turn else None) == name
    assert roster.at("nobody", at) is None


def test_a_unit_with_a_roster_answers_by_it_and_one_without_by_its_hours() -> None:
    on_duty = duty_by_roster(Roster(TURNS, PACK.calendar), PACK.calendar)
    with_roster, without = (Unit(code, code, UnitLevel.SECOND, "hotline", "department", duty=Duty.ALWAYS) for code in ("u", "v"))
    night = datetime(2026, 11, 23, 22, tzinfo=ZONE)
    assert not on_duty(with_roster, night), "the roster says nobody is there"
    assert on_duty(without, night)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Roster(TURNS, PACK.calendar).at("u", datetime(2026, 11, 23, 9, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.parametrize("name", ["xiangcheng", "jining"])
def test_the_shipped_packs_have_somebody_at_every_hour_where_a_unit_is_there_day_and_night(name: str) -> None:
    pack = load_pack(name)
    roster = Roster(pack.roster, pack.calendar)
    always = {each.code for each in pack.units if each.duty is Duty.ALWAYS} & {each.unit for each in pack.roster}
    assert always
    for hour in range(7 * 24):
        at = datetime(2026, 11, 23, tzinfo=ZONE) + timedelta(hours=hour)
        assert all(roster.at(code, at) for code in always), at
    assert all(each.substitute for each in pack.roster)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("nobody,1,08:00,20:00,甲,1,,", "code.unknown"),
        ("xc-rs,8,08:00,20:00,甲,1,,", "key.choice"),
        ("xc-rs,,08:00,20:00,甲,1,,", "key.empty"),
        ("xc-rs,1,8:00,20:00,甲,1,,", "hour.form"),
        ("xc-rs,1,08:00,24:00,甲,1,,", "hour.form"),
        ("xc-rs,1,08:00,08:00,甲,1,,", "hour.form"),
        ("xc-rs,1,08:00,20:00,,1,,", "key.empty"),
        ("xc-rs,1,08:00,20:00,甲,1", "csv.width"),
    ],
)
def test_a_broken_roster_is_named_by_line(tmp_path: Path, row: str, code: str) -> None:
    import shutil

    folder = tmp_path / "pack"
    shutil.copytree(Path(__file__).resolve().parents[2] / "src/liandong/packs/xiangcheng", folder, ignore=shutil.ignore_patterns("__*"))
    (folder / "roster.csv").write_text("unit,days,opens,closes,name,phone,substitute,substitute_phone\n" + row + "\n", encoding="utf-8")
    found = [(each.file, each.line, each.code) for each in check_pack(folder)]
    assert ("roster.csv", 2, code) in found, found

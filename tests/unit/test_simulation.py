"""A file's orders happen again at their recorded times: in time, late, refused, asked, crossed; and nothing that the file does not say."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from liandong.adapters.memory import WordTriage
from liandong.adapters.packs.model import Pack
from liandong.cli import cli
from liandong.domain.errors import InvalidInput
from liandong.lab.recorded import Recorded, recorded_of
from liandong.lab.simulate import Simulation
from liandong.node.bootstrap import load_city_pack
from liandong.node.commands.simulate import city_of

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = {"油烟": ("hotline", "H2", False), "打架": ("police", "P1", False), "判决": ("neither", "", False)}
UNIT = "相城区城市管理局"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_city_pack("xiangcheng")


def played(pack: Pack, *rows: Mapping[str, str], at: str = "hotline") -> tuple[dict[str, Any], Simulation]:
    run = Simulation(city_of(pack, WordTriage(WORDS)), lambda number: at)
    bodies = ({"text": row.get("text", "楼下饭店油烟太大"), "channel": "feed", "key": f"t:{number}"} for number, row in enumerate(rows))
    run.play(zip(bodies, [recorded_of({"unit": UNIT, **row}, ZONE) for row in rows], strict=True))
    return run.as_json(), run


def counted(summary: Mapping[str, Any], **wanted: int) -> None:
    assert {name: summary["total"][name] for name in wanted} == wanted
    assert summary["not_playable"] == {}


def test_order_closed_within_five_working_days_is_on_time_across_the_spring_festival(pack: Pack) -> None:
    # Wednesday 14 February 2018; the 15th to 21st are holidays, Saturday the 24th is worked: the fifth working day is Tuesday the 27th.
    row = {"accepted_at": "2018/2/14 9:00:00", "dispatched_at": "2018/2/14 9:20:00", "closed_at": "2018/2/27 8:30:00"}
    counted(played(pack, row)[0], orders=1, sent_in_time=1, on_time=1, late=0, reminded=0)


def test_order_closed_a_working_day_later_than_that_is_late(pack: Pack) -> None:
    row = {"accepted_at": "2018/2/14 9:00:00", "dispatched_at": "2018/2/14 9:20:00", "closed_at": "2018/2/28 8:30:00"}
    counted(played(pack, row)[0], orders=1, on_time=0, late=1)


def test_order_closed_after_its_limit_is_late_and_climbed_the_ladder_before(pack: Pack) -> None:
    row = {"accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/5 9:20:00", "closed_at": "2018/4/30 9:00:00"}
    summary, run = played(pack, row)
    counted(summary, orders=1, on_time=0, late=1, warned=1, reminded=1, supervised=1)
    assert summary["timers_fired"] >= 3
    assert list(summary["units"]) == ["xc-cg"], "the recorded unit is of this city's list"
    assert run.pair is not None
    assert [each for side in run.pair.sides.values() for each in side.database.broken()] == []


def test_order_sent_days_after_it_was_taken_is_sent_late(pack: Pack) -> None:
    row = {"accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/8 9:00:00"}
    summary, _ = played(pack, row)
    counted(summary, sent_in_time=0, sent_late=1, reminded=1)
    assert (summary["units"][""]["reminded"], summary["units"]["xc-cg"]["reminded"]) == (1, 0), "the desk was late, not the unit"


def test_order_whose_end_no_column_tells_is_neither_late_nor_chased_however_long_the_file_goes_on(pack: Pack) -> None:
    open_end = {"accepted_at": "2018/1/5 9:00:00", "dispatched_at": "2018/1/5 9:20:00"}
    months_later = {"accepted_at": "2018/6/5 9:00:00", "dispatched_at": "2018/6/5 9:20:00"}
    summary, _ = played(pack, open_end, months_later)
    counted(summary, orders=2, end_not_recorded=2, on_time=0, late=0, warned=0, reminded=0)
    assert summary["timers_fired"] == 0
    assert "closed" in summary["not_told"]


def test_end_is_read_from_the_last_moment_that_a_note_names(pack: Pack) -> None:
    note = "2018年3月6日10:05已到现场；2018年3月7日16:40回复诉求人，2017年1月1日1:01无关，办结。"
    row = {"accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/5 9:20:00", "closing_note": note}
    found = recorded_of(row, ZONE)
    assert found is not None and found.end_from_note
    assert found.times["closed"].isoformat() == "2018-03-07T16:40:00+08:00"
    summary, _ = played(pack, row)
    counted(summary, on_time=1, end_not_recorded=0)
    assert summary["told_by_file"]["end_from_note"] == 1


def test_refused_order_goes_back_to_the_desk_and_counts_for_the_unit_that_refused(pack: Pack) -> None:
    row = {
        "accepted_at": "2018/3/5 9:00:00",
        "dispatched_at": "2018/3/5 9:20:00",
        "refused_at": "2018/3/5 15:00:00",
        "refusal": "不是我们管的路段",
    }
    summary, _ = played(pack, row)
    counted(summary, refused=1, late=0, end_not_recorded=1)
    assert summary["units"]["xc-cg"]["refused"] == 1


def test_matter_of_the_other_side_crosses_is_asked_about_supplied_and_confirmed(pack: Pack) -> None:
    row = {
        "accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/5 9:20:00", "asked_at": "2018/3/5 10:00:00", "question": "哪一栋？",
        "supplied_at": "2018/3/5 10:30:00", "supplement": "三栋", "closed_at": "2018/3/6 9:00:00",
    }  # fmt: skip
    summary, _ = played(pack, row, at="police")
    counted(summary, orders=1, asked=1, supplied=1, on_time=1)
    crossed = {
        name: summary["handovers"][name] for name in ("offered", "accepted", "asked", "supplied", "confirmed", "returned", "objected")
    }
    assert crossed == {"offered": 1, "accepted": 1, "asked": 1, "supplied": 1, "confirmed": 1, "returned": 0, "objected": 0}
    assert summary["placed"] == {"handed": 1}


def test_dissatisfied_citizen_opens_the_order_again(pack: Pack) -> None:
    row = {
        "accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/5 9:20:00", "closed_at": "2018/3/6 9:00:00",
        "visited_at": "2018/3/7 9:00:00", "satisfaction": "5",
    }  # fmt: skip
    counted(played(pack, row)[0], reopened=1, on_time=1)


def test_police_matter_is_ordered_and_closed_and_no_limit_is_claimed_for_steps_without_times(pack: Pack) -> None:
    row = {
        "text": "有人打架",
        "unit": "元和派出所",
        "accepted_at": "2018/3/5 9:00:00",
        "dispatched_at": "2018/3/5 9:01:00",
        "closed_at": "2018/3/5 11:00:00",
    }
    summary, _ = played(pack, row, at="police")
    counted(summary, orders=1, no_limit=1, late=0, on_time=0)
    assert list(summary["units"]) == ["xc-pcs-yuanhe"]


def test_step_that_the_tables_refuse_is_told_and_changes_nothing(pack: Pack) -> None:
    row = {"accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/5 9:20:00", "visited_at": "2018/3/5 9:30:00", "satisfaction": "1"}
    summary, run = played(pack, row)
    assert summary["not_playable"] == {"visited:command.not_in_state": 1}
    assert run.pair is not None
    order = next(iter(run.pair.sides["hotline"].database.of_kind("workorder")))  # type: ignore[arg-type]
    assert order.phase == "dispatched"


def test_row_without_a_time_of_acceptance_is_counted_and_left_out(pack: Pack) -> None:
    summary, _ = played(pack, {"accepted_at": "昨天"}, {"accepted_at": "2018/3/5 9:00:00"})
    assert (summary["rows"], summary["taken"], summary["told_by_file"]["no_time"]) == (2, 1, 1)


def test_row_sent_before_it_was_taken_is_sent_when_it_is_taken() -> None:
    found = recorded_of({"accepted_at": "2018/3/5 9:00:00", "dispatched_at": "2018/3/4 9:00:00"}, ZONE)
    assert found is not None and found.sent_before_taken
    assert found.times["dispatched"] == found.times["accepted"] == Recorded("", found.times).taken_at


def _file(folder: Path, rows: list[dict[str, str]]) -> Path:
    file = folder / "orders.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_command_ends_with_one_object_and_the_same_figures_each_time(tmp_path: Path) -> None:
    row = {
        "text": "小区路灯坏了好几天",
        "unit": UNIT,
        "accepted_at": "2018/3/5 9:00:00",
        "dispatched_at": "2018/3/5 9:20:00",
        "closed_at": "2018/3/6 9:00:00",
    }
    file = _file(tmp_path, [row, {**row, "text": "楼下饭店油烟太大", "accepted_at": "2018/3/5 9:05:00"}])
    said = [CliRunner().invoke(cli, ["simulate", str(file), "--json"], catch_exceptions=False).output for _ in range(2)]
    assert said[0] == said[1]
    summary = json.loads(said[0])
    assert (summary["rows"], summary["total"]["orders"], summary["total"]["on_time"]) == (2, 2, 2)
    table = CliRunner().invoke(cli, ["simulate", str(file)], catch_exceptions=False).output
    assert "办理按时" in table and "合计" in table and "未模拟" in table


def test_file_without_times_is_refused_in_words(tmp_path: Path) -> None:
    file = _file(tmp_path, [{"text": "路灯坏了"}])
    with pytest.raises(InvalidInput, match="accepted_at"):
        CliRunner().invoke(cli, ["simulate", str(file)], catch_exceptions=False)

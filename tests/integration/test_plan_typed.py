"""The plan of a whistle as its form sends it: rows become tasks, empty rows nothing, and what was typed stands there again."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from tests.integration.conftest import Node

pytestmark = pytest.mark.database

LINES = {"xc-hb": {"name": "相城生态环境局"}, "desk:police": {"name": "110报警服务台"}}


def whistle(**data: object) -> Any:
    from liandong.adapters.postgres.models import Stream

    return Stream(id=uuid.uuid4(), kind="whistle", phase="blown", seq=1, data={"lines": LINES, **data})


def sent(*rows: tuple[str, str, str]) -> Any:
    from django.http import QueryDict

    post = QueryDict(mutable=True)
    post["plan"] = "联合检查"
    for column, name in enumerate(("tasks-unit", "tasks-what", "tasks-until")):
        post.setlist(name, [row[column] for row in rows])
    return post


def test_rows_become_tasks_and_a_row_without_a_task_becomes_none(node: Node) -> None:
    from liandong.web.acts import read_form

    post = sent(("xc-hb", "测噪", "三天内"), ("desk:police", "", ""), ("", "", ""))
    assert read_form(whistle(), "agree_plan", post) == {"plan": "联合检查", "tasks": ["xc-hb｜测噪｜三天内"]}


def test_half_a_row_is_kept_so_that_it_is_refused_and_not_lost(node: Node) -> None:
    from liandong.web.acts import read_form

    post = sent(("xc-hb", "测噪", ""), ("", "", "明天"))
    assert read_form(whistle(), "agree_plan", post)["tasks"] == ["xc-hb｜测噪｜", "｜｜明天"]


def test_no_rows_at_all_are_no_tasks_and_lines_are_read_as_before(node: Node) -> None:
    from django.http import QueryDict

    from liandong.web.acts import read_form

    assert "tasks" not in read_form(whistle(), "agree_plan", sent(("xc-hb", "", "")))
    assert read_form(whistle(), "agree_plan", QueryDict("tasks=a｜b｜c"))["tasks"] == ["a｜b｜c"]


def test_bars_and_line_ends_in_a_field_make_no_further_tasks(node: Node) -> None:
    from liandong.web.acts import read_form

    assert read_form(whistle(), "agree_plan", sent(("xc-hb", "测｜噪\n再测", "三天内")))["tasks"] == ["xc-hb｜测 噪 再测｜三天内"]


def test_columns_of_different_lengths_end_with_the_shortest(node: Node) -> None:
    from liandong.web.acts import read_form

    post = sent(("xc-hb", "测噪", "三天内"))
    post.appendlist("tasks-what", "多出来的")
    assert read_form(whistle(), "agree_plan", post)["tasks"] == ["xc-hb｜测噪｜三天内"]


def test_what_was_typed_stands_in_the_rows_again(node: Node) -> None:
    from liandong.web.room_fields import plan_rows, typed_plan

    given = {"tasks-unit": "xc-hb\n", "tasks-what": "测噪\n", "tasks-until": "\n明天"}
    assert plan_rows(typed_plan(given) or "") == [["xc-hb", "测噪", ""], ["", "", "明天"]]


def test_the_first_plan_has_a_row_for_everybody_who_was_called_and_keeps_what_was_agreed(node: Node) -> None:
    from liandong.web.room_fields import plan_rows, room_value

    row = whistle(tasks=[{"unit": "xc-hb", "what": "测噪", "until": "三天内", "task": 101}])
    rows = plan_rows(room_value(row, "agree_plan", "tasks", (), date(2026, 11, 29)) or "")
    assert rows == [["xc-hb", "测噪", "三天内"], ["desk:police", "", ""], ["", "", ""], ["", "", ""]]


def test_a_unit_chooses_among_its_own_open_tasks_and_who_called_among_all(node: Node) -> None:
    from liandong.web.room_fields import room_choices

    tasks = [{"unit": "desk:police", "what": "巡查", "until": "七天内", "task": 101}, {"unit": "xc-hb", "what": "测噪", "until": "三天内", "task": 102}, {"unit": "xc-hb", "what": "复查", "until": "明天", "task": 103, "done_at": "x"}]
    row = whistle(tasks=tasks)
    own = room_choices(row, "finish_task", "task", "xc-hb", False)
    assert own is not None and [value for value, _words, _why in own[1]] == ["102"]
    every = room_choices(row, "finish_task", "task", "desk:hotline", True)
    assert every is not None and [value for value, _words, _why in every[1]] == ["101", "102"]


def test_other_records_are_typed_as_their_tables_say(node: Node) -> None:
    from liandong.adapters.postgres.models import Stream
    from liandong.web.room_fields import room_choices, room_value

    order = Stream(id=uuid.uuid4(), kind="workorder", phase="received", seq=1, data={})
    assert room_choices(order, "dispatch", "unit", "xc-hb", False) is None
    assert room_value(order, "dispatch", "unit", (), date(2026, 11, 29)) is None

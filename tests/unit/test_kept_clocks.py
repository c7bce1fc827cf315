"""The clocks of records as facts move them: every instant is given with its weekday, in the city's time and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.adapters.packs import load_pack
from liandong.domain.clocks import (
    STEPS,
    CalendarNotCovered,
    ClockRule,
    ClockState,
    KeptClock,
    Limit,
    Outcome,
    Rulebook,
    in_words,
    keep,
    open_clock,
    retimed,
)

CITY = ZoneInfo("Asia/Shanghai")
PACK = load_pack("xiangcheng")
BOOK = Rulebook(PACK.clocks, PACK.calendar, frozenset({"320507101"}))
WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


def local(text: str) -> datetime:
    """Return the instant of ``2026-09-30 周三 16:00``; the weekday must be true."""
    day, weekday, clock = text.split()
    at = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=CITY)
    assert WEEKDAYS[at.weekday()] == weekday, f"{text} is a {WEEKDAYS[at.weekday()]}"
    return at


def play(machine: str, *facts: tuple[str, str], data: Mapping[str, Any] | None = None, book: Rulebook = BOOK) -> tuple[KeptClock, ...]:
    """Return the clocks after facts, each a name and a time in words."""
    clocks: tuple[KeptClock, ...] = ()
    for name, at in facts:
        clocks = keep(clocks, machine, name, local(at), data or {}, book)
    return clocks


def due(clocks: tuple[KeptClock, ...], step: str) -> str:
    found = open_clock(clocks, step)
    assert found is not None, f"{step} does not run"
    at = found.due(PACK.calendar)
    assert at is not None, f"{step} stands still"
    return in_words(at, PACK.calendar)


@pytest.mark.parametrize(
    ("sent", "kind", "wanted"),
    [
        ("2026-09-25 周五 10:00", "咨询", "9月29日24:00"),  # 中秋 is a holiday; Monday and Tuesday
        ("2026-09-30 周三 16:00", "咨询", "10月9日24:00"),  # 国庆 1–7 October; Thursday 8th and Friday 9th
        ("2026-10-09 周五 21:30", "咨询", "10月12日24:00"),  # Friday night; Saturday the 10th works (调休), Sunday does not
        ("2026-10-09 周五 23:59", "咨询", "10月12日24:00"),  # one minute before midnight it still started on Friday
        ("2026-10-10 周六 00:00", "咨询", "10月13日24:00"),  # midnight: it started on Saturday
        ("2026-09-18 周五 23:59", "咨询", "9月21日24:00"),  # Sunday the 20th works (调休): Sunday and Monday
        ("2026-09-30 周三 16:00", "投诉举报", "10月27日24:00"),  # fifteen working days, 调休 Saturday counted
        ("2026-11-20 周五 22:00", "", "11月27日24:00"),  # five working days where no kind is known
    ],
)
def test_handling_is_due_after_working_days_that_skip_holidays_and_count_shifted_days(sent: str, kind: str, wanted: str) -> None:
    clocks = play("workorder", ("OrderReceived", sent), ("OrderDispatched", sent), data={"kind": kind})
    assert due(clocks, "handle") == wanted


def test_midnight_in_the_city_is_sixteen_hours_utc_and_a_second_decides() -> None:
    clocks = play("workorder", ("OrderReceived", "2026-11-23 周一 09:00"), ("OrderDispatched", "2026-11-23 周一 09:00"), data={"kind": "咨询"})
    handle = open_clock(clocks, "handle")
    assert handle is not None
    deadline = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert deadline == local("2026-11-26 周四 00:00")
    assert handle.due(PACK.calendar) == deadline
    assert handle.state(deadline - timedelta(seconds=1), PACK.calendar) == ClockState.WARNING
    assert handle.state(deadline, PACK.calendar) == ClockState.WARNING, "done at 24:00:00 is in time"
    assert handle.state(deadline + timedelta(seconds=1), PACK.calendar) == ClockState.OVERDUE


def test_several_clocks_run_on_one_order_and_none_overrides_another() -> None:
    clocks = play("workorder", ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:30"))
    running = {each.step: due(clocks, each.step) for each in clocks if each.outcome == Outcome.OPEN}
    assert running == {"sign": "11月24日15:15", "refuse": "11月26日24:00", "handle": "12月1日24:00", "feedback": "12月1日24:00"}


def test_a_refusal_and_a_new_dispatch_keep_the_original_deadline() -> None:
    first = play("workorder", ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:30"))
    second = play(
        "workorder",
        ("OrderReceived", "2026-11-24 周二 09:00"),
        ("OrderDispatched", "2026-11-24 周二 09:30"),
        ("OrderRefused", "2026-11-25 周三 16:00"),
        ("OrderDispatched", "2026-11-26 周四 08:00"),
    )
    assert due(second, "handle") == due(first, "handle")
    assert due(second, "sign") == "11月26日14:15", "the next unit has its own time to sign"
    assert [each.round for each in second if each.step == "sign"] == [1, 2]


def test_a_report_turned_back_goes_on_with_the_old_deadline() -> None:
    facts = [
        ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:00"), ("OrderSigned", "2026-11-24 周二 09:10"),
        ("WorkReported", "2026-11-25 周三 10:00"), ("ReportTurnedBack", "2026-11-27 周五 10:00"),
    ]  # fmt: skip
    clocks = play("workorder", *facts)
    assert due(clocks, "handle") == "12月1日24:00"
    assert open_clock(clocks, "reply") is None


def test_an_order_that_comes_back_from_the_other_side_keeps_its_first_deadline() -> None:
    sent = play("workorder", ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderHandedOver", "2026-11-24 周二 10:00"))
    assert open_clock(sent, "dispatch") is None
    back = keep(sent, "workorder", "HandoverTakenBack", local("2026-11-25 周三 15:00"), {}, BOOK)
    assert due(back, "dispatch") == "11月25日09:00", "24 hours from the first minute, not from the return"
    found = open_clock(back, "dispatch")
    assert found is not None
    assert found.overdue(local("2026-11-25 周三 15:00"), PACK.calendar)


def test_a_suspension_stops_handling_and_gives_back_what_was_left() -> None:
    facts = [("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:00"), ("OrderSuspended", "2026-11-25 周三 10:00")]
    stands = play("workorder", *facts)
    handle = open_clock(stands, "handle")
    assert handle is not None
    assert handle.due(PACK.calendar) is None
    assert handle.state(local("2027-01-15 周五 10:00"), PACK.calendar) == ClockState.PAUSED
    goes_on = keep(stands, "workorder", "OrderResumed", local("2026-12-07 周一 10:00"), {}, BOOK)
    assert due(goes_on, "handle") == "12月11日24:00", "four working days were left after Wednesday"


def test_an_extension_moves_the_deadline_from_the_old_one_and_is_looked_at_anew() -> None:
    facts = [("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:00")]
    warned = tuple(
        each if each.step != "handle" else type(each)(**{**_fields(each), "warned_at": local("2026-11-30 周一 09:00")})
        for each in play("workorder", *facts)
    )
    granted = keep(warned, "workorder", "ExtensionGranted", local("2026-11-30 周一 10:00"), {"days": 3}, BOOK)
    assert due(granted, "handle") == "12月4日24:00"
    found = open_clock(granted, "handle")
    assert found is not None
    assert found.warned_at is None


def _fields(kept: KeptClock) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in KeptClock.__dataclass_fields__}


@pytest.mark.parametrize(
    ("data", "step", "limit"),
    [
        ({"urgent": True, "item": "H1"}, "dispatch", "1 hour"),
        ({"item": "H1.2"}, "dispatch", "2 hours"),
        ({"item": "H10"}, "dispatch", "24 hours"),
        ({"item": "H2"}, "dispatch", "24 hours"),
        ({"urgent": True, "division": "320507101"}, "arrive", "60 minutes"),
        ({"urgent": True, "division": "320507001001"}, "arrive", "30 minutes"),
        ({"assistants": ["a", "b"]}, "feedback", "15 days"),
        ({"kind": "求助"}, "handle", "10 workdays"),
    ],
)
def test_the_rule_follows_danger_then_item_then_kind_then_terrain(data: Mapping[str, Any], step: str, limit: str) -> None:
    rule = BOOK.rule("workorder", step, data, local("2026-11-24 周二 09:00"))
    assert rule is not None
    assert str(rule.limit) == str(Limit.parse(limit))


def test_a_right_lapses_and_is_never_overdue() -> None:
    clocks = play("workorder", ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:00"))
    refuse = open_clock(clocks, "refuse")
    assert refuse is not None
    assert not refuse.overdue(local("2026-11-30 周一 09:00"), PACK.calendar)
    assert refuse.next_at(PACK.calendar) is None


def test_a_changed_rule_moves_open_clocks_from_its_day_on_and_leaves_what_is_over() -> None:
    old = ClockRule("workorder.handle", "办理", Limit.parse("5 workdays"), "旧规定")
    new = ClockRule("workorder.handle", "办理", Limit.parse("3 workdays"), "新规定", effective_from=date(2026, 11, 26))
    book = Rulebook((old, new), PACK.calendar)
    clocks = play("workorder", ("OrderDispatched", "2026-11-24 周二 09:00"), book=book)
    assert due(clocks, "handle") == "12月1日24:00", "a clock keeps the version of the day it started"
    before = retimed(clocks, {}, book, local("2026-11-25 周三 23:59"))
    assert due(before, "handle") == "12月1日24:00"
    after = retimed(clocks, {}, book, local("2026-11-26 周四 00:00"))
    assert due(after, "handle") == "11月27日24:00"
    done = keep(clocks, "workorder", "WorkReported", local("2026-11-30 周一 09:00"), {}, book)
    assert retimed(done, {}, book, local("2026-11-30 周一 10:00")) == done


def test_a_deadline_beyond_the_last_covered_day_is_refused_loudly() -> None:
    last = PACK.calendar.covered_to
    late = datetime(last.year, last.month, last.day, 9, tzinfo=CITY)
    with pytest.raises(CalendarNotCovered):
        keep((), "workorder", "OrderDispatched", late, {"kind": "咨询"}, BOOK)


def test_a_question_keeps_its_clock_until_every_question_is_answered() -> None:
    open_questions = {"questions": [{"question": "哪家店", "answer": "东门那家"}, {"question": "几点", "answer": ""}]}
    clocks = play("handover", ("HandoverOffered", "2026-11-24 周二 09:00"), ("QuestionAsked", "2026-11-24 周二 09:05"))
    half = keep(clocks, "handover", "QuestionAnswered", local("2026-11-24 周二 09:20"), open_questions, BOOK)
    assert due(half, "answer") == "11月24日11:05"
    answered = {"questions": [{"question": "哪家店", "answer": "东门那家"}, {"question": "几点", "answer": "晚上"}]}
    assert open_clock(keep(half, "handover", "QuestionAnswered", local("2026-11-24 周二 09:30"), answered, BOOK), "answer") is None


ORDER_FACTS = sorted({name for step in STEPS["workorder"] for name in step.starts | step.stops | step.voids | step.continues | step.pauses | step.resumes | step.extends})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ORDER_FACTS), st.integers(0, 400)), max_size=14))
def test_whatever_happens_at_most_one_round_of_a_step_is_open(facts: list[tuple[str, int]]) -> None:
    at = local("2026-11-02 周一 09:00")
    clocks: tuple[KeptClock, ...] = ()
    for name, minutes in facts:
        at += timedelta(minutes=minutes)
        clocks = keep(clocks, "workorder", name, at, {"days": 2}, BOOK)
        for step in STEPS["workorder"]:
            mine = [each for each in clocks if each.step == step.step]
            assert sum(each.outcome == Outcome.OPEN for each in mine) <= 1
            assert [each.round for each in mine] == list(range(1, len(mine) + 1))

"""Deadlines in tables a person can check against a wall calendar.

Every row carries the weekday in words; local times are of Suzhou (UTC+8). 2026 is what the State Council's notice says:
国庆 1–7 October, work on Sunday 20 September and Saturday 10 October; 元旦 1–3 January, work on Sunday 4 January.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from liandong.adapters.packs import CityCalendar, load_pack
from liandong.domain.clocks import (
    CalendarNotCovered,
    Clock,
    ClockRule,
    ClockState,
    Limit,
    LimitUnit,
    Pause,
    deadline,
    deadline_with_pauses,
    extended,
    in_words,
    most_pressing,
    workdays_between,
)
from liandong.domain.errors import InvalidInput

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = CityCalendar(CITY, ((time(9), time(12)), (time(13), time(17))))
WEEKDAYS = "一二三四五六日"


def local(text: str) -> datetime:
    """Read ``2026-11-20 五 18:00``: local time, and check that the weekday said is the weekday it is."""
    day, weekday, clock = text.split(" ")
    moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=CITY)
    assert WEEKDAYS[moment.weekday()] == weekday, f"{day} is not 周{weekday}"
    return moment


# start (local, weekday in words) | the same instant in UTC | limit | due (local) | due (UTC) | as written
TABLE = [
    ("2026-11-20 五 18:00:00", "2026-11-20T10:00:00", "1 workday", "2026-11-24 二 00:00", "2026-11-23T16:00:00", "11月23日24:00"),
    ("2026-11-20 五 23:59:59", "2026-11-20T15:59:59", "1 workday", "2026-11-24 二 00:00", "2026-11-23T16:00:00", "11月23日24:00"),
    ("2026-11-21 六 00:00:00", "2026-11-20T16:00:00", "1 workday", "2026-11-24 二 00:00", "2026-11-23T16:00:00", "11月23日24:00"),
    ("2026-11-22 日 23:59:59", "2026-11-22T15:59:59", "1 workday", "2026-11-24 二 00:00", "2026-11-23T16:00:00", "11月23日24:00"),
    ("2026-11-23 一 00:00:00", "2026-11-22T16:00:00", "1 workday", "2026-11-25 三 00:00", "2026-11-24T16:00:00", "11月24日24:00"),
    ("2026-11-23 一 00:00:01", "2026-11-22T16:00:01", "1 workday", "2026-11-25 三 00:00", "2026-11-24T16:00:00", "11月24日24:00"),
    # 国庆: Wednesday 30 September is the last working day before seven days off; Saturday 10 October is worked.
    ("2026-09-30 三 10:00:00", "2026-09-30T02:00:00", "1 workday", "2026-10-09 五 00:00", "2026-10-08T16:00:00", "10月8日24:00"),
    ("2026-09-30 三 10:00:00", "2026-09-30T02:00:00", "3 workdays", "2026-10-11 日 00:00", "2026-10-10T16:00:00", "10月10日24:00"),
    ("2026-10-03 六 12:00:00", "2026-10-03T04:00:00", "5 workdays", "2026-10-14 三 00:00", "2026-10-13T16:00:00", "10月13日24:00"),
    # 调休: Sunday 20 September is worked.
    ("2026-09-18 五 16:00:00", "2026-09-18T08:00:00", "1 workday", "2026-09-21 一 00:00", "2026-09-20T16:00:00", "9月20日24:00"),
    ("2026-09-18 五 16:00:00", "2026-09-18T08:00:00", "2 workdays", "2026-09-22 二 00:00", "2026-09-21T16:00:00", "9月21日24:00"),
    # 元旦: Sunday 4 January is worked, 1 to 3 are not.
    ("2025-12-31 三 17:00:00", "2025-12-31T09:00:00", "1 workday", "2026-01-05 一 00:00", "2026-01-04T16:00:00", "1月4日24:00"),
    # Elapsed limits do not stop at night or on holidays.
    ("2026-10-01 四 23:50:00", "2026-10-01T15:50:00", "30 minutes", "2026-10-02 五 00:20", "2026-10-01T16:20:00", "10月2日00:20"),
    ("2026-11-20 五 23:00:00", "2026-11-20T15:00:00", "24 hours", "2026-11-21 六 23:00", "2026-11-21T15:00:00", "11月21日23:00"),
    ("2026-11-20 五 23:00:00", "2026-11-20T15:00:00", "15 seconds", "2026-11-20 五 23:00:15", "2026-11-20T15:00:15", "11月20日23:00"),
    # Calendar days: the first is not counted, holidays are.
    ("2026-09-30 三 10:00:00", "2026-09-30T02:00:00", "7 days", "2026-10-08 四 00:00", "2026-10-07T16:00:00", "10月7日24:00"),
    # Office hours 9–12 and 13–17.
    ("2026-11-20 五 16:00:00", "2026-11-20T08:00:00", "4 working_hours", "2026-11-23 一 12:00", "2026-11-23T04:00:00", "11月23日12:00"),
    ("2026-11-20 五 11:30:00", "2026-11-20T03:30:00", "1 working_hour", "2026-11-20 五 13:30", "2026-11-20T05:30:00", "11月20日13:30"),
    ("2026-11-20 五 17:00:00", "2026-11-20T09:00:00", "7 working_hours", "2026-11-23 一 17:00", "2026-11-23T09:00:00", "11月23日17:00"),
    ("2026-09-19 六 10:00:00", "2026-09-19T02:00:00", "1 working_hour", "2026-09-20 日 10:00", "2026-09-20T02:00:00", "9月20日10:00"),
]


@pytest.mark.parametrize(("start", "start_utc", "limit", "due", "due_utc", "words"), TABLE, ids=[f"{row[0]}+{row[2]}" for row in TABLE])
def test_a_deadline_is_what_the_wall_calendar_says(start: str, start_utc: str, limit: str, due: str, due_utc: str, words: str) -> None:
    from_local = deadline(local(start), Limit.parse(limit), CALENDAR)
    from_utc = deadline(datetime.fromisoformat(start_utc).replace(tzinfo=UTC), Limit.parse(limit), CALENDAR)
    assert from_local == from_utc == local(due) == datetime.fromisoformat(due_utc).replace(tzinfo=UTC)
    assert from_local.tzinfo is UTC
    assert in_words(from_local, CALENDAR) == words


def test_a_time_without_a_zone_is_refused_everywhere() -> None:
    naive = datetime(2026, 11, 20, 18, 0)  # noqa: DTZ001
    rule = ClockRule("workorder.handle", "办理", Limit.parse("5 workdays"), "测试", pausable=True)
    clock = Clock(rule, naive.replace(tzinfo=UTC))
    for act in (
        lambda: deadline(naive, Limit.parse("1 hour"), CALENDAR),
        lambda: extended(naive, Limit.parse("1 workday"), CALENDAR),
        lambda: Clock(rule, naive),
        lambda: clock.pause(naive),
        lambda: clock.stop(naive),
        lambda: clock.state(naive, CALENDAR),
        lambda: in_words(naive, CALENDAR),
    ):
        with pytest.raises(InvalidInput) as caught:
            act()
        assert caught.value.code == "calendar.naive_time"


def test_a_year_out_of_all_range_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        deadline(datetime.max.replace(tzinfo=UTC), Limit.parse("1 workday"), CALENDAR)
    assert caught.value.code == "calendar.out_of_range"


def test_the_last_covered_day_can_be_used_and_the_next_one_is_refused() -> None:
    last = CALENDAR.covered_to
    assert last == date(2026, 12, 31)
    assert CALENDAR.is_workday(last)
    assert deadline(local("2026-12-30 三 10:00"), Limit.parse("1 workday"), CALENDAR) == local("2027-01-01 五 00:00")
    with pytest.raises(CalendarNotCovered) as caught:
        deadline(local("2026-12-30 三 10:00"), Limit.parse("2 workdays"), CALENDAR)
    assert caught.value.data == {"day": "2027-01-01", "last": "2026-12-31"}
    assert "2026-12-31" in caught.value.sentence("zh")
    with pytest.raises(CalendarNotCovered):
        CALENDAR.is_workday(date(2003, 12, 31))


def test_elapsed_limits_need_no_calendar_and_go_past_its_end() -> None:
    assert deadline(local("2026-12-31 四 23:59"), Limit.parse("2 hours"), CALENDAR) == local("2027-01-01 五 01:59")


def test_a_packs_provisional_days_are_used_and_said_to_be_provisional() -> None:
    calendar = load_pack("xiangcheng").calendar
    assert not calendar.is_workday(date(2027, 2, 8)), "春节初三, a Monday"
    assert calendar.is_workday(date(2027, 2, 11))
    assert calendar.is_provisional(date(2027, 1, 1))
    assert not calendar.is_provisional(date(2026, 12, 31))
    with pytest.raises(CalendarNotCovered):
        calendar.is_workday(date(2028, 1, 1))


@pytest.mark.parametrize(
    "text", ["", "5", "workdays", "0 days", "-1 days", "5  days", "5 weeks", "1e3 days", "٥ days", "100000 days", "5 days "]
)
def test_a_limit_written_wrongly_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Limit.parse(text)
    assert caught.value.code == "clocks.bad_limit"


def test_a_limit_reads_back_what_it_writes() -> None:
    for unit in LimitUnit:
        assert Limit.parse(str(Limit(7, unit))) == Limit(7, unit)
    assert Limit.parse("1 workday") == Limit(1, LimitUnit.WORKDAYS)
    assert Limit.parse("5 workdays").in_chinese == "5个工作日"


# pauses -----------------------------------------------------------------------------------------------------------

PAUSES = [
    # A work order of 3 working days, dispatched Monday 16 November: due end of Thursday 19.
    ("3 workdays", "2026-11-16 一 09:00", [("2026-11-17 二 10:00", "2026-11-17 二 15:00")], "2026-11-20 五 00:00"),
    ("3 workdays", "2026-11-16 一 09:00", [("2026-11-17 二 10:00", "2026-11-18 三 09:00")], "2026-11-21 六 00:00"),
    ("3 workdays", "2026-11-16 一 09:00", [("2026-11-17 二 10:00", "2026-11-20 五 09:00")], "2026-11-25 三 00:00"),
    # Stopped over a weekend costs nothing but the Friday it stopped on, which was its last day: Monday is given for it.
    ("4 workdays", "2026-11-16 一 09:00", [("2026-11-20 五 10:00", "2026-11-22 日 09:00")], "2026-11-24 二 00:00"),
    ("4 workdays", "2026-11-16 一 09:00", [("2026-11-20 五 10:00", "2026-11-23 一 09:00")], "2026-11-24 二 00:00"),
    ("60 minutes", "2026-11-16 一 09:00", [("2026-11-16 一 09:20", "2026-11-16 一 09:50")], "2026-11-16 一 10:30"),
    (
        "60 minutes",
        "2026-11-16 一 09:00",
        [("2026-11-16 一 09:10", "2026-11-16 一 09:20"), ("2026-11-16 一 10:00", "2026-11-16 一 11:00")],
        "2026-11-16 一 11:10",
    ),
    ("4 working_hours", "2026-11-20 五 15:00", [("2026-11-20 五 16:00", "2026-11-23 一 13:30")], "2026-11-23 一 16:30"),
    ("7 days", "2026-11-16 一 09:00", [("2026-11-18 三 10:00", "2026-11-21 六 10:00")], "2026-11-27 五 00:00"),
    # What is late stays late.
    ("60 minutes", "2026-11-16 一 09:00", [("2026-11-16 一 10:01", "2026-11-17 二 09:00")], "2026-11-16 一 10:00"),
]


@pytest.mark.parametrize(("limit", "start", "pauses", "due"), PAUSES)
def test_a_pause_gives_back_what_was_left(limit: str, start: str, pauses: list[tuple[str, str]], due: str) -> None:
    stretches = [Pause(local(since), local(until)) for since, until in pauses]
    assert deadline_with_pauses(local(start), Limit.parse(limit), stretches, CALENDAR) == local(due)


def test_while_it_stands_still_there_is_no_deadline() -> None:
    start = local("2026-11-16 一 09:00")
    assert deadline_with_pauses(start, Limit.parse("3 workdays"), [Pause(local("2026-11-17 二 09:00"))], CALENDAR) is None


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(local("2026-11-15 日 09:00"), local("2026-11-17 二 09:00"))],
        [Pause(local("2026-11-18 三 09:00"), local("2026-11-17 二 09:00"))],
        [
            Pause(local("2026-11-17 二 09:00"), local("2026-11-18 三 09:00")),
            Pause(local("2026-11-17 二 10:00"), local("2026-11-19 四 09:00")),
        ],
    ],
)
def test_pauses_out_of_order_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(InvalidInput) as caught:
        deadline_with_pauses(local("2026-11-16 一 09:00"), Limit.parse("5 workdays"), pauses, CALENDAR)
    assert caught.value.code == "clocks.bad_order"


def test_an_extension_begins_after_the_last_day_of_the_old_limit() -> None:
    due = deadline(local("2026-11-16 一 09:00"), Limit.parse("4 workdays"), CALENDAR)
    assert due == local("2026-11-21 六 00:00")
    assert extended(due, Limit.parse("1 workday"), CALENDAR) == local("2026-11-24 二 00:00")
    assert extended(due, Limit.parse("1 day"), CALENDAR) == local("2026-11-22 日 00:00")
    assert extended(due, Limit.parse("2 hours"), CALENDAR) == local("2026-11-21 六 02:00")


# clocks on an order -----------------------------------------------------------------------------------------------

HANDLE = ClockRule(
    "workorder.handle",
    "办理",
    Limit.parse("3 workdays"),
    "测试",
    warn_before=Limit.parse("24 hours"),
    pausable=True,
    extension=Limit.parse("10 workdays"),
)
SIGN = ClockRule("workorder.sign", "签收", Limit.parse("30 minutes"), "测试")


def test_a_clock_runs_warns_and_is_late_to_the_microsecond() -> None:
    clock = Clock(HANDLE, local("2026-11-16 一 09:00"))
    due = local("2026-11-20 五 00:00")
    assert clock.due(CALENDAR) == due
    assert clock.state(local("2026-11-16 一 09:00"), CALENDAR) is ClockState.RUNNING
    assert clock.state(due - timedelta(hours=24, seconds=1), CALENDAR) is ClockState.RUNNING
    assert clock.state(due - timedelta(hours=24), CALENDAR) is ClockState.WARNING
    assert clock.state(due, CALENDAR) is ClockState.WARNING
    assert clock.state(due + timedelta(microseconds=1), CALENDAR) is ClockState.OVERDUE
    assert clock.stop(due).state(due, CALENDAR) is ClockState.MET
    assert clock.stop(due + timedelta(microseconds=1)).state(due + timedelta(days=9), CALENDAR) is ClockState.MISSED


def test_several_clocks_run_beside_each_other_and_the_first_due_leads() -> None:
    start = local("2026-11-16 一 09:00")
    handle, sign = Clock(HANDLE, start), Clock(SIGN, start)
    assert most_pressing([handle, sign], CALENDAR) is sign
    assert most_pressing([handle, sign.stop(start + timedelta(minutes=3))], CALENDAR) is handle
    assert most_pressing([handle.pause(start + timedelta(hours=1))], CALENDAR) is None
    assert most_pressing([], CALENDAR) is None
    assert handle.due(CALENDAR) == local("2026-11-20 五 00:00"), "the other clock changed nothing"


def test_pause_resume_extend_and_stop_keep_to_the_rule() -> None:
    start = local("2026-11-16 一 09:00")
    clock = Clock(HANDLE, start)
    with pytest.raises(InvalidInput):
        clock.resume(start)
    with pytest.raises(InvalidInput):
        Clock(SIGN, start).pause(start)
    with pytest.raises(InvalidInput):
        Clock(SIGN, start).extend(Limit.parse("1 workday"))
    paused = clock.pause(local("2026-11-17 二 10:00"))
    assert paused.state(local("2026-11-30 一 10:00"), CALENDAR) is ClockState.PAUSED
    with pytest.raises(InvalidInput):
        paused.pause(local("2026-11-18 三 10:00"))
    running = paused.resume(local("2026-11-20 五 09:00"))
    assert running.due(CALENDAR) == local("2026-11-25 三 00:00")
    longer = running.extend(Limit.parse("6 workdays"))
    assert longer.due(CALENDAR) == local("2026-12-03 四 00:00")
    with pytest.raises(InvalidInput):
        longer.extend(Limit.parse("5 workdays"))
    with pytest.raises(InvalidInput):
        longer.extend(Limit.parse("1 day"))
    done = longer.stop(local("2026-11-26 四 10:00"))
    for act in (
        lambda: done.stop(start),
        lambda: done.pause(start),
        lambda: done.resume(start),
        lambda: done.extend(Limit.parse("1 workday")),
    ):
        with pytest.raises(InvalidInput) as caught:
            act()
        assert caught.value.code == "clocks.not_running"
    assert clock.pauses == (), "what was refused or done to a copy changed nothing"


def test_work_done_while_the_clock_stood_still_was_done_in_time() -> None:
    paused = Clock(HANDLE, local("2026-11-16 一 09:00")).pause(local("2026-11-17 二 10:00"))
    assert paused.stop(local("2026-12-01 二 10:00")).state(local("2026-12-02 三 10:00"), CALENDAR) is ClockState.MET


def test_a_changed_rule_or_category_moves_the_deadline_and_keeps_the_history() -> None:
    clock = Clock(HANDLE, local("2026-11-16 一 09:00")).pause(local("2026-11-17 二 10:00")).resume(local("2026-11-18 三 09:00"))
    slower = ClockRule("workorder.handle.complaint", "办理", Limit.parse("15 workdays"), "测试")
    assert clock.under(slower).due(CALENDAR) == local("2026-12-09 三 00:00")
    assert clock.under(slower).pauses == clock.pauses
    assert clock.due(CALENDAR) == local("2026-11-21 六 00:00")


def test_a_notice_that_declares_a_holiday_moves_what_reaches_it() -> None:
    start = local("2026-11-16 一 09:00")
    noticed = CityCalendar(CITY, CALENDAR.hours, {date(2026, 11, 18): False})
    assert Clock(HANDLE, start).due(noticed) == local("2026-11-21 六 00:00")


def test_working_days_between_counts_the_second_day_and_not_the_first() -> None:
    assert workdays_between(date(2026, 11, 20), date(2026, 11, 20), CALENDAR) == 0
    assert workdays_between(date(2026, 11, 20), date(2026, 11, 23), CALENDAR) == 1
    assert workdays_between(date(2026, 9, 30), date(2026, 10, 10), CALENDAR) == 3

"""What must hold for every start, limit and pause (Hypothesis)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.packs import CityCalendar
from liandong.domain.clocks import (
    Clock,
    ClockRule,
    ClockState,
    Limit,
    LimitUnit,
    Pause,
    deadline,
    deadline_with_pauses,
    extended,
    workdays_between,
)
from liandong.domain.clocks.calendar import local_day

CALENDAR = CityCalendar(ZoneInfo("Asia/Shanghai"), ((time(9), time(12)), (time(13), time(17))))
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")])
LIMITS = st.builds(Limit, st.integers(1, 30), st.sampled_from(LimitUnit))
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=20))


@given(STARTS, LIMITS, ZONES)
def test_the_zone_a_time_is_written_in_changes_nothing(start: datetime, limit: Limit, zone: ZoneInfo) -> None:
    assert deadline(start.astimezone(zone), limit, CALENDAR) == deadline(start, limit, CALENDAR)


@given(STARTS, LIMITS)
def test_a_deadline_lies_after_its_start_and_a_longer_limit_later(start: datetime, limit: Limit) -> None:
    due = deadline(start, limit, CALENDAR)
    assert due > start
    assert deadline(start, Limit(limit.amount + 1, limit.unit), CALENDAR) > due


@given(STARTS, st.timedeltas(timedelta(0), timedelta(days=30)), LIMITS)
def test_who_starts_later_is_never_due_earlier(start: datetime, later: timedelta, limit: Limit) -> None:
    assert deadline(start + later, limit, CALENDAR) >= deadline(start, limit, CALENDAR)


@given(STARTS, st.integers(1, 30))
def test_working_days_end_at_midnight_of_a_working_day_and_hold_as_many_as_they_say(start: datetime, amount: int) -> None:
    due = deadline(start, Limit(amount, LimitUnit.WORKDAYS), CALENDAR)
    last_day = local_day(due - timedelta(microseconds=1), CALENDAR)
    assert due.astimezone(CALENDAR.zone).time() == time(0)
    assert CALENDAR.is_workday(last_day)
    assert workdays_between(local_day(start, CALENDAR), last_day, CALENDAR) == amount


@given(STARTS, st.integers(1, 15), st.integers(1, 15))
def test_an_extension_of_working_days_is_the_same_as_a_longer_limit(start: datetime, first: int, more: int) -> None:
    due = deadline(start, Limit(first, LimitUnit.WORKDAYS), CALENDAR)
    assert extended(due, Limit(more, LimitUnit.WORKDAYS), CALENDAR) == deadline(start, Limit(first + more, LimitUnit.WORKDAYS), CALENDAR)


@given(STARTS, LIMITS, LENGTHS, LENGTHS)
def test_a_pause_never_makes_a_deadline_earlier_nor_moves_one_that_passed(
    start: datetime, limit: Limit, until_pause: timedelta, length: timedelta
) -> None:
    plain = deadline(start, limit, CALENDAR)
    since = start + until_pause
    due = deadline_with_pauses(start, limit, [Pause(since, since + length)], CALENDAR)
    assert due is not None
    if since >= plain:
        assert due == plain
    else:
        assert due >= plain


@given(STARTS, LIMITS, LENGTHS)
def test_a_pause_of_no_length_changes_nothing(start: datetime, limit: Limit, until_pause: timedelta) -> None:
    since = start + until_pause
    assert deadline_with_pauses(start, limit, [Pause(since, since)], CALENDAR) == deadline(start, limit, CALENDAR)


@given(STARTS, st.integers(1, 10_000), LENGTHS, LENGTHS)
def test_an_elapsed_clock_loses_exactly_the_time_it_stood_still(
    start: datetime, minutes: int, until_pause: timedelta, length: timedelta
) -> None:
    limit = Limit(minutes, LimitUnit.MINUTES)
    since = start + until_pause
    due = deadline_with_pauses(start, limit, [Pause(since, since + length)], CALENDAR)
    assert due == start + timedelta(minutes=minutes) + (length if until_pause < timedelta(minutes=minutes) else timedelta(0))


@given(STARTS, LIMITS, LENGTHS)
def test_a_clock_is_late_after_its_deadline_and_never_before(start: datetime, limit: Limit, later: timedelta) -> None:
    clock = Clock(ClockRule("workorder.handle", "办理", limit, "测试"), start)
    due = clock.due(CALENDAR)
    assert due is not None
    late = clock.state(start + later, CALENDAR) is ClockState.OVERDUE
    assert late == (start + later > due)
    assert (clock.stop(start + later).state(start, CALENDAR) is ClockState.MISSED) == late

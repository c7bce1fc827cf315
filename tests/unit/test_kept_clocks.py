"""The clocks of records as facts move them: every instant is given with its weekday, in the city's time and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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
    overtaken,
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


def test_what_was_acted_on_before_a_report_is_acted_on_anew_when_it_is_turned_back() -> None:
    done = play("workorder", ("OrderReceived", "2026-11-24 周二 09:00"), ("OrderDispatched", "2026-11-24 周二 09:00"))
    late = [replace(each, warned_at=local("2026-12-01 周二 09:00"), fired_at=local("2026-12-02 周三 00:01")) if each.step == "handle" else each for each in done]
    reported = keep(late, "workorder", "WorkReported", local("2026-12-02 周三 10:00"), {}, BOOK)
    back = open_clock(keep(reported, "workorder", "ReportTurnedBack", local("2026-12-02 周三 11:00"), {}, BOOK), "handle")
    assert back is not None
    assert back.next_at(PACK.calendar) == back.due(PACK.calendar), "it is overdue and rings at once"


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


@pytest.mark.parametrize(("urgent", "running", "until"), [(False, "way", "11月24日09:32"), (True, "arrive", "11月24日09:05")])
def test_officers_on_their_way_are_waited_for_in_calm_too(urgent: bool, running: str, until: str) -> None:
    """Signed or not: before, nobody's clock ran in calm from the departure until somebody arrived."""
    for signed in ((), (("OrderSigned", "2026-11-24 周二 09:01"),)):
        facts = (("AlarmTaken", "2026-11-24 周二 09:00"), ("UnitOrdered", "2026-11-24 周二 09:00"), *signed, ("OfficersDeparted", "2026-11-24 周二 09:02"))
        clocks = play("alarm", *facts, data={"urgent": urgent})
        assert [each.step for each in clocks if each.outcome == Outcome.OPEN] == [running]
        assert due(clocks, running) == until
        after = play("alarm", *facts, ("OfficersArrived", "2026-11-24 周二 09:10"), data={"urgent": urgent})
        assert [each.step for each in after if each.outcome == Outcome.OPEN] == ["handle"]


def test_who_takes_over_is_not_late_by_the_departure_of_another_unit() -> None:
    facts = (("UnitOrdered", "2026-11-24 周二 09:00"), ("OfficersDeparted", "2026-11-24 周二 09:02"), ("UnitRedirected", "2026-11-24 周二 09:20"))
    clocks = play("alarm", *facts)
    assert [each.step for each in clocks if each.outcome == Outcome.OPEN] == ["sign"]
    assert due(play("alarm", *facts, ("OfficersDeparted", "2026-11-24 周二 09:21")), "way") == "11月24日09:51"


def test_who_takes_over_sets_out_from_his_own_signature() -> None:
    facts = (("UnitOrdered", "2026-11-24 周二 09:00"), ("OrderSigned", "2026-11-24 周二 09:01"), ("UnitRedirected", "2026-11-24 周二 09:03"))
    assert [each.step for each in play("alarm", *facts) if each.outcome == Outcome.OPEN] == ["sign"]
    assert due(play("alarm", *facts, ("OrderSigned", "2026-11-24 周二 09:04")), "depart") == "11月24日09:09"


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


# --- the clocks of assistants -------------------------------------------------------------------------------------------


def parted(*facts: tuple[str, str, Mapping[str, str]], machine: str = "workorder", book: Rulebook = BOOK, **data: Any) -> tuple[KeptClock, ...]:
    """Return the clocks after facts, each a name, a time in words, and where every part stands after it."""
    clocks: tuple[KeptClock, ...] = ()
    for name, at, states in facts:
        after = {**data, "parts": {code: {"state": state} for code, state in states.items()}, "assistants": sorted(states)}
        clocks = keep(clocks, machine, name, local(at), after, book)
    return clocks


def part(clocks: tuple[KeptClock, ...], step: str, code: str) -> KeptClock:
    """Return the newest clock of a part."""
    return max((each for each in clocks if (each.step, each.assistant) == (step, code)), key=lambda each: each.round)


def part_due(clocks: tuple[KeptClock, ...], step: str, code: str) -> str:
    found = part(clocks, step, code)
    at = found.due(PACK.calendar)
    assert found.outcome == Outcome.OPEN
    assert at is not None, "it stands still"
    return in_words(at, PACK.calendar)


MONDAY = "2026-11-23 周一 09:00"
SENT = ("OrderDispatched", MONDAY, {"hb": "called", "wj": "called"})


@pytest.mark.parametrize(("kind", "wanted"), [("咨询", "11月25日24:00"), ("投诉举报", "12月14日24:00"), ("", "11月30日24:00")])
def test_each_assistant_has_its_own_clocks_with_the_limit_of_the_orders_class(kind: str, wanted: str) -> None:
    clocks = parted(SENT, kind=kind)
    for code in ("hb", "wj"):
        assert part_due(clocks, "part_sign", code) == "11月23日14:45"
        assert part_due(clocks, "part_report", code) == wanted == due(clocks, "handle")
        assert part(clocks, "part_report", code).rule.source, "nothing is owed without a source"
    assert len({each.key for each in clocks}) == len(clocks), "a record's clocks are told apart by step and round"


def test_an_assistant_called_later_counts_from_its_own_call() -> None:
    clocks = parted(SENT, ("AssistantsCalled", "2026-11-25 周三 10:00", {"hb": "called", "wj": "called", "zf": "called"}))
    assert part_due(clocks, "part_report", "zf") == "12月2日24:00"
    assert part_due(clocks, "part_report", "hb") == "11月30日24:00", "whoever was called before keeps the time it had"


def test_signing_and_reporting_stop_the_clocks_of_that_part_and_no_others() -> None:
    signed = parted(SENT, ("PartSigned", "2026-11-23 周一 10:00", {"hb": "signed", "wj": "called"}))
    assert (part(signed, "part_sign", "hb").outcome, part(signed, "part_sign", "wj").outcome) == (Outcome.DONE, Outcome.OPEN)
    done = keep(signed, "workorder", "PartReported", local("2026-11-24 周二 10:00"), {"parts": {"hb": {"state": "reported"}, "wj": {"state": "called"}}}, BOOK)
    assert (part(done, "part_report", "hb").outcome, part(done, "part_report", "wj").outcome) == (Outcome.DONE, Outcome.OPEN)
    assert open_clock(done, "handle") is not None, "the lead's runs on"


@pytest.mark.parametrize("states", [{"wj": "called"}, {"hb": "lapsed", "wj": "called"}])
def test_who_left_or_lapsed_owes_nothing_and_who_is_called_again_begins_anew(states: Mapping[str, str]) -> None:
    left = parted(SENT, ("PartDeclined", "2026-11-23 周一 10:00", states))
    assert [each.outcome for each in left if each.assistant == "hb"] == [Outcome.VOID, Outcome.VOID]
    again = keep(left, "workorder", "AssistantsCalled", local("2026-11-24 周二 09:00"), {"parts": {code: {"state": "called"} for code in ("hb", "wj")}}, BOOK)
    assert part_due(again, "part_report", "hb") == "12月1日24:00"
    assert part_due(again, "part_report", "wj") == "11月30日24:00"


def test_a_part_turned_back_goes_on_with_its_old_deadline_and_a_part_called_anew_does_not() -> None:
    reported = [SENT, ("PartReported", "2026-11-24 周二 10:00", {"hb": "reported", "wj": "called"})]
    turned = parted(*reported, ("PartTurnedBack", "2026-11-26 周四 10:00", {"hb": "signed", "wj": "called"}))
    assert part_due(turned, "part_report", "hb") == "11月30日24:00"
    assert [each.round for each in turned if (each.step, each.assistant) == ("part_report", "hb")] == [1]
    again = parted(*reported, ("OrderDispatched", "2026-11-26 周四 10:00", {"hb": "called", "wj": "called"}))
    assert part_due(again, "part_report", "hb") == "12月3日24:00"


def test_what_holds_or_lengthens_the_order_holds_and_lengthens_its_parts() -> None:
    both = {"hb": "signed", "wj": "signed"}
    held = parted(SENT, ("OrderSuspended", "2026-11-24 周二 10:00", both))
    assert {each.due(PACK.calendar) for each in held if each.step == "part_report"} == {None}
    after = {"parts": {code: {"state": "signed"} for code in both}, "days": 3}
    goes_on = keep(held, "workorder", "OrderResumed", local("2026-12-07 周一 10:00"), after, BOOK)
    assert part_due(goes_on, "part_report", "hb") == due(goes_on, "handle") == "12月11日24:00"
    more = keep(goes_on, "workorder", "ExtensionGranted", local("2026-12-08 周二 10:00"), after, BOOK)
    assert part_due(more, "part_report", "wj") == due(more, "handle") == "12月16日24:00"


def test_a_pack_may_set_a_limit_for_parts_and_what_it_leaves_out_keeps_the_leads() -> None:
    own = ClockRule("workorder.part_report.request", "求助类协办", Limit.parse("1 workday"), "本包设定", applies="求助")
    book = Rulebook((*PACK.clocks, own), PACK.calendar)
    assert part_due(parted(SENT, book=book, kind="求助"), "part_report", "hb") == "11月24日24:00"
    assert part_due(parted(SENT, book=book, kind="咨询"), "part_report", "hb") == "11月25日24:00", "nobody is left without a clock"


def test_parts_are_retimed_with_the_order_when_a_rule_changes_or_its_item_is_corrected() -> None:
    clocks = parted(SENT, kind="咨询")
    moved = retimed(clocks, {"kind": "投诉举报"}, BOOK, local(MONDAY))
    assert part_due(moved, "part_report", "hb") == "12月14日24:00"


def test_assistants_at_danger_owe_their_arrival_too_and_whoever_arrives_has_signed() -> None:
    calm = parted(("UnitOrdered", MONDAY, {"hb": "called"}), machine="alarm")
    assert {each.step for each in calm if each.assistant} == {"part_sign", "part_report"}
    danger = parted(("UnitOrdered", MONDAY, {"hb": "called"}), machine="alarm", urgent=True)
    assert part_due(danger, "part_arrive", "hb") == "11月23日09:05"
    there = keep(danger, "alarm", "PartReached", local("2026-11-23 周一 09:04"), {"urgent": True, "parts": {"hb": {"state": "arrived"}}}, BOOK)
    assert {each.step: each.outcome for each in there if each.assistant} == {"part_sign": Outcome.DONE, "part_arrive": Outcome.DONE, "part_report": Outcome.OPEN}
    back = keep(there, "alarm", "PartTurnedBack", local("2026-11-23 周一 09:30"), {"urgent": True, "parts": {"hb": {"state": "signed"}}}, BOOK)
    assert [each.step for each in back if each.assistant and each.outcome == Outcome.OPEN] == ["part_report"], "it has been there"


@pytest.mark.parametrize("crossing", ["HandoverWithdrawn", "HandoverReturned", "NegotiationLapsed", "NegotiationSettledForSender"])
def test_what_was_overtaken_on_the_wire_moves_no_clock(crossing: str) -> None:
    """The receiver has taken it; what the sender did before it knew is written down, and the report is waited for as before."""
    assert overtaken("handover", crossing, "accepted", "accepted") and not overtaken("handover", crossing, "offered", "withdrawn")
    assert not overtaken("workorder", "WorkReported", "reported", "reported") and not overtaken("handover", "HandoverChased", "offered", "offered")

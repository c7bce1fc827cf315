"""The published errors: what counts as decided, confusion, reliability, shares."""

from __future__ import annotations

import pytest

from liandong.domain.triage.error_table import Judged, calibration_error, confusion, decided_side, reliability, shares


@pytest.mark.parametrize(
    ("phase", "happened", "corrected", "decided"),
    [
        ("kept", {"AppealKept": 1}, "", "police"),
        ("handed", {"AppealHandedOver": 1}, "", "hotline"),
        ("shared", {"AppealShared": 1}, "", "joint"),
        ("guided", {"AppealGuided": 1}, "", "neither"),
        ("kept", {"AppealKept": 1}, "joint", "joint"),
        ("taken", {}, "", ""),
        ("joined", {"AppealJoined": 1}, "", ""),
        ("closed", {"AppealJoined": 1}, "", ""),
        ("closed", {"AppealHandedOver": 1}, "", "hotline"),
        ("closed", {"AppealHandedOver": 1, "AppealTakenBack": 1, "AppealKept": 1}, "", "police"),
    ],
)
def test_a_correction_weighs_more_than_the_course_and_the_course_more_than_nothing(phase: str, happened: dict[str, object], corrected: str, decided: str) -> None:
    assert decided_side("police", phase, happened, corrected) == decided


def row(side: str, confidence: float, decided: str, item: str = "H1", decided_item: str = "H1", division: str = "") -> Judged:
    return Judged("1", side, item, confidence, decided, decided_item, division)


def test_confusion_counts_decided_against_judged() -> None:
    rows = [row("police", 0.9, "hotline"), row("police", 0.9, "hotline"), row("hotline", 0.9, "hotline", "H2")]
    assert confusion(rows) == {("hotline", "police"): 2, ("hotline", "hotline"): 1}
    assert confusion(rows, "item") == {("H1", "H1"): 2, ("H1", "H2"): 1}


def test_reliability_is_perfect_where_the_share_right_is_what_was_stated_and_unclear_is_left_out() -> None:
    rows = [row("police", 0.75, "police")] * 3 + [row("police", 0.75, "hotline")] + [row("unclear", 0.1, "hotline")]
    bins = reliability(rows)
    assert [each.count for each in bins] == [0, 0, 0, 0, 0, 0, 0, 4, 0, 0]
    assert calibration_error(bins) == pytest.approx(0)
    assert calibration_error(reliability([row("police", 1.0, "hotline")])) == pytest.approx(1)
    assert calibration_error(reliability([])) is None


def test_shares_are_by_class_and_by_the_first_six_digits_of_the_division() -> None:
    rows = [row("hotline", 0.9, "hotline", decided_item="H1.2", division="320507001"), row("police", 0.9, "hotline", division="320507")]
    assert shares(rows, "class") == [("H1", 2, 1, 0)]
    assert shares(rows, "division") == [("320507", 2, 1, 0)]

"""The protocol of handovers and calls, exhaustively: whatever two ends do and however their messages cross; see ``tests/models``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from liandong.domain.calls.call import CALL
from liandong.domain.handovers.handover import HANDOVER
from tests.models.page import page
from tests.models.page import results as explored
from tests.models.two_ends import CallModel, HandoverModel, Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "handover-model.md"


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return explored()


def test_no_act_is_lost_no_matter_has_two_owners_and_everything_can_end(results: list[Result]) -> None:
    assert [fault for each in results for fault in each.faults] == []
    assert all(each.states > 10_000 for each in results[:2])
    assert results[0].phases == {"offered", "accepted", "reported", "confirmed", "objected", "negotiating", "returned", "withdrawn", "kept_by_first"}


def test_a_call_comes_to_every_end_and_to_the_same_one_on_both_sides(results: list[Result]) -> None:
    assert results[2].states > 100
    assert results[2].phases == {"offered", "connected", "taken", "ended", "refused", "unanswered", "failed", "cancelled"}


@pytest.mark.parametrize(("state", "fact"), [("unanswered", "CallJoined"), ("connected", "CallUnanswered"), ("cancelled", "MatterTakenInCall"), ("taken", "CallFailed")])
def test_a_call_table_without_a_row_for_what_crosses_is_found_out(state: str, fact: str) -> None:
    rows = tuple(replace(row, fact="NeverHappens") if (row.state, row.fact) == (state, fact) and not row.who else row for row in CALL.rows)
    found = CallModel(2, replace(CALL, rows=rows)).explore()
    assert any(f"refuses {fact}" in each for each in found.faults), found.faults


def test_a_call_that_is_given_up_here_and_goes_on_there_is_found_out() -> None:
    rows = tuple(replace(row, to="=") if (row.state, row.fact) == ("connected", "CallUnanswered") else row for row in CALL.rows)
    found = CallModel(2, replace(CALL, rows=rows)).explore()
    assert any("the ends differ" in each for each in found.faults), found.faults


def test_the_page_says_what_was_found(results: list[Result]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(results), "Run `make docs` and commit docs/reference."


@pytest.mark.parametrize(
    ("state", "fact", "words"),
    [
        ("withdrawn", "HandoverAccepted", "refuses HandoverAccepted"),
        ("accepted", "HandoverWithdrawn", "refuses HandoverWithdrawn"),
        ("objected", "HandoverReturned", "refuses HandoverReturned"),
    ],
)
def test_a_table_without_a_row_for_what_crosses_is_found_out(state: str, fact: str, words: str) -> None:
    rows = tuple(
        replace(row, fact="NeverHappens") if (row.state, row.fact) == (state, fact) and not row.who else row
        for row in HANDOVER.rows
        if not (state == "objected" and (row.state, row.fact) == ("accepted", fact))
    )
    found = HandoverModel(2, False, replace(HANDOVER, rows=rows)).explore()
    assert any(words in each for each in found.faults), found.faults


def test_a_crossing_row_that_leads_elsewhere_is_found_out() -> None:
    rows = tuple(replace(row, to="=") if (row.state, row.fact) == ("withdrawn", "HandoverAccepted") else row for row in HANDOVER.rows)
    found = HandoverModel(2, False, replace(HANDOVER, rows=rows)).explore()
    assert any("the ends differ" in each for each in found.faults), found.faults


def test_a_state_nobody_can_leave_is_found_out() -> None:
    rows = tuple(row for row in HANDOVER.rows if row.state != "negotiating" or row.to == "=")
    found = HandoverModel(2, False, replace(HANDOVER, rows=rows)).explore()
    assert any("can never end" in each or "refuses" in each for each in found.faults), found.faults

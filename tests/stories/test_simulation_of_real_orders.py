"""A slice of a real quarter in simulated time: every row becomes an order or an answer, and the figures add up."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from liandong.cli import cli

QUARTER = Path(os.environ.get("LIANDONG_DATA", "../shared/data")) / "haikou_closedloop.csv.gz"
SLICE = 300


@pytest.mark.skipif(not QUARTER.exists(), reason=f"the real orders are not here ({QUARTER}); set LIANDONG_DATA to where they are")
def test_real_orders_end_with_figures_by_unit_that_add_up() -> None:
    said = CliRunner().invoke(cli, ["simulate", str(QUARTER), "--limit", str(SLICE), "--json"], catch_exceptions=False).output
    summary = json.loads(said)
    assert (summary["rows"], summary["taken"], summary["refused_at_intake"], summary["not_playable"]) == (SLICE, SLICE, {}, {})
    assert sum(summary["placed"].values()) == SLICE
    total, units = summary["total"], summary["units"]
    assert {name: sum(each[name] for each in units.values()) for name in total} == total
    assert total["orders"] == total["on_time"] + total["late"] + total["no_limit"] + total["end_not_recorded"]
    # A row that is guided gets no order; one that both sides share has two.
    assert total["orders"] == SLICE - summary["placed"].get("guided", 0) + summary["placed"].get("shared", 0)
    assert summary["handovers"]["offered"] == summary["handovers"]["accepted"] > SLICE // 10
    # The file tells of no refusal, question or return: none is made up.
    assert all(total[name] == 0 for name in ("refused", "asked", "supplied", "returned", "reopened"))
    assert total["sent_in_time"] > total["sent_late"]

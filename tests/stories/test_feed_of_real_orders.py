"""A real quarter of a real city through both nodes: each row ends in one state, both sides agree, nothing waits."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.city import City, running_city
from tests.feeding import held_against_each_other, real_rows

pytestmark = [pytest.mark.nodes, pytest.mark.slow]

DATA = Path(os.environ.get("LIANDONG_DATA", "../shared/data"))
QUARTER = DATA / "haikou_closedloop.csv.gz"
#: Of them: the whole quarter with ``LIANDONG_FEED_ROWS=2487``, about two minutes.
ROWS = int(os.environ.get("LIANDONG_FEED_ROWS", "450"))
PART = 100


def _fed(city: City, file: Path, *options: str) -> dict[str, int]:
    said = city.cli("police", "feed", str(file), "--json", *options, seconds=280)
    assert len(said.stdout.splitlines()) == 1, "one object and nothing else"
    summary: dict[str, int] = json.loads(said.stdout)
    return summary


@pytest.mark.timeout(600)
@pytest.mark.skipif(not QUARTER.exists(), reason=f"the real orders are not here ({QUARTER}); set LIANDONG_DATA to where they are")
def test_every_order_of_a_real_quarter_ends_in_exactly_one_state_on_both_sides() -> None:
    keys = [str(each["key"]) for each in real_rows(QUARTER)][:ROWS]
    assert len(keys) == len(set(keys)) == ROWS
    with running_city() as city:
        # Broken off after a part, then fed whole: what was taken is found again, nothing is written twice.
        part = _fed(city, QUARTER, "--limit", str(PART))
        assert (part["taken"], part["again"], part["lost"], part["doubled"], part["waiting"]) == (PART, 0, 0, 0, 0)
        whole = _fed(city, QUARTER, "--limit", str(ROWS))
        assert (whole["rows"], whole["taken"], whole["again"], whole["refused"]) == (ROWS, ROWS, PART, 0)
        assert (whole["lost"], whole["doubled"], whole["waiting"]) == (0, 0, 0)
        assert sum(whole[side] for side in ("police", "hotline", "joint", "neither", "unclear")) == ROWS
        assert whole["handed_over"] == whole["accepted"] > 0
        states = held_against_each_other(city, keys)
    assert dict(states) == whole["states"]
    assert sum(states.values()) == ROWS
    assert set(states) <= {"kept", "handed", "shared", "guided"}

"""The chaos run, short: one city whose nodes are joined by each transport in turn while everything breaks around them."""

from __future__ import annotations

import pytest

from tests.chaos.cables import CABLES
from tests.chaos.trial import EVERY, run

pytestmark = [pytest.mark.nodes, pytest.mark.slow]

#: No more is offered after that, so that the trial ends within three minutes on a machine that is slow, too.
SECONDS = 22.0
GRAVE = ("kill_web", "kill_worker", "part", "kill_backend", "rotate", "kill_database")


@pytest.mark.timeout(900)
def test_nothing_is_lost_doubled_or_out_of_order_over_each_transport_in_turn() -> None:
    summary = run(EVERY, 4000, 5, every_seconds=0.8, partition_seconds=2.5, share=0.15, seconds=SECONDS, turn=4, file_share=0.1)
    assert summary["good"], summary
    assert (summary["lost"], summary["doubled"], summary["out_of_order"], summary["apart"]) == (0, 0, 0, 0)
    assert summary["handovers"] > 0
    assert summary["done"]["change_cable"] == len(CABLES) - 1
    assert all(summary["done"].get(each) for each in GRAVE), summary["done"]
    assert all(summary["crossed"].get(each) for each in CABLES), summary["crossed"]

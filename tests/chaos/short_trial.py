"""The chaos run, short: a few dozen handovers on each transport while everything breaks around them."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import run
from tests.chaos.cables import CABLES

pytestmark = [pytest.mark.nodes, pytest.mark.slow]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("transport", sorted(CABLES))
def test_nothing_is_lost_doubled_or_out_of_order(transport: str) -> None:
    summary = run(transport, 40, 5, every_seconds=4.0, partition_seconds=6.0)
    assert summary["good"], summary
    assert (summary["handovers"], summary["lost"], summary["doubled"], summary["out_of_order"], summary["apart"]) == (40, 0, 0, 0, 0)
    assert summary["done"]["part"] == summary["done"]["rotate"] == 1

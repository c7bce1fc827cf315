"""A rising return rate is seen, and a few returns are no tide."""

from __future__ import annotations

import pytest

from liandong.domain.handovers.return_rate import ReturnRate


@pytest.mark.parametrize(
    ("counts", "rising"),
    [
        ((100, 20, 400, 20), True),
        ((100, 9, 400, 20), False),
        ((100, 10, 400, 20), True),
        ((100, 4, 400, 0), False),
        ((100, 5, 400, 0), True),
        ((100, 60, 400, 200), False),
        ((100, 75, 400, 200), True),
        ((0, 9, 400, 0), False),
        ((20, 5, 0, 0), True),
        ((0, 0, 0, 0), False),
    ],
)
def test_the_rate_rises_when_it_is_half_again_as_high_and_five_points_above(counts: tuple[int, int, int, int], rising: bool) -> None:
    assert ReturnRate(*counts).rising is rising

"""What is counted of a peer: rates of five minutes, faults, how far its clock is ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from liandong.adapters.postgres.peer_watch import LATELY, _Figures
from liandong.adapters.transports.relay import clock_ahead

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "took_seconds", "ahead"),
    [
        ("2026-11-24T08:00:00.050Z", 0.1, 0.0),
        ("2026-11-24T09:00:00.050Z", 0.1, 3600.0),
        ("2026-11-24T07:00:00.050Z", 0.1, -3600.0),
        ("2026-11-24T08:00:09Z", 20.0, 0.0),
        ("2026-11-24T08:00:30Z", 20.0, 20.0),
        ("", 0.1, None),
        ("yesterday", 0.1, None),
        ("2026-11-24T08:00:00", 0.1, None),
    ],
)
def test_a_difference_counts_only_beyond_half_the_way_there_and_back(said: str, took_seconds: float, ahead: float | None) -> None:
    found = clock_ahead(said, AT, AT + timedelta(seconds=took_seconds))
    assert found == (None if ahead is None else pytest.approx(ahead, abs=1))


def test_lately_forgets_what_is_older_than_its_window_and_stays_short() -> None:
    figures = _Figures()
    for tenth in range(10_000):
        figures.count(AT + timedelta(seconds=tenth / 10), 2, 1, 0)
    told = figures.told()
    assert told["sent"] == 20_000
    assert len(figures.lately) <= LATELY.total_seconds() + 2
    assert told["sent_lately"] == pytest.approx(2 * 10 * LATELY.total_seconds(), rel=0.02)
    assert told["faults_lately"] == pytest.approx(10 * LATELY.total_seconds(), rel=0.02)


def test_what_is_counted_while_the_database_is_away_is_not_lost() -> None:
    figures = _Figures()
    figures.count(AT, 3, 0, 0)
    told = figures.told()
    figures.count(AT, 2, 0, 1)
    figures.written(told)
    assert (figures.told()["sent"], figures.told()["failures"]) == (2, 1)
    assert figures.waits

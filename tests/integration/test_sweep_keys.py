"""Look-up keys go when nothing looks back so far, and no sooner; walking the table in many stretches misses none."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.conftest import Node

pytestmark = pytest.mark.nodes

#: Keys of this test: no appeal has negative ones.
FILL = "INSERT INTO repeat_key (key, at, appeal) SELECT -%s - n, %s, gen_random_uuid() FROM generate_series(1, %s) AS n"


def _fill(node: Node, mark: int, at: datetime, count: int) -> None:
    node.raw(FILL, mark, at, count)


def _left(node: Node, mark: int, count: int) -> int:
    return int(node.raw("SELECT count(*) FROM repeat_key WHERE key < -%s AND key >= -%s - %s", mark, mark, count)[0][0])


def test_only_keys_older_than_anything_looks_back_are_taken_out_page_by_page(node: Node) -> None:
    from liandong.adapters.jobs.repeats import kept_since, sweep_keys

    now = datetime.now(UTC)
    since = kept_since(node.world.desk.switches, now)
    assert since <= now - timedelta(days=31)
    _fill(node, 1_000_000, since - timedelta(seconds=1), 3000)
    _fill(node, 2_000_000, since + timedelta(minutes=1), 3000)
    assert sweep_keys(since, threading.Event(), pages=2, rest_seconds=0) >= 3000
    assert _left(node, 1_000_000, 3000) == 0
    assert _left(node, 2_000_000, 3000) == 3000


def test_a_pack_that_looks_back_longer_keeps_longer(node: Node) -> None:
    from liandong.adapters.jobs.repeats import kept_since

    now = datetime.now(UTC)
    assert kept_since({"repeat_days": 5, "whistle_days": 90}, now) == now - timedelta(days=91)
    assert kept_since({"repeat_days": 1, "whistle_days": 1, "abusive_hours": 72}, now) == now - timedelta(days=4)


def test_it_is_done_once_a_day_and_an_interrupted_one_again(node: Node) -> None:
    from liandong.adapters.jobs.repeats import DailySweep

    sweep, stopped = DailySweep(node.world), threading.Event()
    stopped.set()
    assert sweep(stopped) is not None
    old = datetime.now(UTC) - timedelta(days=400)
    _fill(node, 3_000_000, old, 10)
    assert sweep(threading.Event()) is not None
    assert _left(node, 3_000_000, 10) == 0
    _fill(node, 3_000_000, old, 10)
    assert sweep(threading.Event()) is None, "not twice a day"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    sweep._world = replace(node.world, clock=type("Clock", (), {"now": staticmethod(lambda: tomorrow)})())
    assert sweep(threading.Event()) is not None
    assert _left(node, 3_000_000, 10) == 0

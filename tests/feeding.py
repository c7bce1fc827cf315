"""Feeding a running city in a test, and asking both databases, not the program, what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from liandong.adapters.feed.presets import PRESETS, mapping_of
from liandong.adapters.feed.rows import appeal_of, columns_of, digest_of, read_rows
from liandong.adapters.feed.run import FeedNode, FeedReport, run_feed
from tests.city import City

__all__ = ["feed", "held_against_each_other", "real_rows"]

#: What stands on both nodes for each handover.
HANDOVERS = "SELECT id::text, phase, number FROM stream WHERE kind = 'handover'"
#: Facts of handovers by node: every one that both have to hold.
FACTS = "SELECT stream::text, count(*) FROM journal WHERE kind = 'handover' GROUP BY stream"
UNDER_WAY = "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL) + (SELECT count(*) FROM inbox WHERE state = 'quarantined')"
DOUBLED = """
SELECT appeal::text FROM stream WHERE kind IN ('alarm', 'workorder') AND phase NOT IN ('cancelled', 'withdrawn')
GROUP BY appeal HAVING count(*) > 1"""


def feed(city: City, rows: Iterable[dict[str, Any]], progress: Callable[[int], None] = lambda done: None) -> FeedReport:
    """Tell rows to both nodes in turn, and return the report."""
    nodes = tuple(FeedNode(name, name, city.url(name), city.api(name, role).token) for name, role in (("police", "call_taker"), ("hotline", "agent")))
    return asyncio.run(run_feed(iter(rows), (nodes[0], nodes[1]), first_node=lambda number: number % 2, progress=progress))


def real_rows(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a file with a preset as the feed tells them, each with its key."""
    preset = next(name for name in PRESETS if name in file.name)
    mapping, digest = mapping_of(columns_of(file), preset), digest_of(file)
    return [dict(appeal_of(row, number, mapping, digest)) for number, row in enumerate(read_rows(file), 1)]


def held_against_each_other(city: City, keys: list[str]) -> Counter[str]:
    """Assert that both nodes tell one story about a feed; return how many appeals of it stand in which state.

    Every key is one appeal on one node; every handover is on both, in one state, under one number, with as many facts; no appeal has
    two orders; nothing is under way; both journals verify.
    """
    found: Counter[str] = Counter()
    states: Counter[str] = Counter()
    handovers, facts = {}, {}
    for node in ("police", "hotline"):
        with city.database(node) as database:
            for key, phase in database.execute("SELECT key, phase FROM stream WHERE kind = 'appeal' AND key = ANY(%s)", [keys]).fetchall():
                found[key] += 1
                states[phase] += 1
            handovers[node] = sorted(database.execute(HANDOVERS).fetchall())
            facts[node] = dict(database.execute(FACTS).fetchall())
            assert database.execute(UNDER_WAY).fetchone() == (0,), f"something is under way at {node}"
            assert database.execute(DOUBLED).fetchall() == [], f"an appeal has two orders at {node}"
    assert [key for key in keys if found[key] != 1] == [], "each row is one appeal on one node"
    assert handovers["police"] == handovers["hotline"]
    assert facts["police"] == facts["hotline"]
    assert [city.verified(node)["breaks"] for node in ("police", "hotline")] == [[], []]
    return states

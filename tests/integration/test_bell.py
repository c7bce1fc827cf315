"""News after the commit: what was committed is told, what was rolled back is not, a broken line is mended, a child of a fork has its own voice."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from liandong.adapters.postgres.ids import uuid7
from liandong.domain.errors import CommandRefused
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

SECONDS = 10.0


@pytest.fixture
def ear(node: Node) -> Iterator[psycopg.Connection[Any]]:
    """A connection that hears what changed."""
    from liandong.adapters.postgres.bell import bell, own_link

    bell.flush(SECONDS)
    with psycopg.connect(**own_link(), autocommit=True) as link:
        link.execute("LISTEN liandong_changed")
        link.execute("LISTEN liandong_outbox")
        yield link


def until(ear: psycopg.Connection[Any], wanted: str) -> list[str]:
    """Return what is heard up to a notice with these words; everything where it does not come."""
    found = []
    for each in ear.notifies(timeout=SECONDS):
        found.append(each.payload)
        if wanted in each.payload:
            break
    return found


def test_what_was_committed_is_told(node: Node, ear: psycopg.Connection[Any]) -> None:
    appeal = node.take(f"路灯不亮 {uuid7()}")
    told = json.loads(until(ear, appeal.id)[-1])
    assert (told["kind"], told["phase"], told["seq"]) == ("appeal", "taken", 1)
    assert set(told) <= {"id", "kind", "number", "phase", "appeal", "unit", "units", "seq"}, "ids and states, nothing a citizen said"


def test_what_was_rolled_back_is_not_told(node: Node, ear: psycopg.Connection[Any]) -> None:
    from liandong.adapters.postgres.bell import bell

    with pytest.raises(CommandRefused):
        node.take("")
    bell.ring([("liandong_outbox", "over")])
    assert until(ear, "over") == ["over"]


def test_a_broken_line_is_mended(node: Node, ear: psycopg.Connection[Any]) -> None:
    from liandong.adapters.postgres.bell import Bell

    own = Bell()
    own.ring([("liandong_outbox", "first")])
    own.flush(SECONDS)
    # Whoever says this at the moment is thrown out by the server.
    ear.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%AS told(channel, payload)%' AND pid <> pg_backend_pid()")
    own.ring([("liandong_outbox", "second")])
    assert until(ear, "second")[-1] == "second"


def test_many_rings_at_once_all_arrive(node: Node, ear: psycopg.Connection[Any]) -> None:
    from liandong.adapters.postgres.bell import bell

    names = [f"peer {number}" for number in range(400)]
    threads = [threading.Thread(target=bell.ring, args=([("liandong_outbox", name) for name in names[start::4]],)) for start in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found: set[str] = set()
    for each in ear.notifies(timeout=SECONDS):
        found.add(each.payload)
        if found >= set(names):
            return
    pytest.fail(f"{len(set(names) - found)} were not told")


def test_the_child_of_a_fork_tells_by_itself(node: Node, ear: psycopg.Connection[Any]) -> None:
    from liandong.adapters.postgres.bell import bell

    bell.ring([("liandong_outbox", "parent")])
    bell.flush(SECONDS)
    child = os.fork()
    if child == 0:
        try:
            bell.ring([("liandong_outbox", "child")])
            bell.flush(SECONDS)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert until(ear, "child")[-1] == "child"

"""``liandong journal verify`` names the record and the entry, whatever somebody changed by hand in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from liandong.domain.journal.facts import StreamKind
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


@contextmanager
def by_hand(node: Node, stream: str, statement: str) -> Iterator[None]:
    """Change something at the database as its owner could, and put it right again."""
    with psycopg.connect(node.settings.database, autocommit=True) as connection:
        rows = connection.execute("SELECT to_jsonb(t)::text FROM stream t WHERE id = %s", [stream]).fetchall()
        entries = connection.execute("SELECT to_jsonb(t)::text FROM journal t WHERE stream = %s ORDER BY seq", [stream]).fetchall()
        connection.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        try:
            connection.execute(statement.encode(), {"id": stream})
            yield
        finally:
            connection.execute("DELETE FROM journal WHERE stream = %s", [stream])
            connection.execute("DELETE FROM stream WHERE id = %s", [stream])
            for table, kept in (("stream", rows), ("journal", entries)):
                for (row,) in kept:
                    connection.execute(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)".encode(), [row])
            connection.execute("ALTER TABLE journal ENABLE TRIGGER USER")


def found(node: Node, stream: str) -> list[tuple[str, int, str]]:
    """Return (number, entry, reason) of what the proof says about a record."""
    from liandong.adapters.postgres.verify import verify_journal

    return [(number, each.seq, each.reason) for number, each in verify_journal().breaks if each.stream == stream]


@pytest.fixture
def handover(node: Node) -> str:
    """A record of three facts."""
    stream = node.offered()
    node.act(StreamKind.HANDOVER, stream, "chase", words="请尽快")
    node.act(StreamKind.HANDOVER, stream, "supplement", words="老人住院了")
    return stream


def test_what_nobody_touched_is_whole(node: Node, handover: str) -> None:
    from liandong.adapters.postgres.verify import verify_journal

    proof = verify_journal()
    assert proof.breaks == ()
    assert proof.streams == node.models.Stream.objects.count()
    assert proof.entries == node.models.JournalEntry.objects.count()


@pytest.mark.parametrize(
    ("statement", "entry", "reason"),
    [
        ("UPDATE journal SET data = data || '{\"words\": \"不急\"}' WHERE stream = %(id)s AND seq = 2", 2, "entry_changed"),
        ("UPDATE journal SET data = data || '{\"x\": 1.5}' WHERE stream = %(id)s AND seq = 2", 2, "entry_changed"),
        ("UPDATE journal SET name = 'HandoverWithdrawn' WHERE stream = %(id)s AND seq = 2", 2, "entry_changed"),
        ("UPDATE journal SET at = at - interval '1 hour' WHERE stream = %(id)s AND seq = 1", 1, "entry_changed"),
        ("UPDATE journal SET actor = actor || '{\"person\": \"other\"}' WHERE stream = %(id)s AND seq = 3", 3, "entry_changed"),
        ("UPDATE journal SET actor = '{\"role\": \"emperor\"}' WHERE stream = %(id)s AND seq = 3", 3, "entry_changed"),
        ("UPDATE journal SET actor = '[]' WHERE stream = %(id)s AND seq = 3", 3, "entry_changed"),
        ("UPDATE journal SET kind = 'alarm' WHERE stream = %(id)s AND seq = 2", 2, "entry_changed"),
        ("UPDATE journal SET hash = repeat('0', 64) WHERE stream = %(id)s AND seq = 2", 2, "entry_changed"),
        ("UPDATE journal SET before = repeat('0', 64) WHERE stream = %(id)s AND seq = 2", 2, "link_broken"),
        ("DELETE FROM journal WHERE stream = %(id)s AND seq = 2", 2, "gap"),
        ("DELETE FROM journal WHERE stream = %(id)s AND seq = 1", 1, "gap"),
        ("DELETE FROM journal WHERE stream = %(id)s AND seq = 3", 3, "tail_missing"),
        ("DELETE FROM journal WHERE stream = %(id)s", 1, "tail_missing"),
        ("DELETE FROM stream WHERE id = %(id)s", 3, "row_missing"),
        ("UPDATE stream SET head = repeat('0', 64) WHERE id = %(id)s", 3, "head_differs"),
        ("UPDATE stream SET seq = 9 WHERE id = %(id)s", 4, "tail_missing"),
        ("UPDATE stream SET phase = 'withdrawn' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET data = data || '{\"danger\": true}' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET data = data || '{\"x\": 0.5}' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET number = '联X0' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET summary = '没有这回事' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET urgent = NOT urgent WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET unit = 'X' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET place = 'X' WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET appeal = id WHERE id = %(id)s", 3, "state_differs"),
        ("UPDATE stream SET opened_at = opened_at - interval '1 day' WHERE id = %(id)s", 3, "state_differs"),
    ],
)
def test_a_change_by_hand_shows_with_its_record_and_entry(node: Node, handover: str, statement: str, entry: int, reason: str) -> None:
    number = node.models.Stream.objects.get(id=handover).number
    with by_hand(node, handover, statement):
        breaks = found(node, handover)
    named = {"联X0"} if "联X0" in statement else {handover} if reason == "row_missing" else {number}
    assert [(entry, reason)] == [each[1:] for each in breaks]
    assert breaks[0][0] in named
    assert found(node, handover) == []


def test_the_command_says_so_and_fails(node: Node, handover: str) -> None:
    number = node.models.Stream.objects.get(id=handover).number
    with by_hand(node, handover, "UPDATE journal SET data = data || '{\"words\": \"不急\"}' WHERE stream = %(id)s AND seq = 2"):
        done = node.cli("journal", "verify", "--json")
    assert done.returncode == 1, done.stderr
    assert {"number": number, "stream": handover, "entry": 2, "reason": "entry_changed"} in json.loads(done.stdout)["breaks"]

"""The table that triage reads is proved against the journals of consultations; the figures of a period are found by an index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liandong.application.act import act
from liandong.application.convene import convene
from liandong.application.perform import Session
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId, StreamKind, StreamState
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


def in_force(node: Node, cue: str, **more: Any) -> tuple[StreamState, str]:
    """Return a consultation of this node whose ruling the other side has confirmed, and the ruling's code."""
    head = node.person(Role.SUPERVISOR)
    room = convene(node.world, head, {"summary": "归谁"})
    units = sorted(node.world.context["units"])
    draft = {"item": "H2", "side": "hotline", "lead": units[0], "cues": [cue], "clause": "xc-a2-H2", "words": "由城管牵头", **more}
    for command, given in (("open_meeting", {}), ("propose", draft), ("rule", {"way": "agreement"})):
        room = act(node.world, head, room.kind, room.id, command, given)
    with node.work() as unit:
        session = Session(node.world, unit)
        there = Actor(Role.SUPERVISOR, "there", node="hotline", party=Party.RECEIVER)
        room = session.accept(session.load(StreamKind.CONSULTATION, StreamId(room.id)), Fact("RulingConfirmed", there, session.at, {}))
    return room, str(room.data["ruling"]["code"])


def found(node: Node) -> list[tuple[str, str]]:
    """Return (ruling, reason) of what is wrong with rulings."""
    from liandong.adapters.postgres.verify import verify_journal

    return [(number, each.reason) for number, each in verify_journal().breaks if each.reason == "ruling_differs"]


def test_rulings_in_force_replaced_and_revoked_are_what_their_consultations_say(node: Node) -> None:
    room, code = in_force(node, "甲类油烟扰民")
    in_force(node, "甲类油烟扰民", replaces=code)
    other, _code = in_force(node, "乙类油烟扰民")
    act(node.world, node.person(Role.SUPERVISOR), other.kind, other.id, "revoke", {"reason": "条件变化"})
    assert found(node) == []
    assert room.phase == "in_force"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ruling SET data = jsonb_set(data, '{lead}', '\"xc-other\"') WHERE code = %s",
        "UPDATE ruling SET revoked_on = '2026-01-01' WHERE code = %s",
        "DELETE FROM ruling WHERE code = %s",
        "UPDATE ruling SET consultation = gen_random_uuid() WHERE code = %s",
    ],
)
def test_a_ruling_changed_by_hand_is_named(node: Node, statement: str) -> None:
    _room, code = in_force(node, f"油烟{abs(hash(statement)) % 10_000}号")
    kept = node.raw("SELECT consultation, data::text, revoked_on FROM ruling WHERE code = %s", code)[0]
    node.raw(statement, code)
    try:
        assert found(node) == [(code, "ruling_differs")]
    finally:
        node.raw("DELETE FROM ruling WHERE code = %s", code)
        node.raw("INSERT INTO ruling (code, consultation, data, revoked_on, revision) VALUES (%s, %s, %s::jsonb, %s, 9)", code, *kept)
    assert found(node) == []


def test_a_ruling_that_no_consultation_made_is_named(node: Node) -> None:
    node.raw("INSERT INTO ruling (code, consultation, data, revision) VALUES ('裁伪0001', gen_random_uuid(), '{\"item\": \"H2\"}', 1)")
    try:
        assert found(node) == [("裁伪0001", "ruling_differs")]
    finally:
        node.raw("DELETE FROM ruling WHERE code = '裁伪0001'")


def test_figures_of_a_period_and_ended_records_are_found_by_their_index(node: Node) -> None:
    from django.db import connection

    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            for names in (["OrderClosed"], ["HandoverReturned", "NegotiationSettledForSender"]):
                cursor.execute("EXPLAIN SELECT DISTINCT stream FROM journal WHERE name = ANY(%s) AND at >= %s AND at < %s", [names, now - timedelta(days=30), now])
                assert "journal_figures" in " ".join(row[0] for row in cursor.fetchall())
            cursor.execute("EXPLAIN SELECT id FROM stream WHERE kind IN ('workorder', 'alarm') AND data ? 'visit_asked' AND updated_at >= now() - interval '30 days'")
            assert "stream_visits" in " ".join(row[0] for row in cursor.fetchall())
        finally:
            cursor.execute("RESET enable_seqscan")


def test_told_and_hot_items_are_those_of_the_span(node: Node) -> None:
    begun = node.world.clock.now()
    taken = node.take("楼下油烟太大，天天熏")
    until = node.world.clock.now() + timedelta(seconds=1)
    with node.work() as unit:
        assert taken.id in unit.told(["AppealTaken"], begun, until)
        assert taken.id not in unit.told(["AppealTaken"], until, until + timedelta(days=1))
        hot = dict(unit.hot_items(begun, until, 5))
    assert hot[str(taken.data["item"])] >= 1

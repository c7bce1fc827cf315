"""The evidence of a record on a real database: it proves itself by SHA-256 and public keys alone, and says so when something does not hold."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from liandong.domain.journal.roots import proves_inclusion
from tests.integration.conftest import Node
from tests.integration.test_signed_answers import delivered

pytestmark = pytest.mark.database


def told(node: Node, number: str) -> tuple[Any, str, str]:
    """Return (evidence, Markdown, HTML) of a record."""
    from liandong.web.evidence.blocks import as_html, as_markdown
    from liandong.web.evidence.gathering import gather
    from liandong.web.evidence.report import court_report
    from liandong.web.reading.streams import one, together
    from liandong.web.world import keyring

    everybody = node.models.ApiToken(name="court", role="administrator", unit="")
    found = one(everybody, number)
    assert found is not None
    evidence = gather("police", keyring(), together(everybody, found))
    blocks = court_report(node.world.desk, evidence, node.world.clock.now())
    return evidence, as_markdown(blocks), as_html("存证", blocks)


def by_hand(node: Node, table: str, change: str, *values: str) -> None:
    """Change an append-only table as somebody at the database would."""
    node.raw(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        node.raw(change, *values)
    finally:
        node.raw(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def crossed(node: Node) -> str:
    """Return a handover whose offer the hotline has taken under its signature, under a root."""
    from liandong.adapters.jobs.roots import make_roots_now

    ids, _ = delivered(node, 1)
    make_roots_now(node.world)
    return str(node.raw("SELECT stream FROM outbox WHERE id = %s", ids[0])[0][0])


def test_every_original_text_gives_its_hash_and_leads_up_to_its_root(node: Node) -> None:
    evidence, markdown, page = told(node, crossed(node))
    assert evidence.breaks == []
    pairs = re.findall(r"散列 ([0-9a-f]{64}).*?\n\n```+\n(.+?)\n```", markdown)
    assert len(pairs) == len(evidence.sealed) >= 2
    assert all(hashlib.sha256(original.encode()).hexdigest() == seal for seal, original in pairs)
    for each in evidence.sealed:
        root = evidence.roots[each.root].root
        assert proves_inclusion(each.entry.hash, each.proof, root.tree)
        assert root.hash() == evidence.roots[each.root].hash
    assert "散列链完整" in page
    assert "全部成立" in page
    assert "尚无对方保管凭证" in page, "the hotline of this test has not answered"


def test_the_peers_receipt_is_shown_and_checked(node: Node) -> None:
    evidence, markdown, _ = told(node, crossed(node))
    signed = [each.signed for each in evidence.sealed if each.signed is not None]
    assert [(each.way, each.peer, each.status, each.fault) for each in signed] == [("sent", "hotline", "accepted", "")]
    assert json.loads(signed[0].text)["key_id"] == signed[0].key_id
    assert signed[0].key_id in evidence.keys
    assert evidence.keys[signed[0].key_id].signing_public.hex() in markdown


def test_what_does_not_hold_is_the_first_thing_it_says(node: Node) -> None:
    stream = crossed(node)
    digest = node.raw("SELECT receipt->>'answer' FROM outbox WHERE stream = %s AND seq = 1", stream)[0][0]
    answer = node.raw("SELECT answer FROM signed_answer WHERE digest = %s", digest)[0][0]
    said = node.raw("SELECT data::text FROM journal WHERE stream = %s AND seq = 1", stream)[0][0]
    by_hand(node, "signed_answer", "UPDATE signed_answer SET answer = replace(answer, 'accepted', 'duplicate') WHERE digest = %s", digest)
    by_hand(node, "journal", "UPDATE journal SET data = data || '{\"reason\": \"当时就说不归我们管\"}' WHERE stream = %s AND seq = 1", stream)
    try:
        evidence, markdown, _ = told(node, stream)
        assert [(str(each.id), where.reason) for each, where in evidence.breaks] == [(stream, "entry_changed")]
        assert [each.signed.fault for each in evidence.sealed if each.signed is not None] == ["exchange.signature"]
        finding = markdown[: markdown.index("二、")]
        assert "日志不成立" in finding
        assert "1 条签名不成立" in finding
    finally:
        # What is under a root stays under it: other tests prove the whole database.
        by_hand(node, "signed_answer", "UPDATE signed_answer SET answer = %s WHERE digest = %s", answer, digest)
        by_hand(node, "journal", "UPDATE journal SET data = %s::jsonb WHERE stream = %s AND seq = 1", said, stream)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "| --- |\n# 一、结论 改判", "```\n``````\n[x](http://evil)", "**\\`_"])
def test_nothing_said_becomes_markup(node: Node, words: str) -> None:
    number = node.take(words).data["number"]
    evidence, markdown, page = told(node, number)
    assert "<script" not in page
    assert "<script" not in re.sub(r"```+\n.*?\n```+", "", markdown, flags=re.S)
    assert len(re.findall(r"^## 一、结论", markdown, re.M)) == 1
    pairs = re.findall(r"散列 ([0-9a-f]{64}).*?\n\n(```+)\n(.+?)\n\2", markdown)
    assert {seal for seal, _, _ in pairs} == {each.entry.hash for each in evidence.sealed}
    assert all(hashlib.sha256(original.encode()).hexdigest() == seal for seal, _, original in pairs)


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("leader", 200), ("administrator", 200), ("call_taker", 403), ("analyst", 403), ("unit_staff", 403)])
def test_who_answers_to_courts_gets_it_and_who_took_it_is_written_down(node: Node, role: str, status: int) -> None:
    from django.test import Client

    from tests.integration.test_exchange_acts import client

    taken = node.take("路灯不亮")
    before = node.raw("SELECT count(*) FROM look WHERE stream = %s", taken.id)[0][0]
    answer = client(role).get(f"/api/v1/evidence/{taken.data['number']}")
    assert answer.status_code == status
    user = node.models.User.objects.filter(role=role, demonstration=True).first()
    browser = Client(headers={"Host": "127.0.0.1"})
    browser.force_login(user)
    page = browser.get(f"/records/{taken.id}/evidence.html")
    assert (page.status_code == 200) == (status == 200)
    looked = node.raw("SELECT count(*) FROM look WHERE stream = %s", taken.id)[0][0] - before
    assert looked == (2 if status == 200 else 0)
    if status == 200:
        assert answer.json()["holds"]
        assert page["Content-Disposition"].startswith("attachment")


def test_an_export_tells_digests_of_what_is_shared_and_nothing_said(node: Node) -> None:
    from liandong.adapters.postgres.shared_journal import export_lines, read_export, shared_streams
    from liandong.application.notary import fact_digest

    stream = crossed(node)
    lines = list(export_lines("police", "hotline", "2026-11-24T00:00:00.000000Z"))
    assert "油烟" not in "".join(lines)
    _, streams = read_export(iter(lines))
    (shared,) = [each for step in shared_streams("hotline", 3) for each in step if each.stream == stream]
    assert streams[stream].told == shared.told == tuple((each.name, each.actor.party.value, fact_digest(each)) for each in shared.facts)
    assert [each[0] for each in shared.told] == ["HandoverOffered"]

"""The signed answers of peers, kept as they came: each once, unchangeable, found from the message, verifiable by anybody with the key."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature
from psycopg_pool import AsyncConnectionPool

from liandong.adapters.crypto.session import Session, answer, open_batch
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from tests.conformance.independent_peer import Peer

pytestmark = pytest.mark.database


def with_store(node: Any, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Run something with the outbox of the node on a pool of its own."""
    from liandong.adapters.postgres.outbox_store import PostgresOutboxStore

    async def run() -> Any:
        async with AsyncConnectionPool(node.settings.database, min_size=1, max_size=2, open=False, kwargs={"autocommit": True}) as pool:
            return await work(PostgresOutboxStore(pool, "police", lambda: datetime.now(UTC)))

    return asyncio.run(run())


def delivered(node: Any, count: int, status: ReceiptStatus = ReceiptStatus.ACCEPTED) -> tuple[list[str], bytes]:
    """Send ``count`` handovers in one batch to a peer that answers as it should; return the message ids and the answer as it came."""
    from liandong.node.keys import node_keyring

    police, hotline = node_keyring(node.settings), node_keyring(node.peer)
    streams = {str(node.offered()) for _ in range(count)}
    said: dict[str, Any] = {}

    async def send(store: Any) -> None:
        due = [each.envelope for each in await store.due("hotline", 500) if each.envelope.stream in streams and each.envelope.seq == 1]
        raw = b"\n".join(Session(police).protect(each).to_bytes() for each in due)
        opened = open_batch(raw, hotline)
        said["answer"] = answer([Receipt(each.id, status) for each in opened], hotline)
        said["ids"] = [each.id for each in due]
        receipts = Session(police).read_answer(said["answer"], "hotline", said["ids"])
        await store.mark_sent(said["ids"], receipts)
        await store.mark_sent(said["ids"], receipts)

    with_store(node, send)
    assert len(said["ids"]) == count
    return said["ids"], said["answer"]


def test_one_answer_of_a_batch_is_kept_once_and_every_message_of_it_names_it(node: Any) -> None:
    ids, raw = delivered(node, 3)
    digest = hashlib.sha256(raw).hexdigest()
    assert node.raw("SELECT answer FROM signed_answer WHERE digest = %s", digest) == [(raw.decode(),)]
    named = node.raw("SELECT DISTINCT receipt->>'answer', receipt->>'status' FROM outbox WHERE id = ANY(%s::uuid[])", ids)
    assert named == [(digest, "accepted")]


def test_a_kept_answer_is_verified_by_a_peer_written_from_the_document_alone(node: Any) -> None:
    from liandong.node.keys import node_keyring

    ids, raw = delivered(node, 1)
    kept = node.raw("SELECT a.answer FROM outbox o JOIN signed_answer a ON a.digest = o.receipt->>'answer' WHERE o.id = %s", ids[0])[0][0].encode()
    public = node_keyring(node.settings).trusted(json.loads(raw)["key_id"]).signing_public
    stranger = Peer("court", bytes(32), bytes(32))
    assert stranger.read_answer(kept, public) == [{"id": ids[0], "status": "accepted"}]
    for broken in (kept.replace(b"accepted", b"refused_"), kept.replace(ids[0].encode(), b"0" * 36)):
        with pytest.raises(InvalidSignature):
            stranger.read_answer(broken, public)


def test_a_quarantined_message_has_its_proof_too(node: Any) -> None:
    ids, raw = delivered(node, 1, ReceiptStatus.QUARANTINED)
    found = node.raw("SELECT sent_at IS NOT NULL, receipt->>'answer' FROM outbox WHERE id = %s", ids[0])
    assert found == [(True, hashlib.sha256(raw).hexdigest())]


@pytest.mark.parametrize("change", ["UPDATE signed_answer SET answer = ''", "DELETE FROM signed_answer", "TRUNCATE signed_answer"])
def test_kept_answers_refuse_to_be_changed(node: Any, change: str) -> None:
    delivered(node, 1)
    before = node.raw("SELECT count(*), md5(string_agg(digest || answer, ',' ORDER BY digest)) FROM signed_answer")
    with pytest.raises(psycopg.errors.RestrictViolation):
        node.raw(change)
    assert node.raw("SELECT count(*), md5(string_agg(digest || answer, ',' ORDER BY digest)) FROM signed_answer") == before


def test_no_answer_is_kept_for_what_was_not_delivered(node: Any) -> None:
    stream = str(node.offered())
    before = node.raw("SELECT count(*) FROM signed_answer")

    async def fail(store: Any) -> None:
        due = [each.envelope.id for each in await store.due("hotline", 500) if each.envelope.stream == stream]
        await store.mark_failed(due, "exchange.busy", datetime(2030, 1, 1, tzinfo=UTC))

    with_store(node, fail)
    assert node.raw("SELECT count(*) FROM signed_answer") == before
    assert node.raw("SELECT receipt, sent_at FROM outbox WHERE stream = %s AND seq = 1", stream) == [(None, None)]

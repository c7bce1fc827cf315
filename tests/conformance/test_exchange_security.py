"""Clauses 7 to 10 of docs/reference/exchange.md: keys, seals, http, messages, versions; and the independent peer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from exchange_world import HOTLINE, NOW, POLICE, STREAM, Nodes, code, keys_of, message, raw, stranger, uuid7, vectors
from independent_peer import Peer, canonical, unb64

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key, load_own_key, save_own_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE, SUITES
from liandong.adapters.crypto.session import answer, open_batch, open_envelope
from liandong.adapters.transports.http import BATCH_PATH, HttpTransport
from liandong.adapters.transports.memory import LoopbackTransport, MemoryInbox, MemoryOutbox
from liandong.adapters.transports.relay import Relay
from liandong.application.receive_message import parse_fact
from liandong.application.shared_streams import SHARED
from liandong.application.telling import fact_body
from liandong.domain.errors import InvalidInput, LiandongError, LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.codes import CODES
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, VERSION, Envelope
from liandong.domain.exchange.receipts import Receipt
from liandong.domain.exchange.wire import join_batch, parse_envelope, split_batch
from liandong.domain.handovers.handover import HANDOVER, RETURN_REASONS, SHARED_FACTS
from liandong.domain.journal.facts import Actor, Fact, Party, Role

DOCUMENT = (Path(__file__).parents[2] / "docs/reference/exchange.md").read_text(encoding="utf-8")
PROTECTED = [vector for vector in vectors("protected") if vector["suite"] in SUITES]
each_suite = pytest.mark.parametrize("vector", PROTECTED, ids=[vector["suite"] for vector in PROTECTED])


def opened(data: bytes, ring: KeyRing) -> str:
    (item,) = open_batch(data, ring)
    return code(item)


@each_suite
def test_7_1_a_suite_is_that_of_the_key(vector: dict[str, Any]) -> None:
    _, hotline = keys_of(vector)
    good = json.loads(vector["envelope_in_clear"])
    assert opened(json.dumps(good).encode(), hotline) == "opened"
    others = [name for name in SUITES if name != vector["suite"]]
    for suite in ("rot13", *others):
        assert opened(json.dumps({**good, "suite": suite}).encode(), hotline) == "exchange.suite"


@each_suite
def test_7_2_the_key_id_is_made_of_both_public_keys(vector: dict[str, Any]) -> None:
    key = vector["sender_key"]
    publics = unb64(key["signing_public"]) + unb64(key["agreement_public"])
    assert len(publics) == (64 if vector["suite"] == DEFAULT_SUITE else 130)
    prefix, _, digits = key["key_id"].partition("-")
    assert prefix == {"ed25519+aes-256-gcm": "ed25519", "sm2+sm3+sm4-gcm": "sm2"}[vector["suite"]]
    assert SUITES[vector["suite"]].digest(publics).hex()[:24] == digits


def test_7_3_only_keys_that_were_entered_and_are_in_force_count() -> None:
    nodes = Nodes()
    data = nodes.clear.protect(message()).to_bytes()
    nodes.now = NOW + timedelta(days=365 + 6)
    assert opened(data, nodes.hotline) == "opened"
    nodes.now = NOW + timedelta(days=365 + 7)
    assert opened(data, nodes.hotline) == "exchange.key_expired"
    nodes.now = NOW
    nodes.hotline.revoke(nodes.police_key.public.key_id, "笔记本遗失")
    (item,) = open_batch(data, nodes.hotline)
    assert isinstance(item, Receipt)
    assert item.code == "exchange.key_revoked"
    assert all(words in item.detail for words in (POLICE, "笔记本遗失", nodes.police_key.public.key_id))
    assert opened(data, KeyRing(HOTLINE, [nodes.hotline_key], [], lambda: NOW)) == "exchange.key_unknown"


@each_suite
def test_7_4_the_signature_is_over_the_canonical_clear_envelope(vector: dict[str, Any]) -> None:
    envelope = json.loads(vector["envelope_in_clear"])
    signature = unb64(envelope.pop("signature"))
    assert canonical(envelope).decode() == vector["signing_bytes"]
    suite, public = SUITES[vector["suite"]], unb64(vector["sender_key"]["signing_public"])
    assert suite.verify(public, vector["signing_bytes"].encode(), signature)
    for name in envelope:
        altered = canonical({**envelope, name: "altered"})
        assert not suite.verify(public, altered, signature), name


def test_7_5_keys_overlap_and_the_newest_in_force_signs() -> None:
    nodes = Nodes()
    new = generate_key(POLICE, DEFAULT_SUITE, NOW, not_before=NOW + timedelta(days=2))
    nodes.police.add_own(new)
    nodes.hotline.add_peer(new.public)
    before = nodes.session.protect(message(1))
    nodes.now = NOW + timedelta(days=2)
    after = nodes.session.protect(message(2))
    assert (before.key_id, after.key_id) == (nodes.police_key.public.key_id, new.public.key_id)
    assert [opened(item.to_bytes(), nodes.hotline) for item in (before, after)] == ["opened", "opened"]


@each_suite
def test_7_6_a_seal_is_made_of_what_the_clause_says(vector: dict[str, Any]) -> None:
    police, hotline = keys_of(vector)
    envelope = json.loads(vector["envelope_sealed"])
    sealed = envelope.pop("sealed")
    envelope.pop("signature")
    assert canonical(envelope).decode() == vector["additional_data"]
    assert canonical(["liandong/1 body", POLICE, HOTLINE, envelope["key_id"], sealed["to_key_id"]]).decode() == vector["info"]
    secret = bytes.fromhex(vector["secret_hex"])
    assert police.secret(police.signing_key(), hotline.public_keys()[0]) == secret
    nonce, ciphertext = unb64(sealed["nonce"]), unb64(sealed["ciphertext"])
    plain = SUITES[vector["suite"]].open(
        secret, vector["salt"].encode(), vector["info"].encode(), nonce, ciphertext, vector["additional_data"].encode()
    )
    assert plain == canonical(json.loads(vector["envelope_in_clear"])["body"])
    assert (len(nonce), len(ciphertext)) == (12, len(plain) + 16)
    assert open_envelope(parse_envelope(vector["envelope_sealed"].encode()), hotline).body == json.loads(plain)


def test_7_6_the_independent_peer_opens_the_vector() -> None:
    (vector,) = [vector for vector in PROTECTED if vector["suite"] == DEFAULT_SUITE]
    sender, own = vector["sender_key"], vector["recipient_key"]
    peer = Peer(HOTLINE, unb64(own["signing"]), unb64(own["agreement"]))
    publics = unb64(sender["signing_public"]), unb64(sender["agreement_public"])
    body = peer.open(vector["envelope_sealed"].encode(), *publics)
    assert body == peer.open(vector["envelope_in_clear"].encode(), *publics) == json.loads(vector["envelope_in_clear"])["body"]


def test_7_6_the_program_and_the_independent_peer_talk_both_ways() -> None:
    nodes = Nodes()
    peer, public = stranger("county-110")
    nodes.police.add_peer(public)
    nodes.hotline.add_peer(public)
    mine = nodes.police_key.public
    told = nodes.session.protect(message(to="county-110")).to_bytes()
    assert peer.open(told, mine.signing_public, mine.agreement_public) == message().body
    there = {
        "id": uuid7(5),
        "to": HOTLINE,
        "stream": STREAM,
        "seq": 1,
        "type": "handover.fact",
        "at": "2026-11-22T08:00:00Z",
        "body": {"words": "收到 🔥"},
    }
    key = nodes.hotline_key.public
    for data in (peer.envelope(there), peer.envelope(there, key.key_id, key.agreement_public)):
        (item,) = open_batch(data, nodes.hotline)
        assert isinstance(item, Envelope)
        assert item.body == {"words": "收到 🔥"}
    reply = peer.answer([{"id": uuid7(1), "status": "accepted"}], "2026-11-22T08:00:00Z")
    assert nodes.session.read_answer(reply, "county-110", [uuid7(1)])[0].delivered
    ours = MemoryInbox(nodes.hotline).take(peer.envelope(there))
    assert peer.read_answer(ours, key.signing_public) == [{"id": uuid7(5), "status": "accepted"}]


def test_7_7_a_seal_that_does_not_open_is_refused_and_a_bad_signature_inside_it_too() -> None:
    nodes = Nodes()
    good = nodes.session.protect(message())
    assert good.sealed is not None
    for change in (
        {"ciphertext": "AAAA"},
        {"nonce": "AAAA"},
        {"to_key_id": "ed25519-00"},
        {"ciphertext": good.sealed["ciphertext"][:-4] + "AAAA"},
    ):
        assert opened(replace(good, sealed={**good.sealed, **change}).to_bytes(), nodes.hotline) == "exchange.seal"
    forged = replace(good, signature=nodes.session.protect(message(2)).signature)
    assert opened(forged.to_bytes(), nodes.hotline) == "exchange.signature"


def test_7_8_a_private_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    save_own_key(tmp_path / "own.json", Nodes().police_key)
    assert load_own_key(tmp_path / "own.json")
    (tmp_path / "own.json").chmod(0o604)
    with pytest.raises(InvalidInput):
        load_own_key(tmp_path / "own.json")


def posted(handler: Callable[[httpx.Request], httpx.Response], count: int = 1) -> list[Receipt]:
    nodes = Nodes()

    async def play() -> list[Receipt]:
        async with HttpTransport(
            {HOTLINE: "http://hotline.test"}, nodes.session.read_answer, mounted=httpx.MockTransport(handler)
        ) as transport:
            return await transport.send(HOTLINE, [nodes.session.protect(message(number)) for number in range(1, count + 1)])

    return asyncio.run(play())


def test_8_1_a_batch_is_one_envelope_a_line_in_a_post() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503)

    with pytest.raises(PeerUnavailable):
        posted(handler, 3)
    (request,) = seen
    assert (request.method, request.url.path, request.headers["content-type"]) == ("POST", "/exchange/v1/batches", "application/x-ndjson")
    assert BATCH_PATH == "/exchange/v1/batches"
    assert request.content.endswith(b"\n")
    assert [json.loads(line)["id"] for line in request.content.splitlines()] == [uuid7(1), uuid7(2), uuid7(3)]


def test_8_2_a_batch_has_its_bounds() -> None:
    assert (DEFAULT_LIMITS.batch_count, DEFAULT_LIMITS.batch_bytes) == (500, 8_388_608)
    data, taken = join_batch([message(number, id=uuid7(number)) for number in range(1, 600)])
    assert (taken, len(split_batch(data))) == (500, 500)
    heavy, some = join_batch([message(number, body={"a": "x" * 1_000_000}) for number in range(1, 20)])
    assert (some, len(heavy) <= 8_388_608) == (8, True)
    for wrong in (b"{}\n" * 501, b"x" * 8_388_609, b"\n"):
        with pytest.raises(RemoteProtocolError):
            split_batch(wrong)


def test_8_3_a_broken_line_is_refused_alone() -> None:
    nodes = Nodes()
    lines = [nodes.session.protect(message(number)).to_bytes() for number in (1, 2)]
    found = open_batch(lines[0] + b"\n{\x00\xff\n" + raw(7) + b"\n" + lines[1], nodes.hotline)
    assert [code(item) for item in found] == ["opened", "exchange.malformed", "exchange.key_unknown", "opened"]


def test_8_4_every_other_answer_leaves_the_messages_where_they_are() -> None:
    expected: dict[int, type[LiandongError]] = {
        400: RemoteProtocolError,
        401: RemoteProtocolError,
        404: RemoteProtocolError,
        413: LocalProtocolError,
    }
    expected |= dict.fromkeys((408, 423, 425, 429, 500, 502, 503, 504), PeerUnavailable)
    for status, error in expected.items():
        with pytest.raises(error):
            posted(lambda _, status=status: httpx.Response(status, content=b"<html>"))
    for status in (400, 422):
        with pytest.raises(LocalProtocolError):
            posted(lambda _, status=status: httpx.Response(status, json={"code": "exchange.too_large"}))


def test_8_5_redirects_and_compressed_answers_are_not_followed() -> None:
    nodes = Nodes()
    good = answer([Receipt.refusal(uuid7(1), PeerUnavailable())], nodes.hotline)
    for response in (
        httpx.Response(307, headers={"location": "http://elsewhere.test"}),
        httpx.Response(200, content=good, headers={"content-encoding": "br"}),
    ):
        with pytest.raises(RemoteProtocolError):
            posted(lambda _, response=response: response)


def test_8_6_one_batch_at_a_time_is_on_its_way() -> None:
    nodes = Nodes()
    inbox, outbox = MemoryInbox(nodes.hotline), MemoryOutbox(lambda: datetime.now(UTC))
    under_way, most = [], []

    async def deliver(peer: str, data: bytes) -> bytes:
        under_way.append(1)
        most.append(len(under_way))
        relay.wake()
        await asyncio.sleep(0.002)
        under_way.pop()
        return inbox.take(data)

    relay = Relay(
        HOTLINE, outbox, LoopbackTransport(deliver, nodes.session.read_answer), nodes.session, lambda: datetime.now(UTC), batch_count=3
    )
    outbox.put([message(number) for number in range(1, 31)])

    async def play() -> None:
        running = asyncio.create_task(relay.run())
        while outbox.waiting():
            await asyncio.sleep(0.001)
        relay.stop()
        await running

    asyncio.run(asyncio.wait_for(play(), 20))
    assert set(most) == {1}
    assert [item.seq for item in inbox.applied] == list(range(1, 31))


def shared_rows() -> dict[str, set[str]]:
    rows = re.findall(r"^\| `([A-Z][A-Za-z]+)` \| [^|]+ \| (S|R|S, R) \|", DOCUMENT, re.M)
    return {name: set(parties.split(", ")) for name, parties in rows}


def test_9_1_and_9_2_a_fact_of_a_handover_travels_as_the_body_of_handover_fact() -> None:
    fact = Fact(
        "HandoverAccepted", Actor(Role.AGENT, "h-agent-1", "3205070001", HOTLINE, Party.RECEIVER), NOW, {"order_number": "工202611220001"}
    )
    body = fact_body(fact)
    assert set(body) == {"name", "actor", "at", "data"}
    assert set(body["actor"]) == {"role", "person", "unit", "node", "party"}
    assert body["at"] == "2026-11-22T08:00:00.000000Z"
    nodes = Nodes()
    (item,) = open_batch(nodes.session.protect(message(type="handover.fact", body=body)).to_bytes(), nodes.hotline)
    assert isinstance(item, Envelope)
    assert parse_fact(item.body, SHARED[item.type]) == fact
    for broken in (
        {},
        {**body, "name": "HandoverDrafted"},
        {**body, "at": "2026-11-22T08:00:00Z"},
        {**body, "actor": {}},
        {**body, "data": []},
    ):
        with pytest.raises(RemoteProtocolError):
            parse_fact(broken, SHARED["handover.fact"])


def test_9_3_the_parties_of_the_document_are_those_of_the_table() -> None:
    by_fact: dict[str, set[str]] = {}
    for row in HANDOVER.rows:
        if row.fact in SHARED_FACTS and row.party:
            by_fact.setdefault(row.fact, set()).add(row.party.value)
    assert shared_rows() == by_fact


def test_9_4_the_document_lists_every_shared_fact_and_objection_code() -> None:
    assert set(shared_rows()) == set(SHARED_FACTS)
    chapter = DOCUMENT[DOCUMENT.index("## 9.") : DOCUMENT.index("## 10.")]
    assert set(re.findall(r"^\| `([a-z_]+)` \| ", chapter, re.M)) == set(RETURN_REASONS)


def test_10_1_a_message_of_a_newer_minor_version_passes_whole() -> None:
    nodes = Nodes()
    peer, public = stranger("county-110")
    nodes.hotline.add_peer(public)
    newer = {
        "id": uuid7(1),
        "version": "1.42",
        "to": HOTLINE,
        "stream": STREAM,
        "seq": 1,
        "type": "of.next-year",
        "at": "2026-11-22T08:00:00Z",
        "body": {"new": [1]},
        "mood": {"a": 1},
    }
    (item,) = open_batch(peer.envelope(newer), nodes.hotline)
    assert isinstance(item, Envelope)
    assert (item.version, item.type, item.extra) == ("1.42", "of.next-year", {"mood": {"a": 1}})


def test_10_2_every_code_of_version_1_0_is_still_there() -> None:
    first = (
        "malformed too_large too_deep version wrong_recipient wrong_sender key_unknown key_revoked key_expired suite signature seal "
        "seq_taken seq_behind id_reused gap behind_quarantine unprocessable busy internal"
    )
    assert {f"exchange.{name}" for name in first.split()} <= set(CODES)


def test_10_3_the_path_carries_the_major_version() -> None:
    assert f"/v{VERSION.partition('.')[0]}/" in BATCH_PATH


def test_every_clause_of_the_document_has_its_test_and_every_test_its_clause() -> None:
    clauses = re.findall(r"^- \*\*(\d+\.\d+)\*\*", DOCUMENT, re.M)
    assert len(clauses) == len(set(clauses)) > 50
    tested: set[str] = set()
    here = Path(__file__).parent
    for file in (*here.glob("test_exchange_*.py"), *(here.parent / "integration").rglob("test_*.py")):
        for name in re.findall(r"^def test_(\d+_\d+(?:_and_\d+_\d+)?)_", file.read_text(encoding="utf-8"), re.M):
            tested |= {part.replace("_", ".") for part in name.split("_and_")}
    assert tested == set(clauses)

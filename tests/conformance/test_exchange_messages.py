"""Clauses 1 to 3 of docs/reference/exchange.md: names, JSON, the envelope. One test a clause."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from exchange_world import Nodes, fields, message, raw, uuid7, vectors
from independent_peer import canonical as spelled_by_the_other_peer

from liandong.adapters.crypto.session import open_batch, open_envelope
from liandong.application.receive_message import parse_fact
from liandong.application.shared_streams import SHARED, fact_body
from liandong.domain.errors import LocalProtocolError, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.inbox import Duplicate, StreamPosition, receive
from liandong.domain.exchange.receipts import Receipt
from liandong.domain.exchange.wire import parse_envelope
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import Actor, Fact, Party, Role


def code_of(data: bytes) -> str:
    try:
        parse_envelope(data)
    except RemoteProtocolError as error:
        return error.code
    return "read"


def test_1_1_a_node_has_a_plain_name() -> None:
    for good in ("a", "9", "city-110", "A.b_c-d", "n" * 64):
        assert code_of(raw(**{"from": good, "to": good})) == "read"
    for bad in ("", "-a", ".a", "a b", "a/b", "公安", "n" * 65, 5, None):
        assert code_of(raw(**{"from": bad})) == code_of(raw(to=bad)) == "exchange.malformed"


def test_1_2_a_stream_has_a_plain_name() -> None:
    for good in ("a", "handover/019ab000", "a:b.c_d-e", "s" * 128):
        assert code_of(raw(stream=good)) == "read"
    for bad in ("", "/a", "a b", "a\n", "流", "s" * 129, 1):
        assert code_of(raw(stream=bad)) == "exchange.malformed"


def test_1_3_numbers_begin_with_one() -> None:
    assert StreamPosition("a", "s").next_seq == 1
    assert [code_of(raw(seq=seq)) for seq in (1, 2**53 - 1)] == ["read", "read"]
    assert {code_of(raw(seq=seq)) for seq in (0, -1, 2**53, "1", 1.0, True, None)} == {"exchange.malformed"}


def test_1_4_an_id_is_one_message_however_often_it_is_signed() -> None:
    assert code_of(raw(id=uuid7(1))) == "read"
    for bad in (uuid7(255).upper(), uuid7(1).replace("-7", "-4"), uuid7(1)[:-1], "{" + uuid7(1)[1:], uuid7(1) + "\n"):
        assert code_of(raw(id=bad)) == "exchange.malformed"
    nodes = Nodes()
    once, again = (open_envelope(session.protect(message()), nodes.hotline) for session in (nodes.session, nodes.clear))
    position = StreamPosition(once.sender, once.stream, 2, {1: once.id})
    assert receive(position, again) == Duplicate()


def test_2_1_only_utf_8_without_a_mark_is_read() -> None:
    good = raw()
    assert code_of(good) == "read"
    for bad in (b"\xef\xbb\xbf" + good, good.decode().encode("utf-16"), good[:-3] + b'\xff"}', b"", b"[]", good + b"x"):
        assert code_of(bad) == "exchange.malformed"


def test_2_2_two_members_of_one_name_are_refused() -> None:
    assert code_of(raw()[:-1] + b',"seq":1}') == "exchange.malformed"
    assert code_of(raw(body={"a": {"b": 1}}).replace(b'{"b": 1}', b'{"b": 1, "b": 1}')) == "exchange.malformed"


def test_2_3_numbers_are_whole_exact_and_plain() -> None:
    assert parse_envelope(raw(body={"a": 2**53 - 1, "b": -(2**53) + 1})).body["a"] == 9007199254740991
    for bad in ("1.0", "1e3", "9007199254740992", "-9007199254740992", "NaN", "Infinity", "9" * 5000):
        assert code_of(raw(body={"a": "HERE"}).replace(b'"HERE"', bad.encode())) == "exchange.malformed", bad


def test_2_4_text_holds_no_lone_surrogate_and_no_nul() -> None:
    for bad in (b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"a\\\\\\u0000"', b'{"\\u0000":1}'):
        assert code_of(raw(body={"a": "HERE"}).replace(b'"HERE"', bad)) == "exchange.malformed", bad
    assert code_of(raw(body={"a": "HERE"}).replace(b'"HERE"', b'"\\ud83d\\ude00 \\\\u0000"')) == "read"


def test_2_5_thirty_two_levels_and_no_more() -> None:
    here = raw(body={"a": "HERE"})
    assert code_of(here.replace(b'"HERE"', b"[" * 30 + b"]" * 30)) == "read"
    for levels in (31, 2_000, 100_000):
        assert code_of(here.replace(b'"HERE"', b"[" * levels + b"]" * levels)) == "exchange.too_deep"


@pytest.mark.parametrize("vector", vectors("canonical"), ids=lambda vector: vector["name"])
def test_2_6_canonical_json_is_that_of_rfc_8785(vector: dict[str, str]) -> None:
    value = json.loads(vector["json"])
    assert canonical(value).hex() == vector["canonical_hex"]
    assert spelled_by_the_other_peer(value).hex() == vector["canonical_hex"]


def test_2_7_a_refusal_holds_nothing_of_the_content() -> None:
    secret = "13912345678"
    broken = [
        raw(at=secret),
        raw(stream=secret + " "),
        raw(body=[secret]),
        raw(body={"a": secret})[:-9],
        raw(attachments=[{"name": secret}]),
    ]
    for item in open_batch(b"\n".join(broken), Nodes().hotline):
        assert isinstance(item, Receipt)
        assert secret not in json.dumps(item.wire())


@pytest.mark.parametrize("vector", vectors("envelopes")["accepted"], ids=lambda vector: vector["name"])
def test_3_1_an_envelope_has_these_members(vector: dict[str, str]) -> None:
    read = parse_envelope(vector["raw"].encode())
    assert json.loads(read.to_bytes()) == json.loads(vector["raw"])


@pytest.mark.parametrize("vector", vectors("envelopes")["refused"], ids=lambda vector: vector["name"])
def test_3_2_a_wrong_or_missing_member_is_refused(vector: dict[str, str]) -> None:
    assert code_of(vector["raw"].encode()) == vector["code"]


@pytest.mark.parametrize("name", sorted(fields()))
def test_3_2_every_member_is_required(name: str) -> None:
    assert code_of(raw(**{name: ...})) == "exchange.malformed"
    assert code_of(raw(**{name: {} if name != "body" else "x"})) == "exchange.malformed"


def test_3_3_an_unknown_member_is_kept_under_the_signature() -> None:
    nodes = Nodes()
    sent = Envelope(**{**{name: getattr(message(), name) for name in Envelope.__slots__}, "extra": {"priority": [1, {"a": None}]}})
    wire = nodes.session.protect(sent).to_bytes()
    (opened,) = open_batch(wire, nodes.hotline)
    assert isinstance(opened, Envelope)
    assert opened.extra == {"priority": [1, {"a": None}]}
    (altered,) = open_batch(wire.replace(b'"priority":[1', b'"priority":[2'), nodes.hotline)
    assert isinstance(altered, Receipt)


def test_3_4_the_major_version_decides() -> None:
    assert [code_of(raw(version=version)) for version in ("1.0", "1.1", "1.999", "2.0", "10.0")] == [
        "read",
        "read",
        "read",
        "exchange.version",
        "exchange.version",
    ]
    assert {code_of(raw(version=version)) for version in ("1", "0.9", "01.0", "1.0.0", "v1.0", 1, None)} == {"exchange.malformed"}


def test_3_5_an_unknown_type_is_taken() -> None:
    nodes = Nodes()
    (opened,) = open_batch(nodes.session.protect(message(type="of.next-year_2")).to_bytes(), nodes.hotline)
    assert isinstance(opened, Envelope)
    assert opened.type == "of.next-year_2"


def test_3_6_an_attachment_is_named_safely() -> None:
    good = {"digest": "sm3:" + "ab" * 32, "name": "现场 照片(1).jpg", "size": 0, "media_type": "image/jpeg", "pages": 2}
    assert code_of(raw(attachments=[good] * 100)) == "read"
    assert code_of(raw(attachments=[good] * 101)) == "exchange.malformed"
    bad = [{"name": name} for name in ("", ".", "..", "a/b", "a\\b", "c:d", "a*", "a?", 'a"', "<a>", "a|b", "a\nb", "\x7f", "n" * 256, 1)]
    bad += [{"digest": digest} for digest in ("sha256:" + "AB" * 32, "sha256:00", "sha1:" + "00" * 20, None)]
    bad += [{"size": size} for size in (-1, 1.5, "1", True, None)] + [
        {"media_type": kind} for kind in ("", "image", "a b/c", "a/b; c", None)
    ]
    for change in bad:
        assert code_of(raw(attachments=[{**good, **change}])) == "exchange.malformed", change


def test_3_7_an_envelope_is_one_mebibyte_at_most() -> None:
    room = 1_048_576 - len(raw(body={"a": ""}))
    assert code_of(raw(body={"a": "x" * room})) == "read"
    assert code_of(raw(body={"a": "x" * (room + 1)})) == "exchange.too_large"


@pytest.mark.parametrize(
    "change",
    [{"seq": 0}, {"at": "jetzt"}, {"body": {"a": 0.1}}, {"body": {"a": "\x00"}}, {"body": {"a": "x" * 1_048_576}}, {"version": "9.0"}],
    ids=lambda change: next(iter(change)),
)
def test_3_8_the_program_signs_nothing_a_peer_would_refuse(change: dict[str, object]) -> None:
    with pytest.raises(LocalProtocolError):
        Nodes().session.protect(message(**change))


def test_9_2_a_fact_says_what_who_when_and_nothing_may_be_missing() -> None:
    fact = Fact("HandoverAccepted", Actor(Role.AGENT, "a-1", "u", "hotline", Party.RECEIVER), datetime(2026, 11, 24, 1, 2, 3, 4, tzinfo=UTC), {"note": "已收"})
    body = fact_body(fact)
    assert set(body) == {"name", "actor", "at", "data"}
    assert body["at"] == "2026-11-24T01:02:03.000004Z"
    assert set(body["actor"]) == {"role", "person", "unit", "node", "party"}
    shared = SHARED["handover.fact"]
    assert parse_fact(body, shared) == fact
    for name in body:
        with pytest.raises(RemoteProtocolError):
            parse_fact({key: value for key, value in body.items() if key != name}, shared)
    with pytest.raises(RemoteProtocolError):
        parse_fact({**body, "at": "2026-11-24T01:02:03Z"}, shared)

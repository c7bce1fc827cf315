"""Envelopes: what travels, what is signed, and what a reader refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from exchange_samples import envelope, uuid7
from hypothesis import example, given, settings
from hypothesis import strategies as st

from liandong.domain.errors import LocalProtocolError, PeerError, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope, Limits
from liandong.domain.exchange.wire import join_batch, parse_envelope, split_batch
from liandong.domain.journal.canonical import canonical

PICTURE = {"digest": "sha256:" + "0f" * 32, "name": "现场照片.jpg", "size": 81_234, "media_type": "image/jpeg"}


def altered(**changes: Any) -> bytes:
    """Return the sample's wire form with fields changed, or left out where ``...``."""
    fields = {**envelope().wire(), **changes}
    return json.dumps({name: value for name, value in fields.items() if value is not ...}).encode()


def test_an_envelope_survives_the_journey() -> None:
    sent = envelope(attachments=(PICTURE,)).signed("ed25519-00", "ed25519+aes-256-gcm", "c2ln")
    assert parse_envelope(sent.check().to_bytes()) == sent


def test_an_unknown_field_is_kept_and_stays_under_the_signature() -> None:
    raw = altered(priority={"level": 2}, attachments=[{**PICTURE, "pages": 3}])
    read = parse_envelope(raw)
    assert read.extra == {"priority": {"level": 2}}
    assert read.attachments[0]["pages"] == 3
    assert b'"priority":{"level":2}' in read.signing_bytes()
    assert parse_envelope(read.to_bytes()) == read


def test_an_unknown_type_and_a_newer_minor_version_are_read() -> None:
    read = parse_envelope(altered(type="SomethingOfNextYear", version="1.7"))
    assert (read.type, read.version) == ("SomethingOfNextYear", "1.7")


def test_the_signature_is_not_part_of_what_is_signed_and_the_body_is_even_when_sealed() -> None:
    plain = envelope()
    sealed = Envelope(
        **{name: getattr(plain, name) for name in plain.__slots__} | {"sealed": {"to_key_id": "k", "nonce": "bg", "ciphertext": "Yw"}}
    )
    assert plain.signing_bytes() == plain.signed("", "", "abc").signing_bytes() == sealed.signing_bytes()
    assert "油烟".encode() not in sealed.to_bytes()
    assert "油烟".encode() in sealed.signing_bytes()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": ...}, "exchange.malformed"),
        ({"id": "019ab000-0000-4000-8000-000000000001"}, "exchange.malformed"),
        ({"id": uuid7(1).upper()}, "exchange.malformed"),
        ({"id": uuid7(1) + "\n"}, "exchange.malformed"),
        ({"version": "2.0"}, "exchange.version"),
        ({"version": 1}, "exchange.malformed"),
        ({"version": "1"}, "exchange.malformed"),
        ({"from": "城市"}, "exchange.malformed"),
        ({"to": ""}, "exchange.malformed"),
        ({"stream": "../x y"}, "exchange.malformed"),
        ({"stream": "s" * 129}, "exchange.malformed"),
        ({"seq": 0}, "exchange.malformed"),
        ({"seq": True}, "exchange.malformed"),
        ({"seq": "1"}, "exchange.malformed"),
        ({"seq": 1.5}, "exchange.malformed"),
        ({"seq": 2**53}, "exchange.malformed"),
        ({"type": "<b>"}, "exchange.malformed"),
        ({"at": "2026-11-22T08:00:00+08:00"}, "exchange.malformed"),
        ({"at": "2026-11-22T08:00:00"}, "exchange.malformed"),
        ({"at": "2026-02-30T08:00:00Z"}, "exchange.malformed"),
        ({"at": "２026-11-22T08:00:00Z"}, "exchange.malformed"),
        ({"body": ...}, "exchange.malformed"),
        ({"body": []}, "exchange.malformed"),
        ({"body": {"a": 0.5}}, "exchange.malformed"),
        ({"body": {"a": float("nan")}}, "exchange.malformed"),
        ({"body": {"a": "\x00"}}, "exchange.malformed"),
        ({"body": {"\x00": "a"}}, "exchange.malformed"),
        ({"body": {"a": "\ud800"}}, "exchange.malformed"),
        ({"sealed": {"to_key_id": "k", "nonce": "n", "ciphertext": "c"}}, "exchange.malformed"),
        ({"body": ..., "sealed": {"to_key_id": "k", "nonce": "n"}}, "exchange.malformed"),
        ({"body": ..., "sealed": {"to_key_id": "k", "nonce": "n", "ciphertext": "c="}}, "exchange.malformed"),
        ({"body": ..., "sealed": None}, "exchange.malformed"),
        ({"attachments": {}}, "exchange.malformed"),
        ({"attachments": [1]}, "exchange.malformed"),
        ({"attachments": [{**PICTURE, "name": "../../etc/passwd"}]}, "exchange.malformed"),
        ({"attachments": [{**PICTURE, "name": ".."}]}, "exchange.malformed"),
        ({"attachments": [{**PICTURE, "size": -1}]}, "exchange.malformed"),
        ({"attachments": [{**PICTURE, "digest": "md5:00"}]}, "exchange.malformed"),
        ({"attachments": [PICTURE] * 101}, "exchange.malformed"),
        ({"signature": None}, "exchange.malformed"),
        ({"key_id": "a b"}, "exchange.malformed"),
    ],
    ids=repr,
)
def test_a_wrong_field_is_refused_with_its_code(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_envelope(altered(**changes))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{", b"\xff\xfe{}", '{"id":1}'.encode("utf-16"), b"\xef\xbb\xbf{}", b"9" * 5000, b"{}{}", b'{"id":"\\ud800"}'],
    ids=repr,
)
def test_what_is_no_envelope_at_all_is_malformed(raw: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        parse_envelope(raw)
    assert caught.value.code == "exchange.malformed"


def test_two_keys_of_one_name_are_refused_wherever_they_stand() -> None:
    good = envelope().to_bytes()
    for broken in (good[:-1] + b',"seq":2}', good.replace(b'"times":3', b'"times":3,"times":4')):
        with pytest.raises(RemoteProtocolError, match="two keys"):
            parse_envelope(broken)


def test_size_is_refused_before_reading_and_depth_however_deep() -> None:
    with pytest.raises(RemoteProtocolError) as large:
        parse_envelope(b"x" * 1001, Limits(envelope_bytes=1000))
    assert large.value.code == "exchange.too_large"
    good = envelope(body={"a": "HERE"}).to_bytes()
    for levels in (31, 100, 5_000, 200_000):
        with pytest.raises(RemoteProtocolError) as deep:
            parse_envelope(good.replace(b'"HERE"', b"[" * levels + b"]" * levels))
        assert deep.value.code == "exchange.too_deep"
    assert parse_envelope(good.replace(b'"HERE"', b"[" * 30 + b"]" * 30))


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert parse_envelope(envelope(body={"a": "\\u0000"}).check().to_bytes()).body == {"a": "\\u0000"}


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"at": "now"},
        {"body": {"a": 1.5}},
        {"body": {"a": "\x00"}},
        {"body": {"a": "字" * 400_000}},
        {"version": "3.0"},
        {"id": "x"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_envelope_that_a_peer_would_refuse_is_our_fault_before_it_leaves(changes: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        envelope(**changes).check()


def test_a_refusal_names_the_fault_and_never_the_content() -> None:
    secret = "13912345678"
    for raw in (altered(at=secret), altered(body=secret), altered(**{"from": secret + " "}), altered(attachments=[secret])):
        with pytest.raises(RemoteProtocolError) as caught:
            parse_envelope(raw)
        assert secret not in str(caught.value) + str(dict(caught.value.data)) + caught.value.sentence("zh")


def test_a_batch_takes_as_many_as_fit_and_one_broken_line_costs_only_itself() -> None:
    envelopes = [envelope(number, seq=number) for number in range(1, 6)]
    raw, taken = join_batch(envelopes, Limits(batch_bytes=len(envelopes[0].to_bytes()) * 3 + 10))
    assert taken == 3
    lines = split_batch(raw.replace(b'"seq":2', b'"seq":"'))
    assert len(lines) == 3
    assert parse_envelope(lines[0]) == envelopes[0]
    assert parse_envelope(lines[2]) == envelopes[2]
    with pytest.raises(RemoteProtocolError):
        parse_envelope(lines[1])


def test_a_batch_of_nothing_or_of_too_many_is_refused() -> None:
    for raw, code in (
        (b"", "exchange.malformed"),
        (b"\n \n", "exchange.malformed"),
        (b"{}\n" * 6, "exchange.too_large"),
        (b"x" * 101, "exchange.too_large"),
    ):
        with pytest.raises(RemoteProtocolError) as caught:
            split_batch(raw, Limits(batch_count=5, batch_bytes=100))
        assert caught.value.code == code
    with pytest.raises(LocalProtocolError):
        join_batch([envelope()], Limits(batch_bytes=10))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = [*sorted(envelope().wire()), "sealed", "priority"]


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=6))
def test_no_value_in_any_field_brings_more_than_a_peer_error(changes: dict[str, Any]) -> None:
    raw = json.dumps({**envelope().wire(), **changes}).encode("utf-8", "surrogatepass")
    try:
        read = parse_envelope(raw)
    except PeerError as error:
        assert error.sentence("zh")
    else:
        assert parse_envelope(read.to_bytes()) == read
        assert canonical(read.wire()) == read.to_bytes()


@settings(max_examples=300)
@example(b"[" * 100_000)
@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_bring_more_than_a_peer_error(raw: bytes) -> None:
    with pytest.raises(PeerError):
        parse_envelope(raw)


@settings(max_examples=300)
@given(st.data())
def test_damage_on_the_way_is_read_whole_or_refused_never_a_crash(data: st.DataObject) -> None:
    raw = bytearray(envelope(attachments=(PICTURE,)).to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        if not raw:
            break
    try:
        assert isinstance(parse_envelope(bytes(raw)), Envelope)
    except PeerError as error:
        assert error.code.startswith("exchange.")

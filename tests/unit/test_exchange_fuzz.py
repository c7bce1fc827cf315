"""Whatever bytes a cable brings: receipts or a documented refusal, never another error, and nothing of the content in it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.adapters.crypto.session import answer, open_batch
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.exchange.codes import CODES
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope
from liandong.domain.exchange.receipts import Receipt, parse_receipts
from tests.fuzz.nodes import PEERS, sent

SECRET = "秘密的话"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["\ud800", "\u0000", "１", "Ａ", "e\u0301", "\u202e", "9" * 40]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(["id", "version", "from", "to", "stream", "seq", "type", "at", "body", "sealed", "attachments", "key_id", "suite", "signature", "next"])


def judged(raw: bytes) -> list[Envelope | Receipt]:
    """Open a batch; what comes back says only what the document allows."""
    try:
        opened = open_batch(raw, PEERS.hotline)
    except RemoteProtocolError as error:
        assert error.code in CODES
        return []
    for each in opened:
        if isinstance(each, Receipt):
            assert each.code in CODES
            assert SECRET not in each.detail
    receipts = [each for each in opened if isinstance(each, Receipt)]
    if receipts:
        assert len(parse_receipts(answer(receipts, PEERS.hotline)).receipts) == len(receipts)
    return opened


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(raw: bytes) -> None:
    assert not any(isinstance(each, Envelope) for each in judged(raw))


@settings(max_examples=80, deadline=None)
@given(MEMBERS, JSON)
def test_a_member_that_is_anything_else_is_answered_and_never_taken(name: str, value: Any) -> None:
    fields = sent(SECRET).wire()
    if fields.get(name) == value and type(fields.get(name)) is type(value):
        return
    try:
        raw = json.dumps({**fields, name: value}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except ValueError:
        return
    assert not any(isinstance(each, Envelope) for each in judged(raw))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_flipped_bit_is_never_taken(data: st.DataObject) -> None:
    raw = bytearray(sent(SECRET).to_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    assert not any(isinstance(each, Envelope) for each in judged(bytes(raw)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["good", "deep", "long", "twice", "huge", "other", "newer", "cut"]), min_size=1, max_size=6))
def test_one_bad_line_costs_only_itself(kinds: list[str]) -> None:
    opened = judged(b"\n".join(line(each) for each in kinds))
    assert [isinstance(each, Envelope) for each in opened] == [each == "good" for each in kinds]


def line(kind: str) -> bytes:
    raw = sent(SECRET).to_bytes()
    fields = json.loads(raw)
    if kind == "deep":
        return raw[:-1] + b',"next":' + b"[" * 5000 + b"]" * 5000 + b"}"
    if kind == "long":
        return raw[:-1] + b',"next":"' + b"x" * DEFAULT_LIMITS.envelope_bytes + b'"}'
    if kind == "twice":
        return raw[:-1] + b',"seq":1}'
    if kind == "huge":
        return raw[:-1] + b',"next":' + b"9" * 5000 + b"}"
    if kind == "other":
        return json.dumps({**fields, "to": "police"}).encode()
    if kind == "newer":
        return json.dumps({**fields, "version": "2.0"}).encode()
    return raw[: len(raw) // 2] if kind == "cut" else raw


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value, ensure_ascii=True).encode()))
def test_any_answer_is_receipts_or_a_documented_fault(raw: bytes) -> None:
    try:
        parse_receipts(raw)
    except RemoteProtocolError as error:
        assert error.code in CODES


def test_bits_that_belong_to_no_byte_are_looked_at_too() -> None:
    """The last sign of base64 may have unused bits: a sealed text of another spelling is not the one that was sent."""
    fields = json.loads(sent(SECRET).to_bytes())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in (("sealed", "ciphertext"), ("signature",)):
        changed = json.loads(json.dumps(fields))
        holder = changed
        for name in place[:-1]:
            holder = holder[name]
        text = holder[place[-1]]
        assert len(text) % 4, "this sample leaves bits over"
        holder[place[-1]] = text[:-1] + alphabet[alphabet.index(text[-1]) | 1]
        assert not any(isinstance(each, Envelope) for each in judged(json.dumps(changed).encode()))

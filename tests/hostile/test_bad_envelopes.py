"""Forged, altered and replayed messages reach the exchange of a real node and change nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE
from liandong.adapters.crypto.session import Session
from liandong.adapters.postgres.ids import uuid7
from liandong.adapters.transports.http import BATCH_PATH
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus, parse_receipts
from liandong.domain.exchange.wire import join_batch
from liandong.node.keys import node_keyring
from liandong.node.settings import read_node
from tests.city import City
from tests.hostile.odd import asked

pytestmark = pytest.mark.nodes


def always(_: httpx.Response) -> bool:
    """Every answer must leave the books alone, one of 200 too: it holds receipts."""
    return True


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def hotline(city: City) -> Session:
    """The hotline's own hand, with its own keys."""
    return Session(node_keyring(read_node(city.file("hotline"))))


def offer(stream: str = "", **changes: Any) -> Envelope:
    """Return an offer of the hotline to police."""
    stream = stream or uuid7()
    data = {
        "appeal": uuid7(), "record": {"text": "有人打架"}, "origin": "hotline", "destination": "police", "number": f"联T{stream[-6:]}",
        "cause": "scope", "danger": False,
    }  # fmt: skip
    actor = {"role": "agent", "person": "", "unit": "", "node": "hotline", "party": "S"}
    body = {"name": "HandoverOffered", "actor": actor, "at": now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "data": data}
    at = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    fields: dict[str, Any] = {
        "id": uuid7(),
        "sender": "hotline",
        "recipient": "police",
        "stream": stream,
        "seq": 1,
        "type": "handover.fact",
        "at": at,
        "body": body,
    }
    return Envelope(**{**fields, **changes})


def post(city: City, raw: bytes, **headers: str) -> httpx.Response:
    return httpx.post(city.url("police") + BATCH_PATH, content=raw, headers=headers, trust_env=False, timeout=30)


def receipts(answer: httpx.Response) -> list[Receipt]:
    assert answer.status_code == 200, answer.text[:300]
    return list(parse_receipts(answer.content).receipts)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"{}", b"\x00" * 1000, b"\xff\xfe", b"[" * 100_000, b"{" * 5000 + b"}" * 5000, "油烟".encode("gbk"), b"{}\n" * 3000]
)
def test_what_is_no_batch_is_refused(city: City, raw: bytes) -> None:
    answer = asked(city, lambda: post(city, raw), always)
    assert answer.status_code < 500, answer.text[:300]
    if answer.status_code == 200:
        assert not any(each.delivered for each in receipts(answer))
    else:
        assert answer.json()["code"].startswith("exchange.")


def test_more_than_a_batch_may_hold_is_refused(city: City) -> None:
    answer = post(city, b"x" * 40_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "exchange.too_large")


def test_a_stranger_with_keys_of_his_own_is_not_heard(city: City, hotline: Session) -> None:
    known = node_keyring(read_node(city.file("hotline")))
    peer = known.sealing_key("police")
    for name in ("hotline", "stranger", "police"):
        forged = Session(KeyRing(name, [generate_key(name, DEFAULT_SUITE, now())], [peer], now))
        raw = join_batch([forged.protect(offer(sender=name))])[0]
        assert not any(each.delivered for each in receipts(asked(city, partial(post, city, raw), always))), name


def test_a_message_altered_on_the_way_is_refused(city: City, hotline: Session) -> None:
    sound = json.loads(hotline.protect(offer()).to_bytes())
    for name, value in {
        "seq": 2,
        "stream": uuid7(),
        "from": "police",
        "to": "hotline",
        "type": "handover.other",
        "at": "2026-11-22T08:00:00.000Z",
    }.items():
        raw = json.dumps({**sound, name: value}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        answer = asked(city, partial(post, city, raw), always)
        assert answer.status_code < 500
        if answer.status_code == 200:
            assert not any(each.delivered for each in receipts(answer)), name


def test_a_message_replayed_has_no_second_effect(city: City, hotline: Session) -> None:
    envelope = hotline.protect(offer())
    raw = join_batch([envelope])[0]
    assert receipts(post(city, raw))[0].status is ReceiptStatus.ACCEPTED
    for again in (raw, raw, join_batch([envelope] * 5)[0]):
        assert receipts(asked(city, partial(post, city, again), always))[0].status is ReceiptStatus.DUPLICATE


def test_another_message_under_a_number_that_was_used_is_refused(city: City, hotline: Session) -> None:
    first = offer()
    assert receipts(post(city, join_batch([hotline.protect(first)])[0]))[0].delivered
    other = join_batch([hotline.protect(replace(offer(first.stream), seq=1))])[0]
    answer = receipts(asked(city, lambda: post(city, other), always))[0]
    assert (answer.status, answer.code) == (ReceiptStatus.REFUSED, "exchange.seq_taken")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "HandoverOffered"},
        {"name": "AppealTaken", "actor": {"role": "agent", "party": "S"}, "at": "2026-11-22T08:00:00.000000Z", "data": {}},
        {"name": "HandoverOffered", "actor": {"role": "emperor", "party": "S"}, "at": "2026-11-22T08:00:00.000000Z", "data": {}},
        {"name": "HandoverOffered", "actor": {"role": "agent", "party": "S"}, "at": "2026-11-22T08:00:00.000000Z", "data": {"origin": "police", "destination": "hotline", "appeal": "x", "record": {"text": "x"}}},
    ],
)  # fmt: skip
def test_a_peer_that_talks_nonsense_is_set_aside_and_costs_nobody_else(city: City, hotline: Session, body: dict[str, Any]) -> None:
    def send() -> httpx.Response:
        return post(city, join_batch([hotline.protect(offer(body=body)), hotline.protect(offer())])[0])

    answers = receipts(asked(city, send, always, new_streams=1))
    assert [each.status for each in answers] == [ReceiptStatus.QUARANTINED, ReceiptStatus.ACCEPTED]


def test_an_offer_under_the_id_of_another_record_is_set_aside_and_costs_nobody_else(city: City, hotline: Session) -> None:
    appeal = city.api("police", "call_taker").take("路灯坏了")["appeal"]["id"]

    def send() -> httpx.Response:
        return post(city, join_batch([hotline.protect(offer(appeal)), hotline.protect(offer())])[0])

    answers = receipts(asked(city, send, always, new_streams=1))
    assert [each.status for each in answers] == [ReceiptStatus.QUARANTINED, ReceiptStatus.ACCEPTED]

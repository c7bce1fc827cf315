"""Inbox and outbox: each message once, in order, and a failing stream holds back only itself."""

from __future__ import annotations

import random

import pytest
from exchange_samples import envelope, uuid7
from hypothesis import given
from hypothesis import strategies as st

from liandong.domain.errors import MESSAGES, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.codes import CODES, Retry, code_of
from liandong.domain.exchange.inbox import Apply, Duplicate, Refuse, StreamPosition, WaitForGap, quarantine, receive
from liandong.domain.exchange.outbox import Again, Delivered, Parked, RetryPolicy, Rewind, StayBehind, settle
from liandong.domain.exchange.receipts import Receipt, ReceiptBatch, ReceiptStatus, parse_receipts

STREAM = envelope().stream


def position(next_seq: int = 1, kept: dict[int, str] | None = None, quarantined: bool = False) -> StreamPosition:
    return StreamPosition("city-110", STREAM, next_seq, kept or {}, quarantined)


def test_the_number_needed_next_is_applied() -> None:
    assert receive(position(), envelope(1, seq=1)) == Apply(2)
    assert receive(position(7), envelope(1, seq=7)) == Apply(8)


def test_a_number_gone_by_is_a_duplicate_only_with_the_same_id() -> None:
    state = position(3, {1: uuid7(1), 2: uuid7(2)})
    assert receive(state, envelope(1, seq=1)) == Duplicate()
    assert receive(state, envelope(9, seq=1)) == Refuse("exchange.seq_taken")
    assert receive(position(3), envelope(1, seq=1)) == Refuse("exchange.seq_behind")


def test_a_number_ahead_waits_and_says_what_is_missing() -> None:
    decision = receive(position(3), envelope(1, seq=5))
    assert decision == WaitForGap(3, "exchange.gap")
    assert decision.receipt(envelope(1, seq=5)) == Receipt(uuid7(1), ReceiptStatus.WAITING, "exchange.gap", 3)


def test_a_message_in_quarantine_holds_what_follows_and_answers_its_own_repetition() -> None:
    state = position(3, {3: uuid7(3)}, quarantined=True)
    assert receive(state, envelope(3, seq=3)) == Duplicate(quarantined=True)
    assert receive(state, envelope(8, seq=3)) == Refuse("exchange.seq_taken")
    assert receive(state, envelope(4, seq=4)) == WaitForGap(3, "exchange.behind_quarantine")
    assert quarantine(envelope(3), "why").delivered


def test_an_envelope_of_another_stream_or_peer_is_not_judged_by_this_position() -> None:
    assert receive(position(), envelope(sender="other")) == Refuse("exchange.wrong_sender")
    assert receive(position(), envelope(stream="other")) == Refuse("exchange.wrong_sender")


@given(st.integers(1, 12), st.randoms(use_true_random=False), st.integers(1, 4))
def test_whatever_the_cable_repeats_and_shuffles_each_is_applied_once_and_in_order(count: int, chance: random.Random, copies: int) -> None:
    flights = [envelope(number, seq=number) for number in range(1, count + 1)] * copies
    chance.shuffle(flights)
    kept: dict[int, str] = {}
    applied: list[int] = []
    while len(applied) < count:
        for flight in flights:
            decision = receive(position(len(applied) + 1, kept), flight)
            if isinstance(decision, Apply):
                applied.append(flight.seq)
                kept[flight.seq] = flight.id
            else:
                assert not isinstance(decision, Refuse)
    assert applied == list(range(1, count + 1))


def refused(number: int, code: str) -> Receipt:
    return Receipt(uuid7(number), ReceiptStatus.REFUSED, code)


def accepted(number: int) -> Receipt:
    return Receipt(uuid7(number), ReceiptStatus.ACCEPTED)


def test_a_failing_head_holds_back_its_own_stream_only() -> None:
    sent = [envelope(1, seq=1), envelope(2, stream="b", seq=1), envelope(3, seq=2), envelope(4, stream="b", seq=2)]
    waiting = Receipt(uuid7(3), ReceiptStatus.WAITING, "exchange.gap", 1)
    outcomes = settle(sent, [refused(1, "exchange.busy"), accepted(2), waiting, accepted(4)], {}, [0.5] * 4, RetryPolicy())
    assert outcomes == [Again("exchange.busy", 0.125), Delivered(accepted(2)), StayBehind(), Delivered(accepted(4))]


def test_a_gap_before_the_head_asks_for_the_earlier_messages() -> None:
    waiting = Receipt(uuid7(1), ReceiptStatus.WAITING, "exchange.gap", 2)
    assert settle([envelope(1, seq=5)], [waiting], {}, [0.0], RetryPolicy()) == [Rewind(2, 0.0)]


def test_waiting_behind_a_quarantine_is_tried_again_without_asking_for_more() -> None:
    waiting = Receipt(uuid7(1), ReceiptStatus.WAITING, "exchange.behind_quarantine", 4)
    assert settle([envelope(1, seq=5)], [waiting], {}, [0.4], RetryPolicy()) == [Again("exchange.behind_quarantine", 0.1)]


@pytest.mark.parametrize("row", CODES.values(), ids=lambda row: row.code)
def test_every_code_leads_to_what_the_table_says(row: object) -> None:
    assert row.code in MESSAGES  # type: ignore[attr-defined]
    policy = RetryPolicy()
    for failures in (0, policy.few - 1, 1000):
        (outcome,) = settle([envelope()], [refused(1, row.code)], {uuid7(1): failures}, [0.99], policy)  # type: ignore[attr-defined]
        parked = row.retry is Retry.PERSON or (row.retry is Retry.FEW and failures + 1 >= policy.few)  # type: ignore[attr-defined]
        assert isinstance(outcome, Parked if parked else Again)


def test_a_code_of_a_newer_peer_is_tried_again() -> None:
    assert code_of("exchange.of_next_year").retry is Retry.LATER
    assert isinstance(settle([envelope()], [refused(1, "exchange.of_next_year")], {uuid7(1): 999}, [0.5], RetryPolicy())[0], Again)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_to_the_bound_and_never_beyond(attempts: int, chance: float) -> None:
    policy = RetryPolicy()
    assert 0 <= policy.pause_seconds(attempts, chance) <= min(60.0, 0.25 * 2 ** min(attempts - 1, 50))
    assert 0 <= policy.peer_pause_seconds(attempts, chance) <= 1.0
    assert policy.pause_seconds(20, 0.999) > 59


def test_receipts_survive_the_journey_and_keep_fields_of_a_newer_peer_under_the_signature() -> None:
    receipts = (
        accepted(1),
        Receipt(uuid7(2), ReceiptStatus.WAITING, "exchange.gap", 4),
        Receipt("", ReceiptStatus.REFUSED, "exchange.malformed", detail="not JSON"),
    )
    sent = ReceiptBatch(sender="city-12345", at="2026-11-22T08:00:00Z", receipts=receipts, key_id="k", suite="s", signature="c2ln")
    read = parse_receipts(sent.to_bytes())
    assert read == sent
    assert read.signing_bytes() == sent.signing_bytes()
    newer = parse_receipts(sent.to_bytes()[:-1] + b',"load":7}')
    assert b'"load":7' in newer.signing_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>502</html>",
        b"{}",
        b'{"version":"1.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[]}',
        b'{"version":"1.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[1]}',
        b'{"version":"1.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[{"id":"x","status":"lost"}]}',
        b'{"version":"1.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[{"id":"x","status":"waiting","expected_seq":0}]}',
        b'{"version":"1.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[{"id":["x"],"status":"accepted"}]}',
        b'{"version":"2.0","from":"a","at":"","key_id":"","suite":"","signature":"","receipts":[{"id":"x","status":"accepted"}]}',
    ],
    ids=range(8),
)
def test_an_answer_that_is_no_receipt_is_the_peers_fault(raw: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_receipts(raw)


@given(st.binary())
def test_no_answer_brings_more_than_a_peer_error(raw: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_receipts(raw)


def test_a_refusal_passes_the_reason_on_without_anything_else() -> None:
    receipt = Receipt.refusal("x", RemoteProtocolError("exchange.signature", detail="key ed25519-1", words="secret"))
    assert receipt.wire() == {"id": "x", "status": "refused", "code": "exchange.signature", "detail": "key ed25519-1"}
    assert Receipt.refusal("x", PeerUnavailable()).code == "peer.unavailable"

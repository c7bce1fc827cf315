"""Batches of the exchange on a real database: taken together, and one by one as soon as one of them is bad."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from liandong.adapters.postgres.ids import uuid7
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus

pytestmark = pytest.mark.database


def unknown(stream: str, seq: int, **changes: Any) -> Envelope:
    """Return a message of a type that is kept and not applied."""
    fields = {"id": str(uuid7()), "sender": "hotline", "recipient": "police", "stream": stream, "seq": seq, "type": "of.next.year"}
    return Envelope(**{**fields, "at": "2026-11-24T08:00:00Z", "body": {}, **changes})


def take(node: Any, *envelopes: Envelope) -> list[Receipt]:
    # Its tables need a node that is set up.
    from liandong.adapters.postgres.inbox import take_batch

    return take_batch(node.world, envelopes)


def statuses(node: Any, *envelopes: Envelope) -> list[str]:
    return [str(each.status) for each in take(node, *envelopes)]


def test_a_batch_is_taken_once_and_in_order(node: Any) -> None:
    one, other = str(uuid4()), str(uuid4())
    batch = [unknown(one, 1), unknown(other, 1), unknown(one, 2), unknown(other, 3), unknown(one, 3)]
    assert statuses(node, *batch) == ["accepted", "accepted", "accepted", "waiting", "accepted"]
    assert statuses(node, *batch) == ["duplicate", "duplicate", "duplicate", "waiting", "duplicate"]
    assert statuses(node, unknown(other, 2), batch[3], unknown(one, 2)) == ["accepted", "accepted", "refused"]


def test_a_message_twice_in_one_batch_has_one_effect(node: Any) -> None:
    message = unknown(str(uuid4()), 1)
    assert statuses(node, message, message, replace(message, seq=2, id=str(uuid7()))) == ["accepted", "duplicate", "accepted"]


def test_one_bad_message_costs_only_itself(node: Any) -> None:
    good, bad = str(uuid4()), str(uuid4())
    batch = [unknown(good, 1), unknown(bad, 1, type="handover.fact"), unknown(bad, 2), unknown(good, 2)]
    assert statuses(node, *batch) == ["accepted", "quarantined", "waiting", "accepted"]
    assert statuses(node, *batch) == ["duplicate", "duplicate", "waiting", "duplicate"]
    receipt = take(node, unknown(bad, 1, type="handover.fact"))[0]
    assert (receipt.status, receipt.code) == (ReceiptStatus.REFUSED, "exchange.seq_taken")

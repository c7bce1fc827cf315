"""Clauses 4 to 6 of docs/reference/exchange.md: receiving, receipts, sending again. One test a clause."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exchange_world import HOTLINE, POLICE, STREAM, Nodes, code, keys_of, message, stranger, uuid7, vectors

from liandong.adapters.crypto.registry import SUITES
from liandong.adapters.crypto.session import Session, answer, open_batch
from liandong.adapters.transports.memory import LoopbackTransport, MemoryInbox, MemoryOutbox
from liandong.adapters.transports.relay import Relay
from liandong.domain.errors import LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.codes import CODES
from liandong.domain.exchange.inbox import StreamPosition, quarantine, receive
from liandong.domain.exchange.outbox import Again, Delivered, Parked, RetryPolicy, Rewind, StayBehind, settle
from liandong.domain.exchange.receipts import DELIVERED, Receipt, ReceiptStatus, parse_receipts

DOCUMENT = (Path(__file__).parents[2] / "docs/reference/exchange.md").read_text(encoding="utf-8")


def refused(number: int, reason: str) -> Receipt:
    return Receipt(uuid7(number), ReceiptStatus.REFUSED, reason)


def line(nodes: Nodes, number: int = 1, **changes: Any) -> bytes:
    return nodes.session.protect(message(number, **changes)).to_bytes()


def test_4_1_the_first_fault_in_the_order_of_the_clause_decides() -> None:
    nodes = Nodes()
    thief, public = stranger("county-110")
    nodes.hotline.add_peer(public)
    good = json.loads(line(nodes))
    steps: list[tuple[str, dict[str, Any]]] = [
        ("exchange.malformed", {"seq": 0}),
        ("exchange.wrong_recipient", {"to": "elsewhere"}),
        ("exchange.key_unknown", {"key_id": "ed25519-00"}),
        ("exchange.suite", {"suite": "rot13"}),
        ("exchange.wrong_sender", {"key_id": thief.key_id}),
        ("exchange.seal", {"stream": "other"}),
    ]
    for position, (wanted, _) in enumerate(steps):
        faulty: dict[str, Any] = {}
        for _, change in reversed(steps[position:]):
            faulty |= change
        (item,) = open_batch(json.dumps({**good, **faulty}).encode(), nodes.hotline)
        assert code(item) == wanted
    signed_over_other_words = replace(nodes.clear.protect(message()), body={"words": "其他"})
    assert [code(item) for item in open_batch(signed_over_other_words.to_bytes(), nodes.hotline)] == ["exchange.signature"]


def test_4_2_a_message_for_another_node_is_refused() -> None:
    nodes = Nodes()
    meant = nodes.clear.protect(message(to="elsewhere")).to_bytes()
    assert [code(item) for item in open_batch(meant, nodes.hotline)] == ["exchange.wrong_recipient"]


def test_4_3_nobody_speaks_in_the_name_of_another() -> None:
    nodes = Nodes()
    thief, public = stranger("county-110")
    nodes.hotline.add_peer(public)
    thief.node = POLICE
    forged = thief.envelope(
        {"id": uuid7(1), "to": HOTLINE, "stream": STREAM, "seq": 1, "type": "handover.fact", "at": "2026-11-22T08:00:00Z", "body": {}}
    )
    assert [code(item) for item in open_batch(forged, nodes.hotline)] == ["exchange.wrong_sender"]


def judged(vector: dict[str, Any]) -> Receipt:
    kept = {int(seq): id_ for seq, id_ in vector["kept"].items()}
    state = StreamPosition(POLICE, STREAM, vector["next_seq"], kept, vector["quarantined"])
    envelope = replace(message(), seq=vector["seq"], id=vector["id"])
    return receive(state, envelope).receipt(envelope)


def vectors_with(*wanted: str) -> list[dict[str, Any]]:
    return [vector for vector in vectors("streams") if vector["code"] in wanted or vector["status"] in wanted]


@pytest.mark.parametrize("vector", vectors_with("accepted"), ids=str)
def test_4_4_the_number_needed_next_takes_effect_and_moves_the_position_by_one(vector: dict[str, Any]) -> None:
    receipt = judged(vector)
    assert receipt.status == "accepted"
    state = StreamPosition(POLICE, STREAM, vector["next_seq"])
    assert receive(state, replace(message(), seq=vector["seq"])).next_seq == vector["next_seq"] + 1  # type: ignore[union-attr]


@pytest.mark.parametrize("vector", vectors_with("duplicate", "exchange.seq_taken", "exchange.seq_behind"), ids=str)
def test_4_5_a_number_gone_by_is_a_duplicate_or_a_contradiction(vector: dict[str, Any]) -> None:
    receipt = judged(vector)
    assert (receipt.status, receipt.code) == (vector["status"], vector["code"])


@pytest.mark.parametrize("vector", vectors_with("exchange.gap"), ids=str)
def test_4_6_a_number_ahead_waits(vector: dict[str, Any]) -> None:
    receipt = judged(vector)
    assert (receipt.status, receipt.code, receipt.expected_seq) == ("waiting", "exchange.gap", vector["expected_seq"])


def test_4_7_what_cannot_be_applied_is_quarantined_and_holds_its_stream() -> None:
    receipt = quarantine(message(3), "command.not_in_state")
    assert (receipt.status, receipt.code) == ("quarantined", "exchange.unprocessable")
    (behind,) = vectors_with("exchange.behind_quarantine")
    held = judged(behind)
    assert (held.status, held.code, held.expected_seq) == ("waiting", "exchange.behind_quarantine", 3)


def test_5_1_a_batch_is_answered_line_by_line_in_one_signed_object() -> None:
    nodes = Nodes()
    reply = MemoryInbox(nodes.hotline).take(line(nodes, 1) + b"\n{\n" + line(nodes, 2) + b"\n")
    fields = json.loads(reply)
    assert set(fields) == {"version", "from", "at", "receipts", "key_id", "suite", "signature"}
    assert [item["id"] for item in fields["receipts"]] == [uuid7(1), "", uuid7(2)]


def test_5_2_a_receipt_says_only_what_applies() -> None:
    assert Receipt(uuid7(1), ReceiptStatus.ACCEPTED).wire() == {"id": uuid7(1), "status": "accepted"}
    waiting = Receipt(uuid7(1), ReceiptStatus.WAITING, "exchange.gap", 3, "number 5")
    assert set(waiting.wire()) == {"id", "status", "code", "expected_seq", "detail"}


def test_5_3_there_are_five_statuses_and_three_end_the_matter() -> None:
    rows = dict(re.findall(r"^\| `(accepted|duplicate|quarantined|waiting|refused)` \|.*\| ([^|]+) \|$", DOCUMENT, re.M))
    assert set(rows) == {status.value for status in ReceiptStatus}
    assert {status for status, what in rows.items() if what.startswith("is done")} == {status.value for status in DELIVERED}


def test_5_4_an_effect_is_there_when_accepted_is_said() -> None:
    nodes = Nodes()
    inbox = MemoryInbox(nodes.hotline)
    reply = json.loads(inbox.take(line(nodes)))
    assert [item["status"] for item in reply["receipts"]] == ["accepted"]
    assert [item.id for item in inbox.applied] == [uuid7(1)]


def test_5_5_an_answer_is_believed_from_the_peer_that_was_asked_for_this_batch_only() -> None:
    nodes = Nodes()
    other, public = stranger("county-110")
    nodes.police.add_peer(public)
    accepted = {"id": uuid7(1), "status": "accepted"}
    good = answer([Receipt(uuid7(1), ReceiptStatus.ACCEPTED)], nodes.hotline)
    assert nodes.session.read_answer(good, HOTLINE, [uuid7(1)])[0].delivered
    for raw, ids in (
        (good, [uuid7(2)]),
        (good, [uuid7(1), uuid7(2)]),
        (good.replace(b"accepted", b"refused"), [uuid7(1)]),
        (other.answer([accepted], "2026-11-22T08:00:00Z"), [uuid7(1)]),
        (answer([Receipt("", ReceiptStatus.ACCEPTED)], nodes.hotline), [uuid7(1)]),
    ):
        with pytest.raises(RemoteProtocolError):
            nodes.session.read_answer(raw, HOTLINE, ids)


@pytest.mark.parametrize("vector", [each for each in vectors("protected") if each["suite"] in SUITES], ids=lambda vector: vector["suite"])
def test_5_6_a_kept_answer_proves_itself(vector: dict[str, Any]) -> None:
    police, _ = keys_of(vector)
    receipts = Session(police).read_answer(vector["answer"].encode(), HOTLINE, [json.loads(vector["envelope_sealed"])["id"], uuid7(7)])
    assert [receipt.status for receipt in receipts] == ["accepted", "refused"]
    assert {receipt.proof for receipt in receipts} == {vector["answer"]}
    assert parse_receipts(receipts[0].proof.encode()).signature


class Line:
    """An outbox, a relay and a far end that answers as the test says."""

    def __init__(self, far_end: Any, **settings: Any) -> None:
        nodes = Nodes()
        self.nodes = nodes
        self.inbox = MemoryInbox(nodes.hotline)
        self.outbox = MemoryOutbox(lambda: datetime.now(UTC))
        self.down: list[float] = []
        self.sent: list[list[str]] = []

        async def deliver(peer: str, raw: bytes) -> bytes:
            self.sent.append([item.id for item in open_batch(raw, nodes.hotline)])
            reply: bytes = far_end(self, raw)
            return reply

        policy = RetryPolicy(base_seconds=0.001, cap_seconds=0.002, peer_cap_seconds=0.002)
        self.relay = Relay(
            HOTLINE,
            self.outbox,
            LoopbackTransport(deliver, nodes.session.read_answer),
            nodes.session,
            lambda: datetime.now(UTC),
            watch=self,
            policy=policy,
            poll_seconds=0.005,
            **settings,
        )

    def peer_up(self, peer: str, delivered: int, refused: int, ahead_seconds: float | None) -> None: ...

    def peer_down(self, peer: str, error: Exception, failures: int, pause_seconds: float) -> None:
        self.down.append(pause_seconds)

    def run_until(self, done: Any) -> None:
        async def play() -> None:
            running = asyncio.create_task(self.relay.run())
            async with asyncio.timeout(20):
                while not done():
                    await asyncio.sleep(0.001)
            self.relay.stop()
            await running

        asyncio.run(play())


def take(here: Line, raw: bytes) -> bytes:
    return here.inbox.take(raw)


def test_6_1_a_message_stays_until_it_is_delivered_or_parked() -> None:
    def never(here: Line, raw: bytes) -> bytes:
        raise PeerUnavailable(peer=HOTLINE)

    here = Line(never)
    here.outbox.put([message(1)])
    here.run_until(lambda: len(here.down) > 20)
    assert here.outbox.waiting() == [uuid7(1)]


def test_6_2_a_message_that_fails_holds_back_its_own_stream_only() -> None:
    sent = [message(1), message(2), message(1, id=uuid7(3), stream="other")]
    receipts = [
        refused(1, "exchange.busy"),
        Receipt(uuid7(2), ReceiptStatus.WAITING, "exchange.gap", 1),
        Receipt(uuid7(3), ReceiptStatus.ACCEPTED),
    ]
    outcomes = settle(sent, receipts, {}, [0.5] * 3, RetryPolicy())
    assert [type(outcome) for outcome in outcomes] == [Again, StayBehind, Delivered]


def test_6_3_silence_counts_no_failure_and_is_waited_out_within_bounds() -> None:
    def deaf_nine_times(here: Line, raw: bytes) -> bytes:
        if len(here.sent) < 10:
            raise PeerUnavailable(peer=HOTLINE, retry_after_seconds=0)
        return take(here, raw)

    here = Line(deaf_nine_times)
    here.outbox.put([message(1)])
    here.run_until(lambda: not here.outbox.waiting())
    assert here.outbox.entries[uuid7(1)].attempts == 0
    policy = RetryPolicy()
    assert [policy.peer_pause_seconds(failures, 0.5) for failures in (1, 2, 3, 4, 5, 6, 60)] == [0.125, 0.25, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert policy.peer_pause_seconds(9, 0.0) == 0


TABLE = re.findall(r"^\| `(exchange\.[a-z_]+)` \| (sender|receiver|cable) \| (few|later|person|done) \|", DOCUMENT, re.M)


@pytest.mark.parametrize(("name", "fault", "retry"), TABLE)
def test_6_4_the_table_decides_what_becomes_of_a_refused_message(name: str, fault: str, retry: str) -> None:
    assert (CODES[name].fault, CODES[name].retry) == (fault, retry)
    outcomes = [settle([message(1)], [refused(1, name)], {uuid7(1): failures}, [0.999], RetryPolicy())[0] for failures in (0, 6, 7, 1000)]
    parked_from = {"person": 0, "few": 2, "later": 4, "done": 4}[retry]
    assert [isinstance(outcome, Parked) for outcome in outcomes] == [position >= parked_from for position in range(4)]
    assert all(outcome.pause_seconds <= 60 for outcome in outcomes if isinstance(outcome, Again))


def test_6_4_the_table_of_the_document_is_the_table_of_the_program() -> None:
    assert [row[0] for row in TABLE] == list(CODES)


def test_6_5_a_gap_is_filled_from_the_number_the_peer_needs() -> None:
    assert settle([message(5)], [Receipt(uuid7(5), ReceiptStatus.WAITING, "exchange.gap", 2)], {}, [0.0], RetryPolicy()) == [Rewind(2, 0.0)]

    here = Line(take)
    here.outbox.put([message(1)])
    here.run_until(lambda: not here.outbox.waiting())
    here = _continued(here)
    here.run_until(lambda: not here.outbox.waiting())
    assert [item.seq for item in here.inbox.applied] == [1, 2]
    alone = Line(take)
    alone.outbox.put([message(4)])
    alone.run_until(lambda: bool(alone.outbox.parked()))
    assert alone.outbox.parked() == {uuid7(4): "exchange.gap"}


def _continued(before: Line) -> Line:
    """Return a new line with the outbox of another, one message more in it, and a far end that remembers nothing."""
    after = Line(take)
    after.outbox.entries.update(before.outbox.entries)
    after.outbox.put([message(2)])
    return after


def test_6_6_a_refused_batch_is_halved_until_the_fault_stands_alone() -> None:
    def refuses_the_third(here: Line, raw: bytes) -> bytes:
        if uuid7(3).encode() in raw:
            raise LocalProtocolError("exchange.too_large", detail="HTTP 413")
        return take(here, raw)

    here = Line(refuses_the_third)
    here.outbox.put([message(1, id=uuid7(number), stream=f"s{number}") for number in range(1, 9)])
    here.run_until(lambda: not here.outbox.waiting())
    assert here.outbox.parked() == {uuid7(3): "exchange.too_large"}
    assert len(here.inbox.applied) == 7


def test_6_7_an_unknown_code_is_tried_again_like_a_failure_of_the_receiver() -> None:
    (outcome,) = settle([message(1)], [refused(1, "exchange.of_next_year")], {uuid7(1): 500}, [0.5], RetryPolicy())
    assert outcome == Again("exchange.of_next_year", 30.0)
    assert CODES["exchange.internal"].retry == "later"


def test_6_8_live_messages_pass_a_backlog() -> None:
    here = Line(take, batch_count=5)
    here.outbox.put([message(1, id=uuid7(number), stream=f"s{number}") for number in range(1, 101)])
    here.outbox.put([message(1, id=uuid7(999), stream="live")])

    async def play() -> None:
        for _ in range(2):
            await here.relay.carry()

    asyncio.run(play())
    assert uuid7(999) in here.sent[0] + here.sent[1]

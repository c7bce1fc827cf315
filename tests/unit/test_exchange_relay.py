"""The relay: everything arrives once and in order, whatever the cable, the peer or the process does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest
from exchange_nodes import HOTLINE, Clock, rings
from exchange_samples import envelope, uuid7
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.adapters.crypto.session import Session, answer, open_batch
from liandong.adapters.transports.memory import LoopbackTransport, MemoryInbox, MemoryOutbox
from liandong.adapters.transports.relay import Relay
from liandong.domain.errors import LocalProtocolError, PeerError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.outbox import RetryPolicy
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from liandong.domain.exchange.wire import split_batch

QUICK = RetryPolicy(base_seconds=0.001, cap_seconds=0.004, peer_cap_seconds=0.004)
Deliver = Callable[[str, bytes], Awaitable[bytes]]


class Watch:
    def __init__(self) -> None:
        self.told: list[str] = []

    def peer_up(self, peer: str, delivered: int, refused: int, ahead_seconds: float | None) -> None:
        self.told.append(f"up {delivered}")

    def peer_down(self, peer: str, error: PeerError, failures: int, pause_seconds: float) -> None:
        self.told.append(f"down {error.code} {failures}")


class World:
    """A police node's outbox, a cable, and the hotline node's inbox."""

    def __init__(self, cable: Callable[[Deliver], Deliver] = lambda deliver: deliver, **settings: object) -> None:
        clock = Clock()
        police, hotline = rings(clock)
        self.inbox = MemoryInbox(hotline)
        self.outbox = MemoryOutbox(lambda: datetime.now(UTC))
        self.watch = Watch()
        self.batches: list[int] = []
        session = Session(police)
        transport = LoopbackTransport(cable(self._deliver), session.read_answer)
        self.relay = Relay(
            HOTLINE,
            self.outbox,
            transport,
            session,
            lambda: datetime.now(UTC),
            watch=self.watch,
            **{"policy": QUICK, "poll_seconds": 0.01, **settings},  # type: ignore[arg-type]
        )

    async def _deliver(self, peer: str, raw: bytes) -> bytes:
        self.batches.append(len(split_batch(raw)))
        return self.inbox.take(raw)

    async def run_until(self, done: Callable[[], bool], seconds: float = 20) -> None:
        running = asyncio.create_task(self.relay.run())
        try:
            async with asyncio.timeout(seconds):
                while not done():
                    await asyncio.sleep(0.001)
        finally:
            self.relay.stop()
            await running

    def applied(self) -> dict[str, list[int]]:
        streams: dict[str, list[int]] = {}
        for item in self.inbox.applied:
            streams.setdefault(item.stream, []).append(item.seq)
        return streams


def talk(streams: int, each: int) -> list[Envelope]:
    """Return ``each`` messages of ``streams`` streams, as they would be written: interleaved."""
    return [envelope(seq * 1000 + stream, stream=f"s{stream}", seq=seq) for seq in range(1, each + 1) for stream in range(streams)]


def test_what_is_written_arrives_in_batches_once_and_in_order() -> None:
    world = World()
    world.outbox.put(talk(5, 50))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.applied() == {f"s{number}": list(range(1, 51)) for number in range(5)}
    assert max(world.batches) == 100
    assert world.watch.told[0].startswith("up")


def test_a_wake_up_sends_at_once_without_waiting_for_the_poll() -> None:
    async def play() -> float:
        world = World()
        world.relay._poll_seconds = 30
        running = asyncio.create_task(world.relay.run())
        await asyncio.sleep(0.02)
        started = asyncio.get_running_loop().time()
        world.outbox.put([envelope()])
        world.relay.wake()
        while not world.inbox.applied:
            await asyncio.sleep(0.001)
        took = asyncio.get_running_loop().time() - started
        world.relay.stop()
        await running
        return took

    assert asyncio.run(play()) < 10


def test_a_lost_wake_up_is_caught_by_the_poll() -> None:
    async def play(world: World) -> None:
        asyncio.get_running_loop().call_later(0.05, world.outbox.put, [envelope()])
        await world.run_until(lambda: bool(world.inbox.applied))

    world = World()
    asyncio.run(play(world))
    assert world.applied() == {envelope().stream: [1]}


def test_an_outage_costs_no_message_an_attempt_and_ends_by_itself() -> None:
    tries = []

    def down_ten_times(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            tries.append(1)
            if len(tries) <= 10:
                raise PeerUnavailable(peer=peer)
            return await deliver(peer, raw)

        return cable

    world = World(down_ten_times)
    world.outbox.put(talk(3, 3))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.watch.told == [f"down peer.unavailable {number}" for number in range(1, 11)] + ["up 9"]
    assert {entry.attempts for entry in world.outbox.entries.values()} == {0}


def test_an_answer_lost_on_the_way_doubles_nothing() -> None:
    def deaf_once(deliver: Deliver) -> Deliver:
        heard = []

        async def cable(peer: str, raw: bytes) -> bytes:
            reply = await deliver(peer, raw)
            heard.append(1)
            if len(heard) == 1:
                raise PeerUnavailable(peer=peer)
            return reply

        return cable

    world = World(deaf_once)
    world.outbox.put(talk(2, 4))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.applied() == {"s0": [1, 2, 3, 4], "s1": [1, 2, 3, 4]}
    assert {entry.receipt.status for entry in world.outbox.entries.values() if entry.receipt} == {ReceiptStatus.DUPLICATE}


def answering(world: list[World], judge: Callable[[Envelope], Receipt | None]) -> Callable[[Deliver], Deliver]:
    """Return a cable whose far end refuses what ``judge`` refuses and takes the rest as usual."""

    def wrap(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            inbox = world[0].inbox
            receipts = []
            for item in open_batch(raw, inbox.keyring):
                assert isinstance(item, Envelope)
                receipts.append(judge(item) or inbox._receive(item))
            return answer(receipts, inbox.keyring)

        return cable

    return wrap


def test_a_refused_head_is_parked_and_holds_back_only_its_own_stream() -> None:
    made: list[World] = []
    bad = uuid7(1001)
    made.append(World(answering(made, lambda item: Receipt(bad, ReceiptStatus.REFUSED, "exchange.seq_taken") if item.id == bad else None)))
    world = made[0]
    world.outbox.put(talk(3, 4))
    asyncio.run(world.run_until(lambda: len(world.outbox.waiting()) == 3))
    assert world.outbox.parked() == {bad: "exchange.seq_taken"}
    assert world.applied() == {"s0": [1, 2, 3, 4], "s2": [1, 2, 3, 4]}


def test_a_busy_peer_is_asked_again_until_it_takes_the_message() -> None:
    made: list[World] = []
    refusals = []

    def judge(item: Envelope) -> Receipt | None:
        if item.stream == "s1" and len(refusals) < 5:
            refusals.append(item.seq)
            return Receipt(item.id, ReceiptStatus.REFUSED, "exchange.busy")
        return None

    made.append(World(answering(made, judge)))
    made[0].outbox.put(talk(3, 1))
    asyncio.run(made[0].run_until(lambda: not made[0].outbox.waiting()))
    assert made[0].applied() == {"s0": [1], "s1": [1], "s2": [1]}
    assert made[0].outbox.entries[uuid7(1001)].attempts == 5


def test_a_peer_that_lost_messages_gets_them_again_from_where_it_stands() -> None:
    before, after = World(), World()
    before.outbox.put(talk(1, 3))
    asyncio.run(before.run_until(lambda: not before.outbox.waiting()))
    after.outbox.entries.update(before.outbox.entries)
    after.outbox.put([envelope(4000, stream="s0", seq=4)])
    asyncio.run(after.run_until(lambda: not after.outbox.waiting()))
    assert after.applied() == {"s0": [1, 2, 3, 4]}


def test_what_the_peer_lacks_and_we_no_longer_have_is_parked() -> None:
    world = World()
    world.outbox.put([envelope(1, seq=5)])
    asyncio.run(world.run_until(lambda: bool(world.outbox.parked())))
    assert world.outbox.parked() == {uuid7(1): "exchange.gap"}


def test_a_batch_the_peer_will_not_read_is_halved_until_the_culprit_stands_alone() -> None:
    culprit = uuid7(1003)

    def poisoned(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            if culprit.encode() in raw:
                raise LocalProtocolError("exchange.too_large", detail="HTTP 413")
            return await deliver(peer, raw)

        return cable

    world = World(poisoned)
    world.outbox.put(talk(8, 2))
    asyncio.run(world.run_until(lambda: len(world.outbox.waiting()) == 1))
    assert world.outbox.parked() == {culprit: "exchange.too_large"}
    assert world.applied() == {f"s{number}": [1, 2] for number in range(8) if number != 3}


def test_a_message_that_cannot_be_protected_is_parked_and_the_others_leave() -> None:
    world = World()
    world.outbox.put(talk(2, 2))
    first = world.outbox.entries[uuid7(1000)]
    first.envelope = envelope(1000, stream="s0", seq=1, body={"half": 0.5})
    asyncio.run(world.run_until(lambda: len(world.outbox.waiting()) == 1))
    assert world.outbox.parked() == {uuid7(1000): "exchange.malformed"}
    assert world.applied() == {"s1": [1, 2]}


def test_a_missing_key_parks_nothing() -> None:
    world = World()
    key = world.inbox.keyring.public_keys()[0]
    police = world.relay._protector.keyring  # type: ignore[attr-defined]
    police.revoke(key.key_id, "演练")
    world.outbox.put(talk(1, 2))
    asyncio.run(world.run_until(lambda: len(world.watch.told) > 2))
    assert not world.outbox.parked()
    assert world.watch.told[0] == "down exchange.key_unknown 1"


def test_an_answer_that_is_nonsense_changes_nothing_here() -> None:
    def babble(_: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            return b"<html>login</html>"

        return cable

    world = World(babble)
    world.outbox.put(talk(2, 2))
    asyncio.run(world.run_until(lambda: len(world.watch.told) >= 3))
    assert len(world.outbox.waiting()) == 4
    assert world.watch.told[0] == "down exchange.malformed 1"


def test_a_failing_store_is_waited_out(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.outbox.put(talk(1, 2))
    due = MemoryOutbox.due
    failures = []

    async def shaky(self: MemoryOutbox, peer: str, limit: int, *, newest_first: bool = False, without: Sequence[str] = ()) -> object:
        if len(failures) < 3:
            failures.append(1)
            raise OSError("database is starting")
        return await due(self, peer, limit, newest_first=newest_first, without=without)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryOutbox, "due", shaky)
        asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.applied() == {"s0": [1, 2]}
    assert [record.action for record in caplog.records if hasattr(record, "action")] == ["relay.failed"] * 3


def test_with_a_backlog_the_next_batch_is_made_while_one_is_on_its_way() -> None:
    asked: list[int] = []
    due = MemoryOutbox.due

    async def heard(self: MemoryOutbox, peer: str, limit: int, *, newest_first: bool = False, without: Sequence[str] = ()) -> object:
        asked.append(len(without))
        return await due(self, peer, limit, newest_first=newest_first, without=without)

    world = World(batch_count=10)
    world.outbox.put(talk(5, 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryOutbox, "due", heard)
        asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.applied() == {f"s{stream}": list(range(1, 21)) for stream in range(5)}
    assert sum(world.batches) == 100, "nothing is sent twice"
    assert max(asked) == 20, "what is on its way, and what arrived and is not written down yet"


def test_that_a_batch_arrived_is_written_down_while_the_next_is_on_its_way() -> None:
    waiting: list[int] = []

    def looking(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            waiting.append(len(world.outbox.waiting()))
            answered = await deliver(peer, raw)
            await asyncio.sleep(0.002)
            return answered

        return cable

    world = World(looking, batch_count=10)
    world.outbox.put(talk(5, 8))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert waiting == [40, 40, 30, 20]
    assert sum(world.batches) == 40


def test_what_could_not_be_written_down_is_sent_again_and_nothing_is_doubled() -> None:
    mark_sent, failures = MemoryOutbox.mark_sent, []

    async def shaky(self: MemoryOutbox, ids: Sequence[str], receipts: Sequence[Receipt]) -> None:
        if len(failures) < 3:
            failures.append(1)
            raise OSError("database is starting")
        await mark_sent(self, ids, receipts)

    world = World(batch_count=10)
    world.outbox.put(talk(5, 8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryOutbox, "mark_sent", shaky)
        asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert world.applied() == {f"s{stream}": list(range(1, 9)) for stream in range(5)}
    assert sum(world.batches) > 40


def test_a_stop_writes_down_what_had_arrived() -> None:
    async def play() -> World:
        world = World(batch_count=5)
        world.outbox.put(talk(1, 30))
        await world.relay.carry()
        assert len(world.outbox.waiting()) == 30, "its arrival is written with the next batch"
        world.relay.stop()
        await world.relay.run()
        return world

    assert len(asyncio.run(play()).outbox.waiting()) == 25


def test_a_backlog_of_many_records_leaves_without_a_rest() -> None:
    """The newest messages all stand behind older ones of their records: a round for live messages finds none, and is no reason to pause."""
    world = World(batch_count=10)
    world.outbox.put(talk(10, 20))

    async def play() -> list[int]:
        settled = []
        while world.outbox.waiting():
            settled.append(await world.relay.carry())
        return settled

    assert asyncio.run(play()) == [10] * 20


@pytest.mark.parametrize("damage", [0.1, 0.5])
def test_a_batch_made_ahead_does_not_leave_when_something_before_it_did_not_arrive(damage: float) -> None:
    chance = random.Random(f"ahead {damage}")

    def flipping(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            lines = raw.split(b"\n")
            return await deliver(peer, b"\n".join(line[:-9] if line and chance.random() < damage else line for line in lines))

        return cable

    world = World(flipping, batch_count=7, policy=RetryPolicy(base_seconds=0.001, cap_seconds=0.002, few=1000))
    world.outbox.put(talk(3, 40))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting(), seconds=60))
    assert world.applied() == {f"s{stream}": list(range(1, 41)) for stream in range(3)}
    assert world.outbox.parked() == {}


def test_live_messages_pass_a_backlog() -> None:
    world = World(batch_count=10)
    world.outbox.put(talk(200, 2))
    live = envelope(999_999, stream="live", seq=1)
    world.outbox.put([live])

    async def play() -> int:
        for number in range(1, 100):
            await world.relay.carry()
            if live.id in [item.id for item in world.inbox.applied]:
                return number
        return 0

    assert 1 <= asyncio.run(play()) <= 2


def test_who_speaks_while_a_batch_is_on_its_way_leaves_with_the_next() -> None:
    """That one was made already: the newest take the place of its last, which leave afterwards and in order."""
    world = World(batch_count=10)
    world.outbox.put(talk(20, 3))
    live = envelope(999_999, stream="live", seq=1)

    async def play() -> None:
        await world.relay.carry()
        world.outbox.put([live])
        await world.relay.carry()
        assert live.id in [item.id for item in world.inbox.applied]
        while world.outbox.waiting():
            await world.relay.carry()

    asyncio.run(play())
    assert world.applied() == {**{f"s{stream}": [1, 2, 3] for stream in range(20)}, "live": [1]}
    assert max(world.batches) == 10 and sum(world.batches) == 61


def test_stopping_finishes_the_batch_on_its_way_and_starts_no_other() -> None:
    async def play() -> World:
        reached = asyncio.Event()
        release = asyncio.Event()

        def slow(deliver: Deliver) -> Deliver:
            async def cable(peer: str, raw: bytes) -> bytes:
                reached.set()
                await release.wait()
                return await deliver(peer, raw)

            return cable

        world = World(slow, batch_count=5)
        world.outbox.put(talk(1, 12))
        running = asyncio.create_task(world.relay.run())
        await reached.wait()
        world.relay.stop()
        release.set()
        await asyncio.wait_for(running, 5)
        return world

    world = asyncio.run(play())
    assert world.applied() == {"s0": [1, 2, 3, 4, 5]}
    assert len(world.outbox.waiting()) == 7


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_a_cable_that_drops_repeats_cuts_and_damages_loses_nothing(seed: int) -> None:
    chance = random.Random(seed)
    earlier: list[bytes] = []

    def bad(deliver: Deliver) -> Deliver:
        async def cable(peer: str, raw: bytes) -> bytes:
            fate = chance.choice(["well", "well", "lost", "deaf", "twice", "old", "cut", "damaged"])
            if fate == "lost":
                raise PeerUnavailable(peer=peer)
            if fate in ("old", "twice") and earlier:
                await deliver(peer, chance.choice(earlier))
            earlier.append(raw)
            if fate == "cut":
                raw = raw[: chance.randrange(1, len(raw))]
            if fate == "damaged":
                place = chance.randrange(len(raw))
                raw = raw[:place] + bytes([raw[place] ^ (1 << chance.randrange(8))]) + raw[place + 1 :]
            try:
                reply = await deliver(peer, raw)
            except RemoteProtocolError as error:
                raise PeerUnavailable(peer=peer) from error
            if fate == "deaf":
                raise PeerUnavailable(peer=peer)
            return reply

        return cable

    world = World(bad, batch_count=7, policy=RetryPolicy(0.0005, 0.002, 0.002, few=1000))
    world.outbox.put(talk(4, 6))
    asyncio.run(world.run_until(lambda: not world.outbox.waiting()))
    assert not world.outbox.parked()
    assert world.applied() == {f"s{number}": list(range(1, 7)) for number in range(4)}

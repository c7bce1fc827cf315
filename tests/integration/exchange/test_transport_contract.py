"""One contract for every transport that keeps and passes on: whatever lies between, a message arrives once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from exchange_media import HOTLINE, KINDS, POLICE, Ends

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE
from liandong.adapters.crypto.session import Session
from liandong.adapters.transports.carried import CarriedTransport
from liandong.adapters.transports.memory import MemoryInbox, MemoryOutbox
from liandong.adapters.transports.parcels import BATCH, BUSY, GOOD, REFUSED, Correspondent, Medium, Parcel
from liandong.adapters.transports.relay import Relay
from liandong.domain.errors import LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope, Limits
from liandong.domain.exchange.outbox import RetryPolicy
from liandong.domain.exchange.receipts import ReceiptStatus

pytestmark = pytest.mark.database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ALL_SORTS = [(kind, status) for kind in ("batch", "piece") for status in (0, 200, 422, 503)]
every_kind = pytest.mark.parametrize("kind", KINDS)


def uuid7(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012x}"


def envelope(number: int, seq: int | None = None, stream: str = "handover/1") -> Envelope:
    return Envelope(
        id=uuid7(number), sender=POLICE, recipient=HOTLINE, stream=stream, seq=seq or number, type="handover.fact",
        at="2026-11-22T08:00:00Z", body={"words": "楼下烧烤店油烟呛人", "number": number},
    )  # fmt: skip


class Nodes:
    """The keys of both ends, and the inbox of the hotline."""

    def __init__(self) -> None:
        police, hotline = generate_key(POLICE, DEFAULT_SUITE, NOW), generate_key(HOTLINE, DEFAULT_SUITE, NOW)
        self.session = Session(KeyRing(POLICE, [police], [hotline.public], lambda: NOW))
        self.inbox = MemoryInbox(KeyRing(HOTLINE, [hotline], [police.public], lambda: NOW))
        self.answers: list[tuple[int, bytes]] = []

    async def take(self, kind: str, payload: bytes) -> tuple[int, bytes]:
        """Answer as the hotline; answers that a test laid ready come first."""
        if self.answers:
            return self.answers.pop(0)
        try:
            return GOOD, self.inbox.take(payload)
        except RemoteProtocolError as error:
            return REFUSED, error.code.encode()

    async def refuse(self, kind: str, payload: bytes) -> tuple[int, bytes]:
        """Answer as the police, whom nobody asks here."""
        return BUSY, b""

    def protected(self, *numbers: int) -> list[Envelope]:
        return [self.session.protect(envelope(number)) for number in numbers]


@dataclass
class Talk:
    """Both ends of a medium, running or not."""

    nodes: Nodes
    ends: Ends
    wrap: Callable[[Medium], Medium] = lambda medium: medium
    police: Correspondent = field(init=False)
    transport: CarriedTransport = field(init=False)
    _running: list[tuple[asyncio.Event, asyncio.Task[None], Medium]] = field(default_factory=list)

    async def start_police(self, answer_seconds: float = 20.0, again_seconds: float = 60.0, limits: Limits | None = None) -> None:
        medium = self.wrap(self.ends.police())
        self.police = Correspondent(HOTLINE, medium, self.nodes.refuse, answer_seconds=answer_seconds, again_seconds=again_seconds)
        self.transport = CarriedTransport(self.police, self.nodes.session.read_answer, **({"limits": limits} if limits else {}))
        self._run(self.police)

    async def start_hotline(self) -> None:
        self._run(Correspondent(POLICE, self.ends.hotline(), self.nodes.take))

    def _run(self, correspondent: Correspondent) -> None:
        stop = asyncio.Event()
        self._running.append((stop, asyncio.create_task(correspondent.run(stop)), correspondent.medium))

    async def end(self) -> None:
        for stop, _, _ in self._running:
            stop.set()
        for _, task, medium in self._running:
            await task
            await medium.aclose()


@asynccontextmanager
async def talking(ends: Ends, **settings: float) -> AsyncIterator[Talk]:
    talk = Talk(Nodes(), ends)
    await talk.start_police(**settings)
    try:
        yield talk
    finally:
        await talk.end()


@every_kind
def test_11_2_a_batch_goes_out_and_receipts_come_back(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind)) as talk:
            await talk.start_hotline()
            receipts = await talk.transport.send(HOTLINE, talk.nodes.protected(1, 2, 3))
            assert [each.status for each in receipts] == [ReceiptStatus.ACCEPTED] * 3
            assert all(each.proof for each in receipts)
            assert [each.seq for each in talk.nodes.inbox.applied] == [1, 2, 3]

    asyncio.run(play())


@every_kind
def test_what_does_not_fit_one_batch_is_left_for_the_next(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        talk = Talk(Nodes(), ends_of(kind))
        await talk.start_police(limits=Limits(batch_count=2))
        await talk.start_hotline()
        assert len(await talk.transport.send(HOTLINE, talk.nodes.protected(1, 2, 3))) == 2
        await talk.end()

    asyncio.run(play())


@every_kind
def test_11_4_a_peer_that_is_away_is_told_apart_and_gets_each_question_once(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind), answer_seconds=0.3) as talk:
            for _ in range(3):
                with pytest.raises(PeerUnavailable):
                    await talk.transport.send(HOTLINE, talk.nodes.protected(1, 2))
            asked: list[bytes] = []
            take = talk.nodes.take

            async def counting(kind: str, payload: bytes) -> tuple[int, bytes]:
                asked.append(payload)
                return await take(kind, payload)

            talk.nodes.take = counting  # type: ignore[method-assign]
            await talk.start_hotline()
            talk.police._answer_seconds = 20
            receipts = await talk.transport.send(HOTLINE, talk.nodes.protected(1, 2))
            assert [each.status for each in receipts] == [ReceiptStatus.ACCEPTED] * 2
            assert len(asked) == 1

    asyncio.run(play())


@every_kind
def test_an_unanswered_question_is_laid_down_again_after_its_time(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind), answer_seconds=0.2, again_seconds=0.1) as talk:
            for _ in range(2):
                with pytest.raises(PeerUnavailable):
                    await talk.transport.send(HOTLINE, talk.nodes.protected(1))
            await talk.start_hotline()
            talk.police._answer_seconds = 20
            receipts = await talk.transport.send(HOTLINE, talk.nodes.protected(1))
            assert receipts[0].delivered
            assert [each.id for each in talk.nodes.inbox.applied] == [uuid7(1)]

    asyncio.run(play())


@every_kind
def test_an_answer_that_is_no_answer_is_not_believed_and_asked_for_again(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind)) as talk:
            talk.nodes.answers = [(GOOD, b'{"receipts":[]}'), (REFUSED, b"nonsense"), (BUSY, b"")]
            await talk.start_hotline()
            for wanted in (RemoteProtocolError, RemoteProtocolError, PeerUnavailable):
                with pytest.raises(wanted):
                    await talk.transport.send(HOTLINE, talk.nodes.protected(1))
            assert (await talk.transport.send(HOTLINE, talk.nodes.protected(1)))[0].delivered

    asyncio.run(play())


@every_kind
def test_a_batch_refused_as_a_whole_blames_the_batch(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind)) as talk:
            talk.nodes.answers = [(REFUSED, b"exchange.too_large")]
            await talk.start_hotline()
            with pytest.raises(LocalProtocolError) as caught:
                await talk.transport.send(HOTLINE, talk.nodes.protected(1))
            assert caught.value.code == "exchange.too_large"

    asyncio.run(play())


@pytest.mark.parametrize("kind", ["middledb", "ferry"])
def test_11_3_what_was_taken_and_not_answered_is_given_again_to_the_next_process(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        ends = ends_of(kind)
        async with talking(ends) as talk:
            asking = asyncio.create_task(talk.transport.send(HOTLINE, talk.nodes.protected(1)))
            killed = ends.hotline()
            while not await killed.take(0.05):
                pass
            await killed.aclose()
            await talk.start_hotline()
            assert (await asking)[0].delivered

    asyncio.run(play())


@every_kind
def test_what_is_done_is_not_given_again(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        ends = ends_of(kind)
        police, hotline = ends.police(), ends.hotline()
        for number in range(3):
            await police.put(Parcel(f"{number:032x}", BATCH, 0, b"x" * number))
        seen = []
        while len(seen) < 3:
            for taken in await hotline.take(1.0):
                seen.append(taken.parcel)
                await hotline.done(taken)
        assert [parcel.payload for parcel in seen] == [b"", b"x", b"xx"]
        await hotline.aclose()
        if kind != "memory":
            again = ends.hotline()
            assert await again.take(0.3) == []
            await again.aclose()
        await police.aclose()

    asyncio.run(play())


@every_kind
def test_a_relay_carries_hundreds_in_order_while_the_far_end_is_restarted(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        async with talking(ends_of(kind), answer_seconds=0.5, again_seconds=1.0) as talk:
            outbox = MemoryOutbox(lambda: datetime.now(UTC))
            outbox.put(replace(envelope(number, 1 + number // 5, f"s{number % 5}")) for number in range(300))
            relay = Relay(
                HOTLINE, outbox, talk.transport, talk.nodes.session, lambda: datetime.now(UTC),
                policy=RetryPolicy(base_seconds=0.01, cap_seconds=0.05, peer_cap_seconds=0.05), batch_count=20, poll_seconds=0.01,
            )  # fmt: skip
            running = asyncio.create_task(relay.run())
            await asyncio.sleep(0.3)
            await talk.start_hotline()
            async with asyncio.timeout(60):
                while outbox.waiting():
                    await asyncio.sleep(0.02)
            relay.stop()
            await running
            assert outbox.parked() == {}
            for stream in range(5):
                assert [each.seq for each in talk.nodes.inbox.applied if each.stream == f"s{stream}"] == list(range(1, 61))

    asyncio.run(play())


@every_kind
def test_11_1_a_parcel_comes_as_it_was_laid_down(kind: str, ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        ends = ends_of(kind)
        police, hotline = ends.police(), ends.hotline()
        laid = [Parcel(f"{number:032x}", *what, bytes([0, 255, 10, number])) for number, what in enumerate(ALL_SORTS)]
        for parcel in laid:
            await police.put(parcel)
        seen: list[Parcel] = []
        while len(seen) < len(laid):
            for taken in await hotline.take(1.0):
                seen.append(taken.parcel)
                await hotline.done(taken)
        assert seen == laid
        assert police.max_bytes <= 8_388_608
        await police.aclose()
        await hotline.aclose()

    asyncio.run(play())


def test_11_5_what_one_transport_could_not_deliver_leaves_over_the_next(ends_of: Callable[[str], Ends]) -> None:
    async def play() -> None:
        nodes, outbox = Nodes(), MemoryOutbox(lambda: datetime.now(UTC))
        outbox.put(envelope(number) for number in range(1, 41))
        for kind, far_end_is_there in (("memory", False), ("ferry", True), ("memory", False), ("memory", True)):
            talk = Talk(nodes, ends_of(kind))
            await talk.start_police(answer_seconds=0.2)
            if far_end_is_there:
                await talk.start_hotline()
            policy = RetryPolicy(base_seconds=0.01, cap_seconds=0.05, peer_cap_seconds=0.05)
            relay = Relay(
                HOTLINE, outbox, talk.transport, nodes.session, lambda: datetime.now(UTC), policy=policy, batch_count=7, poll_seconds=0.01
            )
            running = asyncio.create_task(relay.run())
            before = len(outbox.waiting())
            async with asyncio.timeout(30):
                while far_end_is_there and outbox.waiting() and len(outbox.waiting()) > before - 20:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0 if far_end_is_there else 0.3)
            relay.stop()
            await running
            await talk.end()
        assert outbox.waiting() == []
        assert [each.seq for each in nodes.inbox.applied] == list(range(1, 41))

    asyncio.run(play())

"""An exchange without network or database: for tests, the policy lab, and as the plainest example of both ends.

Rules:
    - Behaves as the real adapters do; the contract tests run on both.
    - Keeps nothing when the process ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.session import answer, open_batch
from liandong.adapters.transports.parcels import Parcel, Taken
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.inbox import Apply, StreamPosition, receive
from liandong.domain.exchange.ports import Due
from liandong.domain.exchange.receipts import Receipt
from liandong.domain.exchange.wire import join_batch

__all__ = ["LoopbackTransport", "MemoryInbox", "MemoryMedium", "MemoryOutbox"]


@dataclass(slots=True)
class _Entry:
    envelope: Envelope
    due_at: datetime
    attempts: int = 0
    reason: str = ""
    receipt: Receipt | None = None
    parked: bool = False


@dataclass(slots=True)
class MemoryOutbox:
    """An ``OutboxStore`` in a dict, in the order of writing."""

    clock: Callable[[], datetime]
    entries: dict[str, _Entry] = field(default_factory=dict)

    def put(self, envelopes: Iterable[Envelope]) -> None:
        """Keep envelopes to be sent."""
        for envelope in envelopes:
            self.entries[envelope.id] = _Entry(envelope.check(), self.clock())

    def waiting(self) -> list[str]:
        """Return the ids of what was neither delivered nor parked."""
        return [id_ for id_, entry in self.entries.items() if entry.receipt is None and not entry.parked]

    def parked(self) -> dict[str, str]:
        """Return id -> reason of what waits for a person."""
        return {id_: entry.reason for id_, entry in self.entries.items() if entry.parked}

    async def due(self, peer: str, limit: int, *, newest_first: bool = False, without: Sequence[str] = ()) -> Sequence[Due]:
        """Return what is due; see ``OutboxStore``."""
        now = self.clock()
        held: set[str] = set()
        found: list[Due] = []
        for entry in self.entries.values():
            if entry.receipt is not None or entry.envelope.id in without or entry.envelope.recipient != peer or entry.envelope.stream in held:
                continue
            if entry.parked or entry.due_at > now:
                held.add(entry.envelope.stream)
                continue
            found.append(Due(entry.envelope, entry.attempts))
        return _whole_from_their_head(found, found[-limit:]) if newest_first else found[:limit]

    async def mark_sent(self, ids: Sequence[str], receipts: Sequence[Receipt]) -> None:
        """Keep the receipts."""
        for id_, receipt in zip(ids, receipts, strict=True):
            self.entries[id_].receipt = receipt

    async def mark_failed(self, ids: Sequence[str], reason: str, next_try_at: datetime | None) -> None:
        """Count a failure; ``None`` parks."""
        for id_ in ids:
            entry = self.entries[id_]
            entry.attempts += 1
            entry.reason = reason
            entry.parked = next_try_at is None
            entry.due_at = next_try_at or entry.due_at

    async def rewind(self, peer: str, stream: str, seq: int, not_before: datetime) -> int:
        """Make sent messages due again."""
        again = [
            entry
            for entry in self.entries.values()
            if entry.receipt is not None
            and entry.envelope.recipient == peer
            and entry.envelope.stream == stream
            and entry.envelope.seq >= seq
        ]
        for entry in again:
            entry.receipt = None
            entry.due_at = not_before
        return len(again)


def _whole_from_their_head(all_due: Sequence[Due], newest: Sequence[Due]) -> Sequence[Due]:
    """Return those of the newest before which nothing of their stream is due."""
    heads: dict[str, str] = {}
    for due in all_due:
        heads.setdefault(due.envelope.stream, due.envelope.id)
    begun: set[str] = set()
    for due in newest:
        if heads[due.envelope.stream] == due.envelope.id:
            begun.add(due.envelope.stream)
    return [due for due in newest if due.envelope.stream in begun]


@dataclass(slots=True)
class MemoryInbox:
    """The receiving end of one node: opens batches, applies each message once and in order, answers."""

    keyring: KeyRing
    applied: list[Envelope] = field(default_factory=list)
    _next: dict[tuple[str, str], int] = field(default_factory=dict)
    _kept: dict[tuple[str, str], dict[int, str]] = field(default_factory=dict)

    def take(self, raw: bytes) -> bytes:
        """Return the signed answer to a batch; raises RemoteProtocolError when it cannot be read as a whole."""
        receipts = [item if isinstance(item, Receipt) else self._receive(item) for item in open_batch(raw, self.keyring)]
        return answer(receipts, self.keyring)

    def _receive(self, envelope: Envelope) -> Receipt:
        key = (envelope.sender, envelope.stream)
        kept = self._kept.setdefault(key, {})
        decision = receive(StreamPosition(*key, self._next.get(key, 1), kept), envelope)
        if isinstance(decision, Apply):
            self.applied.append(envelope)
            kept[envelope.seq] = envelope.id
            self._next[key] = decision.next_seq
        return decision.receipt(envelope)


@dataclass(slots=True)
class LoopbackTransport:
    """A ``Transport`` that hands the bytes of a batch to a function: the other node, or a bad cable before it.

    Parameters:
        deliver: peer, batch -> answer; may raise PeerError.
        read_answer: ``Session.read_answer``.
    """

    deliver: Callable[[str, bytes], Awaitable[bytes]]
    read_answer: Callable[[bytes, str, Sequence[str]], list[Receipt]]

    async def send(self, peer: str, envelopes: list[Envelope]) -> list[Receipt]:
        """Return receipts for as many envelopes as one batch holds."""
        batch, taken = join_batch(envelopes)
        return self.read_answer(await self.deliver(peer, batch), peer, [envelope.id for envelope in envelopes[:taken]])


@dataclass(slots=True)
class MemoryMedium:
    """A ``Medium`` of two lists: what one end lays down the other takes, again and again until it is done with.

    Parameters:
        ways: the two lists, this end's outgoing one first; ``MemoryMedium.pair`` makes both ends.
    """

    ways: tuple[list[Parcel], list[Parcel]]
    max_bytes: int = 8_388_608
    _given: int = 0

    @classmethod
    def pair(cls) -> tuple[MemoryMedium, MemoryMedium]:
        """Return the two ends of a medium."""
        one: list[Parcel] = []
        other: list[Parcel] = []
        return cls((one, other)), cls((other, one))

    async def put(self, parcel: Parcel) -> None:
        """Lay down a parcel."""
        self.ways[0].append(parcel)

    async def take(self, seconds: float) -> Sequence[Taken]:
        """Return what came."""
        for _ in range(max(1, int(seconds / 0.002))):
            if len(self.ways[1]) > self._given:
                break
            await asyncio.sleep(0.002)
        found = [Taken(parcel, place) for place, parcel in enumerate(self.ways[1][self._given :], self._given)]
        self._given += len(found)
        return found

    async def done(self, taken: Taken) -> None:
        """Nothing is kept beyond the process."""

    async def aclose(self) -> None:
        """Nothing is held."""

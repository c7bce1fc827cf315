"""The relay: carries one peer's outbox over a transport, woken by what is written, stopped without losing anything.

Rules:
    - One batch at a time to a peer: order needs no further care. While it is on its way the next one gathers by itself,
      so a quiet line sends at once and a busy one sends in batches.
    - With a backlog the next batch is signed and sealed while one is on its way; it leaves only when all of that one arrived, and while it
      is on its way the arrival of that one is written down.
    - Nothing is polled while something wakes it; a look every ``poll_seconds`` catches a lost wake-up.
    - A peer that does not answer costs no message an attempt: the peer is tried again after a pause, its messages stay due.
    - With a backlog up to half of each batch is of the newest streams, so that live messages pass it.
    - A batch that the peer refuses as a whole is halved until the one at fault stands alone; that one is parked.
    - What was sent and not yet marked when the process dies is sent again: the peer says duplicate.

Source:
    docs/reference/exchange.md, clause 6.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from liandong.domain.errors import LocalProtocolError, PeerError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.outbox import Again, Delivered, Outcome, Parked, RetryPolicy, Rewind, settle
from liandong.domain.exchange.ports import Due, OutboxStore, PeerWatch, Protector, Transport

__all__ = ["Relay", "clock_ahead"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Messages signed and sealed, ready to leave."""

    ready: list[tuple[Due, Envelope]]
    #: How many cannot leave and were parked.
    parked: int
    #: There may be more.
    full: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What the peer said of a batch, before it is written down."""

    sent: list[tuple[Due, Envelope]]
    outcomes: list[Outcome]
    #: How far the peer's clock is ahead, None where that is not known.
    ahead_seconds: float | None
    #: The one message that the peer refused as a batch of its own; it is parked already.
    parked: int = 0

    @property
    def all_arrived(self) -> bool:
        return not self.parked and all(isinstance(each, Delivered) for each in self.outcomes)


class Relay:
    """Carries what is due for one peer.

    Parameters:
        peer: the node it sends to.
        store: the outbox.
        transport: the cable.
        protector: signs and seals.
        clock: returns now, aware.
        watch: is told how the peer does; ``None`` for nobody.
        policy: the pauses.
        batch_count: messages in a batch at most.
        poll_seconds: how long to sleep when nothing wakes it.
        chance: returns a random number, 0 ≤ chance < 1.

    Concurrency:
        ``wake`` and ``stop`` may be called from the event loop's thread only (elsewhere: ``loop.call_soon_threadsafe``).
        Two relays for one peer do no harm but repeat each other's messages.
    """

    def __init__(
        self,
        peer: str,
        store: OutboxStore,
        transport: Transport,
        protector: Protector,
        clock: Callable[[], datetime],
        *,
        watch: PeerWatch | None = None,
        policy: RetryPolicy | None = None,
        batch_count: int = 100,
        poll_seconds: float = 1.0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.peer = peer
        self._store = store
        self._transport = transport
        self._protector = protector
        self._clock = clock
        self._watch = watch
        self._policy = policy or RetryPolicy()
        self._batch_count = batch_count
        self._poll_seconds = poll_seconds
        self._chance = chance
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._failures = 0
        #: The last batch was full: there may be a backlog.
        self._behind = False
        #: The next batch, made while one was on its way.
        self._ahead: _Batch | None = None
        #: What was said of the batch before, to be written down while the next one is on its way; only beside ``_ahead``.
        self._unwritten: _Said | None = None

    def wake(self) -> None:
        """Say that something was written to the outbox."""
        self._woken.set()

    def stop(self) -> None:
        """Ask ``run`` to end after the batch that is on its way."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Carry messages until ``stop``; errors of the peer or the store are waited out, never passed on."""
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                pause = self._poll_seconds if not await self.carry() else 0.0
            except PeerError as error:
                await self._rest(self._down(error))
                continue
            except Exception:  # the outermost loop: whatever the store or a bug raises, what is due stays due
                log.exception("The outbox of %s cannot be carried just now", self.peer, extra={"action": "relay.failed", "peer": self.peer})
                self._failures += 1
                await self._rest(self._policy.peer_pause_seconds(self._failures, max(self._chance(), 0.5)))
                continue
            if pause:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), pause)
        await self._write_the_rest()

    async def carry(self) -> int:
        """Carry one batch; return how many messages were settled, 0 when nothing was due.

        Raises:
            PeerError: the peer did not answer as it should; what it was sent stays due.
        """
        made, self._ahead = self._ahead, None
        before, self._unwritten = self._unwritten, None
        batch = await self._gather((), live=True) if made is None else await self._with_live(made, before)
        if not batch.ready:
            return batch.parked
        under_way = [due.envelope.id for due, _ in batch.ready]
        unwritten = [due.envelope.id for due, _ in before.sent] if before else []
        # The first that failed is what is raised; the others have ended by then.
        said, ahead, written = await asyncio.gather(
            self._send(batch.ready),
            self._gather([*under_way, *unwritten]) if batch.full else _nothing(),
            self._write(before) if before else _nothing(),
            return_exceptions=True,
        )
        if isinstance(said, BaseException):
            raise said
        if ahead and not isinstance(ahead, BaseException) and ahead.ready and len(said.sent) == len(batch.ready) and said.all_arrived:
            self._ahead, self._unwritten = ahead, said
        else:
            await self._write(said)
        for each in (ahead, written):
            if isinstance(each, BaseException):
                raise each
        return batch.parked + len(said.sent) + said.parked

    async def _write_the_rest(self) -> None:
        """Write down what was said last; what cannot be written is sent again and comes back as duplicates."""
        last, self._unwritten, self._ahead = self._unwritten, None, None
        if last is not None:
            with contextlib.suppress(Exception):
                await self._write(last)

    async def _with_live(self, made: _Batch, before: _Said | None) -> _Batch:
        """Return a batch that was made while another was on its way, with what became due meanwhile in the place of its last: whoever speaks now waits for one batch, not for two."""
        known = [due.envelope.id for due, _ in made.ready] + [due.envelope.id for due, _ in (before.sent if before else ())]
        try:
            newest = await self._store.due(self.peer, self._batch_count // 2, newest_first=True, without=known)
        except Exception:  # whatever the store raises: what arrived is written down, or sent again, as if nothing had been asked
            self._ahead, self._unwritten = made, before
            raise
        # What stands behind one of this batch in its own record waits for the next: it must not leave before it.
        own = {due.envelope.stream for due, _ in made.ready}
        live, parked = await self._protect([due for due in newest if due.envelope.stream not in own])
        return _Batch([*made.ready[: self._batch_count - len(live)], *live], made.parked + parked, made.full)

    async def _gather(self, under_way: Sequence[str], *, live: bool = False) -> _Batch:
        """Return the next batch, if what is under way arrives.

        Parameters:
            live: with a backlog, half of it is of the newest.
        """
        newest: Sequence[Due] = ()
        if live and self._behind and self._batch_count > 1:
            newest = await self._store.due(self.peer, self._batch_count // 2, newest_first=True, without=under_way)
        known = [*under_way, *(each.envelope.id for each in newest)]
        found = [*newest, *await self._store.due(self.peer, self._batch_count - len(newest), without=known)]
        self._behind = full = len(found) >= self._batch_count
        ready, parked = await self._protect(found)
        return _Batch(ready, parked, full)

    async def _protect(self, found: Sequence[Due]) -> tuple[list[tuple[Due, Envelope]], int]:
        """Return what can leave, and how many were parked because they cannot; their streams wait with them."""
        ready: list[tuple[Due, Envelope]] = []
        held: set[str] = set()
        for due in found:
            if due.envelope.stream in held:
                continue
            try:
                ready.append((due, self._protector.protect(due.envelope)))
            except LocalProtocolError as error:
                if error.code.startswith("exchange.key"):
                    raise
                held.add(due.envelope.stream)
                await self._park(due.envelope, error)
        return ready, len(held)

    async def _send(self, ready: list[tuple[Due, Envelope]]) -> _Said:
        """Send the first messages, as many as a batch holds; return what was said of them. The others stay due."""
        begun = self._clock()
        try:
            receipts = await self._transport.send(self.peer, [envelope for _, envelope in ready])
        except LocalProtocolError as error:
            if len(ready) > 1:
                return await self._send(ready[: len(ready) // 2])
            await self._park(ready[0][1], error)
            return _Said([], [], None, parked=1)
        self._failures = 0
        sent = ready[: len(receipts)]
        attempts = {due.envelope.id: due.attempts for due, _ in sent}
        outcomes = settle([envelope for _, envelope in sent], receipts, attempts, [self._chance() for _ in sent], self._policy)
        return _Said(sent, outcomes, clock_ahead(receipts[0].answered_at, begun, self._clock()))

    async def _write(self, said: _Said) -> None:
        """Write down what became of each message of a batch."""
        delivered = [outcome.receipt for outcome in said.outcomes if isinstance(outcome, Delivered)]
        if delivered:
            await self._store.mark_sent([receipt.id for receipt in delivered], delivered)
        for (_, envelope), outcome in zip(said.sent, said.outcomes, strict=True):
            await self._after(envelope, outcome)
        if self._watch is not None and said.sent:
            refused = sum(1 for outcome in said.outcomes if isinstance(outcome, Again | Parked) and outcome.code != "exchange.gap")
            self._watch.peer_up(self.peer, len(delivered), refused, said.ahead_seconds)

    async def _after(self, envelope: Envelope, outcome: Outcome) -> None:
        """Do what the outcome of one message asks for, where it was not delivered."""
        if isinstance(outcome, Again):
            await self._store.mark_failed([envelope.id], outcome.code, self._in(outcome.pause_seconds))
        elif isinstance(outcome, Parked):
            self._say_parked(envelope, outcome.code)
            await self._store.mark_failed([envelope.id], outcome.code, None)
        elif isinstance(outcome, Rewind):
            again = await self._store.rewind(self.peer, envelope.stream, outcome.seq, self._in(outcome.pause_seconds))
            await self._store.mark_failed([envelope.id], "exchange.gap", self._in(outcome.pause_seconds) if again else None)

    async def _park(self, envelope: Envelope, error: LocalProtocolError) -> None:
        self._say_parked(envelope, error.code)
        await self._store.mark_failed([envelope.id], error.code, None)

    def _say_parked(self, envelope: Envelope, code: str) -> None:
        log.error(
            "A message to %s is parked: %s",
            self.peer,
            code,
            extra={"action": "relay.parked", "peer": self.peer, "envelope": envelope.id, "stream": envelope.stream, "code": code},
        )

    def _in(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    def _down(self, error: PeerError) -> float:
        """Count a failure of the peer, tell the watch, return how long to rest."""
        self._failures += 1
        pause = self._policy.peer_pause_seconds(self._failures, self._chance())
        pause = max(pause, float(error.data.get("retry_after_seconds", 0)), 0.02)
        if self._failures == 1:
            log.warning("%s cannot be reached: %s", self.peer, error, extra={"action": "relay.down", "peer": self.peer, "code": error.code})
        if self._watch is not None:
            self._watch.peer_down(self.peer, error, self._failures, pause)
        return pause

    async def _rest(self, seconds: float) -> None:
        """Wait out a pause; only ``stop`` ends it early."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


async def _nothing() -> None:
    """Be no part of what is done at once."""


def clock_ahead(said: str, begun: datetime, ended: datetime) -> float | None:
    """Return how many seconds a peer's clock is ahead of ours.

    Parameters:
        said: when it answered, by its clock.
        begun: when we asked, by ours.
        ended: when its answer was here, by ours.

    Returns:
        0.0 where the way there and back took so long that the difference may be nothing; None where ``said`` is no time.
    """
    try:
        answered = datetime.fromisoformat(said)
        difference = (answered - (begun + (ended - begun) / 2)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return difference if abs(difference) > abs((ended - begun).total_seconds()) / 2 else 0.0

"""Questions and answers over a medium that keeps things and passes them on: the part that middledb, ferry and nats share.

Rules:
    - A parcel is a question (a batch, a wish for a piece of a file) or the answer to one; both carry the question's reference.
    - A medium promises at least once and no order. Everything above it stands that: envelopes are idempotent and numbered.
    - A question that was not answered in time stays open: asking the same again waits for its answer and puts nothing new
      on the medium until ``again_seconds`` have passed. So an outage of hours does not fill the medium with copies.
    - An answer to any copy of a question answers it.
    - A question is done with only when its answer lies on the medium: who dies in between does it again.

Source:
    docs/reference/exchange.md, clause 11.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

from liandong.domain.errors import PeerUnavailable

__all__ = ["BATCH", "BUSY", "GOOD", "PIECE", "QUESTION", "REFUSED", "Correspondent", "Handle", "Medium", "Parcel", "Taken"]

#: Kinds of questions.
BATCH, PIECE = "batch", "piece"
#: What a parcel says beside its bytes: a question, or an answer that is good, refuses the whole, or says not now.
QUESTION, GOOD, REFUSED, BUSY = 0, 200, 422, 503

#: (kind, payload) -> (status, answer).
Handle = Callable[[str, bytes], Awaitable[tuple[int, bytes]]]

#: Open questions that are remembered; more than a relay and a few attachments ever have.
REMEMBERED = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What lies on a medium."""

    #: Of the question: 32 hexadecimal digits; its answer carries the same.
    ref: str
    #: ``batch`` or ``piece``.
    kind: str
    status: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """A parcel that came, and what the medium knows it by."""

    parcel: Parcel
    token: object


class Medium(Protocol):
    """One pair of one-way ways to a peer."""

    #: Most bytes of a payload.
    max_bytes: int

    async def put(self, parcel: Parcel) -> None:
        """Lay down a parcel; it is durable there when this returns. Raises PeerUnavailable."""
        ...

    async def take(self, seconds: float) -> Sequence[Taken]:
        """Return what came, oldest first; wait at most ``seconds`` for it. Raises PeerUnavailable."""
        ...

    async def done(self, taken: Taken) -> None:
        """Never give this parcel again (as far as that can be promised)."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and files."""
        ...


@dataclass(slots=True)
class _Open:
    """A question without an answer yet."""

    answer: asyncio.Future[tuple[int, bytes]]
    refs: list[str]
    put_at: float


class Correspondent:
    """Asks one peer and answers it, over one medium.

    Parameters:
        peer: who is at the other end.
        medium: what lies between.
        handle: answers the peer's questions, one after the other.
        answer_seconds: how long ``ask`` waits.
        again_seconds: when an unanswered question is put on the medium once more.

    Concurrency:
        Everything in one event loop; ``run`` must be running while ``ask`` waits.
    """

    def __init__(self, peer: str, medium: Medium, handle: Handle, *, answer_seconds: float = 15.0, again_seconds: float = 60.0) -> None:
        self.peer = peer
        self.medium = medium
        self._handle = handle
        self._answer_seconds = answer_seconds
        self._again_seconds = again_seconds
        self._open: OrderedDict[Hashable, _Open] = OrderedDict()
        self._by_ref: dict[str, Hashable] = {}
        self._questions: asyncio.Queue[Taken] = asyncio.Queue(maxsize=8)

    async def ask(self, kind: str, payload: bytes, key: Hashable) -> tuple[int, bytes]:
        """Return (status, answer) to a question.

        Parameters:
            kind: ``batch`` or ``piece``.
            payload: at most ``medium.max_bytes``.
            key: what makes two questions the same one, so that an earlier one's answer will do.

        Raises:
            PeerUnavailable: no answer in time; the question stays open.
        """
        asked = self._open.get(key)
        if asked is None or time.monotonic() - asked.put_at > self._again_seconds:
            asked = await self._put(kind, payload, key, asked)
        try:
            answer = await asyncio.wait_for(asyncio.shield(asked.answer), self._answer_seconds)
        except TimeoutError:
            raise PeerUnavailable(peer=self.peer, detail="no answer on the medium yet") from None
        self._forget(key)
        return answer

    async def _put(self, kind: str, payload: bytes, key: Hashable, asked: _Open | None) -> _Open:
        ref = uuid4().hex
        await self.medium.put(Parcel(ref, kind, QUESTION, payload))
        if asked is None:
            asked = self._open[key] = _Open(asyncio.get_running_loop().create_future(), [], 0.0)
        asked.refs.append(ref)
        asked.put_at = time.monotonic()
        self._by_ref[ref] = key
        while len(self._open) > REMEMBERED:
            self._forget(next(iter(self._open)))
        return asked

    def _forget(self, key: Hashable) -> None:
        asked = self._open.pop(key, None)
        for ref in asked.refs if asked else ():
            self._by_ref.pop(ref, None)

    async def run(self, stop: asyncio.Event) -> None:
        """Take what comes until ``stop``: hand answers to who waits for them, answer questions."""
        answering = asyncio.create_task(self._answer_all(stop))
        pause = 0.25
        while not stop.is_set():
            try:
                for taken in await self.medium.take(1.0):
                    await self._sort(taken)
                pause = 0.25
            except PeerUnavailable as error:
                log.warning("the medium to %s is away: %s", self.peer, error, extra={"action": "medium.away", "peer": self.peer})
                await _rest(stop, pause)
                pause = min(pause * 2, 5.0)
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)

    async def _sort(self, taken: Taken) -> None:
        parcel = taken.parcel
        if parcel.status == QUESTION:
            await self._questions.put(taken)
            return
        asked = self._open.get(self._by_ref.get(parcel.ref))
        if asked is not None and not asked.answer.done():
            asked.answer.set_result((parcel.status, parcel.payload))
        await self.medium.done(taken)

    async def _answer_all(self, stop: asyncio.Event) -> None:
        while True:
            taken = await self._questions.get()
            parcel = taken.parcel
            status, body = await self._handle(parcel.kind, parcel.payload)
            while not stop.is_set():
                try:
                    await self.medium.put(Parcel(parcel.ref, parcel.kind, status, body))
                    await self.medium.done(taken)
                    break
                except PeerUnavailable:
                    await _rest(stop, 0.5)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)

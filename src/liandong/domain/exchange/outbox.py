"""The sending end: what a receipt or a failure means for each message, and when to try again.

Rules:
    - Order is kept within a stream. A message that fails holds back its own stream and no other.
    - A peer that does not answer holds back nothing by itself: the messages stay due, the relay waits for the peer.
      So a backlog leaves at full speed when the peer is back.
    - Pauses grow and are drawn at random from zero to the bound (full jitter): nodes that failed together do not return together.
    - Nothing is dropped: what will never be taken is parked where a person sees it.
    - ``attempts`` counts failures of the message itself, not of the peer.

Source:
    docs/reference/exchange.md, clause 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liandong.domain.exchange.codes import Retry, code_of
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus

__all__ = ["Again", "Delivered", "Outcome", "Parked", "RetryPolicy", "Rewind", "StayBehind", "settle"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait before trying again."""

    #: Bound of the first pause.
    base_seconds: float = 0.25
    #: No pause of a message is longer.
    cap_seconds: float = 60.0
    #: No pause of a whole peer is longer: also the longest a peer that is back waits for its backlog.
    peer_cap_seconds: float = 1.0
    #: How often a message that may have been damaged on the way is sent before it is parked.
    few: int = 8

    def pause_seconds(self, attempts: int, chance: float) -> float:
        """Return how long to wait before a message is tried again.

        Parameters:
            attempts: failures so far, this one included; from 1.
            chance: a random number, 0 ≤ chance < 1.
        """
        return _jitter(self.base_seconds, self.cap_seconds, attempts, chance)

    def peer_pause_seconds(self, failures: int, chance: float) -> float:
        """Return how long to wait before a peer that did not answer is tried again; parameters as above."""
        return _jitter(self.base_seconds, self.peer_cap_seconds, failures, chance)


def _jitter(base: float, cap: float, attempts: int, chance: float) -> float:
    bound = min(cap, base * 2.0 ** min(max(attempts, 1) - 1, 62))
    return chance * bound


@dataclass(frozen=True, slots=True)
class Delivered:
    """The peer has it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Again:
    """Try it again after a pause; its stream waits with it."""

    code: str
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class Parked:
    """It will not be taken as it is: a person looks; its stream waits with it."""

    code: str


@dataclass(frozen=True, slots=True)
class Rewind:
    """The peer lacks earlier messages of the stream: send again from ``seq``; if they are gone here, park."""

    seq: int
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class StayBehind:
    """An earlier message of its stream in this batch was not delivered; nothing is wrong with this one."""


Outcome = Delivered | Again | Parked | Rewind | StayBehind


def settle(
    envelopes: Sequence[Envelope],
    receipts: Sequence[Receipt],
    attempts: Mapping[str, int],
    chances: Sequence[float],
    policy: RetryPolicy,
) -> list[Outcome]:
    """Return what becomes of each envelope of a batch.

    Parameters:
        envelopes: as sent, each stream in order.
        receipts: one for each, in the same order.
        attempts: envelope id -> failures before this batch; absent means none.
        chances: one random number for each, 0 ≤ chance < 1.
        policy: the pauses.

    Returns:
        One outcome for each envelope, in the same order.
    """
    held: set[str] = set()
    outcomes: list[Outcome] = []
    for envelope, receipt, chance in zip(envelopes, receipts, chances, strict=True):
        if receipt.delivered:
            outcomes.append(Delivered(receipt))
        elif envelope.stream in held:
            outcomes.append(StayBehind())
        else:
            held.add(envelope.stream)
            outcomes.append(_after_failure(envelope, receipt, attempts.get(envelope.id, 0) + 1, chance, policy))
    return outcomes


def _after_failure(envelope: Envelope, receipt: Receipt, failures: int, chance: float, policy: RetryPolicy) -> Outcome:
    pause = policy.pause_seconds(failures, chance)
    expected = receipt.expected_seq
    if receipt.status is ReceiptStatus.WAITING and receipt.code == "exchange.gap" and expected is not None and expected < envelope.seq:
        return Rewind(expected, pause)
    retry = code_of(receipt.code).retry
    if retry is Retry.PERSON or (retry is Retry.FEW and failures >= policy.few):
        return Parked(receipt.code)
    return Again(receipt.code or "exchange.internal", pause)

"""The receiving end of a stream: each message once, in order, whatever the cable does.

Rules:
    - One position per (sender, stream): the number needed next. It moves only forward, by one, together with the effect,
      in the same database transaction.
    - The next number: apply. A number gone by: the same id is a duplicate, another id is refused. A number too far ahead: wait.
    - A message that is kept but cannot be applied holds the position: what follows waits behind it until a person has
      retried it or set it aside.

Source:
    docs/reference/exchange.md, clause 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus

__all__ = ["Apply", "Decision", "Duplicate", "Refuse", "StreamPosition", "WaitForGap", "quarantine", "receive"]


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """How far one peer's stream has come here."""

    peer: str
    stream: str
    #: The number needed next; 1 where nothing came yet.
    next_seq: int = 1
    #: seq -> id of messages kept here. Must hold every number that is asked about and was kept; older ones may be absent.
    kept: Mapping[int, str] = field(default_factory=dict)
    #: Whether the message at ``next_seq`` stands in quarantine.
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    """Let its effect happen, keep its id, and move the position to ``next_seq``: in one transaction."""

    next_seq: int

    def receipt(self, envelope: Envelope) -> Receipt:
        """Return the receipt to give once the transaction is durable."""
        return Receipt(envelope.id, ReceiptStatus.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It came before: change nothing, say so."""

    #: Whether it is the one that stands in quarantine.
    quarantined: bool = False

    def receipt(self, envelope: Envelope) -> Receipt:
        """Return the receipt to give."""
        return Receipt(envelope.id, ReceiptStatus.DUPLICATE)


@dataclass(frozen=True, slots=True)
class WaitForGap:
    """Its turn has not come; it may be kept to be shown, and must not be applied."""

    expected_seq: int
    #: ``exchange.gap`` or ``exchange.behind_quarantine``.
    code: str

    def receipt(self, envelope: Envelope) -> Receipt:
        """Return the receipt to give."""
        return Receipt(envelope.id, ReceiptStatus.WAITING, self.code, self.expected_seq)


@dataclass(frozen=True, slots=True)
class Refuse:
    """It contradicts what is kept: change nothing, show it to a person."""

    #: ``exchange.seq_taken``, ``exchange.seq_behind`` or ``exchange.wrong_sender``.
    code: str

    def receipt(self, envelope: Envelope) -> Receipt:
        """Return the receipt to give."""
        return Receipt(envelope.id, ReceiptStatus.REFUSED, self.code, detail=f"number {envelope.seq}")


Decision = Apply | Duplicate | WaitForGap | Refuse


def receive(state: StreamPosition, envelope: Envelope) -> Decision:
    """Decide what to do with a verified envelope.

    Parameters:
        state: the position of the envelope's (sender, stream), locked by the caller until the effect is committed.
        envelope: verified and opened.

    Returns:
        One of four decisions, each with the receipt to give.

    Concurrency:
        Pure. The caller holds the position's row for update; a unique constraint on (peer, stream, seq) is the second guard.
    """
    if (envelope.sender, envelope.stream) != (state.peer, state.stream):
        return Refuse("exchange.wrong_sender")
    kept_id = state.kept.get(envelope.seq)
    if envelope.seq < state.next_seq:
        if kept_id is None:
            return Refuse("exchange.seq_behind")
        return Duplicate() if kept_id == envelope.id else Refuse("exchange.seq_taken")
    if envelope.seq > state.next_seq:
        return WaitForGap(state.next_seq, "exchange.behind_quarantine" if state.quarantined else "exchange.gap")
    if state.quarantined:
        return Duplicate(quarantined=True) if kept_id == envelope.id else Refuse("exchange.seq_taken")
    return Apply(envelope.seq + 1)


def quarantine(envelope: Envelope, detail: str) -> Receipt:
    """Return the receipt for a message that is durable here but cannot be applied.

    Parameters:
        envelope: stands at ``next_seq``; the caller keeps it and marks the position quarantined in one transaction.
        detail: why, without content of the message.
    """
    return Receipt(envelope.id, ReceiptStatus.QUARANTINED, "exchange.unprocessable", detail=detail)

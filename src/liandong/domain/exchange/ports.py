"""What the exchange needs from outside, as protocols: keys, a cable, and a place that keeps what is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liandong.domain.errors import PeerError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt

__all__ = ["Due", "OutboxStore", "PeerWatch", "Protector", "Signer", "Transport", "Verifier"]


class Signer(Protocol):
    """Signs with this node's key in force."""

    def sign(self, data: bytes) -> tuple[str, bytes]:
        """Return (key id, signature) over ``data``; raise LocalProtocolError when no own key is in force."""
        ...


class Verifier(Protocol):
    """Knows the peers' public keys."""

    def verify(self, key_id: str, data: bytes, signature: bytes) -> str:
        """Return the node that owns the key; raise RemoteProtocolError with who and why when the signature does not hold."""
        ...


class Protector(Protocol):
    """Makes an envelope ready to travel."""

    def protect(self, envelope: Envelope) -> Envelope:
        """Return it signed, and sealed where the peer's cable asks for it; raise LocalProtocolError when it breaks the protocol."""
        ...


class Transport(Protocol):
    """A cable to peers."""

    async def send(self, peer: str, envelopes: list[Envelope]) -> list[Receipt]:
        """Return verified receipts for the first envelopes, in order: at least one, fewer than given where they do not fit.

        Raises:
            PeerUnavailable: no answer; the peer may or may not have taken them. ``data["retry_after_seconds"]`` where it said so.
            RemoteProtocolError: an answer that breaks the protocol.
            LocalProtocolError: the peer refused the batch as a whole, or it could not be written.
        """
        ...


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come."""

    envelope: Envelope
    #: Failures of this message so far.
    attempts: int = 0


class OutboxStore(Protocol):
    """Keeps what is to be sent; each method is one short transaction."""

    async def due(self, peer: str, limit: int, *, newest_first: bool = False, without: Sequence[str] = ()) -> Sequence[Due]:
        """Return at most ``limit`` messages to send now: neither sent nor parked, their time come.

        No message may be returned while an earlier unsent message of its stream is absent from the same answer before it.
        With ``newest_first`` only those of the newest come before which nothing unsent of their stream is missing, so that live messages pass
        a backlog; none, where all of the newest stand behind older ones.
        Ids ``without`` are on their way: what is returned is right if they arrive.
        """
        ...

    async def mark_sent(self, ids: Sequence[str], receipts: Sequence[Receipt]) -> None:
        """Keep the receipts (accepted, duplicate or quarantined) and send these envelopes no more."""
        ...

    async def mark_failed(self, ids: Sequence[str], reason: str, next_try_at: datetime | None) -> None:
        """Count a failure, keep the reason code; ``None`` parks them until a person acts."""
        ...

    async def rewind(self, peer: str, stream: str, seq: int, not_before: datetime) -> int:
        """Make sent messages of the stream from ``seq`` on due again from ``not_before``; return how many there were."""
        ...


class PeerWatch(Protocol):
    """Is told how the peer does; for the desks' banner and the metrics."""

    def peer_up(self, peer: str, delivered: int, refused: int, ahead_seconds: float | None) -> None:
        """A batch was answered.

        Parameters:
            delivered: messages that need nothing more.
            refused: messages that were refused or put off; those that wait for their turn are not among them.
            ahead_seconds: how far the peer's clock is ahead of ours (behind: below zero); 0.0 where the difference is less than
                half the time the answer took, None where the answer does not say.
        """
        ...

    def peer_down(self, peer: str, error: PeerError, failures: int, pause_seconds: float) -> None:
        """A batch was not answered as it should be; the next try comes after the pause."""
        ...

"""Receipts: what the receiver says of each envelope of a batch, one by one, in the batch's order, signed as one.

Rules:
    - ``accepted`` and ``quarantined`` are said only after the message is durable at the receiver.
    - ``duplicate`` ends the matter just as ``accepted`` does: the effect is there, once.
    - ``waiting`` and ``refused`` leave the message with the sender.
    - A receipt binds by the envelope's id: an old answer played again does not fit a new batch.

Source:
    docs/reference/exchange.md, clause 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from liandong.domain.errors import PeerError, RemoteProtocolError
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, VERSION, Limits
from liandong.domain.exchange.wire import read_object
from liandong.domain.journal.canonical import MAX_INTEGER, canonical

__all__ = ["DELIVERED", "Receipt", "ReceiptBatch", "ReceiptStatus", "parse_receipts"]


class ReceiptStatus(StrEnum):
    """What became of an envelope."""

    #: Durable at the receiver and its effect has happened.
    ACCEPTED = "accepted"
    #: Came before; its effect happened then, or it is kept in quarantine.
    DUPLICATE = "duplicate"
    #: Its turn has not come: something earlier of the stream is missing or in quarantine.
    WAITING = "waiting"
    #: Durable at the receiver, who cannot apply it: a person there looks at it and can retry.
    QUARANTINED = "quarantined"
    #: Not kept by the receiver; the code says why.
    REFUSED = "refused"


#: The sender has no more to do.
DELIVERED = frozenset((ReceiptStatus.ACCEPTED, ReceiptStatus.DUPLICATE, ReceiptStatus.QUARANTINED))


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one envelope."""

    #: Id of the envelope; ``""`` where the line could not be read so far.
    id: str
    status: ReceiptStatus
    #: A key of ``liandong.domain.exchange.codes.CODES``; ``""`` for accepted and duplicate.
    code: str = ""
    #: With ``waiting``: the number the receiver needs next in that stream.
    expected_seq: int | None = None
    #: For people and logs; holds no content of the message.
    detail: str = ""
    #: The whole signed answer it came in, the same text for all receipts of a batch: keep it once, it proves them all.
    proof: str = field(default="", repr=False, compare=False)
    #: When the peer answered, by its own clock, as the signed answer says it.
    answered_at: str = field(default="", repr=False, compare=False)

    @property
    def delivered(self) -> bool:
        """Whether the sender has no more to do."""
        return self.status in DELIVERED

    @classmethod
    def refusal(cls, envelope_id: str, error: PeerError) -> Receipt:
        """Return the receipt that passes ``error`` on to the sender."""
        return cls(envelope_id, ReceiptStatus.REFUSED, error.code, detail=str(error.data.get("detail", "")))

    def wire(self) -> dict[str, Any]:
        """Return the object that travels; empty members are left out."""
        shown: dict[str, Any] = {"id": self.id, "status": str(self.status)}
        if self.code:
            shown["code"] = self.code
        if self.expected_seq is not None:
            shown["expected_seq"] = self.expected_seq
        if self.detail:
            shown["detail"] = self.detail
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptBatch:
    """The signed answer to a batch: kept by the sender, it proves what the receiver took."""

    #: Node that answers.
    sender: str
    #: When it answered, UTC; the difference to the asker's clock is shown, never acted upon.
    at: str
    receipts: tuple[Receipt, ...]
    version: str = VERSION
    key_id: str = ""
    suite: str = ""
    signature: str = ""
    #: The object as it came, so that the signature covers fields of a newer version; ``None`` when made here.
    received: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    def signing_bytes(self) -> bytes:
        """Return what the signature is made over: canonical JSON of every field but the signature."""
        if self.received is not None:
            return canonical({name: value for name, value in self.received.items() if name != "signature"})
        return canonical(self._unsigned())

    def to_bytes(self) -> bytes:
        """Return the object that travels, as canonical JSON."""
        return canonical({**self._unsigned(), "signature": self.signature})

    def _unsigned(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "from": self.sender,
            "at": self.at,
            "receipts": [receipt.wire() for receipt in self.receipts],
            "key_id": self.key_id,
            "suite": self.suite,
        }


def parse_receipts(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> ReceiptBatch:
    """Return the receipts in ``raw``, their signature not yet verified.

    Raises:
        RemoteProtocolError: ``raw`` is not what clause 5 describes; no other error, whatever it holds.
    """
    fields = read_object(raw, max_bytes=limits.batch_bytes, max_depth=limits.depth)
    for name in ("version", "from", "at", "key_id", "suite", "signature"):
        if not isinstance(fields.get(name), str):
            raise RemoteProtocolError("exchange.malformed", detail=f"receipts: {name} is missing or no text")
    if fields["version"].partition(".")[0] != VERSION.partition(".")[0]:
        raise RemoteProtocolError("exchange.version", detail=f"{fields['version'][:8]} there, {VERSION} here")
    items = fields.get("receipts")
    if not isinstance(items, list) or not 0 < len(items) <= limits.batch_count:
        raise RemoteProtocolError("exchange.malformed", detail="receipts: no list of the allowed length")
    return ReceiptBatch(
        sender=fields["from"],
        at=fields["at"],
        receipts=tuple(_receipt(item) for item in items),
        version=fields["version"],
        key_id=fields["key_id"],
        suite=fields["suite"],
        signature=fields["signature"],
        received=fields,
    )


def _receipt(item: object) -> Receipt:
    if not isinstance(item, dict):
        raise RemoteProtocolError("exchange.malformed", detail="receipts: an item is no object")
    texts = [item.get(name, "") for name in ("id", "status", "code", "detail")]
    seq = item.get("expected_seq")
    whole = isinstance(seq, int) and not isinstance(seq, bool) and 1 <= seq <= MAX_INTEGER
    if not all(isinstance(text, str) for text in texts) or texts[1] not in list(ReceiptStatus) or not (seq is None or whole):
        raise RemoteProtocolError("exchange.malformed", detail="receipts: an item has the wrong shape")
    return Receipt(texts[0], ReceiptStatus(texts[1]), texts[2], seq, texts[3][:500])

"""The port ``Transport`` over a medium: a batch is a question, its signed receipts are the answer.

Source:
    docs/reference/exchange.md, clause 11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from liandong.adapters.transports.parcels import BATCH, GOOD, REFUSED, Correspondent
from liandong.domain.errors import LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.codes import CODES
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope, Limits
from liandong.domain.exchange.receipts import Receipt
from liandong.domain.exchange.wire import join_batch

__all__ = ["CarriedTransport"]


class CarriedTransport:
    """Sends batches to one peer as parcels.

    Parameters:
        correspondent: of the peer.
        read_answer: verifies and reads an answer, ``Session.read_answer``.
        limits: bounds of a batch; those of the medium come on top.
    """

    def __init__(
        self,
        correspondent: Correspondent,
        read_answer: Callable[[bytes, str, Sequence[str]], list[Receipt]],
        *,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._correspondent = correspondent
        self._read_answer = read_answer
        self._limits = limits

    async def send(self, peer: str, envelopes: list[Envelope]) -> list[Receipt]:
        """Return receipts for the first envelopes, as many as one batch holds; raises as ``Transport.send`` says."""
        if peer != self._correspondent.peer:
            raise PeerUnavailable(peer=peer, detail="no medium is set up")
        limits = replace(self._limits, batch_bytes=min(self._limits.batch_bytes, self._correspondent.medium.max_bytes))
        batch, taken = join_batch(envelopes, limits)
        ids = [envelope.id for envelope in envelopes[:taken]]
        status, body = await self._correspondent.ask(BATCH, batch, (BATCH, *ids))
        if status == GOOD:
            return self._read_answer(body, peer, ids)
        if status == REFUSED:
            code = body[:64].decode("ascii", "replace")
            if code in CODES:
                raise LocalProtocolError(code, detail=f"{peer} refused the batch")
            raise RemoteProtocolError(detail=f"{peer} refused a batch without a known code")
        raise PeerUnavailable(peer=peer, detail="busy")

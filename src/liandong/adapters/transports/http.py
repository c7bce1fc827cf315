"""The transport ``http``: a batch in a POST, signed receipts in its answer, over connections that stay open.

Rules:
    - What the peer answers with 200 is read as receipts and nothing else; every other answer leaves the whole batch with us.
    - A refusal of the whole batch is believed when the peer's exchange signs it with one of its codes (problem+json, 400 or 422), or as 413.
    - An answer that did not come says nothing: the peer may have taken the batch. It is sent again and comes back as duplicates.
    - Redirects are not followed and the environment's proxy settings are not used: a peer's address is what was set up.

Source:
    docs/reference/exchange.md, clause 8.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import httpx

from liandong.domain.errors import LocalProtocolError, PeerError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.codes import CODES
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope, Limits
from liandong.domain.exchange.receipts import Receipt
from liandong.domain.exchange.wire import join_batch, read_object

__all__ = ["BATCH_PATH", "BATCH_TYPE", "PIECE_PATH", "RECEIPTS_TYPE", "HttpTransport", "ReadAnswer"]

#: Where a node takes batches, under the peer's base address.
BATCH_PATH = "/exchange/v1/batches"
#: Where it answers wishes for pieces of files.
PIECE_PATH = "/exchange/v1/pieces"
BATCH_TYPE = "application/x-ndjson"
RECEIPTS_TYPE = "application/json"

#: ``Session.read_answer``: (body, peer, ids sent) -> receipts.
ReadAnswer = Callable[[bytes, str, Sequence[str]], list[Receipt]]

#: Not now: the peer's load, database or proxy.
_NOT_NOW = frozenset((408, 423, 425, 429))


class HttpTransport:
    """Sends batches to peers by their address.

    Parameters:
        addresses: peer -> base address, such as ``https://hotline.example:12345``.
        read_answer: verifies and reads an answer, ``Session.read_answer``.
        tls: for https: trusted roots, and this node's certificate for mutual TLS; ``None`` means the system's roots.
        connect_seconds: how long to wait for a connection.
        answer_seconds: how long to wait for the answer to a batch.
        limits: bounds of a batch, and of an answer.
        mounted: replaces the network, for tests.
    """

    def __init__(
        self,
        addresses: Mapping[str, str],
        read_answer: ReadAnswer,
        *,
        tls: ssl.SSLContext | None = None,
        connect_seconds: float = 3.0,
        answer_seconds: float = 15.0,
        limits: Limits = DEFAULT_LIMITS,
        mounted: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._addresses = addresses
        self._read_answer = read_answer
        self._limits = limits
        self._client = httpx.AsyncClient(
            verify=tls if tls is not None else True,
            timeout=httpx.Timeout(answer_seconds, connect=connect_seconds),
            limits=httpx.Limits(max_keepalive_connections=8, max_connections=32, keepalive_expiry=60.0),
            follow_redirects=False,
            trust_env=False,
            transport=mounted,
        )

    async def send(self, peer: str, envelopes: list[Envelope]) -> list[Receipt]:
        """Return receipts for the first envelopes, as many as one batch holds; raises as ``Transport.send`` says."""
        address = self._addresses.get(peer)
        if address is None:
            raise PeerUnavailable(peer=peer, detail="no address is set up")
        batch, taken = join_batch(envelopes, self._limits)
        status, body, headers = await self._post(peer, address.rstrip("/") + BATCH_PATH, batch)
        if status == 200:
            return self._read_answer(body, peer, [envelope.id for envelope in envelopes[:taken]])
        raise _fault(peer, status, body, headers)

    async def ask_piece(self, peer: str, wish: bytes) -> bytes:
        """Return the answer to a wish for a piece of a file.

        Raises:
            PeerUnavailable: no answer, or not now.
            RemoteProtocolError: the peer has no such file for us, or answers something else.
        """
        status, body, headers = await self._post(peer, self._addresses[peer].rstrip("/") + PIECE_PATH, wish)
        if status == 200:
            return body
        raise _fault(peer, status, b"", headers)

    async def _post(self, peer: str, url: str, batch: bytes) -> tuple[int, bytes, httpx.Headers]:
        headers = {"content-type": BATCH_TYPE, "accept": RECEIPTS_TYPE, "accept-encoding": "identity"}
        try:
            async with self._client.stream("POST", url, content=batch, headers=headers) as response:
                return response.status_code, await self._bounded(peer, response), response.headers
        except httpx.InvalidURL:
            raise PeerUnavailable(peer=peer, detail="its address is no address") from None
        except httpx.TransportError as error:
            raise PeerUnavailable(peer=peer, detail=type(error).__name__) from error

    async def _bounded(self, peer: str, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise RemoteProtocolError(detail=f"{peer} compressed its answer, which was not asked for")
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > self._limits.batch_bytes:
                raise RemoteProtocolError("exchange.too_large", detail=f"the answer of {peer}")
        return bytes(body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> HttpTransport:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()


def _fault(peer: str, status: int, body: bytes, headers: httpx.Headers) -> PeerError:
    """Return what an answer other than 200 means.

    Only a problem that the peer's exchange itself wrote, or a 413 (whoever wrote it), blames the batch. A 400 of some proxy or of a
    wrong address must not: it would park one good message after another.
    """
    code = _problem_code(body) if status in (400, 422) else ""
    if status == 413 or code:
        return LocalProtocolError(code or "exchange.too_large", detail=f"{peer} refused the batch with HTTP {status}")
    if status >= 500 or status in _NOT_NOW:
        pause = headers.get("retry-after", "")
        more = {"retry_after_seconds": min(int(pause), 300)} if pause.isascii() and pause.isdigit() and len(pause) < 9 else {}
        return PeerUnavailable(peer=peer, detail=f"HTTP {status}", **more)
    return RemoteProtocolError(detail=f"{peer} answered a batch with HTTP {status}")


def _problem_code(body: bytes) -> str:
    """Return the exchange's code in a problem document, ``""`` where there is none."""
    try:
        code = read_object(body, max_bytes=65_536, max_depth=8).get("code")
    except RemoteProtocolError:
        return ""
    return code if isinstance(code, str) and code in CODES else ""

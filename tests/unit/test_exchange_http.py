"""The http transport: what each answer of a peer means, and that two nodes talk over a real socket."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable

import httpx
import pytest
from exchange_nodes import HOTLINE, Clock, rings
from exchange_samples import envelope, uuid7

from liandong.adapters.crypto.session import Session
from liandong.adapters.transports.http import BATCH_PATH, BATCH_TYPE, HttpTransport
from liandong.adapters.transports.memory import MemoryInbox
from liandong.domain.errors import LiandongError, LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.envelope import Limits
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus

BASE = "http://hotline.test:12345/"


class Nodes:
    def __init__(self) -> None:
        police, hotline = rings(Clock())
        self.session = Session(police)
        self.inbox = MemoryInbox(hotline)

    def send(self, handler: Callable[[httpx.Request], httpx.Response], count: int = 1, **settings: object) -> list[Receipt]:
        async def play() -> list[Receipt]:
            mounted = httpx.MockTransport(handler)
            async with HttpTransport({HOTLINE: BASE}, self.session.read_answer, mounted=mounted, **settings) as transport:  # type: ignore[arg-type]
                return await transport.send(HOTLINE, [self.session.protect(envelope(number, seq=number)) for number in range(1, count + 1)])

        return asyncio.run(play())

    def take(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path, request.headers["content-type"]) == ("POST", BATCH_PATH, BATCH_TYPE)
        return httpx.Response(200, content=self.inbox.take(request.content))


def test_a_batch_goes_out_and_receipts_come_back() -> None:
    nodes = Nodes()
    assert nodes.send(nodes.take, 3) == [Receipt(uuid7(number), ReceiptStatus.ACCEPTED) for number in (1, 2, 3)]
    assert [item.seq for item in nodes.inbox.applied] == [1, 2, 3]


def test_what_does_not_fit_one_batch_is_left_for_the_next() -> None:
    nodes = Nodes()
    assert len(nodes.send(nodes.take, 5, limits=Limits(batch_count=2))) == 2


def status(number: int, content: bytes = b"", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(number, content=content, headers=headers)


def problem(code: str) -> bytes:
    return json.dumps({"type": "about:blank", "code": code}).encode()


def fails(kind: type[Exception]) -> Callable[[httpx.Request], httpx.Response]:
    def handler(_: httpx.Request) -> httpx.Response:
        raise kind("no")

    return handler


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (status(500), PeerUnavailable),
        (status(502, b"<html>"), PeerUnavailable),
        (status(503), PeerUnavailable),
        (status(429), PeerUnavailable),
        (status(413), LocalProtocolError),
        (status(400, problem("exchange.too_large")), LocalProtocolError),
        (status(400, b"Bad Request"), RemoteProtocolError),
        (status(400, problem("other.code")), RemoteProtocolError),
        (status(401), RemoteProtocolError),
        (status(404), RemoteProtocolError),
        (status(301, location="http://elsewhere.test/"), RemoteProtocolError),
        (status(200, b"<html>login</html>"), RemoteProtocolError),
        (status(200, b""), RemoteProtocolError),
        (status(200, gzip.compress(b"{}"), **{"content-encoding": "gzip"}), RemoteProtocolError),
        (fails(httpx.ConnectError), PeerUnavailable),
        (fails(httpx.ReadTimeout), PeerUnavailable),
        (fails(httpx.RemoteProtocolError), PeerUnavailable),
        (fails(httpx.PoolTimeout), PeerUnavailable),
    ],
)
def test_every_answer_has_its_meaning(handler: Callable[[httpx.Request], httpx.Response], expected: type[LiandongError]) -> None:
    with pytest.raises(expected):
        Nodes().send(handler)


@pytest.mark.parametrize(("said", "kept"), [("7", 7), ("100000", 300), ("soon", None), ("", None), ("9" * 50, None), ("٧", None)])
def test_the_peers_wish_to_be_left_alone_is_kept_within_reason(said: str, kept: int | None) -> None:
    with pytest.raises(PeerUnavailable) as caught:
        Nodes().send(lambda _: httpx.Response(503, headers=[(b"retry-after", said.encode())]))
    assert caught.value.data.get("retry_after_seconds") == kept


def test_an_endless_answer_is_cut_off() -> None:
    async def endless() -> object:  # an async generator
        while True:
            yield b"x" * 10_000

    with pytest.raises(RemoteProtocolError) as caught:
        Nodes().send(lambda _: httpx.Response(200, content=endless()), limits=Limits(batch_bytes=100_000))
    assert caught.value.code == "exchange.too_large"


@pytest.mark.parametrize("address", ["", "ftp://x", "http://", "::::", "http://\x00"])
def test_an_address_that_leads_nowhere_parks_nothing(address: str) -> None:
    nodes = Nodes()

    async def play() -> None:
        async with HttpTransport({HOTLINE: address}, nodes.session.read_answer) as transport:
            with pytest.raises(PeerUnavailable):
                await transport.send(HOTLINE, [nodes.session.protect(envelope())])
            with pytest.raises(PeerUnavailable):
                await transport.send("nobody", [nodes.session.protect(envelope())])

    asyncio.run(play())


def test_two_nodes_talk_over_one_connection_that_stays_open() -> None:
    nodes = Nodes()
    connections = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                (length,) = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
                reply = nodes.inbox.take(await reader.readexactly(length))
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(reply) + reply)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def play() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, HttpTransport({HOTLINE: f"http://127.0.0.1:{port}"}, nodes.session.read_answer) as transport:
            for number in range(1, 6):
                (receipt,) = await transport.send(HOTLINE, [nodes.session.protect(envelope(number, seq=number))])
                assert receipt.status is ReceiptStatus.ACCEPTED
        server.close()
        with pytest.raises(PeerUnavailable):
            async with HttpTransport({HOTLINE: f"http://127.0.0.1:{port}"}, nodes.session.read_answer) as transport:
                await transport.send(HOTLINE, [nodes.session.protect(envelope())])

    asyncio.run(play())
    assert len(connections) == 1

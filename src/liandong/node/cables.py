"""The cables of a node: for each peer the transport that its settings name, and the loops that take what comes over it.

Messages that come over ``http`` are taken by the web process; those of every other transport by the worker, through these loops.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.session import Session
from liandong.adapters.files.store import FileStore
from liandong.adapters.transports.carried import CarriedTransport
from liandong.adapters.transports.http import HttpTransport
from liandong.adapters.transports.parcels import BATCH, BUSY, GOOD, PIECE, REFUSED, Correspondent, Handle, Medium
from liandong.application.world import World
from liandong.domain.errors import LiandongError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.ports import Transport
from liandong.node.settings import NodeSettings, PeerSettings

__all__ = ["Cables", "client_tls"]

log = logging.getLogger("liandong.worker")

#: (answer_seconds, again_seconds): how long a question waits for its answer, and when it is laid down once more.
PATIENCE = {"middledb": (10.0, 30.0), "ferry": (20.0, 30.0), "nats": (10.0, 30.0)}


class Cables:
    """Every cable of one node.

    Parameters:
        settings: of the node.
        world: what received messages act on.
        keyring: keys of the node and its peers.
    """

    def __init__(self, settings: NodeSettings, world: World, keyring: KeyRing) -> None:
        self._settings = settings
        self._session = Session(keyring)
        self.store = FileStore(settings.files, settings.file_limit_mb * 1_048_576)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="receiver")
        self._handle = handler(world, keyring, self._thread, self.store)
        self._http: HttpTransport | None = None
        self.correspondents: dict[str, Correspondent] = {}
        self.transports: dict[str, Transport] = {}
        for peer in settings.peers:
            self.transports[peer.name] = self._transport(peer)

    def _transport(self, peer: PeerSettings) -> Transport:
        if peer.transport == "http":
            if self._http is None:
                addresses = {each.name: each.url for each in self._settings.peers if each.transport == "http"}
                self._http = HttpTransport(addresses, self._session.read_answer, tls=client_tls(self._settings))
            return self._http
        answer_seconds, again_seconds = PATIENCE[peer.transport]
        medium = _medium(self._settings, peer)
        correspondent = Correspondent(peer.name, medium, self._handle, answer_seconds=answer_seconds, again_seconds=again_seconds)
        self.correspondents[peer.name] = correspondent
        return CarriedTransport(correspondent, self._session.read_answer)

    def loops(self, stop: asyncio.Event) -> list[Awaitable[None]]:
        """Return the loops that take what comes, one for each peer that is not reached by http."""
        return [each.run(stop) for each in self.correspondents.values()]

    async def ask_piece(self, peer: str, wish: bytes, key: tuple[str, int]) -> bytes:
        """Return the peer's answer to a wish for a piece of a file; raises PeerError."""
        correspondent = self.correspondents.get(peer)
        if correspondent is None:
            assert self._http is not None
            return await self._http.ask_piece(peer, wish)
        status, body = await correspondent.ask(PIECE, wish, (PIECE, *key))
        if status == GOOD:
            return body
        raise (PeerUnavailable(peer=peer, detail="busy") if status == BUSY else RemoteProtocolError(detail=f"{peer} has no such file for us"))

    async def aclose(self) -> None:
        """Close every connection."""
        for each in self.correspondents.values():
            await each.medium.aclose()
        if self._http is not None:
            await self._http.aclose()
        self._thread.shutdown(wait=False, cancel_futures=True)


def client_tls(settings: NodeSettings) -> ssl.SSLContext | None:
    """Return how this node shows itself to https peers; None without certificates of its own."""
    if not settings.tls_certificate:
        return None
    context = ssl.create_default_context(cafile=settings.tls_roots)
    context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    return context


def _medium(settings: NodeSettings, peer: PeerSettings) -> Medium:
    directory = Path(settings.directory) / "exchange" / peer.name
    if peer.transport == "middledb":
        from liandong.adapters.transports.middledb import MiddleDatabase

        return MiddleDatabase(peer.url, settings.name, peer.name, directory / "middledb.position")
    if peer.transport == "ferry":
        from liandong.adapters.transports.ferry import Ferry

        return Ferry(Path(unquote(urlsplit(peer.url).path)), settings.name, peer.name)
    from liandong.adapters.transports.nats import NatsBus

    return NatsBus(peer.url, settings.name, peer.name)


def handler(world: World, keyring: KeyRing, thread: ThreadPoolExecutor, store: FileStore) -> Handle:
    """Return what answers the questions of peers: in one thread, which has a database connection of its own."""
    from liandong.adapters.transports.receiving import receive_batch
    from liandong.adapters.transports.serving import serve_piece

    answers: dict[str, Callable[[bytes], bytes]] = {
        BATCH: lambda payload: receive_batch(world, keyring, payload),
        PIECE: lambda payload: serve_piece(store, keyring, payload),
    }

    def answered(kind: str, payload: bytes) -> tuple[int, bytes]:
        from django.db import close_old_connections

        close_old_connections()
        try:
            return GOOD, answers[kind](payload)
        except PeerUnavailable:
            return BUSY, b""
        except LiandongError as error:
            return REFUSED, error.code.encode("ascii")
        except Exception:  # the outermost loop: whatever a bug raises, the peer keeps its messages
            log.exception("a question of a peer cannot be answered just now", extra={"action": "receiver.failed", "kind": kind})
            return BUSY, b""
        finally:
            close_old_connections()

    async def handle(kind: str, payload: bytes) -> tuple[int, Any]:
        return await asyncio.get_running_loop().run_in_executor(thread, answered, kind, payload)

    return handle

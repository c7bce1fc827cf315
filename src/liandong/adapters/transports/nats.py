"""The medium ``nats``: streams of JetStream on a province's bus, one for each direction between two nodes.

Rules:
    - A parcel is kept by the bus until the reader has dealt with it (work queue, file storage).
    - A question that is put twice within the bus's window of two minutes is kept once.
    - The connection mends itself; while it is away, putting and taking say so at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from liandong.adapters.transports.parcels import QUESTION, Parcel, Taken
from liandong.domain.errors import PeerUnavailable

__all__ = ["NatsBus"]

#: The bus must carry one envelope of full size and its seal: its ``max_payload`` is at least this.
LEAST_PAYLOAD = 2_097_152
#: How long the bus waits for us to deal with a parcel before it gives it again, in seconds.
ACK_SECONDS = 60
#: The library itself would try to connect for ever.
CONNECT_SECONDS = 4
STATUS = frozenset((0, 200, 422, 503))

log = logging.getLogger(__name__)


class NatsBus:
    """A ``Medium`` on a JetStream bus.

    Parameters:
        url: ``nats://name:password@host:4222/prefix``; the prefix begins every subject and stream, ``liandong`` by default.
        node, peer: names.
    """

    max_bytes = 8_388_608

    def __init__(self, url: str, node: str, peer: str) -> None:
        parts = urlsplit(url)
        self._server = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        self._prefix = parts.path.strip("/") or "liandong"
        self._node = node
        self._peer = peer
        self._client: Any = None
        self._stream: Any = None
        self._reader: Any = None
        self._connecting = asyncio.Lock()

    def _subject(self, sender: str, recipient: str) -> str:
        return f"{self._prefix}.{sender}.{recipient}"

    async def put(self, parcel: Parcel) -> None:
        import nats.errors

        await self._connected()
        headers = {"Liandong-Ref": parcel.ref, "Liandong-Kind": parcel.kind, "Liandong-Status": str(parcel.status)}
        if parcel.status == QUESTION:
            headers["Nats-Msg-Id"] = parcel.ref
        try:
            await self._stream.publish(self._subject(self._node, self._peer), parcel.payload, timeout=5, headers=headers)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            raise PeerUnavailable(peer=self._peer, detail=f"bus: {type(error).__name__}") from error

    async def take(self, seconds: float) -> Sequence[Taken]:
        import nats.errors

        await self._connected()
        try:
            messages = await self._reader.fetch(20, timeout=seconds)
        except (nats.errors.TimeoutError, TimeoutError):
            if not self._client.is_connected:
                raise PeerUnavailable(peer=self._peer, detail="bus: not connected") from None
            return []
        except (nats.errors.Error, OSError) as error:
            raise PeerUnavailable(peer=self._peer, detail=f"bus: {type(error).__name__}") from error
        found = []
        for message in messages:
            parcel = _parcel(message)
            if parcel is None:
                log.warning("a message of no known shape lay on the bus", extra={"action": "medium.unreadable", "peer": self._peer})
                await message.term()
            else:
                found.append(Taken(parcel, message))
        return found

    async def done(self, taken: Taken) -> None:
        import nats.errors

        token: Any = taken.token
        with contextlib.suppress(nats.errors.Error, OSError):
            await token.ack()

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _connected(self) -> None:
        """Be connected, with both streams and the reader there."""
        async with self._connecting:
            if self._client is not None and self._client.is_closed:
                self._client = None
            if self._client is None:
                await self._connect()
            elif not self._client.is_connected:
                raise PeerUnavailable(peer=self._peer, detail="bus: not connected")

    async def _connect(self) -> None:
        import nats
        import nats.errors
        import nats.js.api

        async def quiet(_: Exception) -> None:
            """Errors of the connection show where it is used."""

        client = nats.NATS()
        options = {"connect_timeout": 3, "max_reconnect_attempts": -1, "reconnect_time_wait": 0.5, "error_cb": quiet}
        try:
            await asyncio.wait_for(client.connect(self._server, **options), CONNECT_SECONDS)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            await client.close()
            raise PeerUnavailable(peer=self._peer, detail=f"bus: {type(error).__name__}") from error
        try:
            if client.max_payload < LEAST_PAYLOAD:
                raise PeerUnavailable(peer=self._peer, detail=f"bus: max_payload is {client.max_payload}, at least {LEAST_PAYLOAD} is needed")
            self.max_bytes = min(self.max_bytes, client.max_payload - 4096)
            self._stream = client.jetstream()
            for sender, recipient in ((self._node, self._peer), (self._peer, self._node)):
                await self._stream.add_stream(
                    name=f"{self._prefix}-{sender}-to-{recipient}".replace(".", "_"),
                    subjects=[self._subject(sender, recipient)],
                    retention=nats.js.api.RetentionPolicy.WORK_QUEUE,
                    storage=nats.js.api.StorageType.FILE,
                )
            self._reader = await self._stream.pull_subscribe(
                self._subject(self._peer, self._node),
                durable="reader",
                config=nats.js.api.ConsumerConfig(ack_wait=ACK_SECONDS, max_deliver=-1, max_ack_pending=1000),
            )
        except (nats.errors.Error, TimeoutError, OSError) as error:
            await client.close()
            raise PeerUnavailable(peer=self._peer, detail=f"bus: {type(error).__name__}") from error
        except PeerUnavailable:
            await client.close()
            raise
        self._client = client


def _parcel(message: Any) -> Parcel | None:
    headers = message.headers or {}
    ref, kind, status = (headers.get(f"Liandong-{name}", "") for name in ("Ref", "Kind", "Status"))
    if len(ref) != 32 or kind not in ("batch", "piece") or not status.isdigit() or int(status) not in STATUS:
        return None
    return Parcel(ref, kind, int(status), message.data)

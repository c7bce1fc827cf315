"""What the second port serves: the exchange and nothing else. TLS and the peers' certificates are the server's business before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from liandong.node.asgi import application as node_application

__all__ = ["application"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Pass the exchange's paths on; everything else is not here."""
    if scope["type"] != "http" or str(scope["path"]).startswith("/exchange/"):
        await node_application(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})

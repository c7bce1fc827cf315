"""Serve Django's synchronous views from a fixed set of threads under an asynchronous server.

Django's own ASGI handler gives each request a thread of its own and crosses between loop and thread several times; that
cost more than all the work of taking an appeal. Here a request crosses once: read on the loop, answered whole by Django's
WSGI handler in a thread that keeps its place, sent on the loop. Views that wait for long (server-sent events) stay on the loop.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.urls import Resolver404, resolve

__all__ = ["Doors", "Threaded"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Status, headers and body of an answer.
Whole = tuple[int, list[tuple[bytes, bytes]], bytes]

#: A body up to here stays in memory, in bytes.
IN_MEMORY_BYTES = 1024 * 1024
#: No body is longer, in bytes; what views take is bounded below it by themselves.
LONGEST_BYTES = 64 * 1024 * 1024
#: How long a piece of a streamed answer may wait for a slow reader, in seconds.
SLOW_READER_SECONDS = 60.0
TOO_LARGE = b'{"code": "request.too_large"}'


class Doors:
    """Send a request to the loop or to the threads, by whether its view awaits.

    Parameters:
        awaiting: Django's ASGI application.
        threaded: takes everything else.
    """

    def __init__(self, awaiting: Any, threaded: Threaded) -> None:
        self._awaiting = awaiting
        self._threaded = threaded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or _awaits(scope["path"]):
            await self._awaiting(scope, receive, send)
        else:
            await self._threaded(scope, receive, send)


@lru_cache(4096)
def _awaits(path: str) -> bool:
    """Tell whether the view of a path is a coroutine function."""
    try:
        return iscoroutinefunction(resolve(path).func)
    except Resolver404:
        return False


class Threaded:
    """Answer requests with a WSGI application in a fixed set of threads.

    Parameters:
        wsgi: Django's WSGI handler.
        threads: how many requests are under way at once; the others wait their turn.
    """

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], threads: int) -> None:
        self._wsgi = wsgi
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()
        whole: Whole | None
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            length = await _read(receive, body)
            if length is None:
                return
            if length > LONGEST_BYTES:
                whole = 413, [(b"content-type", b"application/problem+json")], TOO_LARGE
            else:
                whole = await loop.run_in_executor(self._threads, self._answer, _environ(scope, body, length), send, loop)
        if whole is not None:
            await _send_whole(send, *whole)

    def _answer(self, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop) -> Whole | None:
        """Return status, headers and body; None where the answer was streamed already."""
        head: list[Any] = []
        response: Any = self._wsgi(environ, lambda status, headers, error=None: head.append((int(status[:3]), headers)))
        try:
            status, given = head[-1]
            headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given]
            if not getattr(response, "streaming", False):
                return status, headers, b"".join(response)
            _stream(send, loop, status, headers, response)
            return None
        finally:
            # Gives the database connection back: it has to happen in this thread.
            response.close()


def _stream(send: Send, loop: asyncio.AbstractEventLoop, status: int, headers: list[tuple[bytes, bytes]], pieces: Iterable[bytes]) -> None:
    """Send an answer piece by piece from a thread."""

    def say(message: dict[str, Any]) -> None:
        asyncio.run_coroutine_threadsafe(send(message), loop).result(SLOW_READER_SECONDS)  # type: ignore[arg-type]

    say({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        say({"type": "http.response.body", "body": piece, "more_body": True})
    say({"type": "http.response.body", "body": b""})


async def _send_whole(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    if not any(name == b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read(receive: Receive, body: Any) -> int | None:
    """Read a request's body into a file, rewound; return its length, None where the caller hung up before its end.

    Reading stops where it is longer than any view takes.
    """
    length, more = 0, True
    while more and length <= LONGEST_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        length += body.write(message.get("body", b""))
        more = bool(message.get("more_body"))
    body.seek(0)
    return length


def _environ(scope: Scope, body: Any, length: int) -> dict[str, Any]:
    """Return the WSGI environment of a request (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", "").encode("utf-8").decode("latin-1"),
        "PATH_INFO": scope["path"].encode("utf-8").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        # A header with an underscore could pass for the one with a hyphen.
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        if key in environ:
            value = environ[key] + ("; " if name == "COOKIE" else ",") + value
        environ[key] = value
    # What was read is what there is, also where the length was not said (chunked) or not kept.
    environ["CONTENT_LENGTH"] = str(length)
    return environ

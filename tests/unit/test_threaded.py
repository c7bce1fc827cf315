"""The door between the asynchronous server and the synchronous views."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

from liandong.node.threaded import LONGEST_BYTES, Threaded


class Answer:
    """What a WSGI application returns, as Django's responses are."""

    def __init__(self, pieces: Iterable[bytes], *, streaming: bool = False) -> None:
        self.pieces, self.streaming, self.closed_in = pieces, streaming, ""

    def __iter__(self) -> Any:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed_in = threading.current_thread().name


def ask(wsgi: Callable[..., Any], *, body: list[bytes] | None = None, cut: bool = False, headers: list[tuple[bytes, bytes]] | None = None, path: str = "/") -> list[dict[str, Any]]:
    """Return the messages that one request is answered with."""
    pieces = body or [b""]
    said: list[dict[str, Any]] = []
    coming: list[dict[str, Any]] = [{"type": "http.request", "body": each, "more_body": cut or index < len(pieces) - 1} for index, each in enumerate(pieces)]

    async def receive() -> Any:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": b"a=1", "http_version": "1.1", "headers": headers or [],
        "server": ("127.0.0.1", 8110), "client": ("10.0.0.9", 5), "scheme": "https",
    }  # fmt: skip
    asyncio.run(Threaded(wsgi, 2)(scope, receive, send))
    return said


def echo(seen: dict[str, Any]) -> Callable[..., Any]:
    """Return an application that notes its environment and answers what it was told."""

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        seen.update(environ)
        seen["body"] = environ["wsgi.input"].read()
        start("201 Created", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        seen["answer"] = Answer([b"ta", b"ken"])
        return seen["answer"]  # type: ignore[no-any-return]

    return wsgi


def test_answer_comes_whole_with_its_length_and_every_cookie() -> None:
    start, body = ask(echo({}))
    assert start["status"] == 201
    assert body["body"] == b"taken"
    assert (b"content-length", b"5") in start["headers"]
    assert [value for name, value in start["headers"] if name == b"set-cookie"] == [b"a=1", b"b=2"]


def test_request_reaches_the_view_as_it_was_sent() -> None:
    seen: dict[str, Any] = {}
    ask(echo(seen), body=[b"one", b"two"], path="/订单", headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"content-type", b"text/x"), (b"x-one", b"1")])
    assert seen["body"] == b"onetwo"
    assert seen["CONTENT_LENGTH"] == "6"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/订单"
    assert (seen["QUERY_STRING"], seen["CONTENT_TYPE"], seen["HTTP_X_ONE"], seen["HTTP_COOKIE"]) == ("a=1", "text/x", "1", "a=1; b=2")
    assert (seen["wsgi.url_scheme"], seen["REMOTE_ADDR"]) == ("https", "10.0.0.9")


def test_length_that_was_lied_about_is_not_believed() -> None:
    seen: dict[str, Any] = {}
    ask(echo(seen), body=[b"short"], headers=[(b"content-length", b"999999")])
    assert seen["CONTENT_LENGTH"] == "5"


def test_header_with_an_underscore_does_not_pass_for_another() -> None:
    seen: dict[str, Any] = {}
    ask(echo(seen), headers=[(b"x-token", b"good"), (b"x_token", b"forged")])
    assert seen["HTTP_X_TOKEN"] == "good"


def test_database_connection_is_given_back_in_the_thread_that_answered() -> None:
    seen: dict[str, Any] = {}
    ask(echo(seen))
    assert seen["answer"].closed_in.startswith("request")


def test_long_answer_is_sent_piece_by_piece() -> None:
    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        start("200 OK", [])
        return Answer((b"x" * 10 for _ in range(3)), streaming=True)

    said = ask(wsgi)
    assert [each.get("body") for each in said[1:]] == [b"x" * 10] * 3 + [b""]


def test_body_longer_than_any_view_takes_is_refused_before_a_view_sees_it() -> None:
    def never(environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        raise AssertionError("the view was called")

    piece = b"x" * (8 * 1024 * 1024)
    said = ask(never, body=[piece] * (LONGEST_BYTES // len(piece) + 2))
    assert said[0]["status"] == 413


def test_request_that_broke_off_in_the_middle_is_not_acted_on() -> None:
    def never(environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        raise AssertionError("the view was called")

    assert ask(never, body=[b"half of it"], cut=True) == []

"""Who told us something is told number and code once, whatever fails on the way; nobody else is, and a real gateway leaves no code behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from liandong.application.ports import MessageNotSent
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

SECRET = "a secret of a test, long enough to be one"


class Port:
    """A way to telephones that a test holds in its hand."""

    def __init__(self, *, simulated: bool = False, failing: int = 0) -> None:
        self.simulated, self.failing = simulated, failing
        self.told: list[tuple[str, str, str]] = []

    def tell(self, phone: str, words: str, reference: str) -> None:
        """Fail so many times, then take it."""
        if self.failing:
            self.failing -= 1
            raise MessageNotSent("silent")
        self.told.append((phone, words, reference))


def looked(node: Node, port: Port) -> None:
    """Look once, as the worker does, at what is newer than a minute."""
    from liandong.adapters.jobs.messages import MESSAGE, find, send

    find(node.world, SECRET, MESSAGE, node.world.clock.now() - timedelta(minutes=1))
    send(node.world, port)


def row(node: Node, appeal: str) -> Any:
    """Return the row of an appeal's message, None where there is none."""
    return node.models.CitizenMessage.objects.filter(appeal=appeal).first()


@pytest.fixture(autouse=True)
def nothing_waits(node: Node) -> Iterator[None]:
    """Leave out what other tests took."""
    looked(node, Port(simulated=True))
    yield
    looked(node, Port(simulated=True))


def test_a_citizen_is_told_once_number_and_code(node: Node) -> None:
    from liandong.adapters.postgres.follow_codes import appeal_of

    taken, port = node.take(phone="13900000201"), Port()
    for _each in range(3):
        looked(node, port)
    ((phone, words, reference),) = [each for each in port.told if each[2] == taken.id]
    assert phone == "13900000201"
    assert str(taken.data["number"]) in words
    assert appeal_of(words.split("查询码")[1][:11]) == reference == taken.id
    assert row(node, taken.id).words == "", "a code that opens the case lies nowhere in clear"


def test_what_fails_is_tried_again_as_the_same_message(node: Node) -> None:
    taken, port = node.take(phone="13900000202"), Port(failing=1)
    looked(node, port)
    waiting = row(node, taken.id)
    assert (waiting.attempts, waiting.reason, waiting.sent_at) == (1, "silent", None)
    assert waiting.next_try_at > node.world.clock.now()
    node.raw("UPDATE citizen_message SET next_try_at = now() WHERE appeal = %s", taken.id)
    looked(node, port)
    assert [each[2] for each in port.told if each[2] == taken.id] == [taken.id]
    assert row(node, taken.id).next_try_at is None


def test_who_left_no_number_or_spoke_to_the_other_side_is_not_told(node: Node) -> None:
    silent = node.take()
    there = node.take(phone="13900000203", channel="linkage")
    hiding = node.take("他拿刀砍人，我躲在柜子里", phone="13900000205")
    assert hiding.data["urgent"]
    looked(node, Port())
    assert row(node, silent.id) is None
    assert row(node, hiding.id) is None, "a telephone that sounds may harm who hides"
    assert row(node, there.id) is None


def test_a_simulated_message_says_so_and_shows_its_words(node: Node) -> None:
    from django.test import Client

    taken = node.take(phone="13900000204")
    looked(node, Port(simulated=True))
    told = row(node, taken.id)
    assert told.simulated
    assert "查询码" in told.words
    user = node.models.User.objects.filter(role="call_taker", demonstration=True).first()
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(user)
    page = client.get("/move-car/simulator/").content.decode()
    assert str(taken.data["number"]) in page
    assert "没有发出" in page


@contextmanager
def gateway(status: int) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Run a gateway that answers with a status."""
    heard: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send", heard
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def test_the_gateway_is_told_number_words_and_reference_and_nothing_else() -> None:
    import json

    from liandong.adapters.notices.gateway import GatewayMessages

    with gateway(202) as (address, heard):
        GatewayMessages(address, "k").tell("139", "词", "ref-1")
    assert heard[0][0] == "ref-1"
    assert json.loads(heard[0][1]) == {"to": "139", "text": "词", "reference": "ref-1"}


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_gateway_that_says_no_is_a_failure(status: int) -> None:
    from liandong.adapters.notices.gateway import GatewayMessages

    with gateway(status) as (address, _heard), pytest.raises(MessageNotSent) as failed:
        GatewayMessages(address).tell("139", "词", "ref-1")
    assert failed.value.why == "refused"
    assert "139" not in str(failed.value)


def test_a_gateway_that_is_not_there_is_a_failure() -> None:
    from liandong.adapters.notices.gateway import GatewayMessages

    with pytest.raises(MessageNotSent, match="silent"):
        GatewayMessages("http://127.0.0.1:9/send").tell("139", "词", "ref-1")

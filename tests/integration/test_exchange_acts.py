"""What people do at the exchange desk: who may, from which point, what is refused, and that each act is written down for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from liandong.domain.errors import InvalidInput
from tests.integration.conftest import Node
from tests.integration.test_signed_answers import delivered

pytestmark = pytest.mark.database

ROLES = ("call_taker", "agent", "dispatcher", "supervisor", "administrator", "leader", "analyst", "reviewer", "officer", "unit_staff", "citizen")
KEEPERS = {"dispatcher", "supervisor", "administrator"}


def client(role: str) -> Any:
    from django.test import Client

    from liandong.node.prepare import make_token

    return Client(headers={"Host": "127.0.0.1", "Authorization": f"Bearer {make_token(f'exchange {role} {uuid4()}', role)}"})


def replay(node: Node, **point: Any) -> int:
    from liandong.adapters.postgres.exchange_acts import replay as do

    return do(node.world, "test", point.pop("peer", "hotline"), **point)


@pytest.fixture
def sent(node: Node) -> Iterator[list[str]]:
    """Three handovers that the hotline has taken."""
    ids, _ = delivered(node, 3)
    yield ids


def unsent(node: Node, ids: list[str]) -> int:
    return int(node.raw("SELECT count(*) FROM outbox WHERE id = ANY(%s::uuid[]) AND sent_at IS NULL", ids)[0][0])


def test_a_replay_from_a_time_makes_what_was_delivered_since_then_due_again(node: Node, sent: list[str]) -> None:
    began = node.raw("SELECT min(created_at) FROM outbox WHERE id = ANY(%s::uuid[])", sent)[0][0]
    assert replay(node, since=began + timedelta(days=1)) == 0
    assert unsent(node, sent) == 0
    assert replay(node, since=began) >= 3
    assert unsent(node, sent) == 3


def test_a_replay_of_one_record_leaves_the_others_alone(node: Node, sent: list[str]) -> None:
    stream = node.raw("SELECT stream FROM outbox WHERE id = %s", sent[0])[0][0]
    assert replay(node, stream=stream) == 1
    assert unsent(node, sent[:1]) == 1
    assert unsent(node, sent[1:]) == 0
    assert replay(node, stream=stream, seq=2) == 0


def test_the_first_proof_of_a_message_that_was_sent_again_is_kept(node: Node) -> None:
    ids, _ = delivered(node, 1)
    stream = node.raw("SELECT stream FROM outbox WHERE id = %s", ids[0])[0][0]
    first = node.raw("SELECT receipt FROM outbox WHERE id = %s", ids[0])[0][0]
    assert replay(node, stream=stream) == 1
    assert node.raw("SELECT receipt FROM outbox WHERE id = %s", ids[0])[0][0] == first, "the proof stays while it is under way again"


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ({}, "replay.no_point"),
        ({"since": datetime(2026, 11, 24, tzinfo=UTC), "stream": uuid4()}, "replay.no_point"),
        ({"since": datetime(2026, 11, 24)}, "replay.no_point"),  # noqa: DTZ001
        ({"stream": uuid4(), "seq": 0}, "replay.no_point"),
        ({"peer": "nobody", "stream": uuid4()}, "replay.no_peer"),
    ],
)
def test_a_point_that_is_none_is_refused_and_nothing_written_down(node: Node, point: dict[str, Any], code: str) -> None:
    before = node.raw("SELECT count(*) FROM exchange_act")
    with pytest.raises(InvalidInput) as refused:
        replay(node, **point)
    assert refused.value.code == code
    assert node.raw("SELECT count(*) FROM exchange_act") == before


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-24T00:00:00", "now", "9" * 400, 5, None])
def test_an_odd_time_is_answered_in_form(node: Node, since: Any) -> None:
    answer = client("administrator").post("/api/v1/exchange/peers/hotline/replay", {"since": since}, content_type="application/json")
    assert answer.status_code in (200, 422)
    assert answer["Content-Type"].startswith("application/")
    assert "messages" in answer.json() or answer.json()["code"]


def test_too_many_at_once_are_refused_with_their_number(node: Node, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from liandong.adapters.postgres import exchange_acts

    monkeypatch.setattr(exchange_acts, "MOST_REPLAYED", 2)
    with pytest.raises(InvalidInput) as refused:
        replay(node, since=datetime(2020, 1, 1, tzinfo=UTC))
    assert refused.value.code == "replay.too_many"
    assert int(refused.value.data["count"]) >= 3
    assert unsent(node, sent) == 0


@pytest.mark.parametrize("role", ROLES)
def test_only_keepers_act_and_what_they_did_is_written_down(node: Node, sent: list[str], role: str) -> None:
    stream = str(node.raw("SELECT stream FROM outbox WHERE id = %s", sent[0])[0][0])
    answer = client(role).post("/api/v1/exchange/peers/hotline/replay", {"record": stream}, content_type="application/json")
    told = node.raw("SELECT person, act, messages FROM exchange_act WHERE stream = %s", stream)
    if role in KEEPERS:
        assert (answer.status_code, answer.json()) == (200, {"messages": 1})
        assert len(told) == 1
        assert (told[0][0].startswith("api:exchange"), *told[0][1:]) == (True, "replayed", 1)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
        assert told == []
        assert unsent(node, sent) == 0


def test_a_quarantined_message_is_tried_again_and_set_aside_by_api(node: Node) -> None:
    from tests.integration.test_take_batch import take, unknown

    stream = str(uuid4())
    take(node, unknown(stream, 1, type="handover.fact"))
    api = client("supervisor")
    position, listed = 0, []
    while page := api.get(f"/api/v1/exchange/quarantine?after={position}").json():
        listed += page
        position = page[-1]["position"]
    [position] = [each["position"] for each in listed if each["stream"] == stream]
    still = api.post(f"/api/v1/exchange/quarantine/{position}/retry")
    assert still.status_code == 422
    assert node.raw("SELECT state FROM inbox WHERE position = %s", position) == [("quarantined",)]
    assert api.post(f"/api/v1/exchange/quarantine/{position}/set-aside").json() == {"state": "kept"}
    assert api.post(f"/api/v1/exchange/quarantine/{position}/set-aside").status_code == 404
    assert node.raw("SELECT act, messages FROM exchange_act WHERE stream = %s ORDER BY id", stream) == [("retried", 0), ("set_aside", 1)]


def test_a_parked_message_is_sent_again_by_api(node: Node) -> None:
    stream = str(node.offered())
    node.raw("UPDATE outbox SET parked = true WHERE stream = %s", stream)
    api = client("administrator")
    position = node.raw("SELECT position FROM outbox WHERE stream = %s", stream)[0][0]
    assert api.post(f"/api/v1/exchange/waiting/{position}/send-again").json() == {"state": "waiting"}
    assert node.raw("SELECT parked FROM outbox WHERE stream = %s", stream) == [(False,)]
    assert api.post(f"/api/v1/exchange/waiting/{2**70}/send-again").status_code == 404


@pytest.mark.parametrize("change", ["UPDATE exchange_act SET person = ''", "DELETE FROM exchange_act", "TRUNCATE exchange_act"])
def test_what_was_written_down_refuses_to_be_changed(node: Node, sent: list[str], change: str) -> None:
    replay(node, since=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(psycopg.errors.RestrictViolation):
        node.raw(change)


def test_the_screen_shows_keys_and_transport_and_replays_for_keepers_only(node: Node, sent: list[str]) -> None:
    from django.test import Client

    pages = {}
    for role in ("administrator", "call_taker"):
        user = node.models.User.objects.filter(role=role, demonstration=True).first()
        browser = Client(headers={"Host": "127.0.0.1"})
        browser.force_login(user)
        pages[role] = browser.get("/exchange/").content.decode()
        answer = browser.post("/exchange/replay/", {"peer": "hotline", "since": "2020-01-01T00:00"})
        assert (answer.status_code == 200) == (role == "administrator"), answer.status_code
        assert browser.post("/exchange/replay/", {"peer": "hotline", "since": "long ago"}).status_code in (403, 422)
    assert "ed25519-" in pages["call_taker"]
    assert "从某时起重发" in pages["administrator"]
    assert "从某时起重发" not in pages["call_taker"]

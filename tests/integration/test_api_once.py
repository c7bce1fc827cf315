"""One Idempotency-Key, one effect, one answer: also at the same moment, also after a refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from liandong.adapters.postgres.ids import uuid7
from tests.contracts.unit_of_work import close_connections
from tests.integration.conftest import Node

#: The API framework deprecates how our handlers answer; that it does must not fail what is tested here.
pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def tokens(node: Node) -> list[str]:
    """Tokens of two organisations."""
    from liandong.node.prepare import make_token

    return [make_token(f"once {number}", "call_taker") for number in (1, 2)]


def post(token: str, key: str, body: Mapping[str, Any], path: str = "/api/v1/appeals") -> tuple[int, Any]:
    """Return status and JSON of a POST under a key."""
    from django.test import Client

    client = Client(raise_request_exception=False, headers={"Host": "127.0.0.1", "Authorization": f"Bearer {token}", "Idempotency-Key": key})
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def made(node: Node, text: str) -> int:
    return int(node.models.Stream.objects.filter(kind="appeal", summary=text).count())


def test_the_same_request_under_one_key_gets_the_first_answer(node: Node, tokens: list[str]) -> None:
    key, text = uuid7(), f"油烟 {uuid7()}"
    first, second = (post(tokens[0], key, {"text": text, "course": "hand_over"}) for _ in range(2))
    assert first[0] == 201
    assert first == second
    assert made(node, text) == 1


def test_the_same_request_at_the_same_moment_has_one_effect(node: Node, tokens: list[str]) -> None:
    key, text = uuid7(), f"油烟 {uuid7()}"

    def press(_: int) -> tuple[int, Any]:
        try:
            return post(tokens[0], key, {"text": text, "course": "hand_over"})
        finally:
            close_connections()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert all(each == answers[0] for each in answers)
    assert answers[0][0] == 201
    assert made(node, text) == 1


def test_another_request_under_the_same_key_is_refused(node: Node, tokens: list[str]) -> None:
    key, text = uuid7(), f"油烟 {uuid7()}"
    assert post(tokens[0], key, {"text": text})[0] == 201
    status, problem = post(tokens[0], key, {"text": text + "二"})
    assert (status, problem["code"]) == (409, "idempotency.reused")
    assert made(node, text + "二") == 0


def test_keys_of_two_organisations_do_not_meet(node: Node, tokens: list[str]) -> None:
    key, text = uuid7(), f"油烟 {uuid7()}"
    assert [post(token, key, {"text": text})[0] for token in tokens] == [201, 201]
    assert made(node, text) == 2


def test_a_refused_request_can_be_corrected_under_its_key(node: Node, tokens: list[str]) -> None:
    key, text = uuid7(), f"油烟 {uuid7()}"
    assert post(tokens[0], key, {"text": " "})[0] == 422
    assert post(tokens[0], key, {"text": text})[0] == 201
    assert made(node, text) == 1


@pytest.mark.parametrize("key", ["k" * 121, "k" * 100_000])
def test_a_key_that_is_too_long_is_refused(node: Node, tokens: list[str], key: str) -> None:
    text = f"油烟 {uuid7()}"
    status, problem = post(tokens[0], key, {"text": text})
    assert (status, problem["code"]) == (422, "input.too_long")
    assert made(node, text) == 0


@pytest.mark.parametrize("key", ["desk:1:call-a", "handover:0190a000-0000-7000-8000-000000000001"])
def test_a_key_that_the_node_gives_itself_cannot_be_claimed(node: Node, tokens: list[str], key: str) -> None:
    status, problem = post(tokens[0], uuid7(), {"text": "油烟", "key": key})
    assert (status, problem["code"]) == (422, "input.invalid")
    assert not node.models.Stream.objects.filter(key=key).exists()

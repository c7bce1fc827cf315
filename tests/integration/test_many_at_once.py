"""Many appeals in one request: each as if alone, one that is refused takes nothing with it, a key is taken once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from liandong.adapters.postgres.ids import uuid7
from tests.contracts.unit_of_work import close_connections
from tests.integration.conftest import Node

pytestmark = [pytest.mark.database, pytest.mark.filterwarnings("ignore:Returning tuple:DeprecationWarning")]


@pytest.fixture(scope="module")
def token(node: Node) -> str:
    """The token of one organisation."""
    from liandong.node.prepare import make_token

    return make_token("many", "call_taker")


def post(token: str, appeals: Any, **headers: str) -> tuple[int, Any]:
    """Return status and JSON of a batch."""
    from django.test import Client

    client = Client(raise_request_exception=False, headers={"Host": "127.0.0.1", "Authorization": f"Bearer {token}", **headers})
    answer = client.post("/api/v1/appeals/batch", json.dumps({"appeals": appeals}), content_type="application/json")
    return answer.status_code, answer.json()


def row(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "key": f"many:{uuid7()}", "course": "auto", **more}


def test_good_and_bad_stand_side_by_side_in_the_order_told(node: Node, token: str) -> None:
    rows: list[Any] = [
        row("楼下烧烤摊油烟往窗户里灌", place="采莲路8号"),
        row(""),
        row("有人拿刀在路口打架", place="采莲路9号"),
        {"text": "多了一项", "colour": "red"},
        row("路灯不亮", longitude=1.5),
        row("第二个字是\x00"),
        row("路灯坏了半个月没人修"),
        row("装成别人的钥匙", key="handover:1"),
    ]
    status, answer = post(token, rows)
    assert status == 200
    results = answer["results"]
    assert [each["status"] for each in results] == [201, 422, 201, 422, 422, 422, 201, 422]
    assert [each["problem"]["code"] for each in results if each["status"] == 422].count("input.invalid") >= 2
    assert results[2]["urgent"] is True
    taken = [each["id"] for each in results if each["status"] == 201]
    assert node.models.Stream.objects.filter(id__in=taken).count() == 3
    assert all(node.journal(each) for each in taken)
    assert {each["phase"] for each in results if each["status"] == 201} <= {"kept", "handed", "shared", "guided"}
    assert node.models.Stream.objects.filter(key__in=[each["key"] for each in rows if "key" in each]).count() == 3, "nothing is left of the refused"


def test_a_key_is_taken_once_within_a_batch_and_across_two(token: str) -> None:
    first = row("河里有一股臭味，水是黑的")
    _, answer = post(token, [first, first])
    assert [each["status"] for each in answer["results"]] == [201, 200]
    _, again = post(token, [first])
    assert again["results"][0]["status"] == 200
    assert len({each["id"] for each in [*answer["results"], *again["results"]]}) == 1


def test_the_same_batch_at_the_same_moment_is_taken_once(node: Node, token: str) -> None:
    rows = [row(f"公交站牌倒了挡住人行道 {number}", place="永昌路3号") for number in range(6)]

    def press(turn: int) -> tuple[int, Any]:
        try:
            return post(token, rows if turn % 2 else rows[::-1])
        finally:
            close_connections()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert {status for status, _ in answers} <= {200, 503}
    assert node.models.Stream.objects.filter(key__in=[each["key"] for each in rows]).count() == 6
    for _ in range(5):
        status, last = post(token, rows)
        assert status == 200
        if all(each["status"] == 200 for each in last["results"]):
            return
    pytest.fail("a key is not found again")


def test_what_is_no_batch_is_refused_whole(token: str) -> None:
    for bad in ([], [row("太多")] * 51, "text", [1], [None], [["x"]], {"text": "x"}):
        status, answer = post(token, bad)
        assert (status, answer["code"]) == (422, "input.invalid"), bad


def test_an_idempotency_key_covers_the_whole_batch(node: Node, token: str) -> None:
    text, key = f"垃圾三天没人收 {uuid7()}", uuid7()
    rows = [{"text": text, "course": "auto"}]
    assert post(token, rows, **{"Idempotency-Key": key}) == post(token, rows, **{"Idempotency-Key": key})
    assert node.models.Stream.objects.filter(kind="appeal", summary=text).count() == 1


def test_a_value_that_no_record_can_hold_is_refused_alone(node: Node, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import DataError

    from liandong.application import take_many

    take = take_many.record_in

    def too_much(session: Any, who: Any, given: Any, verdict: Any) -> Any:
        if "装不下" in given["text"]:
            raise DataError("value too long")
        return take(session, who, given, verdict)

    monkeypatch.setattr(take_many, "record_in", too_much)
    rows = [row("路灯不亮"), row("装不下的一件"), row("垃圾没人收")]
    status, answer = post(token, rows)
    assert (status, [each["status"] for each in answer["results"]]) == (200, [201, 422, 201])
    assert answer["results"][1]["problem"]["code"] == "input.invalid"
    assert node.models.Stream.objects.filter(key__in=[each["key"] for each in rows]).count() == 2


def test_once_the_database_is_away_the_rest_is_told_to_come_again(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from liandong.application import take_many

    take, tried = take_many.record_in, []

    def away_from_the_second_on(session: Any, who: Any, given: Any, verdict: Any) -> Any:
        tried.append(given["text"])
        if given["text"] != "路灯不亮":
            raise OperationalError("terminating connection")
        return take(session, who, given, verdict)

    rows = [row("路灯不亮"), row("垃圾没人收"), row("占道经营")]
    with monkeypatch.context() as patched:
        patched.setattr(take_many, "record_in", away_from_the_second_on)
        status, answer = post(token, rows)
    assert (status, [each["status"] for each in answer["results"]]) == (200, [201, 503, 503])
    assert tried == ["路灯不亮", "垃圾没人收", "路灯不亮", "垃圾没人收"], "together, then each alone until it is plain that nobody answers"
    assert all(each["problem"]["code"] == "server.no_database" for each in answer["results"][1:])
    _, again = post(token, rows)
    assert [each["status"] for each in again["results"]] == [200, 201, 201]


def test_each_sees_those_told_before_it_and_they_blow_one_whistle(node: Node, token: str) -> None:
    place, words = "澄阳路777号", "厂里的机器整夜轰隆隆响，吵得睡不着"
    rows = [row(f"{words}，第{number}晚了", place=place, phone=f"1390000777{number}") for number in range(4)]
    status, answer = post(token, rows)
    assert (status, {each["status"] for each in answer["results"]}) == (200, {201})
    whistles = node.models.Stream.objects.filter(kind="whistle", place=place)
    assert [len(each.data["cases"]) for each in whistles] == [4]


def test_they_are_one_transaction_unless_one_cannot_be_written(node: Node, token: str) -> None:
    rows = [row(f"路灯第{number}盏不亮") for number in range(8)]
    rows[3]["text"] = ""
    _, answer = post(token, rows)
    assert [each["status"] for each in answer["results"]] == [201, 201, 201, 422, 201, 201, 201, 201]
    written = node.raw("SELECT count(*), count(DISTINCT xmin::text) FROM stream WHERE key = ANY(%s)", [each["key"] for each in rows])
    assert written == [(7, 1)]

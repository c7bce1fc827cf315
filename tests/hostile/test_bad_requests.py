"""The HTTP API meets bad input with a clear refusal, state unchanged, and never a 500."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.city import Api, City
from tests.hostile.odd import ODD, asked, problem

pytestmark = pytest.mark.nodes

#: Fields of an appeal and of a placing, as the API documents them.
APPEAL = (
    "text", "channel", "citizen", "phone", "confidential", "place", "longitude", "latitude", "division", "doorplate", "happened", "demand",
    "recording", "side", "urgent", "key", "course",
)  # fmt: skip
PLACING = ("course", "reason", "guidance", "door", "summary", "clause")
RAW: dict[str, bytes] = {
    "nothing": b"",
    "half an object": b'{"text": "x"',
    "broken UTF-8": b'{"text": "\xff\xfe\xc3"}',
    "another encoding": '{"text": "油烟"}'.encode("gbk"),
    "a list": b"[]",
    "a null": b"null",
    "a text": b'"x"',
    "not a number": b'{"text": NaN}',
    "endless": b'{"text": 1e999}',
    "deep lists": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"text":' * 20_000 + b"1" + b"}" * 20_000,
    "deep data": b'{"text":"x","demand":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a name twice": b'{"text": 1, "text": 2}',
    "a name nobody knows": b'{"text": "x", "phase": "closed"}',
    "five megabytes": b'{"text": "' + b"x" * 5_000_000 + b'"}',
}


@pytest.fixture(scope="module")
def police(city: City) -> Api:
    return city.api("police", "call_taker")


def raw(api: Api, path: str, body: bytes, method: str = "POST", **headers: str) -> httpx.Response:
    return api.client.request(method, path, content=body, headers={"Content-Type": "application/json", **headers})


@pytest.mark.parametrize("name", APPEAL)
def test_an_odd_value_in_any_field_of_an_appeal_is_refused_or_kept_as_it_was(city: City, police: Api, name: str) -> None:
    for what, value in ODD.items():
        body = json.dumps({"text": "楼下油烟太大", "channel": "phone", name: value}).encode("utf-8", "surrogatepass")
        answer = asked(city, partial(raw, police, "/appeals", body))
        if answer.status_code in (200, 201):
            kept = answer.json()["appeal"]["data"].get(name)
            assert isinstance(value, bool) or value in (None, "") or kept in (value, str(value).strip(), None), (what, kept)
            continue
        assert problem(answer, 400, 413, 422), what


@pytest.mark.parametrize("name", PLACING)
def test_an_odd_value_in_any_field_of_a_placing_is_refused_or_kept(city: City, police: Api, name: str) -> None:
    for what, value in ODD.items():
        appeal = police.take("楼下油烟太大")["appeal"]["id"]
        body = json.dumps({"course": "hand_over", name: value}).encode("utf-8", "surrogatepass")
        answer = asked(city, partial(raw, police, f"/appeals/{appeal}/place", body))
        if answer.status_code != 200:
            assert problem(answer, 400, 422), what


@pytest.mark.parametrize("what", RAW)
@pytest.mark.parametrize("path", ["/appeals", "/triage"])
def test_a_body_that_is_none_is_refused(city: City, police: Api, path: str, what: str) -> None:
    problem(asked(city, lambda: raw(police, path, RAW[what])), 400, 413, 422)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "", "x" * 3000]
)
def test_a_body_of_another_kind_is_read_as_json_or_refused(city: City, police: Api, kind: str) -> None:
    problem(asked(city, lambda: raw(police, "/appeals", b"text=%E6%B2%B9&channel=phone", **{"Content-Type": kind})), 400, 415, 422)


@pytest.mark.parametrize("command", ["supplement", "hand_over", "correct", "nothing-such", "%00", "..%2f..", "x" * 500, "take", "close"])
def test_odd_data_of_an_act_is_refused_and_changes_nothing(city: City, police: Api, command: str) -> None:
    appeal = police.take("楼下油烟太大")["appeal"]["id"]
    for value in {**ODD, "deep": json.loads("[" * 60 + "]" * 60)}.values():
        names = ("words", "side", "reason", "handover", "order", "evidence", "text", "result", "__class__", "")
        for data in (dict.fromkeys(names, value), value):
            body = json.dumps({"data": data}).encode("utf-8", "surrogatepass")
            answer = asked(city, partial(raw, police, f"/appeals/{appeal}/acts/{command}", body))
            if answer.status_code == 200:
                appeal = police.take("楼下油烟太大")["appeal"]["id"]
            else:
                problem(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/appeals/%00", "/appeals/%ff%fe", "/appeals/" + "9" * 3000, "/appeals/诉'--", "/appeals/0190a000-0000-7000-8000-000000000009",
        "/appeals/诉202611220001/journal/x", "/nothing", "/appeals?limit=0", "/appeals?limit=-1", "/appeals?limit=abc", "/appeals?limit=1e9",
        "/appeals?limit=" + "9" * 400, "/appeals?cursor=x", "/appeals?cursor=%00", "/appeals?cursor=" + "A" * 5000, "/appeals?phase=%00",
        "/appeals?cursor=MjAyNi0xMS0yMnx4", "/appeals?unit=" + "x" * 41, "/alarms/x", "/workorders/x/journal", "/handovers/" + "%F0%9F%94%A5",
    ],
)  # fmt: skip
def test_an_address_of_nothing_is_refused_in_words(police: Api, path: str) -> None:
    problem(police.client.get(path), 400, 404, 422)


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/appeals"), ("PUT", "/appeals"), ("PATCH", "/triage"), ("GET", "/triage")])
def test_a_method_that_is_not_open_is_refused_in_words(police: Api, method: str, path: str) -> None:
    problem(police.client.request(method, path), 405)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer " + "x" * 5000, "Basic YTpi", "Bearer ld_" + "aB3-" * 11, "bearer \u00ff"]
)
def test_a_wrong_token_opens_nothing(city: City, police: Api, header: str) -> None:
    headers = list({b"Content-Type": b"application/json", b"Authorization": header.encode("latin-1")}.items())
    with httpx.Client(trust_env=False) as client:
        for method, path in (("POST", "/appeals"), ("GET", "/appeals"), ("GET", "/exchange"), ("POST", "/triage")):
            url = police.client.base_url.join(path.lstrip("/"))
            answer = asked(city, partial(client.request, method, url, content=b'{"text":"x"}', headers=headers))
            assert problem(answer, 401) == "access.unknown_token"
            assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_token_that_was_ended_opens_nothing_more(city: City) -> None:
    name = f"ended {secrets.token_hex(4)}"
    first = city.cli("police", "users", "token", name, "--role", "call_taker").stdout.strip()
    second = city.cli("police", "users", "token", name, "--role", "call_taker").stdout.strip()
    for token, status in ((first, 401), (second, 200)):
        api = Api(city.url("police"), token)
        assert api.client.get("/appeals").status_code == status
        api.client.close()


@pytest.mark.parametrize("role", ["analyst", "unit_staff", "leader", "officer", "administrator"])
def test_a_wrong_role_is_told_whose_it_is_and_changes_nothing(city: City, police: Api, role: str) -> None:
    taken = police.take("楼下油烟太大", course="hand_over")["appeal"]
    other = city.api("police", role)
    for kind, record, command, data in (
        ("appeals", taken["id"], "close", {"result": "x"}),
        ("handovers", taken["data"]["handover"], "withdraw", {"reason": "x"}),
    ):
        answer = asked(city, partial(other.client.post, f"/{kind}/{record}/acts/{command}", json={"data": data}))
        assert problem(answer, 403, 404, 409) in ("command.not_allowed", "stream.not_found", "command.not_in_state")


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(city: City, police: Api) -> None:
    for _ in range(4):
        taken = police.take("楼下油烟太大", course="hand_over")["appeal"]
        handover, seen = taken["data"]["handover"], police.one("handovers", taken["data"]["handover"])["seq"]

        def press(command: str, handover: str = handover, seen: int = seen) -> Any:
            body = {"data": {"reason": "误", "words": "快"}, "expected_seq": seen}
            return police.client.post(f"/handovers/{handover}/acts/{command}", json=body)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(press, ["withdraw", "chase"]))
        assert sorted(each.status_code for each in answers) == [200, 409]
        assert problem(next(each for each in answers if each.status_code == 409)) == "stream.conflict"


def test_after_all_of_it_the_node_is_well_and_its_journal_whole(city: City, police: Api) -> None:
    assert httpx.get(f"{city.url('police')}/health", trust_env=False).json()["ok"] is True
    assert city.verified("police")["breaks"] == []

"""The screens meet bad input with words where the person is; what was typed comes back, and there is never a 500."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Iterator
from functools import partial

import httpx
import pytest

from tests.city import Api, City
from tests.hostile.odd import ODD, asked

pytestmark = pytest.mark.nodes

TEXTS = {what: value for what, value in ODD.items() if isinstance(value, str) and what != "half a pair"}
FIELDS = (
    "text",
    "phone",
    "place",
    "citizen",
    "happened",
    "demand",
    "recording",
    "channel",
    "course",
    "reason",
    "guidance",
    "door",
    "confidential",
)


class Desk:
    """A person at a node's screens."""

    def __init__(self, city: City, role: str) -> None:
        self.client = httpx.Client(base_url=city.url("police"), trust_env=False, timeout=30, follow_redirects=False)
        with city.database("police") as connection:
            row = connection.execute("SELECT username FROM person WHERE role = %s AND demonstration ORDER BY username", [role]).fetchone()
        assert row is not None
        page = self.client.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        answer = self.client.post("/sign-in/demonstration/", data={"username": row[0], "csrfmiddlewaretoken": token[1]})
        assert answer.status_code == 302, answer.text[:300]

    def post(self, path: str, data: dict[str, str] | None = None, content: bytes | None = None, **headers: str) -> httpx.Response:
        token = self.client.cookies["liandong_csrf_police"]
        given = {"X-CSRFToken": token, "HX-Request": "true", **headers}
        return self.client.post(path, data=data, content=content, headers=given)


@pytest.fixture(scope="module")
def desk(city: City) -> Iterator[Desk]:
    found = Desk(city, "call_taker")
    yield found
    found.client.close()


@pytest.fixture(scope="module")
def police(city: City) -> Api:
    return city.api("police", "call_taker")


def slot() -> str:
    return f"call-{secrets.token_hex(5)}"


def take(desk: Desk, fields: dict[str, str]) -> httpx.Response:
    return desk.post(f"/desk/{slot()}/take/", fields)


@pytest.mark.parametrize("name", FIELDS)
def test_an_odd_value_in_any_field_of_a_call_is_taken_or_refused_in_words(city: City, desk: Desk, name: str) -> None:
    for what, value in TEXTS.items():
        answer = asked(city, partial(take, desk, {"text": "楼下油烟太大", "course": "keep", name: value}))
        assert answer.status_code in (200, 422), (what, answer.status_code, answer.text[:200])
        assert "<script>alert" not in answer.text
        if answer.status_code == 422:
            assert re.search(r"[\u4e00-\u9fff]{4}", answer.text), what


def test_what_was_typed_and_refused_is_still_there_after_the_page_is_opened_again(desk: Desk) -> None:
    here, typed = slot(), "楼下油烟太大 <b>又</b> 🔥"
    fields = {"text": typed, "phone": "13900000051" * 9, "place": "采莲路8号"}
    kept = desk.post(f"/desk/{here}/draft/", content=json.dumps(fields).encode(), **{"Content-Type": "application/json"})
    assert kept.status_code == 200, kept.text
    assert desk.post(f"/desk/{here}/take/", fields).status_code == 422
    page = desk.client.get(f"/desk/{here}/").text
    assert html.escape(typed) in page or typed in html.unescape(page)
    assert "采莲路8号" in page


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 50_000, b'{"text": "' + b"x" * 400_000 + b'"}', b'{"text": {"a": 1}, "x": [1]}']
)
def test_a_draft_that_is_none_is_refused_or_left_out(city: City, desk: Desk, raw: bytes) -> None:
    answer = asked(city, lambda: desk.post(f"/desk/{slot()}/draft/", content=raw, **{"Content-Type": "application/json"}), lambda _: True)
    assert answer.status_code in (200, 400, 413, 422), (answer.status_code, answer.text[:200])


@pytest.mark.parametrize(
    ("command", "name"), [("supplement", "words"), ("hand_over", "reason"), ("guide", "guidance"), ("correct", "side"), ("link", "linked")]
)
def test_an_odd_value_in_a_form_comes_back_with_the_reason(city: City, desk: Desk, police: Api, command: str, name: str) -> None:
    for what, value in TEXTS.items():
        appeal = police.take("楼下油烟太大")["appeal"]["id"]
        answer = asked(city, partial(desk.post, f"/records/{appeal}/act/{command}/", {name: value, "seen": "1"}))
        assert answer.status_code in (200, 404, 422), (what, answer.status_code, answer.text[:200])
        assert "<script>alert" not in answer.text
        if answer.status_code == 422 and name in ("words", "reason", "guidance") and what in ("100 kB", "HTML", "SQL"):
            assert value[:30] in html.unescape(answer.text), what


@pytest.mark.parametrize("seen", ["-1", "999999999999", "x", "9"])
def test_a_form_that_was_seen_at_another_time_is_refused_and_keeps_its_words(city: City, desk: Desk, police: Api, seen: str) -> None:
    appeal = police.take("楼下油烟太大")["appeal"]["id"]
    answer = desk.post(f"/records/{appeal}/act/supplement/", {"words": "老人住院了", "seen": seen})
    assert answer.status_code in (200, 422)
    if seen == "9":
        assert answer.status_code == 422
        assert "老人住院了" in answer.text


@pytest.mark.parametrize("what", TEXTS)
def test_any_words_can_be_looked_for(desk: Desk, what: str) -> None:
    for path in ("/records/", "/orders/"):
        for name in ("q", "kind", "phase", "side", "after", "tab", "unit", "urgent"):
            answer = desk.client.get(path, params={name: TEXTS[what][:3000]})
            assert answer.status_code in (200, 302, 414), (path, name, answer.status_code)
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize("what", TEXTS)
def test_any_words_can_be_judged_while_they_are_typed(desk: Desk, what: str) -> None:
    answer = desk.post("/desk/verdict/", {"text": TEXTS[what], "phone": TEXTS[what], "place": TEXTS[what]})
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("what", TEXTS)
def test_nobody_signs_in_with_odd_words_and_the_name_stays_typed(city: City, what: str) -> None:
    with httpx.Client(base_url=city.url("police"), trust_env=False, timeout=30) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/sign-in/").text)
        assert token is not None
        answer = client.post("/sign-in/", data={"username": TEXTS[what], "password": TEXTS[what], "csrfmiddlewaretoken": token[1]})
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
        if what == "SQL":
            assert TEXTS[what] in html.unescape(answer.text)
        answer = client.post("/sign-in/demonstration/", data={"username": TEXTS[what], "csrfmiddlewaretoken": token[1]})
        assert answer.status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/records/%00/",
        "/records/%ff/",
        "/desk/..%2f/",
        "/desk/" + "x" * 300 + "/",
        "/orders/x/",
        "/records/" + "诉" * 200 + "/",
        "/nothing/",
        "/static/..%2f..%2fetc/passwd",
        "/static/%00",
        "/static/%ff%fe",
    ],
)
def test_an_address_of_nothing_has_a_page_of_its_own(desk: Desk, path: str) -> None:
    answer = desk.client.get(path)
    assert answer.status_code in (400, 404), (path, answer.status_code)
    assert "Traceback" not in answer.text


def test_without_the_mark_of_the_page_nothing_is_taken(city: City, desk: Desk) -> None:
    assert asked(city, lambda: desk.client.post(f"/desk/{slot()}/take/", data={"text": "x"})).status_code == 403


def test_who_is_signed_out_is_told_how_to_go_on(city: City) -> None:
    with httpx.Client(base_url=city.url("police"), trust_env=False) as client:
        for path in ("/desk/", "/orders/", "/records/", "/unit/", "/exchange/"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/"), path
            assert client.get(path, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("role", ["analyst", "leader", "officer"])
def test_a_desk_of_another_role_stays_shut(city: City, role: str) -> None:
    other = Desk(city, role)
    assert other.client.get("/desk/").status_code == 403
    answer = asked(city, partial(take, other, {"text": "楼下油烟太大"}))
    assert answer.status_code in (403, 422)
    other.client.close()

"""Story 19, 打过的字不丢: the browser dies in the middle of a call, and after signing in the call-taker goes on where the words stopped.

Here without a picture: the addresses that the page uses. ``tests/browser`` plays it in Chromium.
"""

from __future__ import annotations

import pytest

from tests.city import City, eventually

pytestmark = pytest.mark.nodes

TYPED = "我在元和街道安元路，楼下有家烧烤店，油烟一直往"
WHOLE = TYPED + "我家窗户里灌，天天到半夜"


def test_call_taker_goes_on_where_the_words_stopped_after_the_browser_died(city: City) -> None:
    before = city.screen("police", "call_taker")
    before.put_away("/desk/call-died1/draft/", {"text": TYPED, "phone": "13900000019", "place": "安元路"})
    before.close()

    after = city.screen("police", "call_taker")
    assert after.where("/desk/") == "/desk/call-died1/", "the desk opens at the call that was not finished"
    sheet = after.page("/desk/call-died1/")
    for words in (TYPED, "13900000019", "安元路"):
        assert words in sheet
    after.send("/desk/call-died1/take/", {"text": WHOLE, "phone": "13900000019", "place": "安元路", "course": "keep"})
    number = [each for each in city.api("police", "call_taker").all("appeals") if each["place"] == "安元路"]
    assert len(number) == 1
    assert city.api("police", "call_taker").one("appeals", number[0]["id"])["data"]["text"] == WHOLE
    assert "/desk/call-died1/" not in after.page("/desk/"), "what was placed is no draft any more"


def test_words_survive_the_node_being_killed_while_they_are_typed(own_city: City) -> None:
    screen = own_city.screen("police", "call_taker")
    screen.put_away("/desk/call-killed/draft/", {"text": TYPED})
    own_city.supervisor.kill("police", "web")
    back = eventually(lambda: _again(own_city), what="the node is back and the call-taker is signed in")
    assert TYPED in back.page("/desk/call-killed/")


def test_drafts_of_one_call_taker_are_not_on_the_desk_of_another(city: City) -> None:
    mine, other = city.screen("police", "call_taker"), city.screen("police", "call_taker", which=1)
    mine.put_away("/desk/call-mine/draft/", {"text": "这是我接的电话，路灯坏了"})
    assert "这是我接的电话" not in other.page("/desk/call-mine/")
    assert "这是我接的电话" in mine.page("/desk/call-mine/")


def test_several_calls_stay_on_the_desk_until_each_is_placed(city: City) -> None:
    desk = city.screen("police", "call_taker", which=1)
    for slot, words in (("call-a", "第一通：窨井盖没了"), ("call-b", "第二通：狗叫一夜")):
        desk.put_away(f"/desk/{slot}/draft/", {"text": words})
    assert "/desk/call-a/" in desk.page("/desk/call-b/"), "the other call is one key away"
    desk.send("/desk/call-a/take/", {"text": "第一通：窨井盖没了", "place": "嘉元路", "course": "keep"})
    sheet = desk.page("/desk/call-b/")
    assert "/desk/call-a/" not in sheet
    assert "第二通：狗叫一夜" in sheet


def test_draft_too_long_is_refused_in_words_and_the_one_before_stays(city: City) -> None:
    desk = city.screen("police", "call_taker")
    desk.put_away("/desk/call-long/draft/", {"text": "先记这一句"})
    refused = desk.put_away("/desk/call-long/draft/", {"text": "长" * 100_001}, status=422)
    assert refused["code"] == "input.too_long"
    assert refused["sentence"]
    assert "先记这一句" in desk.page("/desk/call-long/")


def test_pressing_the_key_twice_makes_one_appeal(city: City) -> None:
    desk = city.screen("police", "call_taker")
    form = {"text": "门口有人打架，已经散了，想报备一下", "place": "文陵路口", "course": "keep"}
    for _ in range(2):
        desk.send("/desk/call-twice/take/", form)
    assert len([each for each in city.api("police", "call_taker").all("appeals") if each["place"] == "文陵路口"]) == 1


def _again(city: City) -> object:
    import httpx

    try:
        return city.screen("police", "call_taker")
    except (httpx.TransportError, AssertionError):
        return None

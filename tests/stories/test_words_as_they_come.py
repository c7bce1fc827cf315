"""Words pushed by a recogniser stand in the call of one person; a corrected verdict reaches the order."""

from __future__ import annotations

import re

import httpx
import pytest

from liandong.adapters.packs import load_pack
from tests.city import City

pytestmark = pytest.mark.nodes


def signed_in(city: City, node: str, role: str) -> tuple[httpx.Client, str]:
    """Return a browser of a demonstration person of a role, and the account's name."""
    person = next(each.username for each in load_pack("xiangcheng").users if each.role == role and each.side == node)
    browser = httpx.Client(base_url=city.url(node), trust_env=False, timeout=30, follow_redirects=True)
    page = browser.get("/sign-in/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    done = browser.post("/sign-in/demonstration/", data={"csrfmiddlewaretoken": token[1], "username": person}, headers={"Referer": str(page.url)})
    assert done.status_code == 200
    return browser, person


def test_pushed_words_are_kept_once_in_order_and_reach_the_record_even_when_the_browser_had_not_got_them(city: City) -> None:
    api = city.api("police", "call_taker")
    browser, person = signed_in(city, "police", "call_taker")
    call = "call-words1"
    for seq, words in ((1, "楼下烧烤摊"), (2, "油烟太大，"), (2, "油烟太大，"), (3, "采莲路501号")):
        told = api.post(f"/calls/{call}/transcript", {"person": person, "words": words, "seq": seq})
        assert told["seq"] == seq
    assert told["again"] is False
    heard = browser.get(f"/desk/{call}/transcript/", params={"after": 1}).json()["pieces"]
    assert [each["words"] for each in heard] == ["油烟太大，", "采莲路501号"]
    sheet = browser.get(f"/desk/{call}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', sheet.text)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "text": "楼下烧烤摊", "heard": "1", "course": "keep", "place": "采莲路501号"}
    taken = browser.post(f"/desk/{call}/take/", data=form, headers={"Referer": str(sheet.url), "HX-Request": "true"})
    assert "诉" in taken.text
    record = next(each for each in api.all("appeals") if each["place"] == "采莲路501号")
    assert api.one("appeals", record["id"])["data"]["text"] == "楼下烧烤摊油烟太大，采莲路501号"
    assert api.post(f"/calls/{call}/transcript", {"person": person, "words": "晚了"}, status=409)["code"] == "call.placed"
    browser.close()


def test_words_for_nobody_or_from_a_unit_are_refused(city: City) -> None:
    api = city.api("police", "call_taker")
    assert api.post("/calls/call-x1/transcript", {"person": "nobody-here", "words": "喂"}, status=404)["code"] == "stream.not_found"
    assert api.post("/calls/call-x1/transcript", {"person": "", "words": "喂"}, status=422)["code"] == "input.invalid"
    officer = city.api("police", "officer", "xc-jj")
    assert officer.post("/calls/call-x1/transcript", {"person": "a", "words": "喂"}, status=403)["code"] == "access.forbidden"


def test_a_corrected_item_reaches_the_order(city: City) -> None:
    hotline = city.api("hotline", "agent")
    appeal = hotline.take("采莲路502号的水管一直漏水", place="采莲路502号", course="keep")["appeal"]
    order = hotline.one("workorders", appeal["data"]["order"])
    item = "H3" if order["item"] != "H3" else "H4"
    hotline.act("appeals", appeal["id"], "correct", side="hotline", item=item)
    assert hotline.one("workorders", order["id"])["item"] == item

"""A citizen follows the case by a code, without an account: sees it, adds to it, rates it, and sees nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.city import City, eventually, unit_named

pytestmark = pytest.mark.nodes


def work(city: City, order: str, reply: str) -> None:
    """Bring a work order to its end."""
    hotline, code = city.api("hotline", "agent"), unit_named("城管")
    hotline.act("workorders", order, "dispatch", unit=code, note="内部：此人是老户")
    unit = city.api("hotline", "unit_staff", code)
    for command in ("sign", "start"):
        unit.act("workorders", order, command)
    unit.act("workorders", order, "report", result="内部：已处理")
    hotline.act("workorders", order, "reply_citizen", reply=reply)
    hotline.act("workorders", order, "close", note="内部结案语")


def test_a_case_told_to_110_is_followed_rated_and_opened_again(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal = police.take("菜场门口占道摆摊，走不过去", place="采莲路70号", phone="13900000070")["appeal"]["id"]
    handover = police.post(f"/appeals/{appeal}/place", {"course": "hand_over"})["data"]["handover"]
    code = police.post(f"/appeals/{appeal}/follow-code")["code"]
    assert police.post(f"/appeals/{appeal}/follow-code")["code"] == code, "the same code each time"
    public = httpx.Client(base_url=city.url("police") + "/api/v1", timeout=30, trust_env=False)

    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "accept")
    order = next(each for each in hotline.all("workorders") if each["place"] == "采莲路70号")["id"]
    too_early = public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "1"})
    assert (too_early.status_code, too_early.json()["code"]) == (409, "follow.nothing_to_rate")
    public.post(f"/follow/{code}/words", json={"words": "早上六点最多"}).raise_for_status()
    eventually(lambda: hotline.one("handovers", handover)["data"].get("supplied"))

    work(city, order, "城管今天上午已清理摊位，明早六点再巡查，联系 12345。")
    police.until("appeals", appeal, "closed")
    case: dict[str, Any] = public.get(f"/follow/{code}").json()
    told = " ".join(f"{each['words']} {each['told']}" for each in case["history"])
    assert "已清理摊位" in told
    assert "早上六点最多" in told
    assert "内部" not in told, "words of staff stay with staff"
    assert case["can_rate"]

    silent = public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "5"})
    assert (silent.status_code, silent.json()["code"]) == (422, "workorder.not_content")
    public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "5", "reason": "第二天又来了"}).raise_for_status()
    again = hotline.until("workorders", order, "reopened")
    assert (again["data"]["reason"], again["data"]["reopened"]) == ("第二天又来了", 1)
    assert police.one("appeals", appeal)["phase"] == "handed"
    assert hotline.one("appeals", again["appeal"])["phase"] == "kept"

    work(city, order, "城管已派专人每天六点值守一周，摊主已保证不再来。")
    police.until("appeals", appeal, "closed")
    public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "2"}).raise_for_status()
    hotline.until("workorders", order, "visited")
    assert public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "1"}).status_code == 409, "once"
    public.close()


def test_a_code_opens_one_case_and_guessing_is_stopped(own_city: City) -> None:
    city = own_city
    police = city.api("police", "call_taker")
    appeal = police.take("路灯不亮", place="采莲路71号")["appeal"]["id"]
    assert city.api("police", "officer").post(f"/appeals/{appeal}/follow-code", status=(403, 404))["code"] in ("access.forbidden", "stream.not_found")
    code = police.post(f"/appeals/{appeal}/follow-code")["code"]
    public = httpx.Client(base_url=city.url("police"), timeout=30, trust_env=False)
    page = public.get(f"/follow/{code.lower().replace('-', '')}/")
    assert page.status_code == 200
    assert "路灯不亮" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert public.get("/follow/", params={"code": code}).status_code == 302
    answers = [public.get("/api/v1/follow/" + f"{place:010d}").status_code for place in range(32)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert public.get(f"/api/v1/follow/{code}").status_code == 200, "who has the code still gets in"
    for odd in ("%00", "x" * 300, "诉", "' or 1=1"):
        assert public.get(f"/api/v1/follow/{odd}").status_code in (404, 429)
    public.close()

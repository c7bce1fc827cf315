"""Story 9, 老人走失: told to 12345; police at once, grid workers and volunteers of the streets around get it on their phones."""

from __future__ import annotations

import pytest

from tests.city import City, eventually

pytestmark = pytest.mark.nodes

LOST = "我奶奶八十二岁有老年痴呆，下午出门到现在没回来，找不到了，穿红色外套"


def test_police_and_the_streets_around_look_for_her_at_once(city: City) -> None:
    agent, police = city.api("hotline", "agent"), city.api("police", "call_taker")
    appeal = agent.take(LOST, place="元和街道采莲路99号", phone="13900000099", course="auto")["appeal"]
    police.until("handovers", appeal["data"]["handover"], "accepted")
    alert = next(each for each in agent.all("alerts") if each["appeal"] == appeal["id"])["id"]
    said = agent.one("alerts", alert)["data"]
    assert said["purpose"] == "search"
    own = "xc-grid-yuanhe"
    grids = [code for code in said["lines"] if code.startswith("xc-grid-")]
    assert own in grids
    assert len(grids) >= 4, "the streets around too"
    assert any("志愿者" in line["function"] for line in said["lines"].values())

    worker = city.api("hotline", "unit_staff", own)
    assert worker.one("alerts", alert)["data"]["summary"] == LOST
    worker.act("alerts", alert, "acknowledge", people=2)
    far = city.api("hotline", "unit_staff", grids[-1])
    assert far.act("alerts", alert, "cannot_come", status=422)["code"] == "input.required"
    far.act("alerts", alert, "cannot_come", reason="今晚值守防汛")
    worker.act("alerts", alert, "tell", note="在采莲桥头找到老人，已陪同等候家属")
    words = eventually(lambda: police.one("alerts", alert)["data"]["lines"][own].get("words"), what="police see where she is")
    assert "找到老人" in words
    agent.act("alerts", alert, "stand_down", reason="老人已找到")
    police.until("alerts", alert, "stood_down")
    assert worker.act("alerts", alert, "tell", status=409, note="x")["code"] == "command.not_in_state"

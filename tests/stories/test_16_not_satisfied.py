"""Story 16, 答非所问: flagged before it is sent, sent anyway, dissatisfied, reopened at the desk with the reason, counted for the unit."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.city import City, unit_named

pytestmark = pytest.mark.nodes

WRONG = "您好，水务公司今天上午已更换小区的老旧水管并恢复供水，水压正常，如仍有停水请拨打供水热线联系抢修。"
RIGHT = "城管昨晚八点到采莲路16号现场，已责令楼下烧烤摊撤离并清洗油污，今后每晚巡查，如再有油烟请拨打 12345。"


def test_a_reply_to_another_question_is_flagged_sent_and_comes_back(city: City) -> None:
    hotline, unit_code = city.api("hotline", "agent"), unit_named("城管")
    unit = city.api("hotline", "unit_staff", unit_code)
    appeal = hotline.take("楼下烧烤摊的油烟天天往窗户里灌，要求清理烧烤摊", place="采莲路16号", phone="13900000016")["appeal"]["id"]
    order = hotline.post(f"/appeals/{appeal}/place", {"course": "keep"})["data"]["order"]
    code = hotline.post(f"/appeals/{appeal}/follow-code")["code"]
    hotline.act("workorders", order, "dispatch", unit=unit_code)
    for command in ("sign", "start"):
        unit.act("workorders", order, command)
    unit.act("workorders", order, "report", result="已清理")

    before = hotline.one("workorders", order)["seq"]
    said = hotline.post(f"/workorders/{order}/reply-check", {"reply": WRONG})
    assert not said["answers"]
    assert "other_matter" in [each["code"] for each in said["findings"]]
    screen = city.screen("hotline", "agent")
    path = f"/records/{order}/act/reply_citizen/"
    shown = screen.send(path, {"reply": WRONG, "seen": str(before)}, status=422).text
    assert "没有回应所问的事" in shown
    assert "仍然发送" in shown
    assert hotline.one("workorders", order)["seq"] == before, "what was flagged is not sent yet"
    mark = re.search(r'name="doubted" value="(\w+)"', shown)
    assert mark is not None
    screen.send(path, {"reply": WRONG, "seen": str(before), "doubted": mark.group(1)})
    sent = hotline.one("workorders", order)
    assert (sent["phase"], "other_matter" in sent["data"]["findings"]) == ("replied", True)

    hotline.act("workorders", order, "close")
    public = httpx.Client(base_url=city.url("hotline") + "/api/v1", timeout=30, trust_env=False)
    public.post(f"/follow/{code}/satisfaction", json={"satisfaction": "5", "reason": "我问的是烧烤摊"}).raise_for_status()
    public.close()
    again = hotline.until("workorders", order, "reopened")
    assert again["data"]["reason"] == "我问的是烧烤摊"
    assert hotline.one("appeals", appeal)["phase"] == "kept"
    row = next(each for each in hotline.get("/reply-figures") if each["unit"] == unit_code)
    assert row["reopened"] >= 1
    assert row["flagged_before"] >= 1
    assert again["number"] in row["orders"]

    hotline.act("workorders", order, "dispatch", unit=unit_code)
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="已清理油污")
    assert hotline.post(f"/workorders/{order}/reply-check", {"reply": RIGHT})["findings"] == []
    hotline.act("workorders", order, "reply_citizen", reply=RIGHT)
    hotline.act("workorders", order, "close")
    assert hotline.act("workorders", order, "visit", satisfaction="1", way="phone")["phase"] == "visited"
    assert hotline.act("workorders", order, "visit", status=409, satisfaction="5", reason="再来")["code"] == "command.not_in_state"

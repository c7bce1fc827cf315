"""Danger on the screens: the roof, the grandmother. Phones of units answer, the desks see it without reloading."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Person
from tests.city import Api, City, eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

WAGES = "老板拖欠我们十几个人工资三个月了，劳动局也去过，"


def alert_of(api: Api, appeal: str) -> str:
    """Return the alert of an appeal."""
    return str(eventually(lambda: next((each["id"] for each in api.all("alerts") if each["appeal"] == appeal), None), what="an alert"))


def appeal_on(person: Person) -> str:
    """Return the id of the appeal that was just recorded."""
    return str(person.at("[data-record]").first.get_attribute("href")).strip("/").split("/")[-1]


def answered_on_the_phone(unit: Person, alert: str) -> None:
    """Press 收到 on the call that rings on a unit's phone; its page opens."""
    ring = unit.sees(f'#asking-alerts [data-alert="{alert}"]')
    ring.locator("button").click()
    unit.page.wait_for_url(f"**/alerts/{alert}/")


def test_on_the_roof_danger_rises_with_the_words_and_one_key_moves_everybody(people: People, city: City) -> None:
    """Story 2."""
    agent = people("hotline", "agent")
    fire, labour = people("police", "unit_staff", username="xc-xf1", phone=True), people("hotline", "unit_staff", username="xc-rs1", phone=True)
    fire.open("/unit/")
    labour.open("/unit/")
    agent.open("/desk/new/")
    agent.type(WAGES)
    agent.sees("#verdict .verdict-head")
    expect(agent.at(".danger-bar")).to_have_count(0)
    agent.type("今天再不给我就从工地6号楼楼顶跳下去")
    agent.sees(".danger-bar", "险情")
    agent.keys("Alt+l")
    agent.keys("Control+a")
    agent.type("元和街道采莲路工地6号楼")
    agent.keys("Control+Enter")
    agent.sees(".finished, .calling")
    if agent.at(".calling").count():
        agent.keys("5")
    agent.sees(".finished", "双方共办")
    appeal = appeal_on(agent)
    api = city.api("hotline", "agent")
    alert = alert_of(api, appeal)
    data = api.one("appeals", appeal)["data"]
    answered_on_the_phone(labour, alert)
    answered_on_the_phone(fire, alert)
    assert fire.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    agent.open(f"/alerts/{alert}/")
    agent.sees(".alert-lines tr:has-text('消防') td:nth-child(3)", ":")
    police = city.api("police", "call_taker")
    alarm = eventually(lambda: next((each for each in police.all("alarms") if police.one("alarms", each["id"])["data"].get("handover") == data["handover"]), None), what="the alarm")
    assert police.one("alarms", alarm["id"])["unit"] == "xc-pcs-yuanhe"
    officer = people("police", "officer", username="xc-pcs-yuanhe1", phone=True)
    officer.open(f"/unit/{alarm['id']}/")
    for command, fact in (("sign", "OrderSigned"), ("depart", "OfficersDeparted"), ("arrive", "OfficersArrived")):
        officer.act(command)
        officer.sees(f'[data-fact="{fact}"]')
    officer.act("handle", situation="人已安全劝下")
    agent.open(f"/records/{appeal}/")
    agent.sees(".timeline-both", "人已安全劝下")
    agent.sees(".record-head", "双方共办")


def test_grandmother_is_looked_for_on_the_phones_of_the_streets_around(people: People, city: City) -> None:
    """Story 9."""
    grid = people("hotline", "unit_staff", username="xc-grid1", phone=True)
    volunteer = people("hotline", "unit_staff", username="xc-vol1", phone=True, english=True)
    grid.open("/unit/")
    volunteer.open("/unit/")
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("我奶奶八十二岁有老年痴呆，下午出门到现在没回来，找不到了，穿红色外套")
    agent.sees(".danger-bar")
    agent.keys("Alt+l")
    agent.keys("Control+a")
    agent.type("元和街道采莲路649号")
    agent.keys("Control+Enter")
    agent.sees(".finished, .calling")
    if agent.at(".calling").count():
        agent.keys("5")
    agent.sees(".finished", "已移交对方")
    api: Any = city.api("hotline", "agent")
    alert = alert_of(api, appeal_on(agent))
    answered_on_the_phone(grid, alert)
    volunteer.sees(f'#asking-alerts [data-alert="{alert}"]', "Received")
    agent.open(f"/alerts/{alert}/")
    grid.act("tell", note="在采莲桥头找到老人，已陪同等候家属")
    agent.sees(".alert-lines", "找到老人")
    assert agent.never_reloaded()
    agent.act("stand_down", reason="老人已找到")
    grid.sees(".record-head .phase", "已解除")
    there = people("police", "call_taker")
    there.open(f"/alerts/{alert}/")
    there.sees(".alert-lines", "找到老人")

"""Danger on the screens: the roof, the gas, the grandmother. Phones of units answer, the desks see it without reloading."""

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
    officer.does("handle", "SceneHandled", situation="人已安全劝下")
    agent.open(f"/records/{appeal}/")
    agent.sees(".timeline-both", "人已安全劝下")
    officer.act("report", result="人员安全，劳资纠纷由人社继续处理")
    dispatcher = people("police", "dispatcher")
    dispatcher.open(f"/records/{alarm['id']}/")
    if police.one("alarms", alarm["id"])["phase"] == "feedback_review":
        # Danger is looked at twice.
        reviewer = people("police", "reviewer")
        reviewer.open("/review/")
        reviewer.sees(".review-list li", "拖欠").locator("a.row-link").focus()
        reviewer.sees("#order .said", "拖欠")
        reviewer.keys("y")
    dispatcher.does("close", "AlarmClosed")
    agent.sees(".record-head", "双方共办")
    agent.sees('[data-fact="AlarmClosed"]')
    agent.does("dispatch", "OrderDispatched", unit="xc-rs")
    labour.open(f"/unit/{data['order']}/")
    labour.does("sign", "OrderSigned")
    labour.does("report", "WorkReported", result="十三人工资已当场发放")
    agent.does("reply_citizen", "CitizenReplied", reply="您反映老板拖欠十几个人工资三个月一事，劳动局已到工地责令老板当场付清，工资已发到个人账户，如有遗漏请拨打 12345。")
    agent.does("close", "OrderClosed")
    agent.sees(".record-head", "已办结")
    assert agent.never_reloaded(), "each end is closed by itself, and the hotline saw both"
    dispatcher.sees(".timeline-both", "本方所办部分已办结")
    assert dispatcher.never_reloaded(), "and so did police"


def test_gas_rings_everybody_in_one_act_and_the_old_pipe_is_cured(people: People, city: City) -> None:
    """Story 6."""
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    company, fire = people("hotline", "unit_staff", username="xc-rq1", phone=True), people("police", "unit_staff", username="xc-xf1", phone=True)
    officer = people("police", "officer", username="xc-pcs-yuanhe1", phone=True)
    for unit in (company, fire, officer):
        unit.open("/unit/")
    agent.open("/orders/?tab=incoming")
    caller.open("/desk/new/")
    caller.type("我们楼道里一股很浓的煤气味，呛得头晕，好像是老管子漏了")
    caller.sees(".danger-bar", "险情")
    caller.keys("Alt+l")
    caller.keys("Control+a")
    caller.type("元和街道采莲路646号")
    caller.keys("Control+Enter")
    caller.sees(".finished", "本方已受理")
    appeal = appeal_on(caller)
    alert = alert_of(city.api("police", "call_taker"), appeal)
    assert all(unit.never_reloaded() for unit in (company, fire)), "it rings without reloading"

    caller.open(f"/alerts/{alert}/")
    for name in ("燃气", "消防", "应急", "急救", "12345"):
        caller.sees(f".alert-lines tr:has-text('{name}')", "未应答")
    for unit in (company, fire):
        answered_on_the_phone(unit, alert)
    agent.sees(f'#asking-alerts [data-alert="{alert}"] button').click()
    company.act("tell", note="两人十五分钟到")
    fire.act("set_out")
    fire.act("reach")
    caller.sees(".alert-lines tr:has-text('燃气')", "两人十五分钟到")
    expect(caller.at(".alert-lines tr:has-text('消防') td:nth-child(5)")).to_contain_text(":")
    for name in ("燃气", "12345"):
        expect(caller.at(f".alert-lines tr:has-text('{name}') td:nth-child(3)")).to_contain_text(":")
    expect(caller.at(".alert-lines tr:has-text('燃气') td:nth-child(6)")).to_contain_text(":")
    assert caller.never_reloaded(), "the desk sees every answer without reloading"
    caller.looked("gas-alert")

    officer.sees(".task-list a", "采莲路646号").click()
    for command, fact in (("sign", "OrderSigned"), ("depart", "OfficersDeparted"), ("arrive", "OfficersArrived")):
        officer.does(command, fact)
    officer.does("handle", "SceneHandled", situation="已疏散关阀，管道老化", contact="陈警官 0512-0000-0110")
    officer.act("hand_over_source", source_matter="老化燃气管更换", contact="陈警官 0512-0000-0110")
    agent.open("/orders/?tab=incoming")
    row = agent.at(".order-list a").filter(has_text="采莲路646号")
    reviewer = people("police", "reviewer")
    reviewer.open("/review/")
    reviewer.sees(".review-list li", "煤气味").locator("a.row-link").focus()
    reviewer.sees("#order", "陈警官")
    reviewer.keys("y")
    reviewer.looked("gas-review")
    expect(row).to_have_count(1)
    row.click()
    agent.sees("#order", "陈警官")
    agent.sees("#order", "源头化解")
    agent.does("accept", "HandoverAccepted")
    agent.does("dispatch", "OrderDispatched", unit="xc-rq")

    company.open("/unit/")
    company.sees(".task-list a", "采莲路646号").click()
    company.sees(".task", "陈警官")
    company.looked("gas-unit")
    company.does("sign", "OrderSigned")
    company.does("start", "WorkStarted")
    company.does("report", "WorkReported", result="老管已更换，保压合格")
    agent.does("reply_citizen", "CitizenReplied", reply="您反映的煤气味，老管道已更换并保压检测合格，请放心使用，如再有气味请拨打 12345。")
    agent.does("close", "OrderClosed")
    caller.open(f"/records/{appeal}/")
    caller.sees(".record-head", "已办结")
    caller.sees(".facts .result", "老管道已更换")
    caller.sees(".order-card", "未应答")
    caller.looked("gas-record")
    caller.open(f"/alerts/{alert}/")
    caller.act("stand_down", reason="处置完毕")
    fire.sees(".record-head .phase", "已解除")


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


def test_common_words_of_danger_in_a_calm_matter_are_asked_about_and_rise_with_what_is_said_next(people: People) -> None:
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("楼上泼水把我晒的被子全打湿了，能劝劝吗")
    asked = agent.sees("#verdict .ask.of-danger", "像险情，先问这一句")
    expect(asked).to_contain_text("现在有没有人受伤")
    expect(agent.at("#verdict .reasons")).to_contain_text("D-fight")
    expect(agent.at(".danger-bar")).to_have_count(0)
    agent.type("，他这会儿拿着菜刀下来了")
    agent.sees(".danger-bar", "险情")
    expect(agent.at("#verdict .ask.of-danger")).to_have_count(0)

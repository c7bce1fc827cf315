"""Questions and answers on the screens: too short is asked about, not returned; a reply to another question is flagged, sent, and comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import CITIZEN, Person
from tests.city import City, unit_named

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

MARKET, STREET = unit_named("市场监督管理局"), "xc-cg-yuanhe"
WRONG = "您好，水务公司今天上午已更换小区的老旧水管并恢复供水，水压正常，如仍有停水请拨打供水热线联系抢修。"
RIGHT = "城管昨晚八点到采莲路676号现场，已责令楼下烧烤摊撤离并清洗油污，今后每晚巡查，如再有油烟请拨打 12345。"


def code_told(caller: Person) -> str:
    """Return the code that stands at the end of a call, to be read out to the caller."""
    return caller.sees(".follow-told b").inner_text().strip()


def comes_with(citizen: Person, code: str) -> None:
    """Open one's own case with the code, as somebody without an account."""
    citizen.open("/follow/")
    citizen.at("#code").fill(code)
    citizen.keys("Enter")
    citizen.sees(".follow-state")


def test_too_short_is_asked_about_and_answered_by_two_and_never_returned(people: People, city: City) -> None:
    """Story 7."""
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    agent.open("/orders/?tab=incoming")
    caller.open("/desk/new/")
    caller.type("有人卖假货")
    caller.sees("#verdict .verdict-head")
    caller.keys("Alt+p")
    caller.type("13900007007")
    caller.keys("Alt+3", "Control+Enter")
    caller.sees(".calling")
    caller.keys("5")
    caller.sees(".finished", "联动单已推送")
    code, record = code_told(caller), str(caller.at("[data-record]").get_attribute("href"))

    agent.sees(".order-list a", "卖假货").click()
    agent.sees("#order .said", "卖假货")
    agent.at('#order [data-act="object"]').first.click()
    form = agent.sees("[data-act-form]")
    assert "too_short" not in form.locator('[name="code"]').inner_html(), "shortness is no ground that can be chosen"
    form.locator('[name="code"]').select_option("not_in_scope")
    form.locator('[name="clause"]').fill("四（二）")
    form.locator('[name="reason"]').fill("信息不全，请补充后再推送。")
    form.locator(".act-send button").click()
    agent.sees("[data-act-form] .refusal", "询问")
    agent.looked("short-refused")
    agent.at("[data-cancel]").first.click()
    agent.does("accept", "HandoverAccepted")
    for question in ("在哪里卖，店名是什么？", "买的是什么，有没有票据？"):
        agent.act("ask", question=question)
        agent.sees("#order .question", question)
    agent.does("dispatch", "OrderDispatched", unit=MARKET)

    market = people("hotline", "unit_staff", username="xc-sj1", phone=True)
    market.open("/unit/")
    market.sees(".task-list a", "卖假货").click()
    market.does("sign", "OrderSigned")
    market.does("start", "WorkStarted")

    caller.open(record)
    caller.sees(".question", "店名是什么")
    caller.act("answer", answer="来电人说在采莲路农贸市场，叫好又多超市")
    agent.sees("#order .question", "好又多")
    citizen = people("police", CITIZEN, phone=True)
    comes_with(citizen, code)
    citizen.sees("form", "有没有票据")
    citizen.at("#answer").fill("两瓶白酒，有收据")
    citizen.at('button[value="answer"]').click()
    citizen.sees(".follow-history", "有收据")
    citizen.looked("short-citizen")
    agent.sees("#order .question", "有收据")
    agent.looked("short-agent")
    assert agent.never_reloaded(), "both answers came to the agent without reloading"
    market.sees(".task .question", "好又多")
    market.sees(".task .question", "有收据")
    market.looked("short-unit")
    assert market.at('[data-fact="WorkStarted"]').count() == 1, "work never stopped"

    market.does("report", "WorkReported", result="已查扣假酒两箱并立案")
    agent.does("reply_citizen", "CitizenReplied", reply="采莲路农贸市场好又多超市卖假酒一事，市场监管所今天上午已查扣两箱并立案，查实后退一赔十，进展请拨打 12345。")
    agent.does("close", "OrderClosed")
    caller.sees(".record-head", "已办结")
    assert caller.never_reloaded()
    assert not {"HandoverObjected", "HandoverReturned"} & set(caller.facts()), "no return is counted"


def test_a_reply_to_another_question_is_flagged_sent_and_comes_back_with_the_reason(people: People, city: City) -> None:
    """Story 16."""
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("楼下烧烤摊的油烟天天往窗户里灌，要求清理烧烤摊，电话13900007676")
    agent.sees("#verdict .side-is-hotline")
    agent.keys("Alt+f", "Alt+l")
    agent.keys("Control+a")
    agent.type("元和街道采莲路676号")
    agent.keys("Alt+2", "Control+Enter")
    agent.sees(".finished", "本方已受理")
    code, record = code_told(agent), str(agent.at("[data-record]").get_attribute("href"))
    agent.open(record)
    agent.does("dispatch", "OrderDispatched", unit=STREET)
    unit = people("hotline", "unit_staff", username="xc-cg-yuanhe1", phone=True)
    unit.open("/unit/")
    unit.sees(".task-list a", "采莲路676号").click()
    unit.does("sign", "OrderSigned")
    unit.does("start", "WorkStarted")
    unit.does("report", "WorkReported", result="已清理")

    agent.at('[data-act="reply_citizen"]:visible').first.click()
    form = agent.sees("[data-act-form]")
    form.locator('[name="reply"]').fill(WRONG)
    form.locator(".act-send button").click()
    agent.sees("[data-act-form] .doubts", "没有回应所问的事")
    assert agent.at('[data-fact="CitizenReplied"]').count() == 0, "what is flagged is not sent yet"
    expect(agent.at("[data-act-form] [name=reply]")).to_have_value(WRONG)
    expect(agent.at("[data-act-form] .act-send button")).to_contain_text("仍然发送")
    agent.looked("reply-flagged")
    agent.at("[data-act-form] .act-send button").click()
    agent.sees('[data-fact="CitizenReplied"]', "没有回应所问的事")
    agent.does("close", "OrderClosed")

    citizen = people("hotline", CITIZEN, phone=True)
    comes_with(citizen, code)
    citizen.at('[name="satisfaction"][value="5"]').check()
    citizen.at("#why").fill("我问的是烧烤摊")
    citizen.at('button[value="rate"]').click()
    citizen.sees(".follow-history", "我问的是烧烤摊")
    citizen.looked("reply-citizen")

    agent.sees(".order-card", "我问的是烧烤摊")
    agent.looked("reply-came-back")
    assert agent.never_reloaded(), "the agent sees it come back without reloading"
    unit.sees(".task", "我问的是烧烤摊")
    unit.looked("reply-unit")
    desk = people("hotline", "agent", username="xc12345-agent2")
    desk.open("/orders/?tab=dispatch")
    desk.sees(".order-list a", "采莲路676号").click()
    desk.sees("#order .order-card", "我问的是烧烤摊")
    desk.does("dispatch", "OrderDispatched", unit=STREET)
    unit.does("start", "WorkStarted")
    unit.does("report", "WorkReported", result="已责令烧烤摊撤离，清洗油污")
    desk.does("reply_citizen", "CitizenReplied", reply=RIGHT)
    desk.does("close", "OrderClosed")
    desk.act("visit", satisfaction="1", way="phone")
    desk.sees('[data-fact="CitizenContent"]')
    order = city.api("hotline", "agent").one("appeals", record.strip("/").split("/")[-1])["data"]["order"]
    ended = city.api("hotline", "agent").until("workorders", order, "visited")
    supervisor = people("hotline", "supervisor")
    supervisor.open("/visits/")
    supervisor.sees(".room-links a", "答复质量").click()
    supervisor.sees(f".reply-figures tr[data-unit={STREET}]", ended["number"])
    supervisor.looked("reply-figures")

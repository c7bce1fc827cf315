"""Story 11 on the screens: the third noisy night is linked while the caller speaks and whistles; who is called reports in, they agree a plan, do it, close."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import Person
from tests.city import City, eventually, unit_named

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

ENVIRONMENT, POLICE = unit_named("生态环境局"), "desk:police"
NIGHTS = (
    ("织里路771号的塑料厂半夜机器噪声特别大，吵得睡不着", "元和街道织里路771号", "13911177001"),
    ("织里路那个塑料厂昨夜机器又响到三点，噪声扰民", "元和街道织里路771号附近", "13911177002"),
)


def comes_to_the_room(person: Person, where: str) -> None:
    """Wait on one's own page until the whistle calls, and go there by its key."""
    person.open(where)
    person.sees("#asking-rooms .asking-room", "塑料厂").locator("a.btn-primary").click()
    person.page.wait_for_url("**/consultations/*/")
    person.page.evaluate("window.loadedOnce = true")


def test_the_third_noisy_night_is_linked_whistled_planned_closed_and_told(people: People, city: City) -> None:
    api = city.api("hotline", "agent")
    told = [api.take(text, place=place, phone=phone, course="keep")["appeal"] for text, place, phone in NIGHTS]
    environment = people("hotline", "unit_staff", username="xc-hb1", phone=True)
    environment.open("/unit/")

    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("塑料厂夜里又在开机器，噪声扰民，吵得睡不着，电话13911177003")
    agent.sees("#verdict .side-is-hotline")
    agent.keys("Alt+f", "Alt+l")
    agent.keys("Control+a")
    agent.type("元和街道织里路773号")
    agent.sees(".candidate", told[0]["number"])
    agent.keys("Alt+k")
    agent.sees("#linked-to", "诉")
    agent.looked("whistle-linked")
    agent.keys("Alt+2", "Control+Enter")
    agent.sees(".finished", "已关联重复件")
    third = str(agent.at("[data-record]").get_attribute("href"))

    environment.sees("#asking-rooms .asking-room", "塑料厂")
    assert environment.never_reloaded(), "the whistle reaches the phone without reloading"
    comes_to_the_room(environment, "/unit/")
    environment.sees(".room-cases", "塑料厂")
    environment.does("report_in", "UnitReportedIn", person="林科长", note="今晚到现场测噪")
    environment.looked("whistle-phone")
    room = environment.page.url.removeprefix(environment.base)
    street = people("hotline", "unit_staff", username="xc-yuanhe1", phone=True)
    comes_to_the_room(street, "/unit/")
    street.does("report_in", "UnitReportedIn", note="街道派人一起去")
    there = people("police", "dispatcher")
    comes_to_the_room(there, "/orders/")
    there.does("report_in", "UnitReportedIn", note="派出所夜间参加")

    head = people("hotline", "dispatcher")
    head.open("/consultations/")
    head.sees(f'.room-card[href="{room}"]', "噪声").click()
    for words in ("今晚到现场测噪", "街道派人一起去", "派出所夜间参加"):
        head.sees(".room-lines li", words)
    head.page.evaluate("window.loadedOnce = true")
    head.at('[data-act="agree_plan"]:visible').first.click()
    form = head.sees("[data-act-form]")
    form.locator("[name=plan]").fill("夜间联合检查，限期装隔声")
    units = [each.input_value() for each in form.locator("[name=tasks-unit]").all()]
    for unit, what, until in ((ENVIRONMENT, "测噪并下整改书", ""), (POLICE, "夜间巡查", "七天内")):
        row = form.locator(".plan-row").nth(units.index(unit))
        row.locator("[name=tasks-what]").fill(what)
        row.locator("[name=tasks-until]").fill(until)
    form.locator(".act-send button").click()
    head.sees("[data-act-form] .refusal", "何时完成")
    head.looked("whistle-plan")
    form = head.sees("[data-act-form]")
    row = form.locator(".plan-row").filter(has=head.page.locator(f'option[selected][value="{ENVIRONMENT}"]'))
    expect(row.locator("[name=tasks-what]")).to_have_value("测噪并下整改书")
    row.locator("[name=tasks-until]").fill("三天内")
    form.locator(".act-send button").click()
    expect(form).to_have_count(0)
    head.sees(".room-lines li", "测噪并下整改书")

    environment.sees(".room-lines li", "测噪并下整改书")
    environment.looked("whistle-task")
    assert environment.at('[data-act="report_in"]').count() == 0, "said once is said"
    expect(street.at(".room-lines li").filter(has_text="夜间巡查")).to_be_visible()
    assert street.at('[data-act="finish_task"]').count() == 0, "who has no task is offered none"
    environment.does("finish_task", "TaskFinished", done="昼55夜48分贝，已整改", attachments="监测报告.pdf")
    there.sees(".room-lines li", "夜间巡查")
    there.does("finish_task", "TaskFinished", done="连续七夜无扰民", attachments="巡查记录.jpg")
    head.sees(".room-lines li", "连续七夜无扰民")
    head.sees(".room-lines li", "已整改")
    head.looked("whistle-done")
    head.does("close", "WhistleClosed", result="厂方已装隔声罩，夜间停产", attachments="复查照片.jpg")
    assert head.never_reloaded() and environment.never_reloaded(), "each saw the others without reloading"
    there.sees(".record-head", "已闭环")
    for each in (f"/records/{told[0]['id']}/", f"/records/{told[1]['id']}/", third):
        agent.open(each)
        agent.sees(".more-said", "夜间停产")
    whistles = [api.one("whistles", each["id"]) for each in api.all("whistles")]
    eventually(lambda: len([each for each in whistles if "织里路" in str(each["data"].get("place"))]) == 1, what="it was whistled once")

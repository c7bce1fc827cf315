"""Story 1, 餐饮油烟, on the screens: told once to 110, cured by the hotline's unit, every step seen on the original record."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.city import eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

BEGINNING = "你好，我想反映一个情况，"
REST = "我住元和街道采莲路88号三楼，楼下烧烤摊的油烟天天往窗户里灌，孩子咳了一个礼拜，电话13900000031"
RESULT = "已责令摊主撤离并清洗地面，当晚复查没有再摆"
STEPS = ["AppealTaken", "ThreeWayCallRecorded", "HandoverOffered", "HandoverAccepted", "OrderDispatched", "OrderSigned", "WorkStarted", "WorkReported", "CitizenReplied", "OrderClosed", "CitizenContent"]


def test_smoke_told_to_110_is_cured_through_the_hotline_and_seen_to_its_end(people: People) -> None:
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    unit = people("hotline", "unit_staff", username="xc-cg-yuanhe1", phone=True)
    agent.open("/orders/?tab=incoming")
    unit.open("/unit/")

    caller.open("/desk/new/")
    caller.type(BEGINNING)
    caller.sees("#verdict .verdict-head")
    before = caller.at("#verdict").inner_text()
    caller.type(REST)
    caller.sees("#verdict .side-is-hotline .verdict-item", "市容管理")
    assert before != caller.at("#verdict").inner_text(), "the verdict changes while the words come"
    expect(caller.at("#back mark").first).to_be_visible()
    assert any(mark in REST for mark in caller.at("#back mark").all_inner_texts())
    caller.sees("#verdict .reasons summary", "附件2")
    caller.keys("Alt+f")
    expect(caller.at("#phone")).to_have_value("13900000031")

    caller.keys("Control+Enter")
    caller.sees(".calling", "12345")
    caller.keys("2")
    link = caller.sees(".finished [data-record]")
    record = caller.another_page(link.get_attribute("href"))

    row = agent.sees(".order-list a", "采莲路88号三楼")
    assert agent.never_reloaded(), "the agent sees it without reloading"
    row.click()
    agent.sees("#order .said", REST)
    agent.act("accept")
    agent.sees('#order [data-fact="HandoverAccepted"]')
    agent.act("dispatch", unit="xc-cg-yuanhe")

    task = unit.sees(".task-list a", "采莲路88号三楼")
    assert unit.never_reloaded(), "the unit sees it without reloading"
    task.click()
    unit.act("sign")
    unit.sees('[data-fact="OrderSigned"]')
    unit.act("start")
    unit.sees('[data-fact="WorkStarted"]')
    _report_with_photo(unit)

    agent.sees('#order [data-fact="WorkReported"]')
    agent.act("reply_citizen", reply="烧烤摊已撤离，楼下油烟已停，城管队每晚巡查一次，如再出现请拨打 12345 联系我们。")
    agent.sees('#order [data-fact="CitizenReplied"]')
    agent.act("close")
    agent.sees('#order [data-fact="OrderClosed"]')
    agent.act("visit", satisfaction="1", way="phone")

    eventually(lambda: [each for each in STEPS if each not in caller.facts(record)] == [], what="110 sees every step on its own record")
    assert record.evaluate("window.loadedOnce === true"), "and never reloaded"
    expect(record.locator(".record-head")).to_contain_text("已办结")
    expect(record.locator(".facts .result").first).to_contain_text("烧烤摊已撤离")
    expect(record.locator(".timeline-both")).to_contain_text("现场照片.jpg")
    expect(record.locator(".timeline-both")).to_contain_text("元和街道综合行政执法队")
    assert "xc12345" not in record.locator(".timeline-both").inner_text(), "people are named in words"
    caller.sees("#calls .call-list li", "已办结")


def _report_with_photo(unit) -> None:  # type: ignore[no-untyped-def]
    unit.at('[data-act="report"]:visible').first.click()
    form = unit.sees("[data-act-form]")
    form.locator('[name="result"]').fill(RESULT)
    form.locator("input[type=file]").set_input_files({"name": "现场照片.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"})
    form.locator(".act-send button").click()
    unit.sees('[data-fact="WorkReported"]')

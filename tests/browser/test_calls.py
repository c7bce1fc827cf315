"""What happens to a call: connected, told in the county, killed in the middle, left in the middle, full of nonsense."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Error, Playwright, expect

from tests.browser.conftest import FLAGS, People, chromium
from tests.browser.people import Person
from tests.city import City, eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_wages_are_taken_by_12345_in_the_call_and_the_police_record_closes_with_the_result(people: People, city: City) -> None:
    """Story 3."""
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    caller.open("/desk/new/")
    caller.type("我们四个人在元和街道安元路工地做了两个月，一共一万块工资老板一直拖着不给，电话13900000041")
    caller.sees("#verdict .side-is-hotline .verdict-item", "矛盾纠纷")
    agent.open("/orders/?tab=incoming")
    caller.keys("Alt+f", "Control+Enter")
    caller.sees(".calling .call-line", "振铃中")
    agent.sees(".ringing-call", "四个人")
    assert agent.never_reloaded(), "it rings without reloading"
    agent.keys("Alt+j")
    agent.page.wait_for_url("**/calls/**")
    agent.sees(".said", "一共一万块")
    caller.sees(".calling .call-line", "通话中")
    agent.act("take_in_call", note="四人同意由热线办理")
    line = caller.sees(".calling .call-line", "对方在通话中受理了")
    record = caller.another_page(line.locator("a").first.get_attribute("href"))
    expect(record.locator('[data-fact="HandoverAccepted"]')).to_be_visible()

    agent.sees("a.btn-primary", "去办理").click()
    agent.page.wait_for_url("**/records/**")
    agent.act("answer", answer="您反映的工资一事，人社局今天已组织调解，老板当场付清一万元，如再拖欠请拨打 12345 联系我们。")
    agent.sees('[data-fact="OrderAnswered"]')
    agent.act("close")
    expect(record.locator(".record-head")).to_contain_text("已办结")
    expect(record.locator(".facts .result").first).to_contain_text("付清一万元")
    assert record.evaluate("window.loadedOnce === true")


def test_county_matter_is_followed_in_the_county_through_city_and_hotline(people: People) -> None:
    """Story 10."""
    county, agent = people("police-county", "call_taker"), people("hotline", "agent")
    county.open("/desk/new/")
    county.type("我们灵峰村村口的路灯坏了半个多月，晚上一片黑，电话13900000010")
    county.sees("#verdict .side-is-hotline")
    county.keys("Control+Enter")
    county.sees(".calling")
    county.keys("5")
    record = county.another_page(county.sees(".finished [data-record]").get_attribute("href"))
    agent.open("/orders/?tab=incoming")
    agent.sees(".order-list a", "灵峰村").click()
    agent.sees("#order .order-card", "下级平台")
    agent.act("accept")
    expect(record.locator('[data-fact="HandoverAccepted"]')).to_be_visible()
    expect(record.locator('[data-fact="HandoverAccepted"]')).to_contain_text("12345")


def test_browser_dies_in_the_middle_of_a_call_and_the_words_are_there(people: People, playwright: Playwright, city: City) -> None:
    """Story 19: another computer, another browser, the same person."""
    typed = "我在元和街道安元路，楼下有家烧烤店，油烟一直往"
    dying = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    before = Person(dying, city, "police", "call_taker", username="xc110-call2")
    before.open("/desk/new/")
    before.type(typed)
    expect(before.at("#saved")).to_have_text("已保存")
    with contextlib.suppress(Error):
        dying.new_browser_cdp_session().send("Browser.crash")
    with contextlib.suppress(Error):
        dying.close()

    after = people("police", "call_taker", username="xc110-call2")
    after.open("/desk/")
    expect(after.at("#text")).to_have_value(typed)
    expect(after.at("#text")).to_be_focused()
    after.type("我家窗户里灌")
    expect(after.at("#text")).to_have_value(typed + "我家窗户里灌")
    after.sees("#verdict .side-is-hotline")
    after.keys("Alt+2", "Control+Enter")
    after.sees(".finished")


def test_page_closed_between_two_letters_loses_none(people: People) -> None:
    caller = people("police", "call_taker", username="xc110-call2")
    caller.open("/desk/new/")
    slot = caller.page.url
    caller.type("一个字也不能丢，一直写到最后这一个字")
    caller.page.close()
    again = caller.context.new_page()
    again.goto(slot)
    expect(again.locator("#text")).to_have_value("一个字也不能丢，一直写到最后这一个字")
    again.evaluate("fetch(document.getElementById('call').dataset.draftUrl, {method: 'DELETE', headers: {'X-CSRFToken': screens.token()}})")


def test_signing_out_in_the_middle_keeps_what_was_typed(people: People) -> None:
    caller = people("police", "call_taker", username="xc110-call2")
    caller.open("/desk/new/")
    caller.type("广场上音响太吵，写到一半交班")
    caller.at("[data-sign-out] button").click()
    caller.sees(".sign-in-form")
    caller.sign_in()
    expect(caller.at("#text")).to_have_value("广场上音响太吵，写到一半交班")
    caller.keys("Alt+2", "Control+Enter")
    caller.sees(".finished")


def test_session_that_ended_elsewhere_is_told_and_the_words_are_sent_after_signing_in(people: People) -> None:
    caller = people("police", "call_taker", username="xc110-call2")
    caller.open("/desk/new/")
    slot = caller.page.url
    caller.type("写到一半")
    expect(caller.at("#saved")).to_have_text("已保存")
    caller.context.clear_cookies(name="liandong_police")
    caller.type("，登录已经过期，又写了几个字")
    caller.sees("#notices", "登录已过期")
    caller.sees("#notices .btn", "重新登录").click()
    caller.at('.person-card[value="xc110-call2"]').click()
    caller.page.wait_for_url(slot)
    expect(caller.at("#text")).to_have_value("写到一半，登录已经过期，又写了几个字")
    caller.keys("Alt+2", "Control+Enter")
    caller.sees(".finished")


def test_nothing_typed_is_refused_in_words_and_the_focus_stands_where_it_is_missing(people: People) -> None:
    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.keys("Control+Enter")
    caller.sees("#outcome .refusal", "还缺")
    expect(caller.at("#text")).to_be_focused()


@pytest.mark.parametrize("nonsense", ["😀😀😀", "asdf ;;; -- ' OR 1=1", "%s %(x)s {{ 7*7 }} {% now 'Y' %}", "啊" * 6000])
def test_nonsense_ends_in_a_record_or_in_words_and_stays_typed(people: People, nonsense: str) -> None:
    caller = people("police", "call_taker", username="xc110-call2")
    caller.open("/desk/new/")
    caller.at("#text").fill(nonsense)
    caller.sees("#verdict .verdict-head")
    caller.at("#phone").fill("不是号码' OR 1=1")
    caller.keys("Alt+2", "Control+Enter")
    eventually(lambda: caller.at("#outcome .finished, #outcome .refusal").count() == 1, what="an answer in words")
    if caller.at("#outcome .refusal").count():
        assert caller.at("#text").input_value() == nonsense
        caller.page.evaluate("fetch(document.getElementById('call').dataset.draftUrl, {method: 'DELETE', headers: {'X-CSRFToken': screens.token()}})")
    else:
        caller.page.goto(caller.base + caller.at("[data-record]").get_attribute("href"))
        assert caller.at(".said").first.inner_text().strip() == nonsense.strip()

"""The call sheet whole: the verdict lives, its words are marked, its clause opens; unclear proposes the call; the pest, the adviser, the units."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.adviser_stub import Stub
from tests.browser.conftest import People
from tests.city import City, eventually
from tests.own_settings import LAMPS_UNIT

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

ABUSE = "你们都是一群废物，去你妈的，第{n}次打来骂你们"
#: From the last letter until the verdict on it is drawn, in milliseconds; the page keeps it, tests judge nobody by it.
DRAWN = "window.liandongDrawn || []"


def test_the_verdict_changes_as_words_arrive_and_says_why(people: People) -> None:
    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.type("我们楼下")
    caller.sees("#verdict .verdict-head")
    caller.type("的烧烤摊油烟天天往窗户里灌")
    caller.sees("#verdict .side-is-hotline .verdict-item", "市容管理")
    eventually(lambda: any(word in "".join(caller.at("#back mark").all_inner_texts()) for word in ("油烟", "烧烤")), what="the words that decided are marked")
    reason = caller.at("#verdict .reasons details").first
    reason.locator("summary").focus()
    caller.keys("Enter")
    expect(reason.locator("blockquote")).to_be_visible()
    expect(reason.locator("footer")).to_contain_text("附件2")
    caller.keys("Alt+t")
    caller.keys("Control+End")
    caller.type("，现在着火了，火苗窜上来了")
    caller.sees("#verdict .danger-bar", "险情")
    expect(caller.at("#one-key")).to_contain_class("btn-danger")
    drawn = caller.page.evaluate(DRAWN)
    assert drawn and all(each >= 0 for each in drawn), "the page knows how long each verdict took"
    assert caller.page.evaluate("window.mouse") == 0


def test_unclear_proposes_the_three_way_call_and_one_key_makes_it(people: People, city: City) -> None:
    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.type("喂你好，我要反映个情况")
    caller.sees("#verdict .side-is-unclear .hint", "三方通话")
    caller.keys("Alt+3", "Control+Enter")
    caller.sees(".calling", "12345")
    caller.keys("1")
    caller.sees(".finished", "联动单已推送")


def test_the_fourteenth_abusive_call_is_marked_by_one_key_kept_and_referred_and_danger_still_comes_first(people: People, city: City) -> None:
    """Story 14."""
    api, phone = city.api("hotline", "agent"), "13933331414"
    for number in range(1, 14):
        api.take(ABUSE.format(n=number), phone=phone, recording=f"REC-{number:02d}")
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.keys("Alt+p")
    agent.type(phone)
    agent.sees(".abusive", "13 次骚扰记录")
    agent.keys("Alt+t")
    agent.type("又是我，就是要占着你们的线")
    agent.keys("Alt+m")
    expect(agent.at("[name=abusive]")).to_be_checked()
    agent.keys("Alt+2", "Control+Enter")
    agent.sees(".finished", "恶意骚扰 14 次")
    record = agent.at("[data-record]").get_attribute("href") or ""
    agent.open(record)
    agent.sees(".facts", "14 次")
    agent.act("refer_abuse")
    there = people("police", "call_taker")
    there.open("/orders/?tab=incoming")
    there.sees(".order-list", "就是要占着你们的线")
    agent.open("/desk/new/")
    agent.keys("Alt+p")
    agent.type(phone)
    agent.keys("Alt+t")
    agent.type("救命，有人拿刀砍人，在采莲路14号，流了好多血")
    agent.sees(".danger-bar", "险情")
    agent.sees(".abusive", "有险情照常先办")
    agent.keys("Control+Enter")
    agent.sees(".finished", "已移交对方")


def test_the_adviser_s_word_stands_beside_the_verdict_and_is_plainly_not_it(people: People, adviser: Stub) -> None:
    adviser.reset()
    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.type("我叫王建国，电话13812345678，楼下烧烤摊油烟太大")
    caller.sees("#verdict .side-is-hotline")
    assert adviser.sent == [], "typing asks nobody outside"
    caller.keys("Alt+y")
    caller.sees("#advice [data-advice=agrees]", "只供参考")
    assert "13812345678" not in str(adviser.sent) and "王建国" not in str(adviser.sent)
    adviser.answer = {"side": "police", "item": "P1", "urgent": True, "reasons": ["<img src=x onerror=alert(1)>"]}
    caller.type("，天天如此")
    expect(caller.at(".advice-stale .outdated")).to_be_visible()
    caller.keys("Alt+y")
    caller.sees("#advice [data-advice=differs]", "与研判不同")
    assert caller.at("#advice img").count() == 0
    caller.sees("#verdict .side-is-hotline")
    adviser.answer = "我不知道"
    caller.keys("Alt+y")
    caller.sees("#advice [data-advice=none]", "按平台研判办")
    caller.keys("Alt+2", "Control+Enter")
    caller.sees(".finished")
    adviser.reset()
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    assert agent.at(".advice-place").count() == 0, "a node that names none shows none"


def test_three_units_with_reasons_stand_on_the_dispatch_form_and_keys_choose(people: People, city: City) -> None:
    api = city.api("hotline", "agent")
    taken: Any = api.take("癸路的路灯不亮了，晚上一片黑", place="元和街道春申路645号", course="keep")["appeal"]
    agent = people("hotline", "agent")
    agent.open(f"/records/{taken['id']}/")
    agent.at('[data-act="dispatch"]:visible').first.click()
    form = agent.sees("[data-act-form]")
    expect(form.locator(".candidate-unit")).to_have_count(3)
    first = form.locator(".candidate-unit").first
    expect(first).to_have_attribute("data-pick", LAMPS_UNIT)
    expect(first).to_contain_text("往期类似诉求由该单位办理")
    expect(form.locator(".candidate-unit").nth(1)).to_contain_text("职能")
    second = form.locator(".candidate-unit").nth(1).get_attribute("data-pick")
    agent.keys("Alt+2")
    assert form.locator("[name=unit]").input_value() == second
    expect(form.locator(".candidate-unit").nth(1)).to_have_attribute("aria-pressed", "true")
    form.locator("[name=unit]").focus()
    agent.keys("Control+Enter")
    expect(form).to_have_count(0)
    assert api.until("workorders", taken["data"]["order"], "dispatched")["unit"] == second

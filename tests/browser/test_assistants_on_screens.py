"""主办与协办 on screens: one key for all, the assistants' phones, the lead that waits for the parts, the desk that sees them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.city import City, eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

LEAD, ASSISTANT = "xc-cg-yuanhe", "xc-rs"


def order_at(city: City, place: str) -> str:
    """Return an order that nobody has been sent to."""
    agent = city.api("hotline", "agent")
    taken = agent.take("小区门口夜市占道经营，垃圾成堆，摊主还拖欠帮工工钱", place=place, course="keep")
    return str(agent.one("appeals", taken["appeal"]["id"])["data"]["order"])


def test_agent_sends_many_in_one_act_and_every_phone_has_its_own_button(people: People, city: City) -> None:
    order = order_at(city, "元和街道采莲路201号")
    agent = people("hotline", "agent")
    agent.open(f"/records/{order}/")
    agent.at('[data-act="dispatch"]:visible').first.click()
    form = agent.sees("[data-act-form]")
    form.locator('[name="unit"]').select_option(LEAD)
    form.locator("[data-sift]").fill("人力资源")
    expect(form.locator(".units-list label:visible")).to_have_count(1)
    form.locator(f'[name="assistants"][value="{ASSISTANT}"]').check()
    form.locator(".act-send button").click()
    agent.sees(f'[data-part="{ASSISTANT}"]', "待签收")

    helper = people("hotline", "unit_staff", username="xc-rs1", phone=True)
    helper.open("/unit/")
    helper.sees(".task-list .bg-purple-lt", "协办")
    helper.open(f"/unit/{order}/")
    helper.sees(".task .bg-purple-lt", "我方协办")
    assert helper.at('[data-act="sign"]').count() == 0, "the lead's button is not the assistant's"
    helper.act("sign_part")
    agent.sees(f'[data-part="{ASSISTANT}"]', "协办中")

    lead = people("hotline", "unit_staff", username="xc-cg-yuanhe1", phone=True)
    lead.open(f"/unit/{order}/")
    lead.act("sign")
    lead.sees('[data-fact="OrderSigned"]')
    lead.sees('[data-act="report"]').click()
    form = lead.sees("[data-act-form]")
    form.locator('[name="result"]').fill("占道摊位已清理，垃圾已清运。")
    form.locator(".act-send button").click()
    form = lead.sees("[data-act-form]")
    expect(form.locator(".refusal")).to_contain_text("还没有反馈协办结果")
    assert form.locator('[name="result"]').input_value() == "占道摊位已清理，垃圾已清运。", "what was typed stays typed"

    helper.act("report_part", result="已约谈摊主，工钱当场结清。")
    agent.sees(f'[data-part="{ASSISTANT}"]', "工钱当场结清")
    lead.open(f"/unit/{order}/")
    lead.act("report", result="占道摊位已清理，垃圾已清运，工钱已结清。")
    assert city.api("hotline", "agent").one("workorders", order)["phase"] == "reported"


def test_one_key_sends_whom_the_list_names_without_a_form(people: People, city: City) -> None:
    order = order_at(city, "元和街道采莲路202号")
    agent = people("hotline", "agent")
    agent.open(f"/records/{order}/")
    key = agent.sees('[data-sending="dispatch"]')
    named = key.locator('[name="unit"]').input_value()
    key.locator("button").click()
    expect(agent.at('[data-sending="dispatch"]')).to_have_count(0)
    assert city.api("hotline", "agent").one("workorders", order)["unit"] == named


def test_after_a_refusal_one_key_sends_the_next_that_could_lead(people: People, city: City) -> None:
    agent, order = city.api("hotline", "agent"), order_at(city, "元和街道采莲路204号")
    person = people("hotline", "agent")
    person.open(f"/records/{order}/")
    first = person.sees('[data-sending="dispatch"]').locator('[name="unit"]').input_value()
    agent.act("workorders", order, "dispatch", unit=first)
    city.api("hotline", "unit_staff", first).act("workorders", order, "refuse", reason="不属于本单位职责", clause="xc-a2-H2")
    person.open(f"/records/{order}/")
    key = person.sees('[data-sending="dispatch"]')
    second = key.locator('[name="unit"]').input_value()
    assert second != first and first not in [each.input_value() for each in key.locator('[name="assistants"]').all()]
    key.locator("button").click()
    expect(person.at('[data-sending="dispatch"]')).to_have_count(0)
    assert agent.one("workorders", order)["unit"] == second


def test_after_a_correction_the_record_offers_the_other_unit_and_one_key_sends_it(people: People, city: City) -> None:
    order = order_at(city, "元和街道采莲路203号")
    city.api("hotline", "agent").act("workorders", order, "dispatch", unit=LEAD)
    agent = people("hotline", "agent")
    agent.open(f"/records/{order}/")
    agent.act("correct", item="H5", reason="讨要工钱，不是占道")
    key = agent.sees('[data-sending="dispatch"]', "改派建议")
    wanted = key.locator('[name="unit"]').input_value()
    assert wanted != LEAD
    key.locator("button").click()
    agent.sees('.order-card [data-fact="OrderDispatched"], [data-fact="OrderDispatched"]')
    expect(agent.at('[data-sending="dispatch"]')).to_have_count(0)
    assert city.api("hotline", "agent").one("workorders", order)["unit"] == wanted


def test_officers_phone_says_where_it_is_and_the_dispatcher_sends_the_nearest_by_one_key(people: People, city: City) -> None:
    place = {"longitude": 120.7405, "latitude": 31.2405}
    officer = people("police", "officer", username="xc-pcs-weitang1", phone=True)
    officer.context.grant_permissions(["geolocation"])
    officer.context.set_geolocation(place)
    officer.open("/unit/")
    officer.sees("#standing", "还没有报位置")
    officer.at('[data-stand="available"]').click()
    officer.sees('#standing[data-standing="available"]', "在岗，可以派我")

    desk = city.api("police", "call_taker")
    taken = desk.take("两家人吵起来了", longitude="120.7410", latitude="31.2405", place="渭塘镇珍珠湖路", course="keep")
    alarm = desk.one("appeals", taken["appeal"]["id"])["data"]["order"]
    dispatcher = people("police", "dispatcher")
    dispatcher.open(f"/records/{alarm}/")
    near = dispatcher.sees('[data-patrol="xc-pcs-weitang1"]', "可派")
    near.locator("button").click()
    eventually(lambda: desk.one("alarms", alarm)["data"].get("unit") == "xc-pcs-weitang", what="the nearest was sent")

    dispatcher.open("/orders/available/?q=渭塘")
    dispatcher.sees('[data-unit="xc-pcs-weitang"]', "1 人在外可派")
    officer.at('[data-stand="off"]').click()
    officer.sees('#standing[data-standing="off"]', "已离岗")


def test_a_phone_that_gives_no_position_is_told_so_and_nothing_is_written(people: People) -> None:
    officer = people("police", "officer", username="xc-pcs-huangdai1", phone=True)
    officer.open("/unit/")
    officer.at('[data-stand="available"]').click()
    officer.sees("#standing .where-said", "手机没有给出位置")
    assert officer.at("#standing").get_attribute("data-standing") == ""

"""Services at the desk: a repeat is linked by one key, heard words stand in the call, a wrong county passes on, neither is guided, a car is moved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import CITIZEN
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_a_repeat_is_found_while_it_is_typed_and_linked_by_one_key(people: People, city: City) -> None:
    """Story 11, the linking half."""
    first = city.api("hotline", "agent").take("春申路601号塑料厂半夜机器声音特别大，吵得睡不着", place="春申路601号", phone="13966660001", course="keep")["appeal"]
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("春申路601号那个塑料厂昨天夜里机器又响到三点，吵得睡不着")
    agent.sees(".candidate", first["number"])
    agent.keys("Alt+k")
    agent.sees("#linked-to", first["number"])
    agent.keys("Alt+2", "Control+Enter")
    agent.sees(".finished", "已关联重复件")
    agent.open(f"/records/{first['id']}/")
    agent.sees(".facts", "重复反映 1 次")


def test_what_a_recogniser_hears_stands_behind_what_is_typed_at_one_desk_only(people: People, city: City) -> None:
    caller, other = people("police", "call_taker"), people("police", "dispatcher")
    other.open("/desk/new/")
    caller.open("/desk/new/")
    with city.database("police") as database:
        row = database.execute("SELECT username FROM person WHERE id = %s", [caller.page.evaluate("document.body.dataset.person")]).fetchone()
    assert row is not None
    name = str(row[0])
    slot = caller.at("#call").get_attribute("data-slot")
    caller.type("【手记】")
    api = city.api("police", "call_taker")
    api.post(f"/calls/{slot}/transcript", {"person": name, "words": "楼下烧烤摊油烟太大，", "seq": 1})
    api.post(f"/calls/{slot}/transcript", {"person": name, "words": "天天往窗户里灌", "seq": 2})
    expect(caller.at("#text")).to_have_value("【手记】楼下烧烤摊油烟太大，天天往窗户里灌")
    caller.sees("#verdict .side-is-hotline")
    caller.sees("#back mark")
    expect(other.at("#text")).to_have_value("")
    assert caller.never_reloaded()


def test_a_place_of_the_county_is_passed_down_with_one_key(people: People, city: City) -> None:
    """Story 15."""
    caller, county = people("police", "call_taker"), people("police-county", "call_taker")
    where = city.division("police-county")[1]
    caller.open("/desk/new/")
    caller.type(f"我家在{where}春申路603号，被偷了，门锁撬坏了")
    caller.sees("#verdict .belongs", where)
    caller.keys("Alt+7")
    caller.keys("Control+Enter")
    caller.sees(".finished")
    county.open("/orders/?tab=incoming")
    county.sees(".order-list", "春申路603号")


def test_neither_shows_the_door_and_leaves_a_text_to_keep(people: People) -> None:
    """Story 12."""
    agent = people("hotline", "agent")
    agent.open("/desk/new/")
    agent.type("法院判决不公，我要求你们给我改判，官司都打完了我不服")
    agent.sees("#verdict .guidance", "12368")
    agent.keys("Control+Enter")
    record = agent.sees(".finished", "已指引").locator("[data-record]").get_attribute("href")
    agent.open(record)
    agent.at('a[href$="/guidance/"]').click()
    agent.sees(".message", "人民法院")


def test_a_car_is_moved_from_two_phones_without_an_account(people: People, city: City) -> None:
    """Story 4, the page behind a door plate."""
    agent = people("hotline", "agent", phone=True)
    blocked = agent.another_page("/move-car/?place=%E6%98%A5%E7%94%B3%E8%B7%AF605%E5%8F%B7")
    blocked.fill("#plate", "苏E6K056")
    blocked.click("main button.btn-primary")
    expect(blocked.locator(".phase")).to_have_text("已通知车主")
    agent.open("/move-car/simulator/")
    owner = agent.another_page(agent.at('a[href*="/move-car/o/"]').first.get_attribute("href"))
    expect(owner.locator(".plate-big")).to_have_text("苏E6K056")
    owner.click('button[value="come"]')
    blocked.reload()
    expect(blocked.locator(".phase")).to_have_text("车主正在过来")
    blocked.click('button[value="move"]')
    expect(blocked.locator(".phase")).to_have_text("已致谢")


def test_a_car_told_to_110_is_moved_by_the_hotline_and_nobody_learns_a_number(people: People) -> None:
    """Story 4, the desk: the plate is heard in the words, one key starts the service at the hotline."""
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    agent.open("/orders/?tab=quick")
    caller.open("/desk/new/")
    caller.type("苏E6K057的车挡住我家车库门口了，车主不在，我出不去，麻烦联系挪车，在春申路607号，电话13966660057")
    caller.sees("#verdict .read", "苏E6K057")
    caller.keys("Alt+f", "Control+Enter")
    caller.sees(".finished", "联动单已推送")
    record = caller.another_page(str(caller.at("[data-record]").get_attribute("href")))
    agent.sees(".order-list a", "春申路607号").click()
    agent.sees("#order .facts", "苏E6K057")
    assert agent.never_reloaded()
    outbox = agent.another_page("/move-car/simulator/")
    link = outbox.locator("tr", has_text="苏E6K057").locator('a[href*="/move-car/o/"]').first.get_attribute("href")
    owner = people("hotline", CITIZEN, phone=True)
    owner.open(str(link))
    owner.sees(".plate-big", "苏E6K057")
    assert "13966660057" not in owner.at("main").inner_text()
    owner.at('button[value="come"]').click()
    expect(record.locator(".timeline-both")).to_contain_text("车主")
    owner.at('button[value="move"]').click()
    expect(record.locator(".record-head")).to_contain_text("已办结")
    expect(record.locator(".facts .result").first).to_contain_text("车已挪开")
    assert record.evaluate("window.loadedOnce === true")
    agent.act("thank")

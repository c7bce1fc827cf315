"""Several people and several platforms: two on one record, the wrong desk, markup in words, the other side away, the reviewer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.city import City, eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script><b>路灯坏了</b>&amp;'\""


def test_two_agents_at_once_the_second_is_told_and_keeps_what_was_typed(people: People, city: City) -> None:
    place = "太平街道蠡太路5号"
    city.api("police", "call_taker").take("小区健身器材坏了没人修", place=place, course="hand_over")
    one, two = people("hotline", "agent", username="xc12345-agent1"), people("hotline", "agent", username="xc12345-agent2")
    for each in (one, two):
        each.open("/orders/?tab=incoming")
        each.sees(".order-list a", place).click()
        each.at('#order [data-act="object"]').first.click()
        each.sees("[data-act-form]")
    words = "这里写了一大段，不能没有了"
    two.at('[data-act-form] [name="reason"]').fill(words)
    one.at("[data-cancel]").click()
    one.act("accept")
    two.sees('#order [data-fact="HandoverAccepted"]')
    form = two.sees("[data-act-form]")
    form.locator('[name="code"]').select_option("not_in_scope")
    form.locator('[name="clause"]').fill("某条")
    form.locator(".act-send button").click()
    two.sees("[data-act-form] .refusal", "刚才有人先办了")
    assert two.at('[data-act-form] [name="reason"]').input_value() == words
    order = next(each for each in city.api("hotline", "agent").all("workorders") if each["place"] == place)
    assert order["phase"] == "received", "the first one's step stands"


@pytest.mark.parametrize(("node", "role", "path"), [("police", "officer", "/desk/"), ("police", "leader", "/desk/new/"), ("hotline", "unit_staff", "/orders/"), ("hotline", "agent", "/unit/"), ("police", "call_taker", "/review/")])
def test_wrong_role_is_told_what_to_do_and_finds_the_way_back(people: People, node: str, role: str, path: str) -> None:
    person = people(node, role)
    answer = person.open(path)
    assert answer.status == 403
    person.sees("h1", "您的岗位不能")
    person.sees(".empty-state", "请联系主管")
    person.at(".empty-state .btn-primary").click()
    expect(person.at(".top-link.active")).to_have_count(1)


@pytest.mark.parametrize("node", ["police", "hotline"])
def test_everybody_lands_on_a_page_that_is_in_their_menu_and_every_entry_opens(city: City, node: str) -> None:
    for role in ("call_taker", "agent", "reviewer", "dispatcher", "officer", "unit_staff", "supervisor", "leader", "analyst", "administrator"):
        with city.database(node) as database:
            if not database.execute("select 1 from person where role = %s and demonstration", (role,)).fetchone():
                continue
        person = city.screen(node, role)
        page = person.page("/")
        assert len(re.findall(r'<a [^>]*class="top-link active"', page)) == 1, f"{role} lands on a page of the menu"
        entries = re.findall(r'<a [^>]*class="top-link[^"]*"[^>]*>', page)
        assert entries, role
        for entry in entries:
            path = re.findall(r'href="([^"]+)"', entry)[0]
            assert 'aria-current="page"' in person.page(path), (role, path)


def test_what_happens_while_the_line_is_being_opened_is_seen(people: People, city: City) -> None:
    # The first line of a process looks anew by itself; somebody has one already.
    colleague, agent, held = people("hotline", "supervisor"), people("hotline", "agent"), []
    expect(colleague.at("#live-mark.on")).to_be_visible()
    agent.context.route("**/live/", lambda route: held.append(route))
    agent.open("/orders/?tab=incoming")
    place = "太平街道蠡太路9号"
    told = city.api("police", "call_taker").take("健身步道的灯不亮", place=place, course="hand_over")["appeal"]["id"]
    handover = city.api("police", "call_taker").one("appeals", told)["data"]["handover"]
    city.api("hotline", "agent").until("handovers", handover, "offered")
    agent.page.wait_for_timeout(1_000)
    expect(agent.at(".order-list a").filter(has_text=place)).to_have_count(0)
    held[-1].continue_()
    agent.sees(".order-list a", place)
    assert agent.never_reloaded()


def test_every_tab_sees_what_happened_while_nothing_could_be_asked_for(people: People, city: City) -> None:
    agent = people("hotline", "agent")
    agent.open("/orders/?tab=incoming")
    other = agent.another_page("/orders/?tab=incoming")
    expect(other.locator("#live-mark.on")).to_be_visible()
    agent.context.set_offline(True)
    place = "太平街道蠡太路10号"
    told = city.api("police", "call_taker").take("健身步道的地砖翘起来了", place=place, course="hand_over")["appeal"]["id"]
    handover = city.api("police", "call_taker").one("appeals", told)["data"]["handover"]
    city.api("hotline", "agent").until("handovers", handover, "offered")
    agent.page.wait_for_timeout(1_000)
    agent.context.set_offline(False)
    agent.sees(".order-list a", place)
    expect(other.locator(".order-list a").filter(has_text=place)).to_be_visible()


def test_markup_in_words_is_shown_as_words_everywhere(people: People, city: City) -> None:
    place = "<u>黄桥街道旺方路</u>"
    taken = city.api("hotline", "agent").take(MARKUP, place=place, citizen="<i>某人</i>", course="keep")["appeal"]
    order = next(each for each in city.api("hotline", "agent").all("workorders") if each["appeal"] == taken["id"])
    city.api("hotline", "agent").act("workorders", order["id"], "dispatch", unit="xc-cg-yuanhe", note=MARKUP)
    agent, unit = people("hotline", "agent"), people("hotline", "unit_staff", username="xc-cg-yuanhe1", phone=True)
    pages = ((agent, f"/records/{taken['id']}/"), (agent, "/records/"), (agent, "/orders/?tab=working"), (unit, "/unit/"), (unit, f"/unit/{order['id']}/"))
    for person, path in pages:
        person.open(path)
        person.sees("#main", "<script>alert(2)</script>")
        assert person.page.evaluate("document.querySelectorAll('#main img, #main script, #main u, #main .said b').length") == 0, path
    desk = people("hotline", "agent")
    desk.open("/desk/new/")
    desk.at("#text").fill(MARKUP)
    desk.sees("#verdict .verdict-head")
    assert desk.page.evaluate("document.querySelectorAll('#verdict img, #back img, #back script').length") == 0


def test_banner_says_what_waits_while_the_hotline_is_away(people: People, city: City) -> None:
    """Story 17."""
    caller, agent = people("police", "call_taker"), people("hotline", "agent")
    agent.open("/orders/?tab=incoming")
    caller.open("/desk/new/")
    city.supervisor.pause("hotline")
    try:
        caller.type("渭塘镇凤阳路垃圾堆了三天没人收")
        caller.sees("#verdict .side-is-hotline")
        caller.keys("Control+Enter")
        caller.sees(".calling")
        caller.keys("4")
        caller.sees(".finished")
        banner = caller.sees('#peer-banner [data-peer="hotline"]', "暂时联系不上")
        eventually(lambda: int(banner.get_attribute("data-waiting") or 0) >= 1, what="the banner counts what waits")
        expect(banner).to_contain_text("不丢不重")
        number = caller.at(".finished .badge", ).last.inner_text().split()[-1]
        desk = caller.another_page("/exchange/")
        expect(desk.locator("#exchange-parts")).to_contain_text(number)
        agent.sees("#notices", "平台暂时连不上")
    finally:
        city.supervisor.resume("hotline")
    expect(caller.at("#peer-banner [data-peer]")).to_have_count(0, timeout=30_000)
    agent.sees(".order-list a", "凤阳路")
    assert caller.never_reloaded()
    assert agent.never_reloaded()
    expect(desk.locator("#exchange-parts")).not_to_contain_text(number)


def test_station_says_no_and_the_bureau_decides_with_one_key(people: People, city: City) -> None:
    """Story 8: one crosses, one is turned back with a reason."""
    station = "xc-pcs-yuanhe"
    police, officer = city.api("police", "call_taker"), city.api("police", "officer", station)
    alarms = {}
    for name, words in (("leak", "隔壁邻居家的水管漏水，我家天花板湿了一片"), ("junk", "楼道里堆满了杂物，物业不管")):
        appeal = police.take(words, place="元和街道采莲新村", course="keep")["appeal"]["id"]
        alarm = next(each for each in police.all("alarms") if each["appeal"] == appeal)
        if alarm["phase"] == "taken":
            # What sounds like danger is ordered by itself.
            police.act("alarms", alarm["id"], "order", unit=station)
        assert police.one("alarms", alarm["id"])["unit"] == station
        alarms[name] = alarm["id"]
    reviewer, agent = people("police", "reviewer"), people("hotline", "agent")
    reviewer.open("/review/")
    agent.open("/orders/?tab=incoming")
    for command, data in (("sign", {}), ("arrive", {}), ("state_non_police", {"reason": "现场已劝开，需住建部门处理", "contact": "民警电话 0512-00000000"})):
        officer.act("alarms", alarms["junk"], command, **data)
    on_the_spot = people("police", "officer", username="xc-pcs-yuanhe1", phone=True)
    on_the_spot.open(f"/unit/{alarms['leak']}/")
    on_the_spot.does("sign", "OrderSigned")
    on_the_spot.does("arrive", "OfficersArrived")
    on_the_spot.at('[data-act="state_non_police"]:visible').click()
    form = on_the_spot.sees("[data-act-form]")
    form.locator('[name="reason"]').fill("现场已劝开，需住建部门处理")
    form.locator('[name="contact"]').fill("民警电话 0512-00000000")
    form.locator("input[type=file]").set_input_files({"name": "漏水点.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"})
    form.locator(".act-send button").click()
    expect(form).to_have_count(0)
    leak = reviewer.sees(".review-list li", "漏水")
    reviewer.sees(".review-list li", "杂物")
    assert reviewer.never_reloaded()
    expect(leak).to_contain_text("无人看过")
    expect(leak).to_contain_text("已劝开")
    leak.locator("a.row-link").focus()
    reviewer.sees("#order .said", "漏水")
    reviewer.keys("y")
    expect(reviewer.at(".review-list li").filter(has_text="漏水")).to_have_count(0)
    reviewer.sees("#notices", "已办")
    assert police.until("alarms", alarms["leak"], "handed_over")
    agent.sees(".order-list a", "漏水").click()
    agent.sees("#order", "民警电话 0512-00000000")
    agent.sees("#order .timeline-both .attachment", "漏水点.jpg")
    assert agent.never_reloaded(), "it crosses with photo and contact, and comes by itself"

    junk = reviewer.sees(".review-list li", "杂物")
    junk.locator("a.row-link").focus()
    reviewer.sees("#order .said", "杂物")
    reviewer.keys("n")
    expect(reviewer.at("[data-act-form] [name=reason]")).to_be_focused()
    reviewer.type("双方仍在争吵，请先调解再说")
    reviewer.keys("Control+Enter")
    expect(reviewer.at(".review-list li").filter(has_text="杂物")).to_have_count(0)
    assert police.until("alarms", alarms["junk"], "arrived")
    assert reviewer.page.evaluate("window.mouse") == 0


def test_list_says_who_looked_and_what_nobody_has_touched(people: People, city: City) -> None:
    place = "阳澄湖镇湖滨路9号"
    city.api("hotline", "agent").take("健康步道的栏杆松了", place=place, course="keep")
    dispatcher, agent = people("hotline", "dispatcher"), people("hotline", "agent", username="xc12345-agent2")
    dispatcher.open("/orders/")
    expect(dispatcher.at(".tab.active")).to_contain_text("待派遣")
    expect(dispatcher.sees(".order-list li", place)).to_contain_text("无人看过")
    agent.open("/orders/?tab=dispatch")
    agent.sees(".order-list a", place).click()
    agent.sees("#order .said", "栏杆")
    dispatcher.open("/orders/?tab=dispatch")
    expect(dispatcher.sees(".order-list li", place)).to_contain_text("叶问桐")

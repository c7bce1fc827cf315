"""What stands after and between the sides, on screens: return visits, a sample that is inspected, return reasons, the room of a negotiation, a circular."""

from __future__ import annotations

import pytest

from tests.browser.conftest import People
from tests.city import Api, City, unit_named

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

REPLY = "城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。"

def ended(hotline: Api, city: City, place: str) -> str:
    """Bring a joint order to its end; return its id."""
    unit = city.api("hotline", "unit_staff", unit_named("城管"))
    order: str = hotline.take("楼下烧烤摊油烟太大，窗户不敢开", place=place, phone="13900000501", course="keep")["appeal"]["data"]["order"]
    hotline.act("workorders", order, "dispatch", unit=unit_named("城管"), assistants=[unit_named("市场监督管理局")])
    unit.act("workorders", order, "start")
    helper = city.api("hotline", "unit_staff", unit_named("市场监督管理局"))
    helper.act("workorders", order, "sign_part")
    helper.act("workorders", order, "report_part", result="经营者已登记")
    unit.act("workorders", order, "report", result="已责令整改")
    hotline.act("workorders", order, "reply_citizen", reply=REPLY)
    hotline.act("workorders", order, "close")
    return order


def test_a_visit_that_is_owed_is_made_with_two_keys(people: People, city: City) -> None:
    hotline = city.api("hotline", "agent")
    order = ended(hotline, city, "采莲路501号")
    agent = people("hotline", "agent")
    agent.open("/visits/")
    card = agent.sees(f'[data-row="{order}"]', "联合办理")
    agent.looked("visits")
    card.locator('[data-act="visit"]').click()
    agent.sees(f"#act-{order} form")
    agent.page.locator(f'#act-{order} input[name=satisfaction][value="2"]').check()
    agent.page.locator(f"#act-{order} .act-send button").click()
    agent.sees("#notices", "已办")
    assert hotline.until("workorders", order, "visited")["data"]["satisfaction"] == "2"
    english = people("hotline", "supervisor", english=True, phone=True)
    english.open("/visits/?tab=visited")
    english.sees("h1", "Return visits")
    english.looked("visits-en-phone")


def test_reasons_and_both_sides_words_are_on_screens(people: People, city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    handover = police.take("楼下烧烤摊油烟太大", place="采莲路502号", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "object", code="not_in_scope", clause="xc-a2-H2", reason="该处属于小区内部，不属于城管受理范围")
    police.until("handovers", handover, "objected")
    police.act("handovers", handover, "contest", words="事发在道路上，属市容管理，请按清单受理")
    hotline.until("handovers", handover, "negotiating")
    hotline.act("handovers", handover, "negotiate", words="如果在道路上，我们可以派城管先看现场")
    supervisor = people("police", "supervisor")
    supervisor.open(f"/records/{handover}/")
    supervisor.sees(".both-sides .party-S", "属市容管理")
    supervisor.sees(".negotiation-head", "由首接方办理")
    supervisor.looked("negotiation")
    supervisor.page.locator("[data-supervise]").first.click()
    supervisor.sees(".act-place form select[name=step]")
    supervisor.looked("supervise-here")
    supervisor.open("/supervision/returns/?days=7")
    supervisor.sees("table", "不属于受理范围")
    supervisor.page.locator('a[href*="code=not_in_scope"]').first.click()
    supervisor.sees(".opened", police.one("handovers", handover)["number"])
    supervisor.looked("returns")
    leader = people("police", "leader", english=True, phone=True)
    leader.open("/supervision/returns/")
    leader.sees("h1", "Return reasons")
    leader.looked("returns-en-phone")
    leader.open(f"/records/{handover}/")
    leader.sees(".both-sides")
    leader.looked("negotiation-en-phone")


def test_a_circular_is_a_document(people: People, city: City) -> None:
    hotline, head = city.api("hotline", "agent"), city.api("hotline", "supervisor")
    order = hotline.take("楼下烧烤摊油烟太大", place="采莲路503号", course="keep")["appeal"]["data"]["order"]
    hotline.act("workorders", order, "dispatch", unit=unit_named("城管"))
    made = head.post("/supervisions", {"kind": "workorder", "record": order, "step": "circulate", "words": "采莲路503号油烟一件逾期不办，予以通报"})
    supervisor = people("hotline", "supervisor")
    supervisor.open(f"/supervision/circular/{made['id']}/")
    supervisor.sees(".circular", "予以通报")
    supervisor.looked("circular")
    supervisor.open("/supervision/?tab=circular")
    supervisor.sees("#supervision-board", "打印通报")
    supervisor.looked("supervision")


def test_the_code_is_told_at_the_end_of_a_call_and_the_message_is_marked_as_simulated(people: People, city: City) -> None:
    caller = people("hotline", "agent")
    caller.open("/desk/new/")
    caller.type("楼下烧烤摊油烟太大，窗户不敢开")
    caller.page.locator("[name=phone]").fill("13900000504")
    caller.keys("Alt+2", "Control+Enter")
    caller.sees(".follow-told", "查询码")
    caller.looked("finished")
    caller.open("/move-car/simulator/")
    caller.page.wait_for_timeout(3500)
    caller.page.reload()
    caller.sees(".citizen-messages", "查询码")
    caller.looked("messages")

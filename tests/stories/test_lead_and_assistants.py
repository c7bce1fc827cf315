"""主办与协办 on real nodes, by API: one key sends many, each answers for itself, and a stranger finds nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.city import Api, City, unit_named

pytestmark = pytest.mark.nodes

LEAD, ONE, TWO = "xc-cg-yuanhe", unit_named("生态环境局"), unit_named("市场监督管理局")


@pytest.fixture
def desk(city: City) -> Api:
    """The hotline's dispatcher."""
    return city.api("hotline", "dispatcher")


def sent(city: City, place: str, *assistants: str) -> str:
    """Return an order that the lead and its assistants were sent by one act."""
    desk = city.api("hotline", "agent")
    taken = desk.take("楼下夜市油烟呛人，还占了人行道", place=place, course="keep")
    order = str(desk.one("appeals", taken["appeal"]["id"])["data"]["order"])
    desk.act("workorders", order, "dispatch", unit=LEAD, assistants=list(assistants))
    return order


def test_one_key_sends_the_lead_and_its_assistants_and_each_answers_for_itself(city: City) -> None:
    order = sent(city, "采莲路101号", ONE, TWO)
    lead, one, two = (city.api("hotline", "unit_staff", each) for each in (LEAD, ONE, TWO))
    for each in (one, two):
        shown = each.one("workorders", order)
        assert shown["unit"] == LEAD, "an assistant sees the order it assists"
        assert {"sign_part", "decline_part"} <= set(shown["allowed"])
        assert "sign" not in shown["allowed"]
        assert each.one("appeals", shown["appeal"])["data"]["text"].startswith("楼下夜市"), "and what the citizen said"
        each.act("workorders", order, "sign_part")
    assert "sign_part" not in lead.one("workorders", order)["allowed"]
    lead.act("workorders", order, "sign")
    one.act("workorders", order, "report_part", result="油烟检测超标，已下达整改通知。")
    problem = lead.act("workorders", order, "report", status=422, result="已清理占道摊位。")
    assert (problem["code"], problem["codes"]) == ("part.open", [TWO]), problem
    two.act("workorders", order, "report_part", result="经营者已登记。")
    done = lead.act("workorders", order, "report", result="占道已清理，油烟限期整改，经营者已登记。")
    assert {code: part["state"] for code, part in done["data"]["parts"].items()} == {ONE: "reported", TWO: "reported"}


def test_a_unit_that_is_not_called_finds_nothing_and_changes_nothing(city: City) -> None:
    order = sent(city, "采莲路102号", ONE)
    stranger = city.api("hotline", "unit_staff", TWO)
    before = city.api("hotline", "agent").one("workorders", order)["seq"]
    for command in ("sign", "sign_part", "report", "report_part", "refuse", "note"):
        assert stranger.act("workorders", order, command, status=404, note="x", result="x", reason="x", clause="x")["code"] == "stream.not_found"
    assert city.api("hotline", "unit_staff", ONE).act("workorders", order, "sign", status=403)["code"] == "order.not_your_unit"
    assert city.api("hotline", "agent").one("workorders", order)["seq"] == before


def test_who_declined_sees_the_order_no_more(city: City, desk: Api) -> None:
    order = sent(city, "采莲路103号", ONE)
    one = city.api("hotline", "unit_staff", ONE)
    one.act("workorders", order, "decline_part", reason="无排放源，不属我局", clause="三定第3条")
    one.client.get(f"/workorders/{order}")
    assert one.client.get(f"/workorders/{order}").status_code == 404
    assert desk.one("workorders", order)["data"]["parts_past"][0]["reason"] == "无排放源，不属我局"


@pytest.mark.parametrize(("assistants", "code"), [(["nobody-here"], "unit.unknown"), (["xc-pcs-yuanhe"], "unit.other_side"), ([LEAD], "part.lead_assists"), ([1], "part.unsound"), ([], "part.unsound"), ("xc-rs", "input.invalid"), (["x"] * 71, "input.invalid")])
def test_bad_assistants_are_refused_by_name_and_nobody_is_called(city: City, desk: Api, assistants: Any, code: str) -> None:
    order = sent(city, "采莲路104号")
    before = desk.one("workorders", order)
    assert desk.act("workorders", order, "call_assistants", status=422, assistants=assistants)["code"] == code
    assert desk.one("workorders", order)["data"] == before["data"]


def test_the_same_part_reported_by_two_people_at_once_is_reported_once(city: City, desk: Api) -> None:
    order = sent(city, "采莲路105号", ONE)
    city.api("hotline", "unit_staff", ONE).act("workorders", order, "sign_part")
    people = [city.api("hotline", "unit_staff", ONE) for _ in range(6)]

    def press(api: Api) -> int:
        return api.client.post(f"/workorders/{order}/acts/report_part", json={"data": {"result": "好了"}}).status_code

    with ThreadPoolExecutor(6) as crowd:
        answers = sorted(crowd.map(press, people))
    assert answers[0] == 200
    assert set(answers[1:]) == {409}, answers
    assert [each["name"] for each in desk.get(f"/workorders/{order}/journal")].count("PartReported") == 1


def test_nothing_is_done_on_a_closed_order(city: City, desk: Api) -> None:
    order = sent(city, "采莲路106号", ONE)
    lead = city.api("hotline", "unit_staff", LEAD)
    lead.act("workorders", order, "sign")
    lead.act("workorders", order, "report", result="已清理，油烟另行检测。", without_parts="环保检测要十天，结果另行回告")
    agent = city.api("hotline", "agent")
    agent.act("workorders", order, "reply_citizen", reply="您反映的占道经营已清理，油烟由环保部门检测，十天内另行告知您结果，电话12345。")
    closed = agent.act("workorders", order, "close")
    assert closed["data"]["parts"][ONE]["state"] == "lapsed"
    for command, data in (("sign_part", {}), ("report_part", {"result": "晚了"}), ("decline_part", {"reason": "x", "clause": "x"})):
        assert city.api("hotline", "unit_staff", ONE).act("workorders", order, command, status=409, **data)["code"] == "command.not_in_state"
    assert desk.act("workorders", order, "call_assistants", status=409, assistants=[TWO])["code"] == "command.not_in_state"


def test_each_assistant_has_its_own_clocks_beside_the_leads_on_screen_and_in_the_api(city: City, desk: Api) -> None:
    order = sent(city, "采莲路107号", ONE, TWO)
    one = city.api("hotline", "unit_staff", ONE)
    one.act("workorders", order, "sign_part")
    shown = {(each["assistant"], each["step"]): each for each in desk.one("workorders", order)["clocks"]}
    assert {("", "handle"), (ONE, "part_sign"), (ONE, "part_report"), (TWO, "part_sign"), (TWO, "part_report")} <= set(shown), "all of them together"
    assert (shown[ONE, "part_sign"]["state"], shown[ONE, "part_sign"]["open"], shown[TWO, "part_sign"]["open"]) == ("met", False, True)
    assert shown[TWO, "part_report"]["due_at"] == shown["", "handle"]["due_at"]
    assert "生态环境局" in shown[ONE, "part_report"]["assistant_name"]
    assert shown[ONE, "part_report"]["source"]
    page = city.screen("hotline", "dispatcher").page(f"/records/{order}/")
    assert page.count(f'data-assistant="{TWO}"') == 2, "its signature and its report"
    assert page.count(f'data-assistant="{ONE}"') == 2
    one.act("workorders", order, "decline_part", reason="无排放源", clause="三定第3条")
    assert [each["open"] for each in desk.one("workorders", order)["clocks"] if each["assistant"] == ONE] == [False], "who left owes nothing; what it did stays"

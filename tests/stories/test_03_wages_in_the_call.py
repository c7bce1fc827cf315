"""Story 3, 四人工资一万元: the three-way call connects, 12345 takes the matter in the call, and 110's record closes with the result."""

from __future__ import annotations

import pytest

from tests.city import Api, City, eventually, unit_named

pytestmark = pytest.mark.nodes

WAGES = "我们四个人在元和街道的工地做了两个月，老板一直拖着四个人一共一万块的工资不给，我的电话是13900000041"
PLACE = "元和街道安元路工地生活区"
RESULT = "已组织双方调解，老板当场付清四人工资一万元，四人签收。"


def test_quiet_wage_dispute_is_taken_by_12345_in_the_call_and_closes_the_police_record(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(WAGES, place=PLACE, phone="13900000041")
    assert (taken["verdict"]["side"], taken["verdict"]["item"], taken["verdict"]["urgent"]) == ("hotline", "H7", False)
    appeal = taken["appeal"]["id"]

    called = police.act("appeals", appeal, "record_call", outcome="connected", words="12345话务员已在线，四人同意由热线办理")
    assert called["phase"] == "taken", "a call decides nothing by itself: the matter is still 110's"
    handover = police.post(f"/appeals/{appeal}/place", {"course": "hand_over", "reason": "劳动纠纷，三方通话已接通"})["data"]["handover"]

    offered = hotline.until("handovers", handover, "offered")
    assert offered["data"]["record"]["text"] == WAGES, "nobody tells it twice"
    assert offered["data"]["record"]["phone"] == "13900000041"
    hotline.act("handovers", handover, "accept", note="三方通话中当场受理")
    police.until("handovers", handover, "accepted")

    order = _mediated(city, hotline)
    ended = police.until("appeals", appeal, "closed")
    assert ended["data"]["result"] == RESULT
    assert police.until("handovers", handover, "confirmed")["data"]["result"] == RESULT
    assert _calls(police, appeal) == [("connected", "12345话务员已在线，四人同意由热线办理")]
    hotline.act("workorders", order, "visit", satisfaction="1", way="phone")
    eventually(lambda: "CitizenContent" in _steps(police, handover), what="110 hears that the citizen is content")


def test_police_are_not_sent_for_a_matter_that_the_hotline_took_in_the_call(city: City) -> None:
    police = city.api("police", "call_taker")
    taken = police.take("老板欠了我三个月工资不给，我想问问怎么要回来", place="渭塘镇凤阳路")
    appeal = taken["appeal"]["id"]
    police.act("appeals", appeal, "record_call", outcome="connected")
    police.post(f"/appeals/{appeal}/place", {"course": "hand_over"})
    assert [each for each in police.all("alarms") if each["appeal"] == appeal] == []


def test_outcome_of_a_call_that_is_none_of_the_list_is_refused_and_changes_nothing(city: City) -> None:
    police = city.api("police", "call_taker")
    appeal = police.take("工资没发，找谁", place="黄埭镇春申路")["appeal"]
    refused = police.act("appeals", appeal["id"], "record_call", outcome="maybe", status=422)
    assert refused["code"] == "input.invalid"
    assert police.one("appeals", appeal["id"])["seq"] == appeal["seq"]


def _mediated(city: City, hotline: Api) -> str:
    """Play the hotline's loop to the end; return the order."""
    order = str(eventually(lambda: next((each for each in hotline.all("workorders") if each["place"] == PLACE), None))["id"])
    bureau = unit_named("人力资源和社会保障局")
    hotline.act("workorders", order, "dispatch", unit=bureau)
    unit = city.api("hotline", "unit_staff", bureau)
    unit.act("workorders", order, "sign")
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="调解成功", solved=True)
    hotline.act("workorders", order, "reply_citizen", reply=RESULT)
    hotline.act("workorders", order, "close")
    return order


def _calls(police: Api, appeal: str) -> list[tuple[str, str]]:
    journal = police.get(f"/appeals/{appeal}/journal")
    return [(each["data"]["outcome"], each["data"].get("words", "")) for each in journal if each["name"] == "ThreeWayCallRecorded"]


def _steps(police: Api, handover: str) -> list[str]:
    return [each["data"]["step"] for each in police.get(f"/handovers/{handover}/journal") if each["name"] == "ProgressTold"]

"""Story 7, 信息太少: nothing is returned for being short; it is asked, answered by two people, and work goes on meanwhile."""

from __future__ import annotations

import pytest

from tests.city import City, eventually, unit_named

pytestmark = pytest.mark.nodes

SHORT = "有人卖假货"


def test_a_short_record_is_asked_about_and_never_returned(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(SHORT, phone="13900000077")["appeal"]["id"]
    handover = police.post(f"/appeals/{taken}/place", {"course": "hand_over"})["data"]["handover"]
    before = hotline.until("handovers", handover, "offered")

    for ground in ({"code": "too_short", "reason": "太短"}, {"code": "not_in_scope", "reason": "信息不全，请补充后再推送。"}):
        refused = hotline.act("handovers", handover, "object", status=422, clause="四（二）", **ground)
        assert refused["code"] == "handover.short_is_no_ground"
        assert "询问" in refused["detail"]
    assert hotline.one("handovers", handover)["seq"] == before["seq"]

    hotline.act("handovers", handover, "accept")
    order = next(each for each in hotline.all("workorders") if each["summary"] == SHORT)["id"]
    unit_code = unit_named("市场监督")
    hotline.act("workorders", order, "dispatch", unit=unit_code)
    hotline.act("handovers", handover, "ask", question="店名和地址是什么？")
    hotline.act("handovers", handover, "ask", question="买的是什么，有没有票据？")

    unit = city.api("hotline", "unit_staff", unit_code)
    unit.act("workorders", order, "sign")
    unit.act("workorders", order, "start")

    eventually(lambda: len(police.one("handovers", handover)["data"].get("questions", [])) == 2)
    police.act("handovers", handover, "answer", answer="来电显示在采莲路农贸市场")
    eventually(lambda: [bool(each["answer"]) for each in hotline.one("handovers", handover)["data"]["questions"]] == [True, False])
    assert hotline.one("workorders", order)["phase"] == "working", "work never stopped for the questions"

    citizen = city.api("police", "citizen")
    assert citizen.client.get(f"/handovers/{handover}").status_code == 404, "without a code a citizen sees no record"
    code = police.post(f"/appeals/{taken}/follow-code")["code"]
    case = citizen.get(f"/follow/{code}")
    assert case["questions"] == ["买的是什么，有没有票据？"]
    citizen.post(f"/follow/{code}/answer", {"words": "两瓶白酒，有收据"})
    told = eventually(lambda: (data := hotline.one("handovers", handover)["data"]) and all(each["answer"] for each in data["questions"]) and data)
    assert told["supplied"] == 2

    unit.act("workorders", order, "report", result="已查扣假酒两箱并立案")
    hotline.act("workorders", order, "reply_citizen", reply="市场监管所今天上午已查扣假酒并立案，结果会再告知您。")
    hotline.act("workorders", order, "close")
    police.until("appeals", taken, "closed")
    names = [each["name"] for each in police.get(f"/handovers/{handover}/journal")]
    assert not {"HandoverObjected", "HandoverReturned"} & set(names), "no return is counted"
    assert citizen.post(f"/follow/{code}/answer", {"words": "又一句"}, status=409)["code"] == "follow.nothing_asked"
    assert police.act("handovers", handover, "answer", status=422, answer="再答一次")["code"] == "handover.nothing_asked"

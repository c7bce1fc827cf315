"""Story 2, 讨薪跳楼: told calmly to 12345; police, fire and labour office at once, the hotline keeps the line, the source stays with 人社."""

from __future__ import annotations

import pytest

from tests.city import City, eventually

pytestmark = pytest.mark.nodes

WAGES = "老板拖欠我们十几个工人工资三个月了，劳动局也去过，"
ROOF = WAGES + "今天再不给我就从工地6号楼楼顶跳下去"


def test_danger_is_raised_as_the_words_arrive(city: City) -> None:
    agent = city.api("hotline", "agent")
    assert agent.post("/triage", {"text": WAGES})["urgent"] is False
    said = agent.post("/triage", {"text": ROOF})
    assert said["urgent"] is True
    assert said["side"] in ("police", "joint")


def test_one_key_moves_police_fire_and_labour_office_and_the_source_stays(city: City) -> None:
    agent, police = city.api("hotline", "agent"), city.api("police", "call_taker")
    appeal = agent.take(ROOF, place="元和街道采莲路工地6号楼", phone="13900000022", recording="R-22", course="share")["appeal"]
    handover, order = appeal["data"]["handover"], appeal["data"]["order"]

    police.until("handovers", handover, "accepted")
    alarm = next(each for each in police.all("alarms") if police.one("alarms", each["id"])["data"].get("handover") == handover)
    assert alarm["phase"] == "ordered", "danger is accepted by being received and somebody is on the way"
    record = police.one("handovers", handover)["data"]["record"]
    assert record["recording"] == "R-22"
    assert record["place"] == "元和街道采莲路工地6号楼"
    problem = police.act("handovers", handover, "object", status=422, code="hotline_matter", clause="x", reason="非警务")
    assert problem["code"] == "handover.danger_stands"

    alert = next(each for each in agent.all("alerts") if each["appeal"] == appeal["id"])["id"]
    lines = agent.one("alerts", alert)["data"]["lines"]
    assert {"消防", "人社"} <= {each["function"] for each in lines.values()}
    assert police.until("alerts", alert, "standing")["data"]["summary"] == ROOF
    assert len([each for each in police.all("alerts") if police.one("alerts", each["id"])["data"]["summary"] == ROOF]) == 1

    officer = city.api("police", "officer", alarm["unit"])
    for command in ("sign", "depart", "arrive"):
        officer.act("alarms", alarm["id"], command)
    officer.act("alarms", alarm["id"], "handle", situation="人已安全劝下")
    officer.act("alarms", alarm["id"], "report", result="人员安全，劳资纠纷由人社继续处理")
    reported = police.one("alarms", alarm["id"])
    if reported["phase"] == "feedback_review":
        city.api("police", "reviewer").act("alarms", alarm["id"], "approve_report")
    police.act("alarms", alarm["id"], "close")
    agent.until("handovers", handover, "confirmed")
    open_still = agent.one("appeals", appeal["id"])
    assert open_still["phase"] == "shared", "police have closed; the source is still being cured"

    agent.act("workorders", order, "dispatch", unit="xc-rs")
    unit = city.api("hotline", "unit_staff", "xc-rs")
    unit.act("workorders", order, "sign")
    unit.act("workorders", order, "report", result="工资已发放")
    agent.act("workorders", order, "reply_citizen", reply="拖欠工资已全部发放到个人账户。")
    agent.act("workorders", order, "close")
    assert agent.until("appeals", appeal["id"], "closed")
    steps = eventually(
        lambda: [each["data"]["step"] for each in agent.get(f"/handovers/{handover}/journal") if each["name"] == "ProgressTold"]
    )
    assert {"OfficersArrived", "SceneHandled", "AlarmClosed"} <= set(steps), "both see each other"
    theirs = police.one("alarms", alarm["id"])["data"]["appeal"]
    told = eventually(lambda: [each["data"]["words"] for each in police.get(f"/appeals/{theirs}/journal") if each["name"] == "AppealSupplemented"])
    assert any("本方所办部分已办结" in each and "拖欠工资已全部发放" in each for each in told), told

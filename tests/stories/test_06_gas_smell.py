"""Story 6, 燃气味: one act alerts everybody, each with its own clock; police act, then the source goes over with the officers' contact."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import Api, City, eventually

pytestmark = pytest.mark.nodes

GAS = "我们楼道里一股很浓的煤气味，呛得头晕，好像是老管子漏了"


def line(api: Api, alert: str, code: str) -> Any:
    return api.one("alerts", alert)["data"]["lines"].get(code, {})


def test_gas_alerts_everybody_in_one_act_and_the_old_pipe_is_cured(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(GAS, place="元和街道采莲路66号", phone="13900000066", course="auto")["appeal"]
    assert taken["urgent"]
    alarm = police.one("alarms", taken["data"]["order"])
    assert alarm["phase"] == "ordered", "police are on their way without another key"

    alert = next(each for each in police.all("alerts") if each["appeal"] == taken["id"])["id"]
    told = police.one("alerts", alert)["data"]["lines"]
    functions = {each["function"] for each in told.values()}
    assert {"燃气", "消防", "应急", "急救"} <= functions
    assert "desk:hotline" in told
    timed = [each for code, each in told.items() if each["level"] == 1 and not code.startswith("desk:")]
    assert timed
    assert all(each["due_at"] > each["alerted_at"] for each in timed)

    hotline.until("alerts", alert, "standing")
    gas = next(code for code, each in told.items() if each["function"] == "燃气")
    company = city.api("hotline", "unit_staff", gas)
    company.act("alerts", alert, "acknowledge", people=3, minutes=15)
    assert company.act("alerts", alert, "acknowledge", status=422)["code"] == "alert.answered"
    hotline.act("alerts", alert, "acknowledge", recipient="desk:hotline")
    eventually(lambda: line(police, alert, gas).get("acknowledged_at") and line(police, alert, "desk:hotline").get("acknowledged_at"))
    fire = next(code for code, each in told.items() if each["function"] == "消防")
    brigade = city.api("police", "unit_staff", fire)
    brigade.act("alerts", alert, "set_out")
    brigade.act("alerts", alert, "reach")
    eventually(lambda: line(hotline, alert, fire).get("on_scene_at"), what="the hotline sees the brigade on scene")
    stranger = city.api("hotline", "unit_staff", "xc-rs")
    assert stranger.client.post(f"/alerts/{alert}/acts/acknowledge", json={"data": {}}).status_code == 404

    officer = city.api("police", "officer", alarm["unit"])
    for command in ("sign", "depart", "arrive"):
        officer.act("alarms", alarm["id"], command)
    officer.act("alarms", alarm["id"], "handle", situation="已疏散关阀，管道老化", contact="陈警官 0512-0000-0110")
    officer.act("alarms", alarm["id"], "hand_over_source", source_matter="老化燃气管更换", contact="陈警官 0512-0000-0110")
    reviewed = next(each for each in police.all("handovers") if police.one("handovers", each["id"])["data"].get("order") == alarm["id"])
    if reviewed["phase"] == "under_review":
        city.api("police", "reviewer").act("handovers", reviewed["id"], "offer")
    offered = hotline.until("handovers", reviewed["id"], "offered")
    assert offered["data"]["contact"] == "陈警官 0512-0000-0110"
    assert offered["data"]["cause"] == "source"
    hotline.act("handovers", reviewed["id"], "accept")
    order = next(
        each for each in hotline.all("workorders") if hotline.one("workorders", each["id"])["data"].get("handover") == reviewed["id"]
    )["id"]
    hotline.act("workorders", order, "dispatch", unit=gas)
    company.act("workorders", order, "sign")
    company.act("workorders", order, "start")
    company.act("workorders", order, "report", result="老管已更换，保压合格")
    hotline.act("workorders", order, "reply_citizen", reply="老管道已更换并检测合格，请放心使用。")
    hotline.act("workorders", order, "close")
    ended = police.until("appeals", taken["id"], "closed")
    assert "已更换" in ended["data"]["result"]
    assert police.one("alarms", alarm["id"])["phase"] == "closed"
    police.act("alerts", alert, "stand_down", reason="处置完毕")
    hotline.until("alerts", alert, "stood_down")


def test_who_does_not_answer_is_chased_by_name(city: City) -> None:
    police = city.api("police", "call_taker")
    taken = police.take(GAS + "，快来人", place="元和街道采莲路67号", course="auto")["appeal"]
    alert = next(each for each in police.all("alerts") if each["appeal"] == taken["id"])["id"]
    with city.database("police") as database:
        database.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'chase_silent' AND args->>'alert' = %s", [alert]
        )

    def all_chased() -> Any:
        found = police.one("alerts", alert)["data"]["lines"]
        return found if all(each.get("chased_at") for each in found.values()) else None

    assert len(eventually(all_chased, what="everybody silent is chased")) >= 4


def test_what_police_hand_over_as_source_is_reviewed_and_may_be_turned_back(city: City) -> None:
    police, reviewer = city.api("police", "call_taker"), city.api("police", "reviewer")
    taken = police.take("两家为了楼下停车吵起来了，互相推搡", place="元和街道采莲路68号", course="keep", side="police")["appeal"]
    alarm = police.one("alarms", taken["data"]["order"])
    if alarm["phase"] == "taken":
        alarm = police.act("alarms", alarm["id"], "order", unit="xc-pcs-yuanhe")
    officer = city.api("police", "officer", alarm["unit"])
    officer.act("alarms", alarm["id"], "sign")
    officer.act("alarms", alarm["id"], "handle", situation="已劝开")
    officer.act("alarms", alarm["id"], "hand_over_source", source_matter="小区车位管理", contact="徐警官")
    drafted = next(each for each in police.all("handovers") if police.one("handovers", each["id"])["data"].get("order") == alarm["id"])
    assert drafted["phase"] == "under_review"
    reviewer.act("handovers", drafted["id"], "turn_back", reason="纠纷未调处，先调解")
    assert police.one("alarms", alarm["id"])["phase"] == "handled"
    assert police.one("appeals", taken["id"])["phase"] == "kept"
    assert city.api("hotline", "agent").client.get(f"/handovers/{drafted['id']}").status_code == 404

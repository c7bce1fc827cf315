"""P county (000): one running node seats both lines and the departments' seats; a call is answered, passed on to a team, crossed and closed without a second platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.city import City, running_city, unit_named

pytestmark = pytest.mark.nodes

REPLY = "燃气公司今天上午已经更换老化管道并检测合格，三天后回访复查，联系电话12345。"


@pytest.fixture(scope="module")
def county() -> Iterator[City]:
    """One node of side ``both``."""
    with running_city(one_desk=True) as found:
        yield found


def test_two_levels_of_seats_answer_both_lines_at_one_node(county: City) -> None:
    agent, dispatcher = county.api("desk", "agent"), county.api("desk", "dispatcher")
    seat = county.api("desk", "unit_staff", unit_named("城管"))
    taken = agent.take("楼下烧烤摊油烟太大，窗户不敢开", place="采莲路401号", phone="13900000401", course="auto")
    order = taken["appeal"]["data"]["order"]
    assert agent.one("workorders", order)["phase"] == "received"
    dispatcher.act("workorders", order, "dispatch", unit=unit_named("城管"), note="第一级坐席分派")
    # The department's person at the centre signs and passes it to the own team on the road.
    seat.act("workorders", order, "sign", handler="城管二中队 王队长")
    seat.act("workorders", order, "start")
    seat.act("workorders", order, "report", result="已责令整改")
    agent.act("workorders", order, "reply_citizen", reply="城管二中队今天上午已到店检查，责令加装净化设备，三天内完成并复查，联系电话12345。")
    agent.act("workorders", order, "close")
    assert agent.one("appeals", taken["appeal"]["id"])["phase"] == "closed"

    caller = county.api("desk", "call_taker")
    fight = caller.take("两个人在打架，快来", place="采莲路402号", course="auto")["appeal"]
    assert caller.one("alarms", fight["data"]["order"])["phase"] in ("taken", "ordered", "dispatch_review")
    noise = caller.take("小区垃圾没人清运", place="采莲路403号", course="auto")["appeal"]
    assert agent.one("workorders", noise["data"]["order"])["phase"] == "received", "the 110 seat took what is the hotline's"
    assert caller.post(f"/appeals/{caller.take('路灯不亮')['appeal']['id']}/place", {"course": "hand_over"}, status=(409, 422))["code"] == "handover.one_desk"
    _pages(county, order, fight["data"]["order"])


def test_police_act_first_and_the_source_moves_to_the_other_line(county: City) -> None:
    agent = county.api("desk", "agent")
    taken = agent.take("家里有很浓的燃气味，人头晕", place="采莲路404号", phone="13900000404", course="auto")["appeal"]
    alarm = agent.one("alarms", taken["data"]["order"])
    assert alarm["urgent"]
    officer = county.api("desk", "officer", alarm["unit"])
    for command, data in (("sign", {}), ("depart", {}), ("arrive", {}), ("handle", {"situation": "已关阀通风"})):
        officer.act("alarms", alarm["id"], command, **data)
    officer.act("alarms", alarm["id"], "hand_over_source", source_matter="管道老化需要更换", contact="民警 0512-1")
    order = agent.one("appeals", taken["id"])["data"]["order"]
    assert agent.one("workorders", order)["data"]["linked"] == alarm["id"]
    unit = unit_named("燃气")
    agent.act("workorders", order, "dispatch", unit=unit)
    seat = county.api("desk", "unit_staff", unit)
    seat.act("workorders", order, "start")
    seat.act("workorders", order, "report", result="已换管")
    agent.act("workorders", order, "reply_citizen", reply=REPLY)
    agent.act("workorders", order, "close")
    assert agent.one("alarms", alarm["id"])["data"]["result"] == REPLY
    assert agent.one("appeals", taken["id"])["phase"] == "closed"
    assert "转另一条线办理" in county.screen("desk", "agent").page(f"/records/{taken['id']}/")
    assert county.verified("desk")["breaks"] == []


def _pages(county: City, order: str, alarm: str) -> None:
    """Every desk opens, with what waits of both lines."""
    for role in ("call_taker", "agent", "dispatcher", "supervisor", "leader", "reviewer"):
        screen = county.screen("desk", role)
        assert "县联动指挥中心" in screen.page("/")
    desk = county.screen("desk", "dispatcher").page("/orders/?tab=police-dispatch")
    assert "待派警" in desk
    assert "待派遣" in desk
    seen = county.screen("desk", "agent")
    assert order in seen.page("/orders/?tab=done")
    assert alarm in seen.page("/records/?kind=alarm")
    seen.page("/exchange/")
    seen.page("/visits/")

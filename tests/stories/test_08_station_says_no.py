"""Story 8, 派出所提请转非警务: one crosses with photo and contact, one is turned back with a reason and stays police."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import Api, City, eventually, unit_named

pytestmark = pytest.mark.nodes


def on_the_scene(city: City, text: str, place: str) -> tuple[str, str, Api]:
    """Bring officers to a scene; return the appeal, the alarm and the officers."""
    police = city.api("police", "call_taker")
    appeal = police.take(text, place=place, phone="13900000088")["appeal"]["id"]
    alarm = police.post(f"/appeals/{appeal}/place", {"course": "keep"})["data"]["order"]
    station = unit_named("派出所")
    city.api("police", "dispatcher").act("alarms", alarm, "order", unit=station)
    officers = city.api("police", "officer", station)
    for command in ("sign", "depart", "arrive"):
        officers.act("alarms", alarm, command)
    return appeal, alarm, officers


def test_a_leaking_pipe_crosses_after_the_bureau_agreed(city: City) -> None:
    appeal, alarm, officers = on_the_scene(city, "楼上漏水，邻居吵起来了，请派人来看看", "采莲路80号")
    hotline, reviewer = city.api("hotline", "agent"), city.api("police", "reviewer")
    given: dict[str, Any] = {"contact": "王警官 0512-65000080", "attachments": ["漏水管道照片 1"]}
    assert officers.act("alarms", alarm, "state_non_police", status=422, **given)["code"] == "input.required", "a reason is given"
    officers.act("alarms", alarm, "state_non_police", reason="邻居家水管渗漏，属房屋维修，无治安纠纷", **given)
    assert officers.act("alarms", alarm, "approve_non_police", status=403)["code"] == "command.not_allowed"
    assert city.api("police", "reviewer").one("alarms", alarm)["phase"] == "non_police_stated"

    reviewer.act("alarms", alarm, "approve_non_police", note="同意")
    handover = city.api("police", "call_taker").one("appeals", appeal)["data"]["handover"]
    crossed = hotline.until("handovers", handover, "offered")["data"]
    assert (crossed["cause"], crossed["contact"], crossed["attachments"]) == ("non_police", given["contact"], given["attachments"])
    assert "房屋维修" in crossed["reason"]
    assert reviewer.act("alarms", alarm, "approve_non_police", status=409)["code"] == "command.not_in_state", "nobody decides it twice"


def test_what_the_reviewer_turns_back_stays_police(city: City) -> None:
    appeal, alarm, officers = on_the_scene(city, "水管漏水，楼上楼下两家吵个不停", "采莲路81号")
    officers.act("alarms", alarm, "state_non_police", reason="水管问题")
    city.api("police", "reviewer").act("alarms", alarm, "turn_back_non_police", reason="现场有人受伤，先查清殴打情况")
    back = officers.one("alarms", alarm)
    assert back["phase"] == "arrived"
    assert "先查清" in back["data"]["reason"]
    assert city.api("police", "call_taker").one("appeals", appeal)["phase"] == "kept"
    assert "handover" not in back["data"] or not back["data"]["handover"]
    officers.act("alarms", alarm, "handle", situation="双方已分开，带所调查")


def test_classes_that_are_reviewed_twice_wait_for_another_person(city: City) -> None:
    police, reviewer = city.api("police", "call_taker"), city.api("police", "reviewer")
    dispatcher = city.api("police", "dispatcher")
    appeal = police.take("一群人在工厂门口聚集讨说法", place="采莲路82号")["appeal"]["id"]
    police.act("appeals", appeal, "correct", side="police", item="P2", urgent=False)
    alarm = police.post(f"/appeals/{appeal}/place", {"course": "keep"})["data"]["order"]
    station = unit_named("派出所")
    assert dispatcher.act("alarms", alarm, "order", unit=station)["phase"] == "dispatch_review"
    officers = city.api("police", "officer", station)
    assert officers.act("alarms", alarm, "sign", status=409)["code"] == "command.not_in_state", "nobody goes before the second look"
    police.act("alarms", alarm, "note", note="来电人又打来一次")
    assert dispatcher.act("alarms", alarm, "approve_order", status=422)["code"] == "alarm.same_person", "a note in between changes nothing"
    assert reviewer.act("alarms", alarm, "approve_order")["phase"] == "ordered"

    for command in ("sign", "arrive"):
        officers.act("alarms", alarm, command)
    officers.act("alarms", alarm, "handle", situation="已劝离")
    assert officers.act("alarms", alarm, "report", result="劝离完毕")["phase"] == "feedback_review"
    assert police.act("alarms", alarm, "close", status=409)["code"] == "command.not_in_state"
    assert reviewer.act("alarms", alarm, "turn_back_report", reason="没有写人数")["phase"] == "handled"
    officers.act("alarms", alarm, "report", result="三十人，劝离完毕")
    assert eventually(lambda: reviewer.act("alarms", alarm, "approve_report"))["phase"] == "reported"

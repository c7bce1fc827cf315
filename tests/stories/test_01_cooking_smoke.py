"""Story 1, 餐饮油烟: told once to 110, cured by the hotline's unit, the end seen on the original record."""

from __future__ import annotations

import pytest

from tests.city import City, unit_named

pytestmark = pytest.mark.nodes

SMOKE = "我住采莲路88号，楼下烧烤摊的油烟天天往窗户里灌，电话13900000031"


def test_smoke_told_to_110_is_cured_through_the_hotline(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    taken = police.take(SMOKE, place="采莲路88号", phone="13900000031")
    assert taken["verdict"]["side"] == "hotline"
    assert taken["verdict"]["item"] == "H2"
    assert any(reason["clause"] for reason in taken["verdict"]["reasons"])
    appeal = taken["appeal"]["id"]

    police.act("appeals", appeal, "record_call", outcome="no_answer")
    placed = police.post(f"/appeals/{appeal}/place", {"course": "hand_over"})
    handover = placed["data"]["handover"]
    offered = hotline.until("handovers", handover, "offered")
    assert offered["data"]["record"]["text"] == SMOKE

    hotline.act("handovers", handover, "accept")
    police.until("handovers", handover, "accepted")
    order = next(each for each in hotline.all("workorders") if each["data"] is None and each["place"] == "采莲路88号")["id"]
    dispatched = hotline.act("workorders", order, "dispatch", unit=unit_named("城管"))
    unit = city.api("hotline", "unit_staff", dispatched["unit"])
    unit.act("workorders", order, "sign")
    unit.act("workorders", order, "start")
    unit.act("workorders", order, "report", result="已责令摊主撤离并清洗地面", attachments=["现场照片 1"])
    hotline.act("workorders", order, "reply_citizen", reply="烧烤摊已撤离，城管队每晚巡查一次，如再出现请随时来电。")
    hotline.act("workorders", order, "close")
    hotline.act("workorders", order, "visit", satisfaction="1", way="phone")

    ended = police.until("appeals", appeal, "closed")
    assert "烧烤摊已撤离" in ended["data"]["result"]
    told = [entry["data"].get("step") for entry in police.get(f"/handovers/{handover}/journal") if entry["name"] == "ProgressTold"]
    assert [step for step in ("OrderDispatched", "OrderSigned", "WorkStarted", "WorkReported", "CitizenReplied") if step not in told] == []


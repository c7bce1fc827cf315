"""三方通话: joined and taken in the call, declined, left ringing; the order goes with everything typed, and nobody tells it twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import Api, City, eventually

pytestmark = pytest.mark.nodes

WAGES = "老板欠我们四个人工资一共四万块，拖了三个月"


def rings(police: Api, hotline: Api, place: str) -> tuple[str, str]:
    """Take a call at 110 and ask 12345 to join; return (appeal, call) once it rings there."""
    appeal = police.take(WAGES, place=place, phone="13900000045")["appeal"]["id"]
    call = police.act("appeals", appeal, "invite_call", reason="劳资纠纷，属热线受理")["id"]
    hotline.until("calls", call, "offered")
    return appeal, call


def order_of(hotline: Api, handover: str) -> Any:
    """Return the hotline's order made of a handover."""
    found = [each for each in hotline.all("workorders") if hotline.one("workorders", each["id"])["data"].get("handover") == handover]
    return found[0] if found else None


def test_what_is_taken_in_the_call_is_accepted_without_another_word(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal, call = rings(police, hotline, "三方路1号")
    assert hotline.one("calls", call)["data"]["record"]["text"] == WAGES
    hotline.act("calls", call, "pick_up")
    police.until("calls", call, "connected")
    hotline.act("calls", call, "take_in_call")
    handed = police.until("appeals", appeal, "handed")
    handover = handed["data"]["handover"]
    assert hotline.until("handovers", handover, "accepted")["data"]["call"] == call
    assert police.until("handovers", handover, "accepted")["data"]["order_number"]
    police.act("calls", call, "hang_up")
    ended = eventually(lambda: hotline.one("calls", call)["data"].get("spoke"), what="who spoke when")
    assert {piece["leg"] for piece in ended} <= {"citizen", "S", "R"}
    assert hotline.one("calls", call)["data"]["simulated"] is True
    assert order_of(hotline, handover)


def test_a_declined_call_sends_the_order_with_everything_typed(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal, call = rings(police, hotline, "三方路2号")
    problem = hotline.act("calls", call, "decline", status=422)
    assert problem["code"] == "input.required"
    hotline.act("calls", call, "decline", reason="坐席全忙")
    handed = police.until("appeals", appeal, "handed")
    offered = hotline.until("handovers", handed["data"]["handover"], "offered")
    assert offered["data"]["record"]["text"] == WAGES
    assert offered["data"]["reason"] == "劳资纠纷，属热线受理"
    names = [(each["name"], each["data"].get("outcome")) for each in police.get(f"/appeals/{appeal}/journal")]
    assert ("ThreeWayCallRecorded", "refused") in names


def test_a_call_nobody_joins_counts_as_unanswered_by_itself(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal, call = rings(police, hotline, "三方路3号")
    with city.database("police") as database:
        database.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'end_ringing' AND args->>'call' = %s", [call])
    assert police.until("calls", call, "unanswered")
    handed = police.until("appeals", appeal, "handed")
    hotline.until("handovers", handed["data"]["handover"], "offered")
    assert hotline.act("calls", call, "pick_up", status=409)["code"] == "command.not_in_state"


def test_only_one_side_may_join_and_only_once(city: City) -> None:
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal, call = rings(police, hotline, "三方路4号")
    assert police.act("calls", call, "pick_up", status=403)["code"] == "command.other_end"
    hotline.act("calls", call, "pick_up")
    assert hotline.act("calls", call, "pick_up", status=409)["code"] == "command.not_in_state"
    police.until("calls", call, "connected")
    police.act("calls", call, "hang_up")
    assert police.one("appeals", appeal)["phase"] == "taken"
    placed = police.post(f"/appeals/{appeal}/place", {"course": "hand_over"})
    assert police.act("appeals", appeal, "invite_call", status=422)["code"] == "call.placed_already"
    assert hotline.until("handovers", placed["data"]["handover"], "offered")

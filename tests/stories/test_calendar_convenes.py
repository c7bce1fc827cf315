"""What the calendar asks for is convened without a hand; what is urgent is decided in hours, and what nobody opens climbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.city import Api, City, eventually

pytestmark = pytest.mark.nodes


def first_of_next_month(api: Api) -> datetime:
    """Return 01:00 of the first day of the next month in the city."""
    now = datetime.fromisoformat(api.get("/demonstration/clock")["now"]).astimezone(ZoneInfo("Asia/Shanghai"))
    return (now.replace(day=28, hour=1, minute=0) + timedelta(days=4)).replace(day=1)


def test_the_month_is_convened_by_itself_and_the_urgent_one_climbs_when_nobody_opens_it(own_city: City) -> None:
    city = own_city
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    handover = police.take("楼下烧烤摊油烟太大", place="采莲路601号", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "object", code="not_in_scope", clause="xc-a2-H2", reason="该处属于小区内部，不属于城管受理范围")
    police.until("handovers", handover, "objected")
    assert hotline.all("consultations") == []
    at = first_of_next_month(city.api("hotline", "administrator"))
    for node in city.names:
        city.api(node, "administrator").post("/demonstration/clock", {"to": at.isoformat()})

    room = eventually(lambda: next((each for each in hotline.all("consultations") if each["phase"] == "convened"), None), what="the month is convened")
    told = hotline.one("consultations", room["id"])["data"]
    assert (told["occasion"], told["figures"]["disputed"]) == ("monthly", 1)
    assert "争议 1 件" in told["agenda"][0]
    assert [each["number"] for each in told["cases"]] == [hotline.one("handovers", handover)["number"]]
    there = eventually(lambda: next((each for each in police.all("consultations") if each["id"] == room["id"]), None), what="the other side is invited")
    assert there["number"] == room["number"]
    day = (at - timedelta(days=3)).date().isoformat()
    page = city.screen("hotline", "leader").page(f"/consultations/analysis/?period=monthly&day={day}")
    assert "系统已按期召集" in page
    assert room["number"] in page
    assert len([each for each in hotline.all("consultations") if "月研判" in each["summary"]]) == 1

    _urgent(city)


def _urgent(city: City) -> None:
    head, keeper = city.api("hotline", "supervisor"), city.api("hotline", "administrator")
    room = head.post("/consultations", {"summary": "传销窝点由谁牵头", "urgent": True})
    clocks = {each["step"]: each["name"] for each in head.one("consultations", room["id"])["clocks"]}
    assert clocks == {"convene": "紧急争议召集线上会商", "decide": "紧急争议当日裁定"}
    keeper.post("/demonstration/clock", {"ahead_seconds": 2 * 3600})
    head.until("consultations", room["id"], "lapsed")
    found = eventually(
        lambda: next((each for each in head.all("supervisions") if head.one("supervisions", each["id"])["data"]["order"] == room["id"]), None), what="it climbs"
    )
    assert found["phase"] == "reminded"
    head.act("consultations", room["id"], "open_meeting")
    assert head.until("supervisions", found["id"], "lifted")
    keeper.post("/demonstration/clock", {"ahead_seconds": 4 * 3600})
    assert head.until("supervisions", found["id"], "reminded"), "not decided in hours: it climbs again"

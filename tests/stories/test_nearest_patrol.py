"""就近派警 on a real node, by API and screen parts: phones say where they are, the dispatcher sees who is nearest and can go, one key sends them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes

#: A place far from every other test's, so that nobody else is near.
SCENE = (120.5205, 31.5205)
STATION, OTHER = "xc-pcs-yuanhe", "xc-pcs-weitang"


def at(city: City, unit: str, east_m: float, status: str = "available", node: str = "police", role: str = "officer") -> Any:
    """Let somebody of a unit say where they are."""
    place = {"longitude": SCENE[0] + east_m / 95_000, "latitude": SCENE[1], "accuracy_m": 15, "status": status}
    return city.api(node, role, unit).post("/positions", place)


def test_the_nearest_who_can_go_stands_first_and_danger_is_ordered_to_them(city: City) -> None:
    far, near = at(city, STATION, 1500), at(city, OTHER, 300)
    assert (near["unit"], near["status"]) == (OTHER, "available")
    desk = city.api("police", "dispatcher")
    taken = desk.take("路口有人持刀追砍，已经有人受伤流血", longitude=str(SCENE[0]), latitude=str(SCENE[1]), place="望亭路口", course="keep")
    alarm = desk.one("alarms", desk.one("appeals", taken["appeal"]["id"])["data"]["order"])
    assert (alarm["phase"], alarm["unit"], alarm["data"]["officers"]) == ("ordered", OTHER, near["person"]), alarm["data"]
    listed = desk.get(f"/alarms/{alarm['id']}/patrols")
    assert [each["person"] for each in listed["patrols"]][:2] == [near["person"], far["person"]]
    assert 290 <= listed["patrols"][0]["distance_m"] <= 310
    assert listed["place_is_middle_of_division"] is False
    # Who sets out is busy, and stands behind who can go; after the report they are free again.
    officer = city.api("police", "officer", OTHER)
    officer.act("alarms", alarm["id"], "depart")
    again = desk.get(f"/alarms/{alarm['id']}/patrols")["patrols"]
    assert again[0]["person"] == far["person"]


def test_only_who_sends_sees_where_patrols_are_and_only_units_say_where_they_are(city: City) -> None:
    at(city, STATION, 100)
    desk = city.api("police", "call_taker")
    taken = desk.take("有人打架", place="望亭路口", course="keep")
    alarm = desk.one("appeals", taken["appeal"]["id"])["data"]["order"]
    desk.get(f"/alarms/{alarm}/patrols")
    analyst = city.api("police", "analyst")
    assert analyst.client.get(f"/alarms/{alarm}/patrols").status_code == 403
    assert analyst.client.get("/units/available").status_code == 403
    assert city.api("police", "officer", OTHER).client.get("/units/available").status_code == 403
    assert desk.post("/positions", {"longitude": 120.5, "latitude": 31.5}, status=403)["code"] == "command.not_allowed"


@pytest.mark.parametrize("bad", [{}, {"longitude": 181, "latitude": 0}, {"longitude": 0, "latitude": -91}, {"longitude": "120.6", "latitude": 31}, {"longitude": True, "latitude": 31}, {"longitude": 120.6, "latitude": 31, "status": "asleep"}, {"longitude": 120.6, "latitude": 31, "accuracy_m": -1}, {"longitude": 120.6, "latitude": 31, "person": "somebody-else"}, {"longitude": None, "latitude": None}])
def test_a_position_that_is_none_is_refused(city: City, bad: dict[str, Any]) -> None:
    officer = city.api("police", "officer", STATION)
    assert officer.client.post("/positions", json=bad).status_code == 422
    for words in ('{"longitude": NaN, "latitude": 31}', '{"longitude": 1e999, "latitude": 31}', "[]", "nonsense"):
        assert officer.client.post("/positions", content=words, headers={"Content-Type": "application/json"}).status_code in (400, 422)
    assert city.api("police", "officer").post("/positions", {"longitude": 120.6, "latitude": 31.0}, status=(403,))["code"] == "order.no_unit"


def test_who_is_off_is_not_sent_and_not_listed(city: City) -> None:
    said = at(city, STATION, 5, "off")
    desk = city.api("police", "dispatcher")
    taken = desk.take("有人打架", longitude=str(SCENE[0]), latitude=str(SCENE[1]), course="keep")
    alarm = desk.one("appeals", taken["appeal"]["id"])["data"]["order"]
    assert said["person"] not in [each["person"] for each in desk.get(f"/alarms/{alarm}/patrols")["patrols"]]


def test_who_is_available_now_is_listed_with_duty_and_substitute(city: City) -> None:
    at(city, STATION, 50)
    units = {each["code"]: each for each in city.api("police", "dispatcher").get("/units/available")["units"]}
    here = units[STATION]
    assert here["available"]
    assert here["out_there"] >= 1
    assert here["on_duty"]
    assert here["substitute"]
    assert here["substitute_phone"]
    assert here["phone"].startswith("0512")
    assert "xc-rs" not in units, "the hotline's units are the hotline's to send"
    proposed = city.api("hotline", "agent")
    taken = proposed.take("楼下夜市占道经营", place="元和街道采莲路9号", course="keep")
    order = proposed.one("appeals", taken["appeal"]["id"])["data"]["order"]
    named = proposed.get(f"/workorders/{order}/units")["units"]
    assert any("值班" in reason for each in named for reason in each["reasons"]), named

"""离岗与替班 on real nodes, by API and screens: what somebody says holds at once for the list, the patrols and the dispatch, and ends as it began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.city import Api, City, Screen

pytestmark = pytest.mark.nodes

#: Traffic police, whose roster runs day and night, and a place where nobody else of these tests is.
ROSTERED, PATROL, SCENE = "xc-jj", "xc-jj1", (120.5805, 31.5605)
CLOSED, STANDS_IN = "xc-zj", "xc-jz"


@pytest.fixture
def phone(city: City) -> Iterator[Screen]:
    """The phone of an officer of that unit."""
    found = Screen(city.url("police"), PATROL)
    yield found
    found.close()


def until(hours: float = 5) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@contextmanager
def away(api: Api, **data: Any) -> Iterator[dict[str, Any]]:
    """Let somebody be away for a while."""
    made = api.post("/absences", {"until": until(), **data}, 201)
    try:
        yield made
    finally:
        api.post(f"/absences/{made['id']}/end")


def line(city: City, unit: str, node: str = "police") -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in city.api(node, "dispatcher").get("/units/available")["units"] if each["code"] == unit)
    return found


def test_who_is_on_duty_is_away_and_the_substitute_answers_at_once_on_list_and_screen(city: City) -> None:
    own, before = city.api("police", "officer", ROSTERED), line(city, ROSTERED)
    assert before["on_duty"]
    with away(own, person=before["on_duty"], substitute="借调的老王", substitute_phone="0512-0000-0999", reason="培训") as made:
        now = line(city, ROSTERED)
        assert (now["available"], now["on_duty"], now["duty_phone"]) == (True, "借调的老王", "0512-0000-0999")
        assert [each["name"] for each in now["away"]] == [before["on_duty"]]
        assert f'data-away="{before["on_duty"]}"' in city.screen("police", "dispatcher").page("/orders/available/")
        assert made["id"] in {each["id"] for each in own.get("/absences")["absences"]}
        assert made["id"] not in {each["id"] for each in city.api("police", "officer", "xc-pcs-weitang").get("/absences")["absences"]}
        assert own.post("/absences", {"until": until(), "person": before["on_duty"], "substitute": before["substitute"]}, 409)["code"] == "absence.overlaps"
    assert line(city, ROSTERED)["on_duty"] == before["on_duty"], "back is back, at once"
    assert own.post(f"/absences/{made['id']}/end", status=409)["code"] == "absence.over"


def test_a_patrol_that_is_away_is_neither_near_nor_sent_and_hears_why_it_cannot_be(city: City, phone: Screen) -> None:
    desk = city.api("police", "dispatcher")
    here = {"longitude": str(SCENE[0]), "latitude": str(SCENE[1]), "accuracy_m": "10"}
    phone.send("/unit/standing/", {**here, "status": "available"})

    def alarm(text: str) -> dict[str, Any]:
        taken = desk.take(text, longitude=here["longitude"], latitude=here["latitude"], place="望亭北路口", course="keep")
        found: dict[str, Any] = desk.one("alarms", desk.one("appeals", taken["appeal"]["id"])["data"]["order"])
        return found

    def near(each: dict[str, Any]) -> list[str]:
        return [one["person"] for one in desk.get(f"/alarms/{each['id']}/patrols")["patrols"]]

    assert alarm("路口有人持刀追砍，已经有人受伤流血")["data"]["officers"] == PATROL
    calm = alarm("路口有人吵架")
    assert PATROL in near(calm)
    with away(city.api("police", "officer", ROSTERED), person=PATROL, substitute="王景明"):
        assert PATROL not in near(calm)
        danger = alarm("路口有人持刀砍人，有人受伤流血")
        assert danger["phase"] == "ordered", "danger waits for nobody"
        assert danger["data"].get("officers") != PATROL
        refused = desk.act("alarms", calm["id"], "order", status=409, unit=ROSTERED, officers=PATROL)
        assert refused["code"] == "person.away"
        assert "王景明" in refused["detail"]
        assert "请先在“离岗与替班”中结束登记" in phone.send("/unit/standing/", {**here, "status": "available"}).text
    phone.send("/unit/standing/", {**here, "status": "available"})
    assert PATROL in near(calm)
    phone.send("/unit/standing/", {**here, "status": "off"})


def test_a_unit_is_closed_by_an_administrator_and_orders_go_to_who_stands_in(city: City) -> None:
    keeper, agent = city.api("hotline", "administrator"), city.api("hotline", "agent")
    taken = agent.take("工地夜里施工太吵", place="采莲路301号", course="keep")
    order = str(agent.one("appeals", taken["appeal"]["id"])["data"]["order"])
    own = city.api("hotline", "unit_staff", CLOSED)
    assert own.post("/absences", {"until": until(), "whole_unit": True, "substitute": STANDS_IN}, 403)["code"] == "absence.not_yours"
    with away(keeper, unit=CLOSED, whole_unit=True, substitute=STANDS_IN, reason="搬迁"):
        before = agent.one("workorders", order)["seq"]
        refused = agent.act("workorders", order, "dispatch", status=409, unit=CLOSED)
        assert (refused["code"], refused["codes"]) == ("unit.away", [STANDS_IN])
        assert agent.one("workorders", order)["seq"] == before
        shown = line(city, CLOSED, "hotline")
        assert (shown["available"], bool(shown["closed_until"])) == (False, True)
        assert "停岗至" in city.screen("hotline", "agent").page("/orders/available/")
        assert agent.act("workorders", order, "dispatch", unit=STANDS_IN)["unit"] == STANDS_IN
    assert line(city, CLOSED, "hotline")["closed_until"] is None


def test_on_screen_a_unit_registers_its_own_people_and_a_refusal_keeps_what_was_typed(city: City, phone: Screen) -> None:
    soon = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    later = (datetime.now(UTC) + timedelta(days=4)).strftime("%Y-%m-%dT10:00")
    page = phone.page("/absences/")
    assert "整个单位停岗" not in page, "a unit does not close itself"
    typed = {"unit": ROSTERED, "person": PATROL, "since": soon, "until": later, "substitute": "没人认识的人", "substitute_phone": "", "reason": "年休<b>"}
    refused = phone.send("/absences/mark/", typed, 422).text
    assert "离岗要有人替班" in refused
    assert "没人认识的人" in refused
    assert "年休&lt;b&gt;" in refused
    phone.send("/absences/mark/", {**typed, "unit": "xc-pcs-weitang"}, 422)
    for bad in ("", "nonsense", "9999-99-99T00:00", soon):
        phone.send("/absences/mark/", {**typed, "substitute_phone": "1", "until": bad}, 422)
    phone.send("/absences/mark/", {**typed, "substitute_phone": "0512-0000-0998"}, 302)
    api = city.api("police", "officer", ROSTERED)
    made = next(each for each in api.get("/absences")["absences"] if each["substitute"] == "没人认识的人")
    assert (made["stands"], made["marked_by"]) == ("to_come", PATROL)
    phone.send(f"/absences/{made['id']}/end/", {}, 302)
    assert phone.send(f"/absences/{made['id']}/end/", {}, 422)
    assert city.screen("police", "administrator").page(f"/absences/?unit={ROSTERED}").count("整个单位停岗") >= 1


@pytest.mark.parametrize(
    "bad",
    [{}, {"until": "2026-12-01T10:00:00"}, {"person": "", "whole_unit": False}, {"whole_unit": True}, {"substitute": ""}, {"until": 5}, {"since": "soon"}, {"person": "x" * 151}, {"substitute": "x" * 61}, {"more": 1}, {"person": "\x00"}, {"until": "9999-12-31T00:00:00Z"}, {"since": "0001-01-01T00:00:00Z"}],
)
def test_what_is_no_absence_is_refused(city: City, bad: dict[str, Any]) -> None:
    api = city.api("police", "officer", ROSTERED)
    body = {"person": PATROL, "until": until(), "substitute": "王景明", **bad} if bad else {}
    assert api.client.post("/absences", json=body).status_code == 422
    assert all(each["stands"] == "over" or each["substitute"] != "王景明" for each in api.get("/absences")["absences"])


def test_who_neither_sends_nor_is_sent_sees_no_absences(city: City) -> None:
    analyst = city.api("police", "analyst")
    assert analyst.client.get("/absences").status_code == 403
    assert analyst.post("/absences", {"until": until(), "unit": ROSTERED, "person": PATROL, "substitute": "王景明"}, 403)["code"] == "absence.not_yours"
    assert city.api("police", "officer", "xc-pcs-weitang").post("/absences/0190a000-0000-7000-8000-000000000000/end", status=404)["code"] == "absence.not_found"

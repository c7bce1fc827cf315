"""Practice with keys only: a round is played, its clock runs on the node, the supervisor sees the team; bad answers are refused."""

from __future__ import annotations

import pytest

from liandong.adapters.practice import cases
from tests.browser.conftest import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_a_round_is_played_with_keys_only_and_the_supervisor_sees_it(people: People) -> None:
    agent = people("hotline", "agent")
    agent.open("/practice/")
    agent.keys("Enter")
    for number in range(1, 11):
        agent.sees("[data-practice]", f"第 {number} 题")
        case = cases()[agent.at("input[name=case]").get_attribute("value") or ""]
        agent.keys(str(["police", "hotline", "joint", "neither"].index(case.side) + 1))
        if case.item:
            agent.keys((case.item if case.side != "joint" or case.item[0] == "P" else case.item2 or case.item)[1:])
        if case.urgent:
            agent.keys("u")
        agent.keys("Enter")
        agent.sees(".practice-feedback", case.text[:10])
        assert int(agent.at(".practice-feedback").get_attribute("data-points") or 0) >= 75
        agent.keys("Enter")
    agent.sees(".practice-over", "本轮平均")
    assert agent.page.evaluate("window.mouse") == 0
    supervisor = people("hotline", "supervisor")
    supervisor.open("/practice/")
    supervisor.sees(".practice-team tbody tr")
    supervisor.at(".practice-team tbody a").first.click()
    supervisor.sees(".practice-curve circle")


def test_missing_danger_is_told_at_once(people: People) -> None:
    taker = people("police", "call_taker")
    taker.open("/practice/")
    taker.keys("Enter")
    for _ in range(10):
        taker.sees("[data-practice]")
        case = cases()[taker.at("input[name=case]").get_attribute("value") or ""]
        taker.keys("4", "Enter")
        taker.sees(".practice-feedback")
        if case.urgent:
            taker.sees(".danger-bar", "漏判险情")
            break
        taker.keys("Enter")
    else:
        pytest.fail("a round without danger")


def test_by_api_a_case_is_answered_once_and_bad_answers_change_nothing(people: People, city: City) -> None:
    api = city.api("hotline", "supervisor")
    with city.database("hotline") as database:
        row = database.execute("SELECT username FROM person WHERE role = 'supervisor' ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    person = row[0]
    begun = api.post("/practice/rounds", {"person": person})
    case = begun["case"]["id"]
    right = cases()[case]
    where = f"/practice/rounds/{begun['id']}/answer"
    for bad in ({"case": case, "side": "nobody"}, {"case": case, "side": "police", "item": "X9"}, {"case": "other", "side": "police"}):
        api.post(where, {"person": person, **bad}, status=422)
    assert api.post("/practice/rounds", {"person": "nobody-here"}, status=422)["code"] == "practice.no_person"
    told = api.post(where, {"person": person, "case": case, "side": right.side, "item": right.item, "urgent": right.urgent})
    assert told["points"] == 100 and told["round"]["done"] == 1
    assert api.post(where, {"person": person, "case": case, "side": right.side}, status=422)["code"] == "practice.answered"
    assert api.get(f"/practice/people/{person}")["answered"] == 1
    assert api.get("/practice/team")["people"]

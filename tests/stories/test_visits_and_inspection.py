"""After the end: the major case stands in the list and is asked about, a sample is drawn, judged and drawn again; by API and on screens."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.city import Api, City, Screen, unit_named

pytestmark = pytest.mark.nodes

REPLY = "城管执法人员今天上午已经到店检查，责令加装油烟净化设备，三天内完成，届时复查，联系电话12345。"


def ended(hotline: Api, unit: Api, place: str, **dispatched: object) -> str:
    """Bring a new work order to its end; return its id."""
    order = hotline.take("楼下烧烤摊油烟太大，窗户不敢开", place=place, phone="13900000099", course="keep")["appeal"]["data"]["order"]
    hotline.act("workorders", order, "dispatch", unit=unit_named("城管"), **dispatched)
    unit.act("workorders", order, "start")
    without = {"without_parts": "协办单位的结果另行回告"} if dispatched.get("assistants") else {}
    unit.act("workorders", order, "report", result="已责令整改", **without)
    hotline.act("workorders", order, "reply_citizen", reply=REPLY)
    hotline.act("workorders", order, "close")
    return order


def test_major_cases_are_asked_about_and_a_sample_is_inspected(own_city: City) -> None:
    city = own_city
    hotline, unit = city.api("hotline", "agent"), city.api("hotline", "unit_staff", unit_named("城管"))
    joint = ended(hotline, unit, "采莲路一号", assistants=[unit_named("市场监督管理局")])
    for number in range(3):
        ended(hotline, unit, f"采莲路{number + 2}号")
    due = {each["id"]: each for each in hotline.get("/visits", of="major")}
    assert due[joint]["data"]["visit_due"] == ["joint"]
    assert [each["name"] for each in due[joint]["clocks"]] == ["回访"]

    hotline.act("workorders", joint, "not_reached", note="没人接")
    _on_the_screen(city, joint)
    hotline.act("workorders", joint, "visit", satisfaction="1", way="phone")
    assert joint not in {each["id"] for each in hotline.get("/visits")}
    groups = hotline.get("/visit-figures")["groups"]
    assert (groups["all"]["asked"], groups["all"]["reached"], groups["joint"]["per_mille"]) == (1, 1, 1000)
    assert city.api("hotline", "unit_staff", unit_named("城管")).client.get("/visits").status_code == 403

    _inspected(city)


def _on_the_screen(city: City, order: str) -> None:
    agent = city.screen("hotline", "agent")
    page = agent.page("/visits/")
    assert order in page
    assert "联合办理" in page
    assert "13900000099" in page, "whom to call"
    assert "联系过 1 次" in page
    assert agent.page("/visits/?tab=%00'&days=x&why=%00") != ""


def _inspected(city: City) -> None:
    administrator, supervisor = city.api("hotline", "administrator"), city.api("hotline", "supervisor")
    now = administrator.get("/demonstration/clock")["now"]
    today = date.fromisoformat(now[:10])
    administrator.post("/demonstration/clock", {"ahead_seconds": 2 * 86_400})
    days = {"from": (today - timedelta(days=1)).isoformat(), "until": (today + timedelta(days=1)).isoformat()}
    assert supervisor.post("/inspections", {**days, "from": "2026-13-01"}, status=(409, 422))["code"] == "inspection.dates"
    assert city.api("hotline", "agent").post("/inspections", days, status=403)["code"] == "command.not_allowed"
    assert supervisor.post("/inspections", {**days, "count": 100_000}, status=422)["code"] == "input.invalid"
    sample = supervisor.post("/inspections", {**days, "count": 2, "seed": "十一月"})
    assert (sample["data"]["population"], len(sample["data"]["sample"])) == (4, 2)
    first, second = (each["number"] for each in sample["data"]["sample"])
    supervisor.act("inspections", sample["id"], "inspect", sampled=first, finding="pass")
    assert supervisor.act("inspections", sample["id"], "conclude", status=409)["code"] == "inspection.not_all"
    _judged_on_the_screen(city.screen("hotline", "supervisor"), sample["id"], sample["data"]["sample"][1]["stream"], days)
    ended_sample = supervisor.act("inspections", sample["id"], "conclude")
    assert ended_sample["phase"] == "finished"
    figures = supervisor.get(f"/inspections/{sample['number']}/figures")
    assert (figures["passed"], figures["per_mille"], list(figures["by_fault"])) == (1, 500, ["no_facts"])
    assert supervisor.get(f"/inspections/{sample['id']}/again")["same"]
    assert second in supervisor.one("inspections", sample["number"])["data"]["sample"][1]["number"]
    assert city.verified("hotline")["breaks"] == []


def _judged_on_the_screen(screen: Screen, sample: str, order: str, days: dict[str, str]) -> None:
    form = screen.page(f"/records/{sample}/act/inspect/")
    assert order in form
    refused = screen.send(f"/records/{sample}/act/inspect/", {"sampled": order, "finding": "grave", "seen": ""}, status=422)
    assert "不合格的要写明问题和说明" in refused.text
    screen.send(f"/records/{sample}/act/inspect/", {"sampled": order, "finding": "grave", "fault": "no_facts", "words": "没有写处置了什么"})
    page = screen.page(f"/visits/inspections/{sample}/?figure=fault:no_facts&again=1")
    assert "没有写处置了什么" in page
    assert "完全一致" in page
    assert screen.send("/visits/inspections/", {**days, "count": "很多"}, status=422).text.count("整数") >= 1

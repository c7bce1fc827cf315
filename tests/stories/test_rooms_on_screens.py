"""The room and the whistle on the screens: lists, pages, forms, the phone of a unit, the analysis that becomes an agenda."""

from __future__ import annotations

import re

import pytest

from tests.city import City, unit_named

pytestmark = pytest.mark.nodes

ENVIRONMENT = unit_named("生态环境局")


def test_a_consultation_is_convened_talked_and_ruled_on_the_screens(city: City) -> None:
    head, leader = city.screen("hotline", "reviewer"), city.screen("hotline", "leader")
    made = head.send("/consultations/new/consultation/", {"summary": "早点摊占盲道归谁管", "units": ENVIRONMENT, "agenda": "说明\n裁定"}, status=302)
    page = made.headers["location"]
    stream = page.strip("/").split("/")[-1]
    assert "早点摊占盲道归谁管" in head.page("/consultations/")
    assert "生态环境局" in head.page(page)
    unit = city.screen("hotline", "unit_staff", _place(city, ENVIRONMENT))
    assert "会商邀请" in unit.page("/consultations/asking/")
    unit.send(f"/records/{stream}/act/attend/", {"person": "林科长"})
    assert "会商邀请" not in unit.page("/consultations/asking/") or stream not in unit.page("/consultations/asking/")
    head.send(f"/records/{stream}/act/open_meeting/", {})
    unit.send(f"/records/{stream}/act/speak/", {"words": "我局只管油烟，不管占道"})
    assert "我局只管油烟" in leader.page(page)
    form = head.page(f"/records/{stream}/act/propose/")
    assert 'name="until_fact"' in form
    wrong = {"item": "H2", "side": "hotline", "lead": ENVIRONMENT, "cues": "早点摊", "clause": "xc-a2-H2", "words": "城管牵头", "effective_from": "2031-02-02", "effective_to": "2031-01-01"}
    refused = head.send(f"/records/{stream}/act/propose/", wrong, status=422)
    assert "失效日期早于生效日期" in refused.text
    assert "早点摊" in refused.text, "what was typed stays"
    head.send(f"/records/{stream}/act/propose/", {**wrong, "effective_to": "2031-03-01"})
    form = leader.page(f"/records/{stream}/act/rule/")
    assert re.findall(r'name="(way|note|item)"', form)[0] == "way"
    assert 'name="item"' not in form
    leader.send(f"/records/{stream}/act/rule/", {"way": "decision"})
    assert "待对方确认" in head.page(page)


def test_a_whistle_is_blown_and_reported_in_on_a_phone(city: City) -> None:
    head = city.screen("hotline", "dispatcher")
    refused = head.send("/consultations/new/whistle/", {"summary": "河道漂油"}, status=422)
    assert "应哨单位" in refused.text
    page = head.send("/consultations/new/whistle/", {"summary": "河道漂油", "units": ENVIRONMENT}, status=302).headers["location"]
    stream = page.strip("/").split("/")[-1]
    unit = city.screen("hotline", "unit_staff", _place(city, ENVIRONMENT))
    assert "应哨报到" in unit.page("/consultations/asking/")
    unit.send(f"/records/{stream}/act/report_in/", {"note": "已出发"})
    assert "已出发" in head.page(page)
    head.send(f"/records/{stream}/act/agree_plan/", {"plan": "查源", "tasks": "生态环境局不存在｜查｜明天"}, status=422)
    head.send(f"/records/{stream}/act/agree_plan/", {"plan": "查源", "tasks": f"{ENVIRONMENT}｜溯源取样｜两天内"})
    assert "溯源取样" in unit.page(page)


def test_the_monthly_analysis_opens_the_records_and_becomes_a_consultation(city: City) -> None:
    leader = city.screen("police", "leader")
    shown = leader.page("/consultations/analysis/?period=quarterly&figure=diverted")
    assert "季会商" in shown
    told = leader.client.get("/consultations/analysis/?period=annual&format=json").json()
    assert {each["name"] for each in told["figures"]} >= {"diverted", "returned", "disputed"}
    assert all(each["count"] == len(each["records"]) for each in told["figures"])
    made = leader.send("/consultations/new/consultation/", {"occasion": "quarterly", "summary": "季会商", "agenda": "\n".join(told["agenda"])}, status=302)
    assert told["agenda"][0] in leader.page(made.headers["location"])
    for odd in ("?period=nonsense", "?day=2026-13-99", "?figure=%00"):
        assert leader.client.get(f"/consultations/analysis/{odd}").status_code == 200


def _place(city: City, unit: str) -> int:
    """Return how manieth of its role a unit's person is."""
    with city.database("hotline") as connection:
        rows = connection.execute("SELECT unit FROM person WHERE role = 'unit_staff' AND demonstration ORDER BY username").fetchall()
    return [row[0] for row in rows].index(unit)

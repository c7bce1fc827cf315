"""Story 12: neither line takes it; the right door with its words, telephone and clause is guidance given, and counts as served."""

from __future__ import annotations

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes

JUDGMENT = "法院判决不公，我要求你们给我改判，官司都打完了我不服"


def test_a_judgment_to_be_changed_is_guided_to_the_court_and_no_order_is_made(city: City) -> None:
    hotline = city.api("hotline", "agent")
    orders, handovers = len(hotline.all("workorders")), len(hotline.all("handovers"))
    taken = hotline.take(JUDGMENT, phone="13944440012", course="auto")
    assert taken["verdict"]["side"] == "neither"
    appeal = taken["appeal"]
    assert appeal["phase"] == "guided"
    assert appeal["data"]["door"] == "诉讼"
    assert appeal["data"]["door_phone"] == "12368"
    assert appeal["data"]["clause"] == "gb53-4"
    assert "人民法院" in appeal["data"]["guidance"]
    assert (len(hotline.all("workorders")), len(hotline.all("handovers"))) == (orders, handovers)

    kept = hotline.get(f"/appeals/{appeal['id']}/guidance")
    assert kept["text"].startswith("【12345热线】")
    assert "12368" in kept["text"]
    assert "国办发〔2020〕53号" in kept["text"]
    assert appeal["number"] in kept["text"]
    assert len(kept["text"]) <= 280
    assert [entry["name"] for entry in hotline.get(f"/appeals/{appeal['id']}/journal")] == ["AppealTaken", "AppealGuided"]


def test_a_call_taker_chooses_the_door_and_its_words_come_with_it(city: City) -> None:
    police = city.api("police", "call_taker")
    appeal = police.take("我想问问这种事去哪里说", phone="13944440013")["appeal"]
    guided = police.post(f"/appeals/{appeal['id']}/place", {"course": "guide", "door": "legalaid"})
    assert (guided["phase"], guided["data"]["door"], guided["data"]["door_phone"]) == ("guided", "法律咨询与法律援助", "12348")
    assert police.get(f"/appeals/{appeal['id']}/guidance")["text"].startswith("【110报警服务台】")
    assert police.client.get(f"/appeals/{police.take('路灯不亮')['appeal']['id']}/guidance").status_code == 404


def test_danger_is_not_guided_away_without_a_reason(city: City) -> None:
    police = city.api("police", "call_taker")
    danger = police.take("法院判决不公，我不活了，我现在就在楼顶要跳下去")["appeal"]
    assert danger["urgent"]
    refused = police.post(f"/appeals/{danger['id']}/place", {"course": "guide", "door": "litigation"}, status=422)
    assert refused["names"] == ["reason"]
    assert police.one("appeals", danger["id"])["phase"] == "taken"

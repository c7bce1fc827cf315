"""A dispatcher is shown three units with reasons; what the node's own closed orders taught is said with its probability."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from liandong.adapters.classifier.training import train
from liandong.adapters.classifier.unit_history import UnitHistory
from tests.city import City
from tests.own_settings import LAMPS_UNIT

pytestmark = [pytest.mark.nodes]


def test_three_candidates_with_reasons_by_api(city: City) -> None:
    api = city.api("hotline", "agent")
    taken = api.take("春申路601号路灯不亮了", place="元和街道春申路601号", course="keep")["appeal"]
    units = api.get(f"/workorders/{taken['data']['order']}/units")["units"]
    assert 1 <= len(units) <= 3
    assert all(each["reasons"] for each in units)
    assert api.client.get("/workorders/nothing-here/units").status_code == 404


def test_what_the_node_learned_of_its_own_past_stands_first_and_says_so(city: City) -> None:
    """Business, territory and duty propose three; the unit that always had the lamps comes before them, with the probability."""
    api = city.api("hotline", "agent")
    taken = api.take("壬路的路灯不亮了，晚上一片黑", place="元和街道春申路602号", course="keep")["appeal"]
    first, *others = api.get(f"/workorders/{taken['data']['order']}/units")["units"]
    assert first["code"] == LAMPS_UNIT
    assert any(each.startswith("往期类似诉求由该单位办理") for each in first["reasons"])
    assert {"职能", "上级属地", "现在有人值守"} <= {each.partition("：")[0] for unit in others for each in unit["reasons"]}
    screen = city.screen("hotline", "agent")
    form = screen.page(f"/records/{taken['data']['order']}/act/dispatch/")
    assert form.count("data-pick=") == 3 and f'data-pick="{LAMPS_UNIT}"' in form and "往期类似诉求由该单位办理" in form


def test_too_little_history_is_refused_in_words(city: City, tmp_path: Path) -> None:
    refused = city.cli("hotline", "train-units", "--out", str(tmp_path / "units"), "--least", "1000", check=False)
    assert refused.returncode == 1
    assert "还不够" in refused.stderr and not (tmp_path / "units").exists()


def test_a_model_of_units_speaks_for_the_unit_that_handled_such_words(tmp_path: Path) -> None:
    lamps, noise = [f"{road}路的路灯不亮了" for road in "甲乙丙丁戊己"], [f"{road}路工地夜里噪声太大" for road in "甲乙丙丁戊己"]
    train([*lamps, *noise], ["lamp-office"] * 6 + ["noise-office"] * 6, seed=0, source="test", column="unit", progress=lambda _: None).save(tmp_path / "units")
    told = UnitHistory(tmp_path / "units")("庚路路灯坏了，不亮")
    assert max(told, key=lambda each: told[each]) == "lamp-office"
    assert UnitHistory(tmp_path / "units")("  ") == {}
    assert json.dumps(dict(told))

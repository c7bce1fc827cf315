"""What a call-taker corrects leaves the node as a labelled row, masked, when an administrator of the node consents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.city import City
from tests.own_settings import DECISIONS

pytestmark = pytest.mark.nodes

SAID = "我是李大宝，电话13900000077，桐泾路12号楼下的跳广场舞的音响开到半夜"


def test_a_correction_is_exported_masked_and_only_with_consent(city: City, tmp_path: Path) -> None:
    taker = city.api("police", "call_taker")
    appeal = taker.take(SAID, citizen="李大宝", phone="13900000077")["appeal"]["id"]
    taker.act("appeals", appeal, "correct", side="hotline", item="H5", reason="噪音归环保")

    refused = city.cli("police", "corpus", "export", str(tmp_path / "no.jsonl"), "--consent", "nobody", check=False)
    assert refused.returncode == 1 and "管理员" in refused.stderr and not (tmp_path / "no.jsonl").exists()

    with city.database("police") as database:
        administrator = database.execute("SELECT username FROM person WHERE role = 'administrator' AND is_active LIMIT 1").fetchone()
    assert administrator is not None
    city.cli("police", "corpus", "export", str(tmp_path / "own.jsonl"), "--consent", administrator[0])
    rows = [json.loads(line) for line in (tmp_path / "own.jsonl").read_text(encoding="utf-8").splitlines()]
    [row] = [each for each in rows if "跳广场舞的音响" in each["text"]]
    assert (row["side"], row["item"], row["urgent"]) == ("hotline", "H5", False) and row["kind"]
    assert "李大宝" not in row["text"] and "13900000077" not in row["text"]
    with city.database("police") as database:
        looks = database.execute("SELECT count(*) FROM look WHERE stream = %s AND person = %s", (appeal, administrator[0])).fetchone()
    assert looks is not None and looks[0] >= 1


def test_a_node_judges_by_the_model_its_settings_name_and_says_which_it_is(city: City) -> None:
    page = city.screen("hotline", "supervisor").page("/triage-errors/?days=365")
    assert str(DECISIONS) in page
    assert str(DECISIONS) not in city.screen("police", "supervisor").page("/triage-errors/?days=365")
    assert city.api("hotline", "agent").post("/triage", {"text": "楼下烧烤摊油烟太大"})["side"] == "hotline"


def test_few_decisions_train_nothing_and_say_so(city: City, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps({"text": "油烟太大", "side": "hotline", "item": "H2", "kind": "投诉举报", "urgent": False}, ensure_ascii=False) + "\n", encoding="utf-8")
    refused = city.cli("hotline", "corpus", "train", str(few), "--out", str(tmp_path / "model"), check=False)
    assert refused.returncode == 1 and "只有 1 行可用" in refused.stderr and not (tmp_path / "model").exists()

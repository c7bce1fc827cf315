"""What a call-taker corrects leaves the node as a labelled row, masked, when an administrator of the node consents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.city import City

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

"""Years later in court: one report tells who said what when and how to check it; and two journals are laid side by side."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.city import City, eventually, running_city

pytestmark = pytest.mark.nodes


@pytest.fixture(scope="module")
def court() -> Iterator[City]:
    """A city whose journals are changed by hand in the end."""
    with running_city() as city:
        yield city


def crossed(city: City, place: str) -> tuple[str, str]:
    """Return appeal and handover, accepted and asked about."""
    police, hotline = city.api("police", "call_taker"), city.api("hotline", "agent")
    appeal = police.take("路灯不亮，晚上摔了人", place=place, phone="13900000077", citizen="季女士", course="hand_over")["appeal"]
    handover = appeal["data"]["handover"]
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "accept")
    hotline.act("handovers", handover, "ask", question="哪一盏？")
    police.until("handovers", handover, "accepted")
    eventually(lambda: police.one("handovers", handover)["data"].get("questions"))
    for node in ("police", "hotline"):
        eventually(lambda node=node: city.api(node, "administrator").get("/exchange")["outbox"] == 0)
    return appeal["id"], handover


@pytest.mark.parametrize("node", ["police", "hotline"])
def test_the_report_proves_itself_on_either_node(court: City, node: str, tmp_path: Path) -> None:
    _, handover = crossed(court, f"出证路-{node}")
    court.cli(node, "journal", "seal")

    def witnessed() -> bool:
        with court.database(node) as database:
            return bool(database.execute("SELECT (SELECT max(number) FROM journal_root) = (SELECT max(number) FROM root_witness)").fetchone()[0])

    eventually(witnessed)
    number = court.api(node, "administrator").one("handovers", handover)["number"]
    page = tmp_path / "report.html"
    said = court.cli(node, "journal", "report", number, "--out", str(page), "--with-peer")
    assert "条日志" in said.stdout
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    for words in ("季女士", "哪一盏？", "散列链完整", "全部成立", "未发现改动", "签名成立"):
        assert words in text, words
    assert "不成立（" not in text
    markdown = court.cli(node, "journal", "report", number).stdout
    # Every original text gives its hash, as the report says, with nothing but SHA-256.
    pairs = re.findall(r"散列 ([0-9a-f]{64}).*?\n\n```+\n(.+?)\n```", markdown)
    assert len(pairs) >= 4
    assert all(hashlib.sha256(original.encode()).hexdigest() == seal for seal, original in pairs)
    assert {json.loads(original)["name"] for _, original in pairs} >= {"HandoverOffered", "HandoverAccepted", "QuestionAsked"}
    told = court.api(node, "supervisor").get(f"/evidence/{number}")
    assert (told["holds"], told["number"]) == (True, number)
    assert court.api(node, "dispatcher").client.get(f"/evidence/{number}").status_code == 403
    assert "存证报告" in court.screen(node, "supervisor").page(f"/records/{handover}/evidence.html")
    refused = court.cli(node, "journal", "report", number, "--out", str(page), check=False)
    assert refused.returncode == 1
    assert "已存在" in refused.stderr
    assert court.cli(node, "journal", "report", "联ZZ202001010001", check=False).returncode == 1


def test_journals_agree_over_the_cable_and_by_file_until_one_is_changed(court: City, tmp_path: Path) -> None:
    _, handover = crossed(court, "比对路")
    assert "一致" in court.cli("police", "journal", "compare", "--peer", "hotline").stdout
    files = []
    for node, peer in (("police", "hotline"), ("hotline", "police")):
        files.append(str(tmp_path / f"{node}.jsonl"))
        court.cli(node, "journal", "export", files[-1], "--peer", peer)
    assert "路灯" not in Path(files[0]).read_text(encoding="utf-8"), "an export holds nothing of what was said"
    agreed = court.cli("police", "journal", "compare", *files)
    assert "0 件不同" in agreed.stdout
    assert court.cli("police", "journal", "compare", files[0], files[0], check=False).returncode == 1

    with court.database("hotline") as database:
        database.execute("ALTER TABLE journal DISABLE TRIGGER USER")
        database.execute("UPDATE journal SET data = data || '{\"question\": \"不是我问的\"}' WHERE stream = %s AND name = 'QuestionAsked'", [handover])
        database.execute("ALTER TABLE journal ENABLE TRIGGER USER")
    number = court.api("police", "administrator").one("handovers", handover)["number"]
    changed = str(tmp_path / "changed.jsonl")
    court.cli("hotline", "journal", "export", changed, "--peer", "police")
    for arguments in (("compare", "--peer", "hotline"), ("compare", files[0], changed)):
        said = court.cli("police", "journal", *arguments, check=False)
        assert said.returncode == 1
        line = next(each for each in said.stdout.splitlines() if handover in each)
        assert number in line
        assert "接收方第 2 条" in line
        assert "differs" in line or "不是同一条" in line
    broken = court.cli("hotline", "journal", "report", number, check=False)
    assert broken.returncode == 1
    assert "日志不成立" in broken.stdout

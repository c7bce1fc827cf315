"""``liandong journal report``, ``export`` and ``compare`` from the command line, on one node's database."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Node
from tests.integration.test_evidence import crossed

pytestmark = pytest.mark.database


def test_a_report_is_printed_or_written_once_and_says_what_it_cannot_find(node: Node, tmp_path: Path) -> None:
    stream = crossed(node)
    number = node.raw("SELECT number FROM stream WHERE id = %s", stream)[0][0]
    printed = node.cli("journal", "report", number)
    assert printed.returncode == 0, printed.stderr
    pairs = re.findall(r"散列 ([0-9a-f]{64}).*?\n\n```+\n(.+?)\n```", printed.stdout)
    assert len(pairs) >= 2
    assert all(hashlib.sha256(original.encode()).hexdigest() == seal for seal, original in pairs)
    page, words = tmp_path / "report.html", tmp_path / "report.md"
    for file in (page, words):
        assert "条日志" in node.cli("journal", "report", number, "--out", str(file)).stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert words.read_text(encoding="utf-8").startswith("# ")
    again = node.cli("journal", "report", number, "--out", str(page))
    assert (again.returncode, "已存在" in again.stderr) == (1, True)
    nothing = node.cli("journal", "report", "联ZZ202001010001")
    assert (nothing.returncode, "stream.not_found" in nothing.stderr) == (1, True)


def mirrored(file: Path, target: Path, change: dict[str, Any] | None = None) -> str:
    """Write the export that the peer would have made of the same records; ``change``: stream -> what it tells instead."""
    lines = [json.loads(each) for each in file.read_text(encoding="utf-8").splitlines()]
    lines[0] |= {"node": lines[0]["peer"], "peer": lines[0]["node"]}
    for each in lines[1:-1]:
        each["told"] = (change or {}).get(each["stream"], each["told"])
        each["under_way"] = False
    target.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return str(target)


def test_two_exports_are_laid_side_by_side_and_the_first_difference_is_named(node: Node, tmp_path: Path) -> None:
    stream = crossed(node)
    ours = tmp_path / "ours.jsonl"
    done = node.cli("journal", "export", str(ours), "--peer", "hotline")
    assert done.returncode == 0, done.stderr
    assert "油烟" not in ours.read_text(encoding="utf-8")
    same = node.cli("journal", "compare", str(ours), mirrored(ours, tmp_path / "same.jsonl"))
    assert same.returncode == 0, same.stderr
    assert "双方日志一致" in same.stdout

    other = mirrored(ours, tmp_path / "other.jsonl", {stream: [["HandoverOffered", "S", "0" * 32]]})
    parted = node.cli("journal", "compare", str(ours), other)
    assert parted.returncode == 1
    line = next(each for each in parted.stdout.splitlines() if stream in each)
    assert "首接方第 1 条" in line
    assert "not the same" in line

    for arguments in ((str(ours), str(ours)), (str(ours),), (), (str(ours), other, "--peer", "hotline"), ("--peer", "nobody")):
        refused = node.cli("journal", "compare", *arguments)
        assert refused.returncode != 0, arguments
        assert refused.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text("".join(ours.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    cut = node.cli("journal", "compare", str(ours), str(broken))
    assert (cut.returncode, "不是完整的" in cut.stderr) == (1, True)
    assert node.cli("journal", "export", str(ours), "--peer", "hotline").returncode == 1

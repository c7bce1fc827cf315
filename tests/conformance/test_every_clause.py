"""Every numbered clause of the document has a test, and every test names a clause that there is."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "reference" / "exchange.md"
#: Chapters whose clauses are about a medium or about files: their tests need a database, folders or a bus.
ELSEWHERE = {11: "exchange", 12: "exchange", 13: "exchange", 14: "exchange", 15: ""}
#: Single clauses that need real certificates: the file that tests them.
SINGLE = {(8, 7): "exchange/test_tls.py"}
INTEGRATION = HERE.parent / "integration"


def clauses() -> set[tuple[int, int]]:
    return {(int(one), int(two)) for one, two in re.findall(r"^- \*\*(\d+)\.(\d+)\*\*", DOCUMENT.read_text(encoding="utf-8"), re.M)}


def numbered() -> set[tuple[int, int]]:
    text = "".join(each.read_text(encoding="utf-8") for each in HERE.glob("test_*.py"))
    return {(int(one), int(two)) for one, two in re.findall(r"^(?:async )?def test_(\d+)_(\d+)_", text, re.M)}


def test_every_clause_has_a_test_that_bears_its_number() -> None:
    assert len(clauses()) > 50
    assert sorted(each for each in clauses() - numbered() if each[0] not in ELSEWHERE and each not in SINGLE) == []
    assert [each for each in SINGLE.values() if not (INTEGRATION / each).exists()] == []


def test_every_numbered_test_is_of_a_clause_that_there_is() -> None:
    assert sorted(numbered() - clauses()) == []


def test_chapters_about_media_are_tested_where_media_are() -> None:
    for chapter, folder in ELSEWHERE.items():
        if any(each[0] == chapter for each in clauses()):
            assert list((INTEGRATION / folder).glob("test_*.py")), chapter

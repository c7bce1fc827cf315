"""The list itself: finding a line, its class, and the rulings in force."""

from __future__ import annotations

from datetime import date

import pytest

from liandong.domain.catalogue.items import Catalogue, Clause, Item, Ruling, Side

CLAUSE = Clause("c", "文件", "附件", "条文")


def line(code: str, parent: str = "") -> Item:
    return Item(code, code, Side.HOTLINE, CLAUSE, parent=parent)


def ruling(code: str, begins: date, ends: date | None = None) -> Ruling:
    return Ruling(code, "H1", Side.JOINT, ("传销",), "市场监管", "裁定", begins, ends, CLAUSE)


CATALOGUE = Catalogue(
    "某城",
    "1",
    date(2026, 1, 1),
    (line("H1"), line("H1.01", "H1"), line("H1.01.01", "H1.01"), line("H1.02", "H1"), line("P1"), line("X", "nowhere")),
    rulings=(ruling("a", date(2026, 3, 1)), ruling("b", date(2026, 5, 1), date(2026, 5, 31)), ruling("c", date(2026, 5, 1))),
)


@pytest.mark.parametrize(
    ("code", "top"), [("H1", "H1"), ("H1.01", "H1"), ("H1.01.01", "H1"), ("P1", "P1"), ("P9", None), ("X", None), ("", None)]
)
def test_a_line_lies_in_the_class_at_the_top_of_its_parents(code: str, top: str | None) -> None:
    found = CATALOGUE.class_of(code)
    assert (found.code if found else None) == top


def test_lines_that_name_each_other_as_parent_have_no_class() -> None:
    ring = Catalogue("某城", "1", date(2026, 1, 1), (line("A", "B"), line("B", "A")))
    assert ring.class_of("A") is None


def test_only_the_lines_directly_below_are_below_in_the_lists_order() -> None:
    assert [each.code for each in CATALOGUE.below("H1")] == ["H1.01", "H1.02"]
    assert CATALOGUE.below("H1.02") == ()


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 2, 28), []),
        (date(2026, 3, 1), ["a"]),
        (date(2026, 5, 1), ["c", "b", "a"]),
        (date(2026, 5, 31), ["c", "b", "a"]),
        (date(2026, 6, 1), ["c", "a"]),
    ],
)
def test_rulings_bind_from_their_first_day_to_their_last_the_newest_first(day: date, codes: list[str]) -> None:
    assert [each.code for each in CATALOGUE.rulings_on(day)] == codes

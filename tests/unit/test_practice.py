"""Practice: what an answer is worth, which cases come, and that the shipped cases are the corpus's."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from liandong.adapters.practice import cases
from liandong.domain.practice.choosing import ROUND_CASES, choose
from liandong.domain.practice.scoring import Case, Said, confusions, score, seconds_for

ROOT = Path(__file__).resolve().parents[2]
GAS = Case("a", "楼道里好大煤气味", "joint", "P6", "H1", "报警", True)
LAMP = Case("b", "路灯不亮了", "hotline", "H1", "", "投诉举报", False)


def test_a_right_answer_in_time_has_all_points() -> None:
    assert score(LAMP, Said("hotline", "H1", False, 5)).points == 100
    assert score(GAS, Said("joint", "H1", True, 5)).points == 100


def test_missed_danger_is_worth_nothing_however_right_the_rest_is() -> None:
    got = score(GAS, Said("joint", "P6", False, 5))
    assert (got.points, got.danger_missed, got.side_right) == (0, True, True)


def test_a_false_alarm_costs_the_urgency_only_and_lateness_ten() -> None:
    assert score(LAMP, Said("hotline", "H1", True, 5)).points == 75
    late = score(LAMP, Said("hotline", "H1", False, seconds_for(LAMP.text) + 0.1))
    assert (late.points, late.late) == (90, True)
    assert score(LAMP, Said("police", "", True, 999)).points == 0


def test_neither_has_no_item_to_choose() -> None:
    court = Case("c", "判决不公", "neither")
    assert score(court, Said("neither", "", False, 1)).points == 100
    assert not score(court, Said("neither", "H1", False, 1)).item_right


def test_confusions_name_wrong_answers_the_most_frequent_first() -> None:
    pairs = [("P1", "H7"), ("H1", "H1"), ("H2", "H5"), ("P1", "H7")]
    assert list(confusions(pairs).items()) == [(("P1", "H7"), 2), (("H2", "H5"), 1)]


def test_every_round_has_danger_and_a_lookalike_and_no_case_twice() -> None:
    known = list(cases().values())
    for seed in range(30):
        chosen = choose(known, [], [], seed)
        assert len(chosen) == len(set(chosen)) == ROUND_CASES
        assert any(cases()[each].urgent for each in chosen)
        assert any(tag.startswith("negative:") for each in chosen for tag in cases()[each].tags)


def test_what_was_wrong_comes_again_and_what_is_new_comes_before_what_was_seen() -> None:
    known = list(cases().values())
    seen = [each.id for each in known[:200]]
    chosen = choose(known, seen, seen[:2], seed=1)
    assert set(seen[:2]) <= set(chosen)
    assert set(chosen) & set(seen) == set(seen[:2])
    assert len(choose(known, [each.id for each in known], [], seed=2)) == ROUND_CASES


def test_the_shipped_cases_are_what_the_corpus_gives_and_cover_everything() -> None:
    assert subprocess.run([sys.executable, str(ROOT / "scripts" / "practice.py"), "--check"], check=False).returncode == 0
    found = list(cases().values())
    assert len(found) == 400
    assert set(Counter(each.side for each in found)) == {"police", "hotline", "joint", "neither"}
    assert {each.item for each in found if each.item} == {f"{line}{number}" for line in "HP" for number in range(1, 9)}
    assert sum(each.urgent for each in found) >= 60
    assert sum(any(tag.startswith("negative:") for tag in each.tags) for each in found) >= 30

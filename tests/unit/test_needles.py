"""What a pattern cannot match without: skipping it may cost speed, never a result."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.domain.appeals.reading_needles import branches, demands, needles
from liandong.domain.appeals.reading_phrases import PATTERN_MARK, Guarded, Lexicon
from liandong.domain.appeals.reading_words import Words
from liandong.domain.triage.danger_rules import ALL, expand

PATTERNS = sorted({branch for rule in ALL for pattern in rule.patterns for branch in branches(expand(pattern))})


def test_alternatives_are_parted_at_the_outermost_level_only() -> None:
    assert branches("着火|(?:甲|乙)丙|[|]丁|\\|戊") == ["着火", "(?:甲|乙)丙", "[|]丁", "\\|戊"]


def test_all_parts_of_a_sequence_are_demanded() -> None:
    assert demands("家里[^，]{0,6}(?:贼|小偷)") == ((frozenset(), frozenset({"家里"})), (frozenset({"贼"}), frozenset({"小偷"})))
    assert demands("甲|乙") == () and demands("(?P<a>x)") == ()


@pytest.mark.parametrize("pattern", ["救命", "(?:着|起)火(?!车)", "要(?:我|你)?的?命"])
def test_needles_and_demands_stand_in_what_matches(pattern: str) -> None:
    for text in ("快救命啊", "楼上着火了", "起火", "他要你的命", "要命"):
        words = Words.of(text)
        if re.search(pattern, text):
            assert not needles(pattern) or any(needle in text for needle in needles(pattern))
            assert all(not words.chars.isdisjoint(chars) or not words.grams.isdisjoint(pairs) for chars, pairs in demands(pattern))


@given(st.lists(st.sampled_from("人孩子老刀火车水门打砍救命没气呼吸楼跳药死着了在被我他不要煤气漏炸塌困三天，。"), max_size=40))
def test_the_lexicon_finds_exactly_what_the_patterns_match(signs: list[str]) -> None:
    text = "".join(signs)
    found = {(hit.start, hit.end, hit.payload) for hit in LEXICON.hits(Words.of(text))}
    assert found == {(match.start(), match.end(), pattern) for pattern, made in COMPILED for match in made.finditer(text) if match.end() > match.start()}


LEXICON: Lexicon[str] = Lexicon((PATTERN_MARK + pattern, pattern) for pattern in PATTERNS)
COMPILED = [(pattern, re.compile(pattern)) for pattern in PATTERNS]


@pytest.mark.parametrize("source", ["(?:着|起)火(?!车)", "g[0-9]+|[一二三]栋", "忽略(?:以上|前面)|输出[^。]{0,8}(?:提示词|system)", "x*"])
@given(st.lists(st.sampled_from("着起火车g7一栋忽略以上前面输出提示词system。x"), max_size=30))
def test_a_guarded_pattern_finds_what_the_bare_one_finds(source: str, signs: list[str]) -> None:
    words = Words.of("".join(signs))
    guarded = Guarded(source)
    assert [match.span() for match in guarded.finditer(words)] == [match.span() for match in re.finditer(source, words.plain)]
    first, bare = guarded.search(words), re.search(source, words.plain)
    assert (first and first.span()) == (bare and bare.span())

"""Danger first: whatever else a text is about, danger to life, property or public safety goes to police at once.

Rules:
    1. A rule only raises urgency, it never lowers it (003 四（三）1; 004 四（一）). What a rule with common words raised is asked about first where
       the classifier hears neither danger nor any part for police (``engine.py``).
    2. High recall before precision: a false alarm costs a patrol, a miss costs a life.
    3. Every rule is words: a call-taker can read why, and a test holds what it must and must not catch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from liandong.domain.appeals.reading_needles import branches
from liandong.domain.appeals.reading_phrases import PATTERN_MARK, Lexicon
from liandong.domain.appeals.reading_words import Words
from liandong.domain.triage.context import Place, denied, denied_inside, in_story, is_letter, is_report, past, says_now, supposed, told
from liandong.domain.triage.danger_rules import ALL, DangerRule, expand

__all__ = ["Danger", "DangerRules", "all_rules"]


@dataclass(frozen=True, slots=True)
class Danger:
    """A rule that holds, and the words (positions in ``Words.plain``) that say so."""

    rule: DangerRule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Ready:
    rule: DangerRule
    rank: int
    exceptions: re.Pattern[str] | None
    elsewhere: re.Pattern[str] | None


class DangerRules:
    """The rules made ready to be applied to many texts.

    Parameters:
        rules: in the order of gravity, the gravest first.
    """

    def __init__(self, rules: Iterable[DangerRule] = ALL) -> None:
        entries: list[tuple[str, _Ready]] = []
        for rank, rule in enumerate(rules):
            ready = _Ready(rule, rank, _any(rule.exceptions), _any(rule.elsewhere))
            entries.extend((PATTERN_MARK + branch, ready) for pattern in rule.patterns for branch in branches(expand(pattern)))
        self._lexicon: Lexicon[_Ready] = Lexicon(entries)

    def found(self, words: Words) -> list[Danger]:
        """Return each rule that holds once, the gravest first."""
        holds: dict[int, Danger] = {}
        letter: bool | None = None
        for hit in self._lexicon.hits(words):
            ready = hit.payload
            if ready.rank in holds:
                continue
            if letter is None:
                letter = is_letter(words.plain)
            if _stands(ready, words.plain, hit.start, hit.end, letter):
                holds[ready.rank] = Danger(ready.rule, hit.start, hit.end)
        return [holds[rank] for rank in sorted(holds)]


@cache
def all_rules() -> DangerRules:
    """Return every rule made ready, once for all lists: half a second of a start would go to it each time."""
    return DangerRules()


def _any(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(expand, patterns))) if patterns else None


def _stands(ready: _Ready, plain: str, start: int, end: int, letter: bool) -> bool:
    rule = ready.rule
    if ready.exceptions is not None:
        for other in ready.exceptions.finditer(plain, max(0, start - 16), min(len(plain), end + 16)):
            if other.start() < end and start < other.end():
                return False
    place = Place.of(plain, start, end)
    if ready.elsewhere is not None and ready.elsewhere.search(place.sentence):
        return False
    if denied(place) or told(place) or (not rule.speaks_in_negatives and denied_inside(plain[start:end])):
        return False
    if not rule.threat and supposed(place):
        return False
    if not rule.lasting and past(place):
        return False
    if rule.not_in_reports and is_report(plain):
        return False
    return not letter or (rule.vital and not in_story(start)) or says_now(place)

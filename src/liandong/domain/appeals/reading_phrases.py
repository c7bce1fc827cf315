"""Find thousands of phrases and patterns in a text in a few microseconds.

A text of a hundred characters has a hundred pairs of neighbours; a phrase whose pair is not among them cannot be in it. So
phrases are filed under one pair each, a pattern under pairs that any match of it must hold, and a text is
compared with what its own pairs call up. That is one set intersection in C, then a handful of exact searches.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from liandong.domain.appeals.reading_needles import demands, needles
from liandong.domain.appeals.reading_rarity import expected
from liandong.domain.appeals.reading_words import Words

__all__ = ["PATTERN_MARK", "Guarded", "Hit", "Lexicon"]

#: A phrase that begins so is a regular expression.
PATTERN_MARK = "re:"

P = TypeVar("P")


class Hit(NamedTuple, Generic[P]):
    """One occurrence, in positions of ``Words.plain``."""

    start: int
    end: int
    payload: P


@dataclass(frozen=True, slots=True)
class _Entry(Generic[P]):
    phrase: str
    pattern: re.Pattern[str] | None
    payload: P
    demands: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()


class Lexicon(Generic[P]):
    """Phrases and patterns with a payload each, found together.

    Parameters:
        entries: pairs of phrase and payload. A phrase that begins with ``re:`` is a regular expression.
            Phrases are compared in lower case.

    Raises:
        re.error: a pattern cannot be compiled.
    """

    def __init__(self, entries: Iterable[tuple[str, P]]) -> None:
        made: list[tuple[_Entry[P], frozenset[str]]] = []
        for phrase, payload in entries:
            if phrase.startswith(PATTERN_MARK):
                source = phrase[len(PATTERN_MARK) :]
                made.append((_Entry(phrase, re.compile(source), payload, demands(source)), needles(source)))
            elif phrase.strip():
                low = phrase.lower()
                made.append((_Entry(low, None, payload), frozenset((low,))))
        self._always = [entry for entry, wanted in made if not wanted]
        self._filed: dict[str, list[tuple[str, _Entry[P]]]] = defaultdict(list)
        common = Counter(gram for _, wanted in made for needle in wanted for gram in _grams(needle))
        for entry, wanted in made:
            for needle in wanted:
                key = min(_grams(needle), key=lambda gram: (expected(gram) * common[gram], gram))
                self._filed[key].append((needle, entry))
        self._pairs = frozenset(key for key in self._filed if len(key) > 1)
        self._singles = frozenset(key for key in self._filed if len(key) == 1)

    def hits(self, words: Words) -> list[Hit[P]]:
        """Return every occurrence, in order of position, the longer first at the same place."""
        found: list[Hit[P]] = []
        tried: set[int] = set()
        filed = self._filed
        plain, chars, grams = words.plain, words.chars, words.grams
        for keys in (self._pairs & grams, self._singles & chars):
            for key in keys:
                for needle, entry in filed[key]:
                    if entry.pattern is None:
                        _phrase(plain, needle, entry, found)
                        continue
                    if id(entry) in tried or (needle is not key and needle not in plain):
                        continue
                    tried.add(id(entry))
                    for signs, pairs in entry.demands:
                        if chars.isdisjoint(signs) and grams.isdisjoint(pairs):
                            break
                    else:
                        _pattern(plain, entry, found)
        for entry in self._always:
            _pattern(plain, entry, found)
        if len(found) > 1:
            found.sort(key=_order)
        return found


class Guarded:
    """One pattern, tried only where a text holds what every match of it must hold.

    Parameters:
        source: a regular expression for ``Words.plain``.

    Raises:
        re.error: it cannot be compiled.
    """

    def __init__(self, source: str) -> None:
        self._pattern = re.compile(source)
        wanted = needles(source)
        self._always = not wanted
        self._signs = frozenset(each for each in wanted if len(each) == 1)
        self._pairs = frozenset(each[:2] for each in wanted if len(each) > 1)

    def may_stand(self, words: Words) -> bool:
        """Whether a text is worth searching; True where one may match."""
        return self._always or not self._pairs.isdisjoint(words.grams) or not self._signs.isdisjoint(words.chars)

    def search(self, words: Words) -> re.Match[str] | None:
        """Return the first match."""
        return self._pattern.search(words.plain) if self.may_stand(words) else None

    def finditer(self, words: Words) -> Iterable[re.Match[str]]:
        """Return every match, in order."""
        return self._pattern.finditer(words.plain) if self.may_stand(words) else ()


def _phrase(plain: str, phrase: str, entry: _Entry[P], found: list[Hit[P]]) -> None:
    at, size = plain.find(phrase), len(phrase)
    while at >= 0:
        found.append(Hit(at, at + size, entry.payload))
        at = plain.find(phrase, at + size)


def _pattern(plain: str, entry: _Entry[P], found: list[Hit[P]]) -> None:
    assert entry.pattern is not None, "only patterns are tried without a needle"
    found.extend(Hit(match.start(), match.end(), entry.payload) for match in entry.pattern.finditer(plain) if match.end() > match.start())


def _order(hit: Hit[P]) -> tuple[int, int]:
    return hit.start, -hit.end


def _grams(needle: str) -> list[str]:
    return [needle] if len(needle) == 1 else [needle[at : at + 2] for at in range(len(needle) - 1)]

"""行政区划: provinces, cities, counties, streets, with their codes, and which one a text names.

Codes are those of GB/T 2260 (six digits) and the statistics bureau (nine digits for a street or town, twelve for a
community). The tree is given by ``parent``, not cut out of the code: functional zones break the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

__all__ = ["Division", "DivisionLevel", "ancestors", "division_of", "divisions_in"]


class DivisionLevel(StrEnum):
    """How high a division stands."""

    PROVINCE = "province"
    CITY = "city"
    #: 县、县级市、区 and zones of that rank.
    COUNTY = "county"
    #: 街道、镇、乡 and zones of that rank.
    STREET = "street"
    #: 社区、村.
    COMMUNITY = "community"

    @property
    def rank(self) -> int:
        """0 for a province, more for what lies inside."""
        return list(DivisionLevel).index(self)


@dataclass(frozen=True, slots=True)
class Division:
    """One division of the tree."""

    code: str
    name: str
    level: DivisionLevel
    #: Code of the division above, or ``""``.
    parent: str = ""


_TAIL = re.compile(r"(街道办事处|街道|经济技术开发区|高新技术产业开发区|生态休闲旅游度假区|旅游度假区|新城|社区|镇|乡|村|区|县|市|省)$")


@lru_cache(maxsize=20_000)
def _short(name: str) -> str:
    """Return the name as people say it (``元和`` for ``元和街道``), or ``""`` where too little is left."""
    short = _TAIL.sub("", name)
    return short if len(short) >= 2 and short != name else ""


def ancestors(code: str, divisions: Iterable[Division]) -> tuple[str, ...]:
    """Return ``code`` and the codes above it, nearest first; an unknown code gives an empty tuple; a ring is cut."""
    by_code = {each.code: each for each in divisions}
    found: list[str] = []
    while code in by_code and code not in found:
        found.append(code)
        code = by_code[code].parent
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Hit:
    division: Division
    #: What of the text named it.
    words: str
    at: int

    @property
    def full(self) -> bool:
        return self.words == self.division.name

    def inside(self, other: _Hit) -> bool:
        """Say whether these words are only a part of longer words at the same place (``太平`` in ``太平湖镇``)."""
        longer = len(other.words) > len(self.words)
        return longer and other.at <= self.at and self.at + len(self.words) <= other.at + len(other.words)


def divisions_in(text: str, divisions: Sequence[Division]) -> tuple[Division, ...]:
    """Return every division that a text about a place names, the most likely first.

    The smaller division comes before the larger, one whose parent is named too before one that stands alone, a name in full
    (``元和街道``) before a short one (``元和``), and what is said first before what is said later.
    """
    return tuple(each.division for each in _hits(text, divisions))


def division_of(text: str, divisions: Sequence[Division]) -> Division | None:
    """Return the division that a text about a place names, or None where it names none.

    Where the same words could mean two divisions of one rank and no parent is named beside them, None: a guess sends
    people to the wrong county.
    """
    hits = _hits(text, divisions)
    if not hits:
        return None
    best = hits[0].division
    rivals = [each for each in hits[1:] if each.division.level is best.level and each.words == hits[0].words]
    named = {each.division.code for each in hits}
    return best if not rivals or _parent_named(best, named, divisions) else None


def _hits(text: str, divisions: Sequence[Division]) -> list[_Hit]:
    found: list[_Hit] = []
    for each in divisions:
        for words in (each.name, _short(each.name)):
            at = text.find(words) if words else -1
            if at >= 0:
                found.append(_Hit(each, words, at))
                break
    found = [hit for hit in found if not any(hit.inside(other) for other in found)]
    named = {each.division.code for each in found}
    return sorted(
        found,
        key=lambda hit: (
            -hit.division.level.rank,
            not _parent_named(hit.division, named, divisions),
            not hit.full,
            hit.at,
            hit.division.code,
        ),
    )


def _parent_named(division: Division, named: set[str], divisions: Sequence[Division]) -> bool:
    return any(code in named for code in ancestors(division.code, divisions)[1:])

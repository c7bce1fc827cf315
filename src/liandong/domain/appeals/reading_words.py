"""A text made ready for reading once, so that every reader can share the work.

Rules:
    - Positions are those of the text as it was said, whatever was normalised in between.
    - At most ``LIMIT`` characters are read; ``cut`` says so when there was more.
    - Nothing here raises for any string, and the work is linear in what is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

__all__ = ["LIMIT", "Words"]

#: Characters read of one text. A call of ten minutes is about 2,500; the longest message at hand has 6,000.
LIMIT = 8_000

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
#: Sentence marks stay Chinese, so that one class of marks serves every pattern.
for _mark in "，。！？；：（）":
    _FULL_WIDTH.pop(ord(_mark), None)
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, 65279, *range(8203, 8208), 12288, 160), 32)
_UPPER = {code: code + 32 for code in range(0x41, 0x5B)}
_MARKS = {ord("!"): "！", ord("?"): "？", ord(";"): "；"}
_TABLE: dict[int, int | str] = {**{code: _UPPER.get(to, to) for code, to in _FULL_WIDTH.items()}, **_CONTROLS, **_UPPER, **_MARKS}
_ODD = frozenset(map(chr, _TABLE))
_BLANKS = frozenset(" \t\u3000\xa0")
#: A hashtag is a label, not a statement: blanked, so that nothing is read out of it.
_HASHTAG = re.compile(r"#[^#\n]{1,24}#")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Words:
    """One text, normalised, with the sets that tell quickly what cannot be in it."""

    #: As it was said, cut to ``LIMIT``.
    said: str
    #: Lower case, half width, without the blanks that speech recognition leaves between Chinese characters.
    plain: str
    #: The characters of ``plain``.
    chars: frozenset[str]
    #: Its pairs of neighbours.
    grams: frozenset[str]
    #: Position in ``said`` of each character of ``plain``; empty when they are the same.
    origin: Sequence[int]
    #: Length of the whole text when it was cut, else 0.
    cut: int

    @classmethod
    def of(cls, text: str) -> Words:
        """Return ``text`` made ready; any string is taken."""
        said = text if len(text) <= LIMIT else text[:LIMIT]
        plain = said
        chars = frozenset(plain)
        origin: Sequence[int] = ()
        if not chars.isdisjoint(_ODD):
            plain = plain.translate(_TABLE)
            chars = frozenset(plain)
        if "#" in chars:
            plain = _HASHTAG.sub(lambda match: "，" * (match.end() - match.start()), plain)
            chars = frozenset(plain)
        if not chars.isdisjoint(_BLANKS):
            plain, origin = _close_gaps(plain)
        grams = frozenset(map(add, plain, plain[1:]))
        return cls(said, plain, chars, grams, origin, len(text) if len(text) > LIMIT else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``plain[start:end]`` stands in ``said``."""
        if not self.origin or start >= end:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """Return the words as said at ``plain[start:end]``."""
        first, last = self.span(start, end)
        return self.said[first:last]


def _close_gaps(text: str) -> tuple[str, Sequence[int]]:
    kept: list[int] = []
    pieces: list[str] = []
    at = 0
    for gap in _GAP.finditer(text):
        pieces.append(text[at : gap.start()])
        kept.extend(range(at, gap.start()))
        at = gap.end()
    if not pieces:
        return text, ()
    pieces.append(text[at:])
    kept.extend(range(at, len(text)))
    return "".join(pieces), kept

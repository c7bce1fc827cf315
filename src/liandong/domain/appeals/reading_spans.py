"""One particular read out of a text, and where it stands."""

from __future__ import annotations

from typing import NamedTuple

from liandong.domain.appeals.reading_words import Words

__all__ = ["Span", "span"]


class Span(NamedTuple):
    """A particular: what it is, where it stands in the text as said, the words, and their value."""

    #: One of ``particulars.NAMES``.
    name: str
    start: int
    end: int
    words: str
    #: Normalised: digits of a phone, yuan of a sum, the words themselves where there is nothing to normalise.
    value: str
    #: True when it should be asked again (a check digit that does not fit).
    doubt: bool = False


def span(words: Words, name: str, start: int, end: int, value: str = "", *, doubt: bool = False) -> Span:
    """Return the particular at ``words.plain[start:end]`` in positions of the text as said."""
    first, last = words.span(start, end)
    said = words.said[first:last]
    return Span(name, first, last, said, value or said, doubt)

"""要素: what can be read out of the words already said, what is still missing, and the one question to ask next.

Rules:
    1. What was said is never asked again (000, 一次接听、一次录入).
    2. A short record is no ground for return: what is missing is asked for while work goes on (000, 配合核实).
    3. What identifies a person is shown masked to those who may not see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from liandong.domain.appeals.particulars_asking import ALIASES, ASK_ORDER, question_for, said_otherwise
from liandong.domain.appeals.particulars_masking import mask_text, mask_value
from liandong.domain.appeals.reading_numbers import read_amounts, read_counts, read_identities, read_phones, read_plates
from liandong.domain.appeals.reading_people import read_companies, read_mentions
from liandong.domain.appeals.reading_places import read_places
from liandong.domain.appeals.reading_spans import Span
from liandong.domain.appeals.reading_times import read_times
from liandong.domain.appeals.reading_words import Words
from liandong.domain.catalogue.items import Item

__all__ = ["NAMES", "Particulars", "Span", "ask", "missing_for", "read", "read_words"]

#: Every particular a reader can find, in the order they are shown.
NAMES = ("place", "time", "phone", "identity", "plate", "amount", "company", "role", "weapon", "injury", "count", "age")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What was read out of one text.

    Parameters:
        spans: in order of position; two never overlap unless one is a count inside a place.
    """

    spans: tuple[Span, ...] = ()

    def of(self, name: str) -> tuple[Span, ...]:
        """Return the spans of one name, in order of position."""
        return tuple(each for each in self.spans if each.name == name)

    def has(self, name: str) -> bool:
        """Whether something of this name was said clearly enough not to be asked again."""
        wanted = ALIASES.get(name, (name,))
        return any(each.name in wanted and not each.doubt for each in self.spans)

    def as_json(self) -> dict[str, list[str]]:
        """Return name → values without repeats, in the order of ``NAMES``; names without a value are left out."""
        made: dict[str, list[str]] = {}
        for each in self.spans:
            values = made.setdefault(each.name, [])
            if each.value not in values:
                values.append(each.value)
        return {name: made[name] for name in NAMES if name in made}

    def masked(self) -> Particulars:
        """Return the same with what identifies a person hidden: phones, identity numbers, plates, doors."""
        return Particulars(tuple(each._replace(words=mask_value(each.name, each.words), value=mask_value(each.name, each.value)) for each in self.spans))

    def mask(self, text: str) -> str:
        """Return ``text`` (the one that was read) with the same hidden."""
        return mask_text(text, self.spans)


def read(text: str, now: datetime | None = None) -> Particulars:
    """Return the particulars of ``text``; any string is taken, at most ``LIMIT`` characters are read.

    Parameters:
        text: the words as said.
        now: the moment they were said, in the city's zone, to turn ``昨晚八点`` into a date; None keeps the words.
    """
    return read_words(Words.of(text), now)


def read_words(words: Words, now: datetime | None = None) -> Particulars:
    """Return the particulars of a text made ready before."""
    taken = read_identities(words)
    for found in (read_phones(words), read_plates(words), read_amounts(words), read_times(words, now), read_places(words), read_companies(words)):
        taken.extend(_apart(found, taken))
    taken.extend(_apart(read_counts(words), taken))
    taken.extend(read_mentions(words))
    taken.sort(key=lambda each: (each.start, each.end))
    return Particulars(tuple(taken))


def _apart(found: list[Span], taken: list[Span]) -> list[Span]:
    return [each for each in found if not any(each.start < other.end and other.start < each.end for other in taken)] if taken else found


def missing_for(item: Item | None, found: Particulars, *, urgent: bool = False, text: str = "") -> tuple[str, ...]:
    """Return the names of particulars that handling ``item`` needs and the words do not hold, most needed first.

    Parameters:
        item: a class or sub-item of the list; None when nothing is known yet.
        found: what was read.
        urgent: in danger only the place and how people are matter before help is on its way.
        text: the words, to see whether they describe the matter and name evidence.
    """
    if urgent:
        return tuple(name for name in ("place", "injury", "count") if not found.has(name))
    required: Iterable[str] = item.required if item is not None and item.required else ASK_ORDER
    clear = {each.name for each in found.spans if not each.doubt}
    return tuple(name for name in required if clear.isdisjoint(ALIASES.get(name, (name,))) and not said_otherwise(name, text))


def ask(item: Item | None, missing: tuple[str, ...], *, urgent: bool = False) -> str:
    """Return the one best next question, in the item's own words where it has them; ``""`` when nothing is missing."""
    return question_for(dict(item.questions) if item is not None else {}, missing, urgent=urgent)

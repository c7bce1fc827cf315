"""Look-up keys of an appeal: what two tellings of the same matter have in common, as small numbers.

Rules:
    1. Looking up must not read texts: each thing in common is a 63-bit number, found in one ordered index (A7).
    2. A key says *perhaps*; ``likeness`` of the words and the reasons a person reads decide what is shown.
    3. The same number, plate or door is a reason by itself; the same road is one only
       with the same item or words that are a little like (a wave). Items are not part of a key: hurried words are judged differently.
    4. Words are compared by their pairs of characters: a MinHash of one permutation in bands, so that speech
       recognition errors and another order of sentences still meet.

Theory of operation: ``keys_of`` gives at most ``MOST_KEYS`` keys when an appeal is recorded and while it is typed. Two texts whose
pairs overlap by half share a band of the four with about two chances in three, by three quarters almost always.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from zlib import crc32

from liandong.domain.appeals.normal_places import normal_place
from liandong.domain.appeals.reading_numerals import spoken_digits

__all__ = ["MOST_KEYS", "RepeatKey", "Why", "keys_of", "likeness", "shingles"]

#: Most keys of one appeal.
MOST_KEYS = 14
#: Characters of a text that are compared.
READ = 400
#: Fewest pairs of characters that make words worth comparing.
FEWEST_PAIRS = 8
BUCKETS, WIDTH = 8, 2

_NO_WORD = re.compile(r"[^一-龥a-z]+")
#: What nearly every caller says; it tells no two matters apart.
_POLITE = re.compile(r"你好|您好|喂|请问|我要投诉|我要反映|我想反映|反映一下|麻烦你们?|麻烦您|谢谢|希望有关部门|希望相关部门|尽快处理|帮忙|我是|这里是|这边|那个|就是|然后")


class Why(StrEnum):
    """What two tellings have in common."""

    PHONE = "phone"
    PLATE = "plate"
    PLACE = "place"
    #: The same road or estate, or within some hundred metres.
    EVENT = "event"
    WORDS = "words"
    #: Not a repeat: calls of this number that were abusive.
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class RepeatKey:
    """One key and what it stands for."""

    why: Why
    key: int


def keys_of(
    text: str,
    *,
    phone: str = "",
    place: str = "",
    position: tuple[float, float] | None = None,
    particulars: Mapping[str, Iterable[Any]] | None = None,
) -> tuple[RepeatKey, ...]:
    """Return the keys of an appeal, without repeats, at most ``MOST_KEYS``.

    Parameters:
        text: what was said.
        phone: the number the caller can be reached at.
        place: as typed; the places read out of the text are used too.
        position: longitude and latitude in degrees, or None.
        particulars: name → values as triage read them (``phone``, ``plate``, ``place``).
    """
    read = particulars or {}
    found: dict[RepeatKey, None] = {}
    for each in (phone, *_texts(read.get("phone"))[:2]):
        if plain := normal_phone(each):
            found[RepeatKey(Why.PHONE, number_of(Why.PHONE, plain))] = None
    for each in _texts(read.get("plate"))[:2]:
        if plain := normal_plate(each):
            found[RepeatKey(Why.PLATE, number_of(Why.PLATE, plain))] = None
    for where in [normal_place(each) for each in (place, *_texts(read.get("place"))[:2]) if each]:
        if where.best:
            found[RepeatKey(Why.PLACE, number_of(Why.PLACE, where.best))] = None
        if where.area:
            found[RepeatKey(Why.EVENT, number_of(Why.EVENT, where.area))] = None
    if position is not None:
        found[RepeatKey(Why.EVENT, number_of(Why.EVENT, f"{position[0]:.2f}|{position[1]:.2f}"))] = None
    for key in _bands(shingles(text)):
        found[RepeatKey(Why.WORDS, key)] = None
    return tuple(found)[:MOST_KEYS]


def number_of(why: Why, plain: str) -> int:
    """Return the 63-bit key of a plain value; values of different reasons never share one but by chance (2⁻⁶³)."""
    return int.from_bytes(blake2b(f"{why.value}|{plain}".encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def normal_phone(said: str) -> str:
    """Return the digits of a number without the country's prefix; ``""`` for what is no citizen's number."""
    digits = spoken_digits(unicodedata.normalize("NFKC", said[:40]))
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    return digits if 7 <= len(digits) <= 12 else ""


def normal_plate(said: str) -> str:
    """Return a plate in capital letters without dots; ``""`` where it is none."""
    plain = re.sub(r"[^一-龥A-Z0-9]", "", unicodedata.normalize("NFKC", said[:20]).upper())
    return plain if 7 <= len(plain) <= 8 else ""


@lru_cache(maxsize=512)
def shingles(text: str) -> frozenset[str]:
    """Return the pairs of characters of a text, without numbers, signs and what every caller says."""
    plain = _POLITE.sub(" ", unicodedata.normalize("NFKC", text[:READ]).lower())
    return frozenset(run[at : at + 2] for run in _NO_WORD.split(plain) for at in range(len(run) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how much two texts have in common, 0 to 1: the share of the shorter one's pairs weighed with the share of both.

    A short repeat of a long first call (“又来了，还是那家烧烤摊”) has few pairs; plain overlap would call it different.
    """
    if len(one) < 4 or len(other) < 4:
        return 0.0
    both = len(one & other)
    return 0.5 * both / len(one | other) + 0.5 * both / min(len(one), len(other))


@lru_cache(maxsize=512)
def _bands(pairs: frozenset[str]) -> Sequence[int]:
    if len(pairs) < FEWEST_PAIRS:
        return ()
    least = [-1] * BUCKETS
    for pair in pairs:
        mixed = (crc32(pair.encode()) * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        bucket, value = mixed >> 61, mixed & 0x1FFFFFFFFFFFFFFF
        if least[bucket] < 0 or value < least[bucket]:
            least[bucket] = value
    bands = [least[at : at + WIDTH] for at in range(0, BUCKETS, WIDTH)]
    return [number_of(Why.WORDS, f"{at}|{band}") for at, band in enumerate(bands) if min(band) >= 0]


def _texts(values: Iterable[Any] | None) -> list[str]:
    return [str(each) for each in values or () if each]

"""Phones, identity numbers, plates, sums of money and counts of people or things."""

from __future__ import annotations

import re
from datetime import date

from liandong.domain.appeals.reading_numerals import NUMERAL, number, spoken_digits
from liandong.domain.appeals.reading_phrases import Guarded
from liandong.domain.appeals.reading_spans import Span, span
from liandong.domain.appeals.reading_words import Words

__all__ = ["PROVINCE_SIGNS", "identity_is_sound", "read_amounts", "read_counts", "read_identities", "read_phones", "read_plates"]

PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_DIGIT_SIGNS = frozenset("0123456789")
_SPOKEN_SIGNS = frozenset("零一二三四五六七八九幺")
_NUMERAL_SIGNS = _DIGIT_SIGNS | frozenset("一二两三四五六七八九十几百千万亿半")
_MONEY_SIGNS = frozenset("元块钱万")

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_FIXED = re.compile(r"(?<![\d-])(0\d{2,3}[- ]?[2-9]\d{6,7}|[48]00[- ]?\d{3}[- ]?\d{4})(?!\d)")
_SPOKEN = re.compile(r"[幺一][三四五六七八九](?:[零〇一二三四五六七八九幺][，, ]?){9}")
_SHORT = re.compile(r"(?:电话|号码|手机|拨打|打过来的是)(?:是|为|：|:)?\s?([2-9]\d{6,7})(?!\d)")
_IDENTITY = re.compile(r"(?<![\dx])(\d{17}[\dx]|\d{15})(?![\dx])")
_PLATE = re.compile(
    rf"[{PROVINCE_SIGNS}][a-z][·.\-\s]?"
    r"(?:[0-9a-hj-np-z]{4}[挂学警港澳]|[a-hj-k][0-9a-hj-np-z]\d{4}|\d{5}[a-hj-k]|[0-9a-hj-np-z]{5})(?![0-9a-z])"
)
_AMOUNT = re.compile(rf"(?:¥|￥|人民币)?({NUMERAL})(元|块钱|块|万元|亿元|万块)(?:多|左右)?")
_AMOUNT_WAN = re.compile(r"(?:骗|转|欠|损失|被骗|汇|借|赔|投入|投资|交|付|亏|价值|工资|货款|共|存)(?:了|走|款|给他|我|掉|入|计)?[约共近]?(\d+(?:\.\d+)?|[一二两三四五六七八九十几]+)(?:多|余)?(万[一二三四五六七八九]?千?|亿)(?!人|户|平|多人|字|[元块])")
#: ``三万二被骗了``: the sum first, then what became of it.
_AMOUNT_FIRST = re.compile(r"(\d+(?:\.\d+)?|[一二两三四五六七八九十几]+)(?:多|余)?(万[一二三四五六七八九]?千?)(?=(?:就|都|全|也)?(?:被骗|没了|不见了|打水漂|要不回|给骗|让人骗|转走|被转|取不出))")
_COUNT = Guarded(
    rf"({NUMERAL})(多|余)?(个小孩|个孩子|个老人|个大人|个人|名群众|名工人|名|位|口人|人|户|家人|辆|台|车人|岁)(?!民|行|道|工|家|员|均|大|生|们|次|电|格|气|才|力|情|头|物|座)"
)

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"


def read_phones(words: Words) -> list[Span]:
    """Return telephone numbers: mobile, fixed, 400/800, and eleven digits spelt out in Chinese."""
    found: list[Span] = []
    if not words.chars.isdisjoint(_DIGIT_SIGNS):
        for pattern in (_MOBILE, _FIXED, _SHORT):
            found.extend(span(words, "phone", match.start(1), match.end(1), spoken_digits(match[1])) for match in pattern.finditer(words.plain))
    if len(words.chars & _SPOKEN_SIGNS) > 2:
        found.extend(span(words, "phone", match.start(), match.end(), spoken_digits(match[0])) for match in _SPOKEN.finditer(words.plain))
    return found


def read_identities(words: Words) -> list[Span]:
    """Return identity numbers; one whose date or check digit is wrong is marked doubtful, to be asked again."""
    if len(words.plain) < 15 or words.chars.isdisjoint(_DIGIT_SIGNS):
        return []
    found = []
    for match in _IDENTITY.finditer(words.plain):
        value = match[1].upper()
        if len(value) == 15 and not _is_date("19" + value[6:12]):
            continue
        found.append(span(words, "identity", match.start(1), match.end(1), value, doubt=not identity_is_sound(value)))
    return found


def identity_is_sound(value: str) -> bool:
    """Whether region, birth date and check digit of an identity number are in order.

    Source: GB 11643-1999 (check digit by ISO 7064 MOD 11-2); numbers of 15 digits carry none.
    """
    low = value.lower()
    if len(low) == 15 and low.isdigit():
        return low[0] in "12345678" and _is_date("19" + low[6:12])
    if len(low) != 18 or not low[:17].isdigit() or low[0] not in "12345678" or not _is_date(low[6:14]):
        return False
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(low, _WEIGHTS, strict=False)) % 11] == low[17]


def _is_date(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1880
    except ValueError:
        return False


def read_plates(words: Words) -> list[Span]:
    """Return vehicle plates, those of new-energy vehicles included (six signs after the letter)."""
    if words.chars.isdisjoint(_DIGIT_SIGNS) or words.chars.isdisjoint(PROVINCE_SIGNS):
        return []
    return [
        span(words, "plate", match.start(), match.end(), re.sub(r"[·.\-\s]", "", match[0]).upper())
        for match in _PLATE.finditer(words.plain)
        if any(sign.isdigit() for sign in match[0])
    ]


def read_amounts(words: Words) -> list[Span]:
    """Return sums of money with their value in yuan, the least they may mean (``十几万`` is at least 100,000)."""
    if words.chars.isdisjoint(_MONEY_SIGNS) or words.chars.isdisjoint(_NUMERAL_SIGNS):
        return []
    found = []
    for match in _AMOUNT.finditer(words.plain):
        value = number(match[1])
        unit = match[2]
        if value is None or (unit == "块" and match[1] in ("一", "几", "两", "半")):
            continue
        value *= 10_000 if unit[0] == "万" else 100_000_000 if unit[0] == "亿" else 1
        found.append(span(words, "amount", match.start(), match.end(), f"{value:.10g}" if value < 1e10 else f"{value:.0f}"))
    if "万" in words.chars or "亿" in words.chars:
        for match in (*_AMOUNT_WAN.finditer(words.plain), *_AMOUNT_FIRST.finditer(words.plain)):
            value = number(match[0][match.start(1) - match.start() :])
            if value is not None and not any(each.start <= match.start(1) < each.end for each in found):
                found.append(span(words, "amount", match.start(1), match.end(2), f"{value:.0f}"))
    return found


def read_counts(words: Words) -> list[Span]:
    """Return how many people, households or vehicles, and ages, with the number as value."""
    if words.chars.isdisjoint(_NUMERAL_SIGNS):
        return []
    found = []
    for match in _COUNT.finditer(words):
        value = number(match[1])
        if value is None or (match[1] in ("一", "几", "两", "半", "十") and match[3] in ("人", "家人", "位", "名", "台") and match.end() - match.start() < 3 and match[3] not in ("人", "名", "位")):
            continue
        name = "age" if match[3] == "岁" else "count"
        found.append(span(words, name, match.start(), match.end(), f"{value:.10g}"))
    return found

"""Numbers as people say and write them: ``一万二``, ``三千五``, ``十几万``, ``1.5亿``, ``两百多``."""

from __future__ import annotations

import re

__all__ = ["NUMERAL", "number", "spoken_digits"]

#: A pattern for one number: digits or Chinese numerals, with the units inside and a vague tail.
NUMERAL = r"(?:\d[\d,]*(?:\.\d+)?|[〇零一二两三四五六七八九十百千万亿半几]+)(?:[多余来几])?[百千万亿]{0,2}(?:[多余来])?"

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}
_VAGUE = str.maketrans("", "", "多余来几,")
#: ``七八十``, ``三四百``: the lower of the two is meant.
_BETWEEN = re.compile("([一二两三四五六七八九])[二两三四五六七八九](?=[十百千万])")
_SAID = {**{sign: str(value) for sign, value in _DIGITS.items()}, "幺": "1", "洞": "0", "拐": "7", "勾": "9", "o": "0"}


def number(words: str) -> float | None:
    """Return the value of a number in digits or Chinese numerals, the least it may mean when vague; None when it is none.

    Source: everyday use: ``一万二`` is 12,000 and ``三千五`` 3,500; ``十几万`` counts as 100,000 at least.
    """
    plain = words.translate(_VAGUE)
    if not plain:
        return None
    if plain == "半":
        return 0.5
    digits = plain.rstrip("百千万亿")
    if digits.replace(".", "", 1).isdigit():
        value = float(digits)
        for unit in plain[len(digits) :]:
            value *= _UNITS.get(unit) or _GROUPS[unit]
        return value
    return _chinese(_BETWEEN.sub(r"\1", plain))


def _chinese(words: str) -> float | None:
    total, section, digit, last_unit = 0.0, 0.0, -1.0, 1
    for sign in words:
        if sign in _DIGITS:
            digit = digit * 10 + _DIGITS[sign] if digit > 0 and last_unit == 1 else float(_DIGITS[sign])
            if sign in "零〇":
                last_unit = 10
        elif sign in _UNITS:
            section += (1 if digit < 0 else digit) * _UNITS[sign]
            digit, last_unit = -1.0, _UNITS[sign]
        elif sign in _GROUPS:
            total = (total + section + max(digit, 0.0) or 1.0) * _GROUPS[sign]
            section, digit, last_unit = 0.0, -1.0, _GROUPS[sign]
        elif sign == "半":
            return total + section + last_unit / 2
        else:
            return None
    if digit > 0:
        section += digit * (last_unit // 10 if last_unit > 10 else 1)
    return total + section


def spoken_digits(words: str) -> str:
    """Return ``幺三八零…`` as digits; what is no digit is left out."""
    return "".join(_SAID.get(sign, sign if sign.isdigit() else "") for sign in words)

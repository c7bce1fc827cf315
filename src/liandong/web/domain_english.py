"""English for the words that the tables put into a refusal: names of states, acts and fields, and what is wrong with a value.

The domain fills its refusals in Chinese, the language of the trade; every word it uses stands in a table with its English
beside it, so that a reader who chose English gets the whole sentence in English.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from liandong.application.world import MACHINES

__all__ = ["capital", "english"]

#: What is said about a value; ``{0}`` is the name of the field.
DETAILS = (
    (re.compile("^(.+)应为文字$"), "{0} should be text"),
    (re.compile("^(.+)应为整数$"), "{0} should be a whole number"),
    (re.compile("^(.+)应为是或否$"), "{0} should be yes or no"),
    (re.compile("^(.+)格式不对$"), "{0} is malformed"),
    (re.compile("^(.+)应为 1 至 200 的整数$"), "{0} should be a whole number from 1 to 200"),
    (re.compile("^(.+)只能是[：:]?.*$"), "{0} is none of the choices"),
)
#: Words that stand in no table.
OTHERS = {
    "（无）": "nothing", "（未建立）": "not there yet", "复核": "the second look", "去向": "where it goes", "通话结果": "outcome of the call",
    "草稿": "the draft", "车牌": "plate", "完整车牌": "the whole plate", "地点": "place", "不满意的理由": "reason for not being content", "由谁办理": "who keeps it", "件数": "number of records",
    "起止日期要写成日期": "both should be dates", "止日早于起日": "the end is before the start", "止日要早于今天，当天还没有过完": "the end should be before today, which is not over",
    "超过一年": "more than a year",
}  # fmt: skip


def capital(words: str) -> str:
    """Return words with a capital at the beginning, as they stand alone on a button or badge; Chinese has none."""
    return words[:1].upper() + words[1:]


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    words = dict(OTHERS)
    for machine in MACHINES.values():
        words.update(dict(machine.titles.values()))
        words.update({each.zh: each.en for each in machine.fields.values()})
    return words


def english(value: Any) -> Any:
    """Return words of a refusal in English as far as a table has them; anything else as it is."""
    if isinstance(value, list | tuple):
        return [english(each) for each in value]
    if not isinstance(value, str):
        return value
    known = _known()
    if value in known:
        return known[value]
    for pattern, sentence in DETAILS:
        found = pattern.match(value)
        if found is not None:
            return sentence.format(known.get(found.group(1), found.group(1)))
    return value

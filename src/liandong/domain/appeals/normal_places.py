"""One place, many ways of saying it: ``苏州市相城区采莲路88号附近`` and ``采莲路 八十八号`` become the same words.

Only for looking up: what people read stays as it was said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from liandong.domain.appeals.reading_numerals import number

__all__ = ["NormalPlace", "normal_place"]

#: Longest place that is looked at, in characters.
LONGEST = 120

_SPACES = re.compile(r"[\s，,。.、；;：:（）()\-—_·#“”\"'【】\[\]]+")
#: Provinces, cities, counties and streets before the name; 小区 is no district and 社区 may be all there is.
_ABOVE = re.compile(r"^(?:[一-龥]{2,8}?(?:省|自治区|自治州|(?<!小)(?<!社)(?<!园)(?<!开发)(?<!景)区|市(?!场)|县|街道办事处|街道(?!\d)|镇|乡))+(?=[一-龥a-z0-9]{2,})")
_SIDE = re.compile(r"(?:的)?(?:东|西|南|北|正|斜)?(?:门口|大门口|大门|侧门|后门|楼下|楼上|楼道|门前|旁边|旁|附近|对面|里面|内|处|边上|那里|这里|一带|周边|路段)$")
_COUNTED = re.compile(r"([〇零一二两三四五六七八九十百千]+)(?=号|栋|幢|座|单元|楼|层|室|弄|组|期|排|户|巷)")
_BUILDING = re.compile(r"(?:号楼|幢|座|栋)")
_CROSSING = re.compile(r"(?:的)?(?:交叉路口|交叉口|十字路口|丁字路口|交汇处|交界处|路口)$")
_BOTH = re.compile(r"[与和跟及同]")
#: Names that any district has: they place nothing.
_VAGUE_WORDS = "小区 社区 学校 医院 公园 市场 村 镇 家园 广场 大厦 路 街 家里 我家 马路 公路 这里 那里 门口 城区 园区 本村 全村 我们村 我们小区 本小区"
_VAGUE = frozenset(_VAGUE_WORDS.split())
#: The name of a road, estate, village or house: what stands before the first number.
_NAMED = re.compile(r"^([^0-9]*?(?:路|街|大道|巷|弄|胡同|道|小区|社区|花园|家园|公寓|新村|村|苑|城|广场|大厦|市场|园|湾|府|庭|里|坊|组|桥|[一-龥]))(?=[0-9]|$)")
_FIRST_NUMBER = re.compile(r"[0-9]+[a-z]?(?:弄[0-9]+)?(?:号|栋)?")


@dataclass(frozen=True, slots=True)
class NormalPlace:
    """A place ready to be compared.

    Parameters:
        area: the road, estate or village; of a crossing both roads in order; ``""`` where nothing is named.
        door: ``area`` with the first number, such as ``采莲路88号``; ``""`` where there is none.
    """

    area: str
    door: str = ""

    @property
    def best(self) -> str:
        """The narrowest that is known."""
        return self.door or self.area


@lru_cache(maxsize=512)
def normal_place(said: str) -> NormalPlace:
    """Return the place in its plain form; empty parts where the words name no place. Any string is taken."""
    words = unicodedata.normalize("NFKC", said[:LONGEST]).lower()
    words = _SPACES.sub("", words)
    words = _COUNTED.sub(lambda found: _digits(found[1]), words)
    words = _ABOVE.sub("", words)
    for _ in range(3):
        words = _SIDE.sub("", words)
    crossing = _CROSSING.sub("", words)
    if crossing != words or _BOTH.search(words):
        roads = sorted(each for each in (_area(part) for part in _BOTH.split(crossing)) if len(each) >= 2)
        if len(roads) >= 2:
            return NormalPlace("×".join(roads[:2]))
        words = crossing
    words = _BUILDING.sub("栋", words)
    area = _area(words)
    if len(area) < 2 or area in _VAGUE:
        return NormalPlace("")
    numbered = _FIRST_NUMBER.match(words, len(area))
    return NormalPlace(area, area + numbered[0].removesuffix("号") if numbered else "")


def _area(words: str) -> str:
    found = _NAMED.match(words)
    return found[1] if found else re.split(r"[0-9]", words, maxsplit=1)[0]


def _digits(words: str) -> str:
    value = number(words)
    return words if value is None else str(int(value))

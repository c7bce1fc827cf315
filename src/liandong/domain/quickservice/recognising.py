"""Whether words ask for a car to be moved: something blocked, a car that does it, nothing worse.

A dispute, an accident or danger is no quick service whatever else is said: it goes the usual way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["asks_to_move", "plate_of", "request_words"]

_ASKS = re.compile(
    r"挪(?:一下|下|开|走)?车|移(?:一下|下|开|走)?车|(?:车|轿车|货车|面包车|越野车)[^，。]{0,12}(?:挡|堵|拦|占)(?:住|着|了|在)?[^，。]{0,10}(?:门|口|车库|车位|通道|路|我的车|车)"
    r"|(?:挡|堵|占)(?:(?:住|着|了)(?:我家?的?|我们的?|人家的?)?|我家?的?|我们的?)(?:车|车位|车库|门口)|车位被占|(?:挡|堵)(?:住|着)?(?:了)?[^，。]{0,8}出不去"
)
_WORSE = re.compile(r"撞|刮|追尾|剐|事故|打人|打起来|动手|砸|救护车|消防车|受伤|被偷|逃逸|醉|酒驾|着火|被困|威胁|持刀")


def asks_to_move(text: str, *, urgent: bool = False) -> bool:
    """Return whether the words ask for a car to be moved and for nothing that needs people at the scene."""
    return not urgent and bool(_ASKS.search(text)) and not _WORSE.search(text)


def plate_of(data: Mapping[str, Any]) -> str:
    """Return the plate an appeal names: as typed, else the first read out of its words, else ``""``."""
    if data.get("plate"):
        return str(data["plate"])
    read = (data.get("verdict") or {}).get("particulars") or {}
    found = read.get("plate") if isinstance(read, Mapping) else None
    return str(found[0]) if isinstance(found, list | tuple) and found else ""


def request_words(place: str, plate: str, words: str) -> str:
    """Return what a request from the public page says, in the words a caller would use."""
    return f"{place}有车{plate}挡住了去路，请联系车主挪车。{words.strip()}"

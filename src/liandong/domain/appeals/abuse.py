"""恶意骚扰: whether words abuse the one who answers, and what marks a number.

Rules:
    1. Words alone only raise a doubt; the number of such calls within the city's window establishes it (003 五（二）; 004).
    2. Danger outranks every mark: an urgent appeal is never marked by itself and never waits for one.
    3. Abuse that is told of (“他骂我”) is no abuse of the line.
    4. Nobody is hung up on: the line is kept, the evidence is kept, police are told by a person's key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["ABUSIVE", "ESTABLISHED", "SUSPECTED", "abusive_words", "is_abusive"]

#: Said by the words; by a person; by the count.
SUSPECTED, ABUSIVE, ESTABLISHED = "疑似骚扰", "骚扰辱骂", "恶意骚扰"
MARKS = frozenset({SUSPECTED, ABUSIVE, ESTABLISHED})

_ABUSE = re.compile(
    r"傻[逼比叉屄bB]|[煞沙]笔|草泥马|[操草肏日艹]你(?:妈|大爷|祖宗|全家)|你妈(?:的|逼|死)|他妈的你|去你妈|滚你妈|狗(?:东西|日的|娘养)|王八蛋|贱(?:人|货)|臭(?:婊子|娘们|三八)|婊子|不要脸的东西"
    r"|你们?(?:都|全家|怎么不)(?:去)?死|吃屎|脑残|弱智|废物东西|一群(?:废物|饭桶|蠢货)|白痴|神经病你"
    r"|陪我(?:睡|聊骚|上床)|穿(?:什么|啥)(?:内衣|内裤|丝袜)|多少钱(?:一晚|一次)|想(?:睡|亲|摸)你|叫(?:两声|几声)(?:来)?听听|亲一个|摸一摸你|做我(?:女|男)朋友"
    r"|打着玩|就是(?:骂|玩)你|闲着(?:没事|无聊)打|逗你玩|我就不挂"
)
#: Before abuse that is told of; the speaker is the one who was abused, or quotes.
_TOLD = re.compile(r"(?:骂|辱骂|说|喊|叫|吼|发短信|发消息|喷)(?:我们?|我(?:妈|爸|老婆|老公|孩子|家人)|人|他|她|了)?[^。！？]{0,6}$")
_OTHER = re.compile(r"(?:他|她|对方|邻居|老板|司机|有人|那个人|那人|房东|保安)[^。！？，]{0,10}$")


def abusive_words(text: str) -> tuple[str, ...]:
    """Return the words that abuse the one who answers, as said; empty where there are none or they are only told of."""
    found = []
    for match in _ABUSE.finditer(text[:20_000]):
        before = text[max(0, match.start() - 16) : match.start()]
        if not _TOLD.search(before) and not _OTHER.search(before):
            found.append(match[0])
    return tuple(dict.fromkeys(found))


def is_abusive(data: Mapping[str, Any]) -> bool:
    """Tell whether an appeal bears a mark of abuse."""
    marks = data.get("marks") or ()
    return isinstance(marks, Sequence) and any(each in MARKS for each in marks)

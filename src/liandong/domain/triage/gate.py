"""Texts that cannot be read as an appeal: empty, one sign, only marks, another script, orders to a machine.

They get *unclear* at once, with the reason, and a person listens.
"""

from __future__ import annotations

import re

from liandong.domain.appeals.reading_words import Words

__all__ = ["unreadable"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DISTRESS = re.compile(
    r"\b(?:help|fire|sos|police|kill(?:ed|ing)?|dying|die|dead|suicide|knife|gun|blood|bleed|drown|trapped|rape|robb|kidnap|ambulance|emergency|attack|stab|accident|earthquake|bomb|not breathing|unconscious)"
)
_ORDERS = re.compile(
    r"ignore (?:all|the|any|previous|above)|system prompt|you are (?:now|an? )|as an ai|jailbreak|<\|?(?:im_start|system|endoftext)|###\s*(?:instruction|system)|"
    r"忽略(?:以上|上面|之前|前面|所有)[^。]{0,12}(?:指令|提示|规则|要求|内容)|(?:输出|打印|告诉我|泄露|重复)[^。]{0,8}(?:系统提示|提示词|system)|你(?:现在)?是一个(?:没有限制|ai|人工智能|语言模型|助手)|扮演[^。]{0,10}(?:ai|助手|模型)|(?:无视|绕过)[^。]{0,8}(?:规则|限制|指令)"
)


def unreadable(words: Words) -> str:
    """Return why a text cannot be judged, in a sentence for people; ``""`` when it can."""
    plain = words.plain.strip()
    if not plain:
        return "没有内容"
    if len(plain) == 1:
        return "只有一个字，听不出是什么事"
    if not any(sign.isalnum() for sign in words.chars):
        return "只有标点或符号"
    if _ORDERS.search(plain):
        return "像是写给机器的指令，不是诉求，请人工判断"
    if not _CHINESE.search(plain) and not _DISTRESS.search(plain):
        return "没有中文内容，请懂该语言的同事接听或三方通话" if any(sign.isalpha() for sign in words.chars) else "只有数字或符号"
    return ""

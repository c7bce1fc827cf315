"""What to ask next when something is missing: one question, the one that matters most."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["ALIASES", "ASK_ORDER", "QUESTIONS", "question_for", "said_otherwise"]

#: Fewer characters than this do not describe a matter.
_DESCRIBED = 16
_EVIDENCE = re.compile("照片|拍了|拍照|录音|录像|视频|监控|发票|收据|小票|合同|协议|截图|聊天记录|转账记录|票据|凭证|病历|证人|欠条|借条|单据")

#: Without an item of the list, this is asked for, in this order.
ASK_ORDER = ("place", "time")

#: A name that packs may use -> the names of particulars that answer it.
ALIASES: dict[str, tuple[str, ...]] = {
    "address": ("place",),
    "location": ("place",),
    "contact": ("phone",),
    "callback": ("phone",),
    "merchant": ("company",),
    "shop": ("company",),
    "employer": ("company",),
    "vehicle": ("plate",),
    "people": ("count", "role"),
    "persons": ("count", "role"),
    "who": ("role", "company"),
    "person": ("role", "company"),
    "suspect": ("role",),
    "injured": ("injury",),
    "injuries": ("injury",),
    "weapons": ("weapon",),
    "loss": ("amount",),
    "money": ("amount",),
    "when": ("time",),
    "how_many": ("count",),
}

#: Asked when an item has no question of its own for a name.
QUESTIONS: dict[str, str] = {
    "place": "请问具体在什么位置？路名、小区、楼栋门牌，或者旁边有什么明显的标志？",
    "time": "请问是什么时候的事？现在还在发生吗？",
    "phone": "方便留一个能联系到您的电话吗？",
    "identity": "请再报一遍身份证号码，我核对一下。",
    "plate": "请问车牌号码是多少？",
    "amount": "请问涉及多少钱？",
    "company": "请问是哪家单位或店铺，名称怎么写？",
    "role": "请问对方是什么人，你们是什么关系？",
    "weapon": "对方手里有没有刀具或别的器械？",
    "injury": "现在有没有人受伤，还清醒吗？",
    "count": "现场有多少人？",
    "age": "请问多大年纪？",
    "description": "请把情况说具体一些：发生了什么，现在怎么样了？",
    "evidence": "手里有照片、录音、票据或合同吗？",
}
_URGENT = {
    "place": "您现在在哪里？说路名、小区楼栋，或者身边看得见的招牌，救援马上出发。",
    "injury": "有没有人受伤，还能说话、还清醒吗？",
    "count": "现场还有几个人，有没有老人、孩子？",
}


def said_otherwise(name: str, text: str) -> bool:
    """Whether ``text`` itself answers a name that no reader returns: enough words for a description, evidence named."""
    if name == "description":
        return len(text) >= _DESCRIBED
    return name == "evidence" and _EVIDENCE.search(text) is not None


def question_for(own: Mapping[str, str], missing: tuple[str, ...], *, urgent: bool = False) -> str:
    """Return the question for the first missing name that has one.

    Parameters:
        own: the item's own questions by name, used before the general ones (except in danger).
        missing: names, most needed first.
        urgent: use the short questions for danger.
    """
    for name in missing:
        known = ALIASES.get(name, (name,))[0]
        question = (_URGENT.get(known, "") if urgent else "") or own.get(name) or QUESTIONS.get(known, "")
        if question:
            return question
    return ""

"""What to ask next when something is missing: one question, the one that matters most."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ALIASES", "ASK_ORDER", "QUESTIONS", "question_for"]

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
    "who": ("role",),
    "person": ("role",),
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
}
_URGENT = {
    "place": "您现在在哪里？说路名、小区楼栋，或者身边看得见的招牌，救援马上出发。",
    "injury": "有没有人受伤，还能说话、还清醒吗？",
    "count": "现场还有几个人，有没有老人、孩子？",
}


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

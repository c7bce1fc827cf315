"""Words for roles, sides and peers' states."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

__all__ = ["PARTICULAR_WORDS", "REPEAT_WORDS", "ROLE_WORDS", "SIDE_WORDS", "particular_words", "repeat_words", "role_words", "side_words"]

ROLE_WORDS = {
    "call_taker": _("110接警员"),
    "agent": _("12345话务员"),
    "reviewer": _("审核员"),
    "dispatcher": _("调度员"),
    "officer": _("民警"),
    "unit_staff": _("承办单位"),
    "supervisor": _("督办员"),
    "leader": _("领导"),
    "analyst": _("研判员"),
    "administrator": _("管理员"),
    "citizen": _("诉求人"),
    "system": _("系统"),
}
SIDE_WORDS = {
    "police": _("110 公安"),
    "hotline": _("12345 热线"),
    "joint": _("双方联合"),
    "neither": _("均不受理"),
    "unclear": _("尚不明确"),
    "both": _("110 与 12345"),
}


def role_words(role: str, side: str = "") -> str:
    """Return what a role is called."""
    return str(ROLE_WORDS.get(role, role))


def side_words(side: str) -> str:
    """Return what a side is called."""
    return str(SIDE_WORDS.get(side, side))


#: Why two appeals may be the same matter.
REPEAT_WORDS = {
    "phone": _("同一号码"),
    "plate": _("同一车牌"),
    "place": _("同一地点"),
    "event": _("同一路段同类事项"),
    "words": _("说法相近"),
}


def repeat_words(why: str) -> str:
    """Return what two appeals have in common."""
    return str(REPEAT_WORDS.get(why, why))


#: What can be read out of words, and what may be missing.
PARTICULAR_WORDS = {
    "place": _("地点"),
    "time": _("时间"),
    "phone": _("电话"),
    "identity": _("身份证号"),
    "plate": _("车牌"),
    "amount": _("金额"),
    "company": _("单位店铺"),
    "role": _("人物"),
    "weapon": _("器械"),
    "injury": _("伤情"),
    "count": _("人数处数"),
    "age": _("年龄"),
    "person": _("对方"),
    "description": _("具体情况"),
    "evidence": _("证据"),
}


def particular_words(name: str) -> str:
    """Return what a particular is called; its own name where it is new."""
    return str(PARTICULAR_WORDS.get(name, name))


#: state of an assistant's part -> words.
PART_WORDS = {
    "called": _("待签收"),
    "signed": _("协办中"),
    "arrived": _("已到场"),
    "reported": _("已反馈"),
    "lapsed": _("未反馈而办结"),
    "declined": _("已退回"),
    "released": _("已解除"),
}


def part_words(state: str) -> str:
    """Return where an assistant's part stands; its own word where it is new."""
    return str(PART_WORDS.get(state, state))

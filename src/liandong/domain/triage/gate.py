"""Texts that cannot be read as an appeal: empty, one sign, only marks, another script, orders to a machine, words without a matter.

They get *unclear* at once, with the reason and the question that opens the matter, and a person listens.
"""

from __future__ import annotations

import re

from liandong.domain.appeals.reading_phrases import Guarded
from liandong.domain.appeals.reading_words import Words

__all__ = ["ASK_ANEW", "LONGEST_VAGUE", "question_on", "unreadable"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DISTRESS = re.compile(
    r"\b(?:help|fire|sos|police|kill(?:ed|ing)?|dying|die|dead|suicide|knife|gun|blood|bleed|drown|trapped|rape|robb|kidnap|ambulance|emergency|attack|stab|accident|earthquake|bomb|not breathing|unconscious)"
)
_ORDERS = Guarded(
    r"ignore (?:all|the|any|previous|above)|system prompt|you are (?:now|an? )|as an ai|jailbreak|<\|?(?:im_start|system|endoftext)|###\s*(?:instruction|system)|"
    r"忽略(?:以上|上面|之前|前面|所有)[^。]{0,12}(?:指令|提示|规则|要求|内容)|(?:输出|打印|告诉我|泄露|重复)[^。]{0,8}(?:系统提示|提示词|system)|你(?:现在)?是一个(?:没有限制|ai|人工智能|语言模型|助手)|扮演[^。]{0,10}(?:ai|助手|模型)|(?:无视|绕过)[^。]{0,8}(?:规则|限制|指令)"
)
#: What people say before they say anything: alone it tells nobody's matter and no danger, and the model would only guess. The longer first.
_OPENING = (
    r"喂|嗯|啊|哦|噢|呃|额|哎|唉|诶|欸|呀|嘛|你好|您好|在不在|在吗|有人吗|听得到|听得见|能听到|听见|听到|同志|师傅|小姐|先生|警官|接线员|话务员|"
    r"那个|这个|就是说|就是|怎么说|不知道|我们|我这边|我这里|我这儿|这边|这里|你们|是这样|这样|一下|请问|反映|咨询|情况|有件事|有点事|有个事|一个事|有事|个事|事情|麻烦|打扰|"
    r"[我你您想要问请是对好个的了吗呢吧]|[\W_]"
)
#: Nothing but such words, taken one after the other and never given back.
_OPENING_ALONE = re.compile(rf"(?>{_OPENING})*+")
#: Nobody needs more characters to begin; a longer text is read in any case.
_LONGEST_OPENING = 40
#: A text longer than this names something.
LONGEST_VAGUE = 60
ASK_ANEW = "请问发生了什么事，在哪里，需要什么帮助？"
#: What is said without its matter -> what opens it; the first that fits.
_OPENERS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"[他她]们?|(?:那|这)(?:个|些|帮|伙|群|几个|两个|家)?人|那家|这家|人家|隔壁|邻居|楼[上下]"),
        "请问是谁，在哪里，做了什么，现在有没有人受到威胁或伤害？",
    ),
    (re.compile(r"派人|派个?人|来人|过来|来看|来一下|到(?:现场|场)|等你们|还没到"), "请问要到哪里，发生了什么事，现在有没有人有危险或受伤？"),
    (
        re.compile(r"上[次回周]|上个|之前|以前|前(?:两|几)?天|昨天|说过|讲过|反映过|打过|报过|记录|单号|工单|进度|结果|答复|回复|回电|回访|催|那(?:个|件)事|老样子|还是"),
        "请问您之前反映的是什么事，大概哪天、用哪个号码打的？有单号请报一下单号。",
    ),
    (re.compile(r"哪个部门|哪里管|归(?:不归)?(?:你们|谁|哪)|该找|该打|[管受]不[管受]|咨询|问(?:一下|下|问|个)?"), "请问您想问或想办的是哪方面的事，涉及哪里、哪家单位？"),
)


def question_on(plain: str) -> str:
    """Return the question that opens a matter which the words only hint at.

    Parameters:
        plain: ``Words.plain``.
    """
    return next((question for hint, question in _OPENERS if hint.search(plain)), ASK_ANEW)


def unreadable(words: Words) -> str:
    """Return why a text cannot be judged, in a sentence for people; ``""`` when it can."""
    plain = words.plain.strip()
    if not plain:
        return "没有内容"
    if len(plain) == 1:
        return "只有一个字，听不出是什么事"
    if not any(sign.isalnum() for sign in words.chars):
        return "只有标点或符号"
    if len(plain) <= _LONGEST_OPENING and _OPENING_ALONE.fullmatch(plain):
        return "还没有说是什么事"
    if _ORDERS.search(words):
        return "像是写给机器的指令，不是诉求，请人工判断"
    if not _CHINESE.search(plain) and not _DISTRESS.search(plain):
        return "没有中文内容，请懂该语言的同事接听或三方通话" if any(sign.isalpha() for sign in words.chars) else "只有数字或符号"
    return ""

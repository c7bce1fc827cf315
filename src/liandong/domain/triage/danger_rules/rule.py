"""What a danger rule is, and the short signs its patterns are written with.

``…``   up to 12 characters of the same sentence
``·``   up to 4 characters of the same clause
``<人>`` a word for a person, ``<弱>`` for one who needs others, ``<受>`` one who was hit, ``<数>`` a number, ``<刀>`` a weapon
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DangerRule", "expand"]

_SIGNS = {
    "…": r"[^。！？；\n]{0,12}",
    "·": r"[^。！？；，、\n]{0,4}",
    "<弱>": "(?:孩子|小孩|娃儿?|宝宝|婴儿|小朋友|小男孩|小女孩|男孩|女孩|小姑娘|妹仔|细路|老人家?|老头|老太太?|老汉|老爷子|老奶奶|老大爷|奶奶|爷爷|外婆|外公|姥姥|姥爷|阿婆|阿公|婆婆|大爷|大妈|母亲|父亲|妈妈?|爸爸?|老娘|老爹|痴呆|智障|精神病人?|孕妇|残疾人?|学生|孙子|孙女|儿子|女儿|闺女|弟弟|妹妹)",
    "<人>": (
        "(?:人|孩子|小孩|娃儿?|宝宝|婴儿|小朋友|老头|老太太?|老汉|老爷子|老奶奶|奶奶|爷爷|外婆|外公|姥姥|姥爷|阿婆|阿公|婆婆|妈妈?|爸爸?|父亲|母亲|老公|老婆|丈夫|妻子|媳妇|男朋友|女朋友"
        "|儿子|女儿|闺女|弟弟|妹妹|哥哥?|姐姐?|孙子|孙女|同学|学生|女孩|男孩|姑娘|小伙子?|男的|女的|男子|女子|女生|男生|工人|工友|师傅|邻居|大爷|大妈|大叔|大姐|大哥|阿姨|孕妇|司机|乘客|室友|舍友|朋友|同事|我|他|她|俺|咱|咱们|我们|他们|[一两二三四五六七八九十几\\d]+(?:个|名|位|口))"
    ),
    "<受>": (
        "(?:人(?!家|民|行|员|工|管|说|都说|家里|为|才|均|次)|孩子|小孩|娃儿?|宝宝|婴儿|老头|老太太?|老人|奶奶|爷爷|我妈|我爸|我老|工人|工友|师傅|邻居|大爷|大妈|男的|女的|学生"
        "|行人|司机|骑车的|[一两二三四五六七八九十几\\d]+(?:个|名|位)(?:人|工|学|孩|娃))"
    ),
    "<数>": r"(?:\d+|[一二两三四五六七八九十百几好多半]+)",
    "<刀>": "(?:菜刀|砍刀|水果刀|西瓜刀|杀猪刀|匕首|弹簧刀|尖刀|长刀|柴刀|镰刀|刀子?|斧头|斧子|铁棍|钢管|棍子|木棍|棒球棍|铁锹|锄头|砖头|扳手|锤子|榔头|枪|弓弩|电棍|甩棍|家伙|酒瓶|啤酒瓶|火把|硫酸|汽油)",
}


@dataclass(frozen=True, slots=True)
class DangerRule:
    """One danger, in words.

    Parameters:
        code: stable name, ``D-…``.
        name: what a call-taker reads.
        item: police class whose clause it rests on, by the codes of 003 annex 2.
        patterns: any of these found in the text raises the danger; regular expressions with the signs above.
        exceptions: where one of these overlaps the words found, they mean something else.
        elsewhere: one of these anywhere in the same sentence means another matter.
        lasting: what began days ago is danger still (a person missing, trapped, without contact).
        threat: ``如果不…就…`` is the danger itself, not a supposition.
        vital: raised in a long letter too, where most rules ask for a word that says *now*.
        not_in_reports: in a report of help under way (``官兵赶赴``, ``捐赠``) the danger is being met already.
        speaks_in_negatives: its own words hold a ``没`` or ``不`` (``没气了``), so a denial inside them says nothing.
        common: its words stand in calm matters too: where the classifier hears hardly any danger and police have little part, it is asked about instead of raised (``engine.py``).
        source_side: the source is another department's to cure once people are safe: a joint matter.
    """

    code: str
    name: str
    item: str
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    lasting: bool = False
    threat: bool = False
    vital: bool = False
    not_in_reports: bool = False
    speaks_in_negatives: bool = False
    common: bool = False
    source_side: bool = False


def expand(pattern: str) -> str:
    """Return ``pattern`` as a regular expression of Python, its short signs written out."""
    for sign, meaning in _SIGNS.items():
        pattern = pattern.replace(sign, meaning)
    return pattern

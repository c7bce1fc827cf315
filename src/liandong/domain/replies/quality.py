"""回复质检: does a reply answer what was asked, before it is sent?

Rules:
    1. A reply says what was done or what holds, by whom or when: facts. "已转相关部门处理" is a formula, not an answer (004 智能质检).
    2. It speaks of what was asked: words of the appeal come back in it. One that shares none of them answers another question.
    3. It says how to go on: what happens next, or whom to ask.
    4. Every finding says which words it rests on. An agent may send the reply all the same; that is then written down with the findings.

Theory of operation: what is courtesy, number, date or formula is taken off first; what remains is the substance. Length,
fact words and shared word pairs are counted on the substance. Nothing is learnt from data, so every finding can be read back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["FINDINGS", "Finding", "ReplyCheck", "check_reply", "substance_of"]

#: Least characters of substance a reply has.
LEAST_SUBSTANCE = 30
#: Of the word pairs of what was asked, how many come back in a reply that speaks of it.
LEAST_SHARED = 3

#: code -> (Chinese, English).
FINDINGS: Mapping[str, tuple[str, str]] = {
    "formula": ("只有套话，没有说办了什么", "Only a formula: it does not say what was done"),
    "short": ("内容太短，没有说清情况", "Too short to explain anything"),
    "no_facts": ("没有事实：什么时候、谁、做了什么", "No facts: when, who, what was done"),
    "other_matter": ("没有回应所问的事", "It does not speak of what was asked"),
    "no_next_step": ("没有下一步或联系方式", "No next step and nobody to ask"),
}
#: What makes a reply one that does not answer; the others are advice.
GRAVE = frozenset({"formula", "short", "other_matter"})

#: Courtesy and formulas; each takes the rest of its clause along.
FORMULAS = (
    r"[“\"][A-Za-z0-9]{4,20}[”\"]", r"(尊敬|亲爱)的[^，,。：:！!]{0,30}[：:，,！!]?", r"网友[“\"]?[^，,。：:！! 　]{0,20}[”\"]?[：:，,！!]?", r"您好[！!，,。：:]?", r"你好[！!，,。：:]?",
    r"[^。！!；;]{0,40}(收悉|已阅|已知悉)[。，,！!；;]?", r"现(将有关情况)?(回复|答复|反馈)如下[：:。，,]?",
    r"[^。！!；;]{0,40}(转(交|至|给|到|办|送|达|发|相关|有关)|交由|交办|转[A-Z]?\d*[市县区])[^。！!；;]{0,40}(处理|办理|研究|核实|调查|核处|阅处|部门|单位|答复|反馈)?[^。！!；;]{0,20}[。！!；;]?",
    r"[^。！!；;]{0,20}(如有|有关)?(情况|回复|结果|进展)[^。！!；;]{0,12}(及时|第一时间|尽快)[^。！!；;]{0,12}(告知|回复|反馈|答复)[^。！!；;]{0,6}[。！!；;]?",
    r"(再次)?感谢您?[^。！!]{0,40}[。！!]?", r"(敬请|请)(谅解|知悉|周知|留意|关注|耐心等待)[^。！!]{0,20}[。！!]?", r"祝您?[^。！!]{0,20}[。！!]?", r"特此[^。！!]{0,10}[。！!]?",
    r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}[日号]?", r"(我们|我办|我单位|我局)?(非常|高度)(重视|关注)[^。！!；;，,]{0,20}[。，,！!；;]?",
)
FORMULA = re.compile("|".join(f"(?:{each})" for each in FORMULAS))
LETTERS = re.compile(r"[\u3400-\u9fffA-Za-z0-9]")
HAN = re.compile(r"[\u3400-\u9fff]+")
FACTS = re.compile(
    r"经(查|核|调查|了解|现场|研究|协调|与)|(现场|执法|工作)人员|查看|核实|(已|已经|进行了?|完成|予以)(责令|要求|清理|清除|修复|维修|更换|安装|拆除|查处|查扣|立案|处罚|整改|取缔|协调|调解|支付|退|补|恢复|约谈|告知|联系|派|到|对)"
    r"|根据|按照|依据|规定|条例|办法|文件|政策|标准|属于|不属于|由于|因为|原因|目前|截至|计划|预计|\d+(元|米|日|天|年|月|户|人|次|个|%|万|号)|[上下]午|昨|今天"
)
NEXT_STEP = re.compile(
    r"(电话|热线|拨打|联系|咨询|致电|来电|办公室|窗口|网站)|下一步|后续|将(于|在|继续|进一步|尽快|会|按|对|组织|加强|安排|协调)|预计|计划|[^\d]\d{7,}|0\d{2,3}-?\d{7,8}|持续|继续|如(有|仍|再|您|对)|可(到|以|在|向|通过|凭)|请(到|向|您?持|携|提供|与)|届时|待"
)
#: Word pairs that stand in every letter and say nothing of its matter.
COMMON = frozenset(
    ["问题", "情况", "反映", "希望", "领导", "部门", "相关", "有关", "我们", "你们", "他们", "尊敬", "您好", "你好", "请求", "投诉", "咨询", "关于", "建议", "进行", "没有", "可以", "现在", "已经", "如果", "因为", "所以", "但是", "这个", "那个", "什么", "怎么", "解决", "处理", "政府", "市民", "群众", "居民", "网友", "留言", "感谢", "谢谢", "一个", "一直", "时候", "今年", "去年", "工作", "人员", "单位", "需要", "应该", "能够", "不能", "为什", "是否", "以及", "并且", "或者", "通过", "根据", "要求", "平台", "问政", "回复", "办理", "书记", "市长", "县长", "区长", "百忙", "万分", "生活", "影响", "严重", "多次", "到底", "给予", "能否", "尽快", "落实", "管理", "发展", "建设", "社会", "公司", "项目", "时间", "小区", "公里", "附近", "多年", "年来", "月份", "日期", "的问", "的是", "了我", "我是", "是我", "有人", "人的", "的人", "在的", "我的", "们的", "对于", "不是", "就是", "还是", "都是", "也是", "的情", "的相", "了解", "的工", "方面", "实际", "目前", "以来", "之后"]
)
#: Characters that only bind words together.
BINDING = frozenset("的了是在和与及或也都就还又而且但被把对从向到给为以于之其所者个们着过吗呢吧啊么呀我你您他她它这那有没不请")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a reply."""

    #: A key of ``FINDINGS``.
    code: str
    #: The words it rests on; "" where something is missing.
    words: str = ""

    @property
    def grave(self) -> bool:
        """Whether the reply does not answer because of it."""
        return self.code in GRAVE

    def title(self, language: str = "zh") -> str:
        """Return the finding in words."""
        zh, en = FINDINGS[self.code]
        return en if language.startswith("en") else zh


@dataclass(frozen=True, slots=True)
class ReplyCheck:
    """What the check says of a reply."""

    findings: tuple[Finding, ...]
    #: Characters that say something.
    substance: int
    #: Words of what was asked that come back.
    shared: tuple[str, ...]

    @property
    def answers(self) -> bool:
        """Whether it explains anything about what was asked."""
        return not any(each.grave for each in self.findings)


def substance_of(reply: str) -> str:
    """Return a reply without courtesy, dates and formulas."""
    return FORMULA.sub(" ", reply)


def check_reply(reply: str, asked: str) -> ReplyCheck:
    """Check a reply against what was asked.

    Parameters:
        reply: what would be sent.
        asked: all that is known of the appeal: its words, demand, place, summary; "" where nothing is known to compare with.

    Returns:
        the findings, grave ones first; none where nothing is wrong.
    """
    rest = substance_of(reply)
    size = len(LETTERS.findall(rest))
    shared = tuple(sorted(pairs_of(asked) & pairs_of(reply)))
    found: list[Finding] = []
    if size < LEAST_SUBSTANCE:
        formula = FORMULA.search(reply)
        courteous = size * 2 < len(LETTERS.findall(reply)) and formula is not None
        found.append(Finding("formula", formula.group()[:60]) if courteous and formula else Finding("short", reply.strip()[:60]))
    wanted = pairs_of(asked)
    if wanted and len(shared) < min(LEAST_SHARED, max(1, len(wanted) // 4)):
        found.append(Finding("other_matter", "、".join(shared)))
    if FACTS.search(rest) is None:
        found.append(Finding("no_facts"))
    if NEXT_STEP.search(reply) is None:
        found.append(Finding("no_next_step"))
    return ReplyCheck(tuple(found), size, shared)


def pairs_of(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters that carry meaning."""
    found = set()
    for run in HAN.findall(text):
        for first, second in pairwise(run):
            if first not in BINDING and second not in BINDING and first + second not in COMMON:
                found.add(first + second)
    return frozenset(found)


"""类别: is it an alarm, a question, a request, a complaint or a suggestion (济政办字〔2023〕51号, annex)."""

from __future__ import annotations

from collections.abc import Mapping

from liandong.domain.appeals.reading_phrases import Lexicon
from liandong.domain.appeals.reading_words import Words
from liandong.domain.catalogue.items import Kind

__all__ = ["KindRules"]

#: by value: a plain string is looked up far faster than a member of an enumeration.
_A, _E, _H, _C, _S = (each.value for each in (Kind.ALARM, Kind.ENQUIRY, Kind.HELP, Kind.COMPLAINT, Kind.SUGGESTION))

#: Words and what they weigh for a kind.
_WORDS: tuple[tuple[str, float, str], ...] = (
    (_S, 3.0, r"re:^[^，。！？]{0,14}(?:建议|提议|倡议|意见是|提个(?:意见|建议|想法)|呼吁)"),
    (_S, 1.8, r"re:建议|提议|倡议|能否(?:考虑|增|加|在|设|把|将|开|优化)|可否(?:考虑|增|加|在|设)|是否可以(?:考虑|增|加|设)|希望能?(?:增设|增加|开通|延长|加装|修建|建设|早日|尽快建|尽早建|规划)"),
    (_S, 1.2, r"re:能不能(?:改|多|增|加|在|设|搞|弄个|装|建|优化|换成|挪|延长|把)|可不可以(?:改|多|增|加|设|在)|要是能|最好(?:能|是)|不如|何不|应该(?:增|加|设|多|在)|(?:加装|增设|增加|开通|延长)[^。]{0,12}(?:更好|方便)|盼望|期盼|期待"),
    (_S, 2.2, r"re:点(?:个)?赞|表扬|感谢|谢谢你们|加油|致敬|祝福|愿(?:所有|天下|大家)|好样的|辛苦了"),
    (_E, 2.2, r"re:咨询|请问|想?问(?:一下|下|问|个)|打听|了解(?:一下|下)?(?=[^。]{0,10}(?:政策|流程|条件|标准|情况|怎么|时间|什么|如何|是否))|求解答|请(?:予)?解答|告知"),
    (_E, 1.6, r"re:(?:怎么|如何|咋|哪里|哪儿|在哪|去哪|到哪)(?:个)?(?:办理?|申请|报名|查|交|缴|领|登记|预约|算|开(?:具|通|证明)|补|买|转|认定|走|去)|(?:需要|要)(?:什么|哪些|啥)(?:材料|手续|条件|证件|资料)|(?:什么|啥)(?:时候|时间)(?:能|可以|开|发|到|开始|报|办|修|建|交)?|多少(?:钱|天|岁|年|分|号)|几(?:点|天|号|岁|年)(?:[^，。]{0,6})[吗呢？]|有没有[^。]{0,16}(?:政策|补贴|规定|条件|要求)|可以[^。，]{0,12}[吗么嘛？]|能[^。，不]{0,12}[吗么嘛？]|算不算|合不合法|是不是[^。]{0,14}[？呢]|(?:有|属于|符合)[^。]{0,10}[吗么]|哪个部门|归谁管|归哪"),
    (_C, 2.4, r"re:投诉|举报|控诉|检举|揭发|实名反映"),
    (_C, 1.2, r"re:不(?:作为|合理|合法|公平|退|管|处理|解决|理|还|给退|给个|开发票|负责|予)|没人管|违规|违法|非法|乱收|乱停|乱扔|乱贴|乱倒|扰民|欺骗|欺诈|虚假|霸王|黑心|坑(?:人|骗|老)|推诿|推脱|踢皮球|敷衍|态度(?:差|恶劣|不好|蛮横)|恶劣|严重影响|受不了|吵(?:得|死|到)|臭(?:得|死|气)|凭什么|什么道理|太过分|偷(?:排|倒|工)|拖(?:着|延|欠)|查处|严惩|取缔|整治|管一?管|查一?查|无证|私自|擅自|噪音|污染"),
    (_H, 2.0, r"re:求助|求救|救命|救救|帮(?:帮忙|个忙|我|忙|俺|一下|帮)|求(?:求)?(?:你们|政府|领导|帮)|请(?:求)?(?:帮|协助|派人|尽快(?:派|修|恢复))|报修|抢修|挪车|开锁|调解|协调(?:一下|解决)?|救助|求援"),
    (_H, 1.2, r"re:(?:派|叫|喊|安排)(?:个|几个)?人(?:来|过来|去)?|来(?:人)?(?:修|看|处理|清|弄|搞|捞|收|剪|抓)|(?:坏|堵|漏|断|停|倒|掉|破|裂|歪|塌|灭|不亮|没电|没水|没气)(?:了|咯|哒|喽)|修(?:一)?(?:下|修|好)|清理(?:一下)?|恢复|怎么办|咋办|没办法|丢了|找不到|希望[^。]{0,10}(?:解决|帮助|协调|处理|落实)|能不能(?:来|派|帮|给|找|叫)"),
)
_ALARM_CLASSES = frozenset({"P1", "P2", "P4", "P8"})
#: What each class leans to when the words are silent: alarm, enquiry, help, complaint, suggestion.
_LEAN: dict[str, dict[str, float]] = {
    "H1": {_H: 1.6, _C: 0.6},
    "H2": {_C: 1.6},
    "H3": {_H: 1.2, _C: 0.8},
    "H4": {_C: 1.6},
    "H5": {_C: 1.8},
    "H6": {_C: 2.0},
    "H7": {_H: 1.2, _C: 1.0},
    "H8": {_C: 0.6, _H: 0.4, _E: 0.4},
    "P1": {_A: 2.4, _C: 1.0},
    "P2": {_A: 3.0},
    "P3": {_A: 1.8, _C: 1.0},
    "P4": {_A: 3.4},
    "P5": {_H: 3.4},
    "P6": {_H: 3.2},
    "P7": {_C: 4.0},
    "P8": {_A: 3.0, _H: 0.5},
}


class KindRules:
    """Weighs the words that say what the caller wants."""

    def __init__(self) -> None:
        self._lexicon: Lexicon[tuple[str, float]] = Lexicon((pattern, (kind, weight)) for kind, weight, pattern in _WORDS)

    def heard(self, words: Words) -> dict[str, float]:
        """Return the strength of each kind (by value) that the words of a text name."""
        made: dict[str, float] = {}
        seen: dict[float, int] = {}
        for hit in self._lexicon.hits(words):
            kind, weight = hit.payload
            times = seen.get(weight, 0)
            seen[weight] = times + 1
            if times < 3:
                made[kind] = made.get(kind, 0.0) + weight * (1.0, 0.4, 0.2)[times]
        return made

    @staticmethod
    def weigh(heard: Mapping[str, float], item: str, *, urgent: bool) -> dict[str, float]:
        """Return strength by kind.

        Parameters:
            heard: what ``heard`` found in the text.
            item: its class code, ``""`` where none.
            urgent: in danger nobody asks or suggests.
        """
        made = dict(_LEAN.get(item, {_C: 0.3}))
        for kind, weight in heard.items():
            made[kind] = made.get(kind, 0.0) + weight
        if urgent:
            wanted = _A if item in _ALARM_CLASSES or item == "P3" else _H
            made[wanted] = made.get(wanted, 0.0) + 8.0
        return made

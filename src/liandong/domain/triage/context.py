"""Whether words that sound like danger say that it is there, now.

``不是打架``, ``去年被偷过``, ``万一着火``, ``电影里爆炸`` hold the words and not the danger. These are read from the sentence around
them. The tests lean to danger: what is not plainly denied, past, supposed or told stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Place", "denied", "denied_inside", "in_story", "is_letter", "is_report", "over", "past", "says_now", "supposed", "told"]

_SENTENCE = re.compile(r"[。！？；\n]")
#: Characters on either side beyond which nothing is the same sentence: speech without a mark may go on for thousands.
_NEAR = 120
_CLAUSE = "，、：,。！？；\n"

#: Just before the words, in the same clause.
_DENIAL = re.compile(
    r"(?:(?<![是有])不是|并不是|又不是|也不是|不算|不属于|(?<!有)没有?|并没有?|从没有?|从来没有?|还没有?|没有?发现|未发现|未见|并未|尚未|未|无|不存在|不至于|不会|不可能|排除|不想|不要|别|没啥|没什么|没人|无人|没有人|谁也没|不敢|不曾|冇|冇人)"
    r"(?:再|真的?|有人|有|被|要|在|是|出现|发生|造成|什么|任何|人员|人|和|跟|谁|他|她|我们|受|去|是有人|所谓的?|让|想|动手|参与|过)?$"
)
_NOT_DENIAL = re.compile(r"是不是|有没有|不是.{0,6}(?:吗|么|嘛)|要不是|不是不|没人管|没人来|没有人管|不知道是不是|没见人|没反应|没动静")
#: After the words, in the same clause: they are denied or undone.
_UNDONE = re.compile(
    r"^(?:了)?(?:倒是|那)?(?:没有|是没有的|不存在|都没有|是假的|是谣言|的谣言|已经?(?:扑灭|灭了|熄灭|解除|修好|关了|处理好|获救|救出|找到|送医|控制住))"
)
_PAST = re.compile(
    r"去年|前年|大前年|前些年|前几年|往年|早年|当年|那年|那时候?|小时候|年轻时|曾经|曾|以前|从前|过去(?=的|我|他|她|曾|有|几)|上个?月|上个?(?:周|星期|礼拜)|上回|上次|前阵子|前段时间|前几天|前些天|前天|昨天|昨日|昨晚|昨夜|前两天|前日|那天|当时|那次|那回|"
    r"(?:\d+|[一二两三四五六七八九十几半数]+)多?个?(?:年|个?月|周|星期|礼拜|天|日)(?:多)?(?:以?前|之前)|(?:19|20)\d{2}年|[零一二三四五六七八九〇]{4}年|\d{1,2}月\d{1,2}[日号]|[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号]|(?:今年|本)\S{0,2}[一二三四五六七八九十\d]+月|春节|过年|国庆|五一期间|过[^，。]{1,10}过$|听说以前|老早"
)
#: What has been happening again and again, said of no one moment.
_HABIT = re.compile(r"(?:经常|时常|常常|频繁|屡次|多次|每年|历年|年年)(?:都|会|也|就)*(?:有|发生|出现|出过|有过|造成|引发)[^，。]{0,12}$")
#: After the words: it has ended well.
_OVER = re.compile(
    r"(?:已|都|终于)经?(?:全部?)?(?:出来|脱险|获救|救出|救了?上来|找到|回家|到家|平安|没事|恢复|出院|解决|处理完|撤离|安全)|人(?:都)?(?:没事|平安|脱险)|虚惊一场|(?:幸好?|好在|万幸)(?:没|无|人|并)|幸无大碍|没有?大碍|没伤(?:着|到)人"
)
_NOT_OVER = re.compile("还(?:有|在|困|没|差)|但是?|可是?|另一|其(?:他|余)|仍|又")
_DONE = re.compile(r"^[^，。！？；\n]{0,3}过(?!去|来|敏|年|马路|河|不)")
#: Stronger: it goes on, said of something that began long ago, or in a long letter.
_STILL = re.compile(
    r"正在|刚才|刚刚|还在|又来|仍在|马上|赶紧|赶快|快来|快点|立刻|救命|此刻|眼下|救救|"
    r"现在(?!想|要|能|可以|申请|怎么|办|够|去|需要|才|我想|保险|医|还能|腿|落下|是法制|社会|问题|的)"
)
_SUPPOSED = re.compile(
    r"如果|要是|真要(?=[起着失出塌])|万一|假如|假设|倘若|一旦|若(?!干)|以防|防止|预防|避免|谨防|谨慎|为防|防备|会不会|能不能|是否会|容易|极易|易(?=引|造|发|燃)|很可能(?=导致|引发|造成)|可能(?:会|导致|引发|引起|造成|发生)|怕|担心|恐(?=引|发|造|酿)|恐怕会|生怕|迟早|早晚(?=[会要出])|万一|(?:存在|造成|有)[^，。]{0,8}(?=隐患|风险)|"
    r"未来|将来|以后(?=[会要])|怎么防|如何防|防(?:盗|火|爆|汛|溺)|不然(?=[会要])|否则|差点|差一点|险些|幸好|幸亏|应急预案|再[^，。！？；\n]{0,6}要|哪天|什么时候会|等[^，。]{0,8}(?:再|才)|模拟|演习|练习|当成|以为|误以为|好像要|像是?要|吓得以为"
)
_SUPPOSED_AFTER = re.compile(
    r"^[^。！？；\n]{0,6}(?:的话|都有可能|隐患|风险|可能性|的危险|的可能|怎么办理|险(?!些|情)|谁负责|谁来负责|概率|保险)|^[^，。！？；\n]{0,4}(?:怎么办|咋办)(?!.*(?:快|急|救))"
)
_TOLD = re.compile(
    r"电影|导演把|男主(?!人)|广播剧|小贴士|电视剧|小说|连续剧|动画片?|动漫|游戏|剧本杀|密室|短视频|抖音|快手|直播里|直播间|新闻(?:里|上|说|报道|看)|看新闻|看了?报道|报道(?:说|称)|朋友圈|公众号|推文|演习|演练|讲座|培训课|宣传(?:单|栏|片|册|语)?|广告(?![牌架灯屏箱位])|传单|歌词?|段子|笑话|台词|剧情|话剧|戏(?:里|台|剧)|评书|小品|玩具|模型|道具|表演|魔术|节目|纪录片|作文|课本|书(?:里|上)|知识|常识|科普|教育片|横幅上写|名字叫|外号|网名|店名|叫做|造句|比喻|段视频|拍戏|剧组|彩排|万圣节|鬼屋|网上看|刷到|征文|海报|标语|梦见|做梦|梦到|噩梦|打比方|比方|俗话|老话|成语|谜语|翻译"
)
_TOPIC_AFTER = re.compile(
    r"^(?:了)?(?:的)?(?:保险|险种|认定书?|鉴定|预案|知识|常识|演练|预防|宣传|证明|证书|补贴|补助|政策|条例|法(?!院)|罪|案件|案例|案(?!子)|报警器|报警仪|器|瓶|检测|培训|课程?|责任书|赔偿标准|应急|防治|事故率|风险|隐患|日(?=活动)|物品|数字|式|性|消息|谣言|电影|新闻|记录|史|事故(?:认定|责任|证明|科|处理(?:大队|中心|科)))"
)
_LETTER = re.compile(
    r"尊敬的|领导(?:们)?(?:您|你)?好|书记|[市县区镇乡局厅处院校]长|恳请|敬请|盼望?|望(?:有关|相关|领导|政府|贵)|(?:有关|相关|主管|职能|上级)(?:部门|单位|领导)|请(?:求|问)|建议|投诉|举报|此致|敬礼|信访|上访|贵(?:局|单位|司)|反映|"
    r"业主|村民|居民|老百姓|本人|国家|政策|政府|领导|多次|一直|希望|不作为|监管|督促|查处|维权|合同|补偿|待遇|物业|开发商|学校|医院"
)
_LETTER_LENGTH, _LETTER_READ = 120, 1_000
_STORY = 100
#: Inside the words found, near their end: ``双方未动手``, ``差点砸到``.
_DENIED_INSIDE = re.compile(
    r"(?:暂未|尚未|并未|未|没有?|差点|险些|并非|不是|无人|不打算|不想|也没|从没|没人)(?:有|发生|造成|任何|人|被|有人|肢体|出现|过|什么)*[^，。]{0,3}$"
)
_REPORT = re.compile(
    r"(?:官兵|消防员?|救援队|指战员|武警|部队|队员|支队|总队|志愿者们?)[^。]{0,40}(?:赶赴|奔赴|驰援|救出|营救|增援|火速|连夜|接到命令|转移群众|抵达|跨区域)|"
    r"(?:赶赴|奔赴|驰援)[^。]{0,20}(?:灾区|一线|现场|河南)|捐(?:赠|款)[^。]{0,20}(?:万|元|物资)|万元[^。]{0,12}(?:驰援|捐)|一方有难|众志成城|最美逆行|致敬|(?:记者|据悉|据了解)[^。]{0,30}(?:救|转移)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: their sentence and clause, in positions of the plain text."""

    plain: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    clause_start: int
    clause_end: int

    @classmethod
    def of(cls, plain: str, start: int, end: int) -> Place:
        """Return the surroundings of ``plain[start:end]``."""
        first = 0
        for mark in _SENTENCE.finditer(plain, max(0, start - _NEAR), start):
            first = mark.end()
        after = _SENTENCE.search(plain, end, end + _NEAR)
        last = after.start() if after else min(len(plain), end + _NEAR)
        first = max(first, start - _NEAR)
        clause_start = start
        while clause_start > first and plain[clause_start - 1] not in _CLAUSE:
            clause_start -= 1
        clause_end = end
        while clause_end < last and plain[clause_end] not in _CLAUSE:
            clause_end += 1
        return cls(plain, start, end, first, last, clause_start, clause_end)

    @property
    def before(self) -> str:
        """The sentence up to the words."""
        return self.plain[self.sentence_start : self.start]

    @property
    def clause_before(self) -> str:
        """The clause up to the words."""
        return self.plain[self.clause_start : self.start]

    @property
    def after(self) -> str:
        """The sentence after the words."""
        return self.plain[self.end : self.sentence_end]

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return self.plain[self.sentence_start : self.sentence_end]


def denied(place: Place) -> bool:
    """Whether the words are said not to be so: ``没有着火``, ``不是打架``, ``火已经灭了``."""
    before = place.clause_before
    match = _DENIAL.search(before)
    if match is not None and not _NOT_DENIAL.search(place.plain[place.clause_start : place.clause_end]):
        return True
    if _UNDONE.match(place.plain[place.end : place.clause_end]) is not None:
        return True
    return over(place)


def over(place: Place) -> bool:
    """Whether the same sentence says that it has ended well: ``困在电梯里四十分钟，已经出来了``."""
    ended = _OVER.search(place.after)
    return ended is not None and _NOT_OVER.search(place.after) is None and _STILL.search(place.after) is None


def denied_inside(words: str) -> bool:
    """Whether the words found deny themselves: ``双方未动手``, ``砖块差点砸到``."""
    return _DENIED_INSIDE.search(words[-9:]) is not None


def past(place: Place) -> bool:
    """Whether they are told of another day, and nothing in the sentence says that it goes on."""
    told_before = _PAST.search(place.before) or _HABIT.search(place.clause_before + place.plain[place.start : place.start + 2])
    if told_before is None and _DONE.match(place.after) is None:
        return False
    rest = place.before[told_before.end() :] if told_before else ""
    return _STILL.search(rest) is None and _STILL.search(place.plain[place.start : place.sentence_end]) is None


def supposed(place: Place) -> bool:
    """Whether they are feared, supposed or guarded against: ``万一着火``, ``有爆炸隐患``."""
    if _SUPPOSED.search(place.before[-24:]):
        return True
    return _SUPPOSED_AFTER.match(place.after) is not None or _TOPIC_AFTER.match(place.after) is not None


def told(place: Place) -> bool:
    """Whether they belong to a film, a game, a drill, an advertisement, a saying."""
    return _TOLD.search(place.sentence) is not None


def is_letter(plain: str) -> bool:
    """Whether the text is a written petition: long, and in the tone of one."""
    return len(plain) >= _LETTER_LENGTH and len({*_LETTER.findall(plain, 0, _LETTER_READ)}) >= 2


def in_story(start: int) -> bool:
    """Whether what stands at ``start`` of a letter belongs to its story: the matter itself is named before."""
    return start >= _STORY


def is_report(plain: str) -> bool:
    """Whether the text tells of help that is under way or given, not of a need for it."""
    return _REPORT.search(plain) is not None


def says_now(place: Place) -> bool:
    """Whether the sentence says plainly that it is happening."""
    return _STILL.search(place.sentence) is not None

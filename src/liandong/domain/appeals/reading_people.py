"""Companies, people's roles, weapons and injuries: words that are looked up, not parsed."""

from __future__ import annotations

import re

from liandong.domain.appeals.reading_phrases import Lexicon
from liandong.domain.appeals.reading_spans import Span, span
from liandong.domain.appeals.reading_words import Words

__all__ = ["read_companies", "read_mentions"]

_COMPANY = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|合作社|事务所|经营部|物业|培训机构|培训学校|健身房|健身会所|美容院|理发店|美发店|奶茶店|便利店|药店|洗车店|汽修厂|4s店|饭馆|餐馆|餐厅|烧烤店|火锅店|棋牌室|麻将馆|ktv|足浴店|旅行社|驾校|银行|营业厅|工厂|化工厂|造纸厂|加工厂|养殖场|搅拌站|修理厂)"
)
_CUT = re.compile(
    r".*(?:在|叫做|名叫|叫|是|由|向|被|给|找|和|跟|到|去|来|我们|我|你|他|她|们|的|了|有|把|对|请问|这个|那个|这|那|就|都|也|还|从|投诉|举报|反映|控诉|关于|[，。：:、！？\s“”\"'《》（）()#【】\[\]]|一家|一个|某|个|家|因|于|与|让|不|没|楼下|隔壁|附近|开)"
)

_ROLES = (
    "老人 老太太 老太 老奶奶 老爷爷 老大爷 大爷 大妈 奶奶 爷爷 外婆 外公 姥姥 姥爷 母亲 父亲 妈妈 爸爸 我妈 我爸 老妈 老爸 婆婆 公公 岳母 岳父 丈夫 妻子 老公 老婆 媳妇 前夫 前妻 男朋友 女朋友 前男友 前女友 对象 "
    "儿子 女儿 闺女 孙子 孙女 外孙 弟弟 妹妹 哥哥 姐姐 孩子 小孩 娃娃 娃 婴儿 宝宝 孕妇 产妇 小姑娘 小男孩 小女孩 女孩 男孩 未成年 学生 小学生 残疾人 盲人 聋哑人 精神病人 精神病 智障 流浪汉 乞丐 醉汉 酒鬼 "
    "邻居 楼上 楼下 房东 租客 租户 室友 同事 同学 老板 老板娘 店主 商家 司机 乘客 保安 物业 包工头 工头 工友 民工 农民工 中介 开发商 业主 居委会 村干部 村支书 村主任 老师 校长 医生 护士 城管 民警 警察 交警 辅警 协警 骑手 快递员 保洁 小偷 骗子 歹徒 陌生人 陌生男子 男子 女子 男的 女的"
)
_WEAPONS = (
    "菜刀 水果刀 砍刀 西瓜刀 匕首 弹簧刀 折叠刀 管制刀具 尖刀 杀猪刀 长刀 小刀 美工刀 柴刀 镰刀 斧头 斧子 锤子 榔头 铁锤 棍子 木棍 铁棍 棍棒 钢管 铁管 甩棍 棒球棍 扳手 砖头 酒瓶 啤酒瓶 铁锹 锄头 枪 手枪 猎枪 气枪 土枪 仿真枪 "
    "弓弩 弩 汽油 汽油瓶 硫酸 农药 炸药 雷管 炸弹 手榴弹 煤气罐 液化气罐 打火机 电棍 辣椒水 剪刀"
)
_WEAPON_PATTERNS = (r"re:(?<=[拿持提举带动操亮掏抄揣挥])(?:着|出|了|起|把)*一?把?刀", r"re:刀(?=[架砍捅刺])", r"re:有刀(?!削)")
_NOT_WEAPON = re.compile(r"水枪|玩具枪|枪手|加油枪|扫码枪|摄像枪|枪毙|枪战|焊枪|喷枪|胶枪|测温枪|洗车枪|枪版|打火机店|刀削|汽油价|汽油车|汽油味|[0-9]+号?汽油|汽油涨|农药残留|农药店|农药瓶|打农药|喷农药|剪刀差|剪刀手|玩具")
_INJURIES = (
    "头破了 鼻子流血 嘴唇发紫 脸发紫 流血 出血 血流不止 满脸是血 全是血 一地血 头破血流 昏迷 昏过去 晕倒 晕过去 不省人事 没有意识 没意识 没有呼吸 没呼吸 没气了 抽搐 口吐白沫 骨折 摔断 断了 受伤 重伤 轻伤 烫伤 烧伤 烧着人 砍伤 刺伤 打伤 撞伤 咬伤 摔伤 划伤 扭伤 "
    "擦伤 中毒 呕吐 头晕 喘不过气 呼吸困难 胸口疼 胸痛 心脏病 心梗 脑梗 中风 休克 窒息 触电 溺水 动不了 站不起来 起不来 叫不醒 喊不醒 脱臼 缝了 破了皮 鼻青脸肿 脑震荡 早产 要生了 羊水破 发高烧 过敏"
)
_NOT_INJURY = re.compile(r"(?:信号|网络?|电|水|线|路|合同|联系|关系|腿脚|骨|供暖|热水|气|桥|树)断了|(?:没有?|未|无|无人|没人)(?:受伤|中毒|出血|骨折|流血)|(?:农药|食物)?中毒(?:的|预防|知识)|(?:价格|利润).{0,2}出血")

_ENTRIES = (
    [(word, "role") for word in _ROLES.split()]
    + [(word, "weapon") for word in (*_WEAPONS.split(), *_WEAPON_PATTERNS)]
    + [(word, "injury") for word in _INJURIES.split()]
)
_MENTIONS: Lexicon[str] = Lexicon(_ENTRIES)
_EXCEPT = {"weapon": _NOT_WEAPON, "injury": _NOT_INJURY}
_COMPANY_SIGNS = frozenset("司团社所部业构校房院店厂馆厅室v行场站")


def read_mentions(words: Words) -> list[Span]:
    """Return people's roles, weapons and injuries, without those that only look so (``水枪``, ``网断了``, ``没人受伤``)."""
    found: list[Span] = []
    last = 0
    for hit in _MENTIONS.hits(words):
        if hit.start < last:
            continue
        without = _EXCEPT.get(hit.payload)
        if without is not None and any(each.start() < hit.end and hit.start < each.end() for each in without.finditer(words.plain, max(0, hit.start - 4), hit.end + 4)):
            continue
        found.append(span(words, hit.payload, hit.start, hit.end))
        last = hit.end
    return found


def read_companies(words: Words) -> list[Span]:
    """Return companies and shops that are named; ``公司`` alone names none."""
    if words.chars.isdisjoint(_COMPANY_SIGNS):
        return []
    found = []
    last = 0
    for match in _COMPANY.finditer(words.plain):
        earliest = max(last, match.start() - 16)
        candidate = words.plain[earliest : match.start()]
        cut = _CUT.match(candidate)
        start = earliest + (cut.end() if cut else 0)
        last = match.end()
        if match.start() - start >= 2:
            found.append(span(words, "company", start, match.end()))
    return found

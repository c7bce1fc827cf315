"""Where: roads, estates, villages and shops, down to building, entrance, floor and doorplate."""

from __future__ import annotations

import re

from liandong.domain.appeals.reading_phrases import Guarded
from liandong.domain.appeals.reading_spans import Span, span
from liandong.domain.appeals.reading_words import Words

__all__ = ["read_places"]

_BEFORE = 8
_DIGIT = r"[0-9a-z一二三四五六七八九十百东西南北甲乙丙丁]"
#: What ends the name of a place; the longer first.
_ENDINGS = (
    "交叉路口|交叉口|十字路口|丁字路口|路口|大道|高速公路|高速|国道|省道|县道|公路|高架桥|高架|立交桥|立交|隧道|大桥|天桥|地铁站|火车站|汽车站|高铁站|公交站|收费站|服务区"
    "|街道|社区|小区|花园|花苑|家园|公寓|新村|山庄|别墅|大厦|广场|商场|商城|市场|菜场|超市|酒店|宾馆|饭店|医院|卫生院|学校|小学|中学|大学|学院|幼儿园|公园|景区|水库|河边|码头|机场"
    "|工业园区|工业园|产业园|园区|开发区|物流园|网吧|加油站|派出所|养老院|敬老院|工地|车站|大厅|嘉园|佳园|名苑|雅苑|华庭|豪庭|名邸|国际城|新城|安置房|步行街|美食街"
    "|胡同|弄堂|自治县|自治区|省|市|区|县|镇|乡|村|屯|组|路|街|巷|弄|里弄|桥|湖|江边|江|河|寺|苑"
)
_ENDING = re.compile(rf"(?:{_ENDINGS})(?!费|政|民警|管|灯|过|面|上次|场价|价|长|委会|委|域|里面|分|里人|人)")
#: Building, entrance, floor, room, doorplate.
_TAIL = re.compile(
    rf"(?:[，,]?\s?(?:{_DIGIT}{{1,4}}|[a-z]\d{{1,3}})(?:号楼|号院|号线|号|栋|幢|座|单元|楼|层|室|排|户|弄|期|区|组|门)(?!召|码|称|贩|盘|令|子上))+"
    r"(?:[一-九〇零\d]{3,4}(?!元|块|万|多|名|人|年|月|度)室?)?"
)
_BUILDING = Guarded(
    rf"(?<![0-9a-z])(?:{_DIGIT}{{1,3}}(?:号楼|栋|幢|座)(?:{_DIGIT}{{1,2}}单元)?(?:{_DIGIT}{{1,4}}(?:室|楼|层|号))?(?:\d{{3,4}}(?!\d|元|块|年|万))?"
    rf"|{_DIGIT}{{1,2}}单元{_DIGIT}{{2,4}}室?|\d{{3,4}}(?:室|包厢|房间|病房)|g\d{{1,4}}(?:高速|国道)?(?![0-9a-z])|[gs]\d{{2,3}}|[0-9一二三四五六七八九十]{{1,3}}号线[一-龥]{{2,6}}站|k\d{{1,4}}\+\d{{1,3}})"
)
_SIDE = re.compile(r"(?:的)?(?:东|西|南|北|东南|西南|东北|西北)?(?:门口|门(?!牌)|大门|侧门|后门|楼下|楼上|楼道|门前|旁边|旁|附近|对面|交叉口|交汇处|路段|地下车库|地下室|楼顶|天台|桥下|桥上|河边|出口|入口|北侧|南侧|东侧|西侧)")
#: Cut a candidate name after these: what stands before them is not its name.
_CUT = re.compile(
    r".*(?:在|位于|住|到了|到|来|去|往|我们|我家|我是|我|你们|你|他们|他|她|们|咱|的|了|是|有|把|被|给|叫|请问|这个|那个|这|那|就|都|也|还|从|距离|离|经过|路过|反映|投诉|举报|地址|地点|位置|为|至|及|与|[，。：:、！？\s“”\"'《》（）()#【】\[\]]|一个|一条|一家|整个|每个|某|个|条|家里|怎么|什么|不|没|说|问|接|公办|民办|政府|修|掉|跳|一(?=$)|走|月|每|沿|靠近|通往|新建|建议|希望|贵|本|该|全|各|老|附近|对面)"
)
_VAGUE_WORDS = (
    "道路 马路 公路 一路 半路 网路 思路 出路 路 街 街道 社区 小区 学校 医院 公园 超市 市场 工地 村 镇 城市 超市 门市 上市 省 市 区 县 乡 全市 全区 我市 省市 市区 城区 地区 园区 农村 山 河 湖 江 桥 组 大街 小组 巷 里 "
    "家属区 残疾市 公办幼儿园 定居点 开发区 新区 景区 山区 灾区 郊区 片区 辖区 厂区 校区 楼市 夜市 股市 菜市 早市 广场 大厦 商场 酒店 宾馆 饭店 幼儿园 小学 中学 大学 派出所 车站 大厅 大桥 高速 网吧 隧道 机场 码头 加油站 工业园 路口 十字路口 大道 高架 停车区 服务区 收费站 "
    "水库 河边 江边 公交站 地铁站 铁路 线路 电路 水路 走路 修路 过路 让路 堵路 拦路 开山 关山 江山 泥石 黄河 长江 公安县 下水道 上街 逛街 过街 沿街 临街 行政村 同村 全村 外村 本村 新村 别墅 公寓 花园 家园"
)
_VAGUE = frozenset(_VAGUE_WORDS.split())


def read_places(words: Words) -> list[Span]:
    """Return the places named, each as one span from the road or estate down to the door."""
    plain = words.plain
    found: list[tuple[int, int]] = []
    last = 0
    for match in _ENDING.finditer(plain):
        if match.start() < last:
            continue
        start = _name_start(plain, match.start(), max(last, match.start() - _BEFORE))
        end = match.end()
        if plain[start:end] in _VAGUE or start == match.start():
            named = bool(found) and found[-1][1] == start
            if not named:
                tail = _TAIL.match(plain, end)
                if tail is None:
                    continue
                start = tail.start()
        tail = _TAIL.match(plain, end)
        end = tail.end() if tail else end
        if found and start <= found[-1][1] + 1 and plain[found[-1][1] : start] in ("", "，", ",", " "):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        last = end
    for match in _BUILDING.finditer(words):
        if not any(first <= match.start() < end for first, end in found):
            found.append((match.start(), match.end()))
    return [span(words, "place", start, _with_side(plain, end)) for start, end in sorted(found)]


def _name_start(plain: str, ending: int, earliest: int) -> int:
    candidate = plain[earliest:ending]
    cut = _CUT.match(candidate)
    return earliest + cut.end() if cut else earliest


def _with_side(plain: str, end: int) -> int:
    side = _SIDE.match(plain, end)
    return side.end() if side else end

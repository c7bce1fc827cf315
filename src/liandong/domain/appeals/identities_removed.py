"""Words without whom they are about, for a reader outside: phones, identity numbers, plates, addresses, names and long numbers taken out whole.

Stricter than masking: nothing of the value stays, and what only might be a name goes too; the matter itself stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from liandong.domain.appeals.reading_spans import Span

__all__ = ["without_identities"]

#: name of a particular -> what stands in its place.
_INSTEAD = {"phone": "【电话】", "identity": "【证件号】", "plate": "【车牌】", "place": "【地点】", "company": "【单位】"}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐"
_NAME = f"(?:{_DOUBLE}|[{_SURNAMES}])"
_CUES = "我叫|我是|我姓|名叫|名字叫|姓名|名字是|联系人|来电人|市民|诉求人|报警人|当事人|受害人|嫌疑人|叫|找|邻居|同事|老板|房东|租客|业主|户主|司机|我妈|我爸|丈夫|妻子|儿子|女儿|老公|老婆"
_NAMED = re.compile(rf"(?P<cue>{_CUES})(?P<gap>[是为:： ]{{0,2}})(?P<name>{_NAME}[一-鿿·]{{1,2}}?)(?=[，。,.；;：:、！!？?\s（(的在说把被和跟与又]|打|住|电话|手机|身份|欠|骗|$)")
_TITLED = re.compile(rf"{_NAME}[一-鿿]{{0,2}}(?=先生|女士|小姐|师傅|老师|主任|经理|警官|医生|阿姨|大爷|大妈|老板)")
#: Digits that might identify somebody: account and card numbers, partly written phones; written in Chinese too.
_LONG_NUMBER = re.compile(r"[0-9０-９][0-9０-９\-－ *xX]{4,}|[零〇一二两三四五六七八九幺]{6,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:微信号?|QQ|qq)[号:：是 ]*[A-Za-z0-9_-]{5,}")
_DOOR = re.compile(r"[0-9一二三四五六七八九十百]+(?:号楼|栋|幢|座|单元|室|弄|号)")


def without_identities(text: str, spans: Iterable[Span], known: Iterable[str] = ()) -> str:
    """Return words with everything that identifies somebody replaced by what kind of thing it was.

    Parameters:
        spans: what was read out of ``text``.
        known: values of the record (name, phone, place) that must not stay wherever they stand.
    """
    made = text
    for each in sorted(spans, key=lambda span: -span.start):
        if each.name in _INSTEAD:
            made = made[: each.start] + _INSTEAD[each.name] + made[each.end :]
    for value in sorted({each.strip() for each in known if len(each.strip()) >= 2}, key=len, reverse=True):
        made = made.replace(value, "【已隐去】")
    made = _MAIL.sub("【账号】", made)
    made = _NAMED.sub(lambda found: f"{found['cue']}{found['gap']}【姓名】", made)
    made = _TITLED.sub("【姓名】", made)
    made = _LONG_NUMBER.sub("【号码】", made)
    return _DOOR.sub("【门牌】", made)

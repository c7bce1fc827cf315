"""What is said without any matter in it is unclear and asked about; what names one in two words is not."""

from __future__ import annotations

import pytest

from liandong.adapters.classifier.shipped import default_scorer
from liandong.adapters.packs.loader import load_pack
from liandong.domain.catalogue.items import Side
from liandong.domain.triage import Scores, Triage
from liandong.domain.triage.gate import ASK_ANEW, question_on

TRIAGE = Triage(load_pack("xiangcheng").catalogue, default_scorer())

#: Written for this test alone: the corpus has none of them.
WITHOUT_MATTER = (
    "那个事情还是那样，你们看着办吧",
    "我跟你们说过的那个事怎么样了",
    "你好我想问一下",
    "就是上次那个人又来了",
    "上个礼拜跟你们讲的，有眉目了没有",
    "喂您好，我有个问题不知道能不能问",
    "我那件事你们记得吧",
    "他还是那副样子，说了也白说",
    "这回你们可得给我管管",
    "哎，怎么跟你讲呢",
    "我就想知道你们打算怎么办",
    "事情还没完呢",
    "我等了一上午了，一个电话也没有",
    "你们就说管不管得了吧",
    "之前接待我的那位同志在吗",
    "麻烦帮我转一下，我要找负责的",
    "这已经不是第一回了",
    "又是他们家",
    "他们家老是这样，大家都有意见",
    "情况就是这么个情况",
    "就这样吧，你们自己来看",
    "我一个老头子，说不明白",
    "你让我想想从哪说起",
    "反正这件事你们必须管",
    "我投诉了这么多次，一点用都没有",
    "为什么一直拖着不办",
    "办了跟没办一样",
    "你们回复的那些话我看了，不认可",
    "我就是气不过",
    "他说话不算话",
    "谈好了又反悔",
    "帮我查查我的进度",
    "请问我反映的事情转到哪里去了",
    "我这个算什么情况，归哪里管",
    "不晓得你们那里受不受理这种事",
    "想问一下这种情况有没有人管",
    "居委会叫我打你们电话问问",
    "刚刚跟我通话的是哪一位",
    "没听清，你再说一遍",
    "我的意思你明白了吗",
    "你先记一下",
    "不好意思，我有点紧张",
    "等我缓一缓再说",
    "跟你说不清，换个人来",
    "我朋友遇到点事，托我问问",
    "我爸让我打的",
    "事情挺复杂的，一句两句讲不完",
    "他们那帮人又聚在一块儿了",
    "那两个人今天又过来了",
    "还在老位置，没动过",
    "那边现在又不行了",
    "好像又跟上次一样了",
    "我把照片发给你们行不行",
    "你们有没有微信，我发给你看",
    "这件事我保留追究的权利",
    "希望能引起重视，尽快落实",
    "盼复",
    "请尽快核查并回复，谢谢",
    "市民来电催办，未提供工单编号",
    "来电人称已多次反映，要求尽快答复，未说明事由",
    "群众要求工作人员回电，具体原因未讲",
    "报警人只说有事情需要民警到场，随后挂断",
    "想咨询政策，没有说明具体是哪方面",
    "我要反映问题",
    "我想投诉",
    "有个事情想麻烦你们一下哈",
    "嗯嗯对就是这个我也不知道怎么形容",
    "就那个嘛，上回讲的那个",
    "我不说了，你们自己查记录",
    "怎么每次都要我重新讲一遍",
)
WITH_MATTER = (
    "有人打架",
    "停水了",
    "路灯坏了",
    "楼上漏水",
    "小区停电",
    "井盖没了",
    "手机被偷了",
    "下水道堵了",
    "邻居太吵",
    "垃圾没人收",
    "老板不发工资",
    "空调外机太响",
    "有人偷电瓶",
    "公积金怎么提",
    "身份证丢了",
    "工地半夜施工",
    "车被刮了",
    "有蛇进屋了",
    "狗咬人了",
    "马蜂窝",
    "树倒了",
    "电梯坏了",
    "有人卖假烟",
    "菜市场缺斤短两",
    "我要挪车",
    "孩子不见了",
    "有人要跳楼",
    "煤气味很大",
    "河里漂着死猪",
    "还是没来水",
    "上次报修的路灯还没修",
    "那个坑还没填",
    "那辆车还堵在门口",
    "又有人来砸门了",
    "你好我想问一下社保怎么转",
    "就是上次那个垃圾站的事，还是臭",
    "他又喝酒打我了",
    "那个人又在楼下骂人",
    "那家烧烤店又冒烟了",
    "我跟你们说过的那个井盖，还没盖上",
    "那个骗子又给我打电话了",
    "他欠我的钱还没还",
    "医保报销咨询",
    "营业执照怎么办",
    "退休金少发了",
    "公交车不停站",
    "健身房跑路了",
    "快递丢了",
    "网购不退款",
    "学校乱收费",
    "红绿灯不亮",
    "广场舞吵死了",
    "暖气不热",
    "鱼塘死鱼",
    "麦子被水淹了",
    "有人吸毒",
    "赌博的又来了",
    "被诈骗了",
    "钥匙锁屋里了",
    "老人摔倒了",
    "打错了",
    "谢谢，不用了",
    "对判决不服想上诉",
    "离婚怎么分财产",
    "楼上又开始装修了",
    "隔壁又在打孩子",
    "他还在跟着我",
    "他们又堵我家门口要债",
    "这个药是不是假的",
    "我要举报酒驾",
    "我要报警，有人砸我车",
    "想投诉一家餐馆",
    "着火了",
    "救救我",
    "他要杀我",
)
DANGERS = ("着火了", "救救我", "他要杀我", "有人要跳楼", "煤气味很大", "孩子不见了", "那个人又拿刀来了", "就是上次那个人，他拿着刀又来了", "喂喂我想跟你们说，我家进水到腰了")


def test_words_without_a_matter_are_unclear_and_asked_about() -> None:
    verdicts = TRIAGE.verdicts(WITHOUT_MATTER)
    judged = [text for text, verdict in zip(WITHOUT_MATTER, verdicts, strict=True) if verdict.side is not Side.UNCLEAR]
    assert len(judged) <= len(WITHOUT_MATTER) // 10, judged
    for verdict in verdicts:
        if verdict.side is Side.UNCLEAR:
            assert verdict.three_way and verdict.ask.startswith("请问") and not verdict.urgent and verdict.reasons[0].rule


def test_a_matter_in_a_few_words_is_judged() -> None:
    unclear = [text for text, verdict in zip(WITH_MATTER, TRIAGE.verdicts(WITH_MATTER), strict=True) if verdict.side is Side.UNCLEAR]
    assert unclear == []


@pytest.mark.parametrize("said", DANGERS)
def test_danger_is_never_held_back(said: str) -> None:
    assert TRIAGE.verdict(said).urgent


class Deaf:
    """Hears no matter in anything."""

    def score(self, text: str, signs: object) -> Scores:
        return Scores({"hotline": 1.0}, {"H8": 1.0}, {"咨询": 1.0}, 0.0, 0.0)


@pytest.mark.parametrize("said", ["着火了，快来", "门口有人打架动刀子了", "路灯坏了，路灯不亮", "对法院判决不服，想上诉"])
def test_what_rules_list_or_doors_know_by_name_is_a_matter_whatever_the_model_says(said: str) -> None:
    assert Triage(load_pack("xiangcheng").catalogue, Deaf()).verdict(said).side is not Side.UNCLEAR


class Suspicious:
    """Hears hardly a matter, and danger as told."""

    def __init__(self, urgent: float, matter: float = 0.1) -> None:
        self._urgent, self._matter = urgent, matter

    def score(self, text: str, signs: object) -> Scores:
        return Scores({"police": 0.9, "hotline": 0.1}, {"P1": 0.9, "H8": 0.1}, {"报警": 1.0}, self._urgent, self._matter)


@pytest.mark.parametrize(
    ("said", "urgent", "matter", "sent"),
    [
        ("那两个人今天又过来了", 0.15, 0.1, False),
        ("那两个人今天又过来了", 0.85, 0.1, True),
        ("那两个人今天又过来了", 0.15, 0.5, True),
        ("那两个人今天又过来了" + "，我在屋里听着" * 10, 0.25, 0.1, True),
        ("那两个人拿着刀又过来了", 0.0, 0.0, True),
    ],
)
def test_a_suspicion_about_words_that_name_nothing_is_asked_about_and_everything_else_is_sent_for(said: str, urgent: float, matter: float, sent: bool) -> None:
    verdict = Triage(load_pack("xiangcheng").catalogue, Suspicious(urgent, matter)).verdict(said)
    assert verdict.urgent is sent
    if not sent:
        assert verdict.side is Side.UNCLEAR and verdict.three_way and "威胁" in verdict.ask


def test_a_long_text_names_something() -> None:
    assert Triage(load_pack("xiangcheng").catalogue, Deaf()).verdict("就是那个事情" * 12).side is not Side.UNCLEAR


@pytest.mark.parametrize(
    ("said", "asked"),
    [("我跟你们说过的那个事怎么样了", "之前反映"), ("就是上次那个人又来了", "是谁"), ("你们派人来一下", "要到哪里"), ("这事归哪个部门", "哪方面"), ("出了点事", ASK_ANEW[2:])],
)
def test_the_question_opens_what_was_only_hinted_at(said: str, asked: str) -> None:
    assert asked in question_on(said)

"""Each danger rule: what it must catch and what it must leave alone. The sentences are written for this file."""

from __future__ import annotations

import re

import pytest

from liandong.domain.appeals.reading_needles import needles
from liandong.domain.appeals.reading_words import Words
from liandong.domain.triage.danger import DangerRules
from liandong.domain.triage.danger_rules import ALL, expand

RULES = DangerRules()

MUST_CATCH: dict[str, list[str]] = {
    "D-suicide": ["活着没意思，我想从楼上跳下去", "再不给我结工资我就跳楼", "我已经写好遗书了，照顾好我爸妈", "他站在天台上哭，说不想活了", "我就想问问，从这个楼上掉下去会不会疼"],
    "D-blade": ["有个男的拿着菜刀在菜场门口乱晃", "他说要砍死我全家，现在就在门外", "有人被捅了，流了一地血", "他掏出一把水果刀对着我"],
    "D-fight": ["楼下正在打架，十几个人", "我老公又在打我，孩子吓得哭", "医生被病人家属打了，还在打", "隔壁在惨叫，有人喊别打了"],
    "D-threat-now": ["有个人一直跟踪我，从地铁口跟到现在", "他们把我关在宾馆里不让走，身份证也扣了", "小偷正在撬我家门", "我妈正在给骗子转账，劝不住"],
    "D-fire": ["我家厨房着火了", "对面楼冒黑烟，看得见火光", "电动车棚烧起来了，快来救火", "楼道里全是烟，我们下不去"],
    "D-explosion": ["刚才一声巨响，煤气罐爆炸了", "工厂炸了，玻璃全碎了", "他说车站里有炸弹"],
    "D-gas": ["楼道里一股很浓的煤气味", "天然气管道被挖断了，一直在喷", "液化气罐漏气，嘶嘶响"],
    "D-poison": ["孩子误喝了农药", "槽罐车侧翻，液体流了一地，味道刺鼻", "食堂吃完饭十几个人都吐了"],
    "D-electric": ["有人触电了，躺在电线杆下面", "高压线断了垂在积水里", "配电箱噼里啪啦冒火花"],
    "D-collapse": ["房子塌了，下面压着人", "广告牌掉下来砸到一个老人", "后山滑坡，泥石流冲下来了", "墙裂了一道大缝，还在响，快要倒了"],
    "D-dying": ["楼上好像没气了，身子都凉了", "我爸叫不醒，嘴唇发紫", "她突然晕倒，口吐白沫", "他头上一直流血，止不住"],
    "D-trapped": ["电梯里困了三个人", "有人掉进河里了，还在扑腾", "孩子反锁在车里，热得直哭", "有个小孩爬到窗台外面了"],
    "D-missing": ["我奶奶走丢了，她有老年痴呆", "孩子放学没回家，电话也打不通", "我弟弟从昨天就失联了"],
    "D-silent-home": ["对门老人三天没开门了，有股味道", "隔壁独居的大爷好几天没见着人，敲门没人应"],
    "D-help-cry": ["救命，快来人", "我不敢大声说话，他就在门外", "我躲在衣柜里，有人在砸门", "叔叔，爸爸打妈妈，快来", "帮帮我，我找不到家了"],
    "D-flood": ["洪水进屋了，水到胸口，家里有孕妇", "水位还在涨，全村断水断电，十几个人被困房顶", "大堤决口了", "急需冲锋舟，楼里还有老人孩子"],
    "D-crash": ["刚刚发生车祸，有人被压在车底", "一辆大货车侧翻了", "有辆车在高速上逆行", "撞人了，司机跑了"],
    "D-work-accident": ["工地上一个工人从脚手架上摔下来了", "矿井透水，里面还有人没出来", "商场里发生踩踏，有人受伤"],
    "D-extreme": ["他扬言要同归于尽，身上浇了汽油", "你们不解决我就点火烧了这个店", "大不了一起死，我什么都干得出来"],
    "D-crowd": ["两百多人堵在售楼部门口，跟保安推搡起来", "两伙人拿着棍子在打群架", "医闹，几十个家属把急诊围了"],
    "D-obstruct": ["城管执法被摊主打了，摊主手里拿着刀", "我们在拆违建，户主拧开煤气罐说要点", "护士被家属围住打"],
}

MUST_LEAVE: dict[str, list[str]] = {
    "D-suicide": ["跳楼价大甩卖是不是虚假宣传", "这天热得我想死", "手机老是死机，怎么维修", "楼上天天跳绳，吵死了"],
    "D-blade": [
        "买菜可以砍价吗", "请问杀毒软件到期怎么续费", "门口那家刀削面馆没有营业执照", "儿子的水枪玩具质量差",
        "那几畦韭菜被牛啃了，刚要割",
        "消防柜里的水带枪头让人拿走了",
    ],
    "D-fight": [
        "打车软件多扣了我十块钱", "我们两家吵了几句，不是打架，想请社区调解", "打印店复印一张要两块", "去年被邻居打过，想问问赔偿",
        "物业说再不交费就把水电掐了",
        "景点按人头收三十块，老人也不减",
        "收银员把小票揉了扔我袋子里，让我自己打印",
        "公司拖着我两个月的提成款不办",
    ],
    "D-threat-now": [
        "去年被偷过一次，想咨询小区装监控", "开发商道德绑架我们", "抢购的鸡蛋是坏的", "工地偷工减料没人管",
        "青虫顺着窗缝爬进屋里来",
        "健身房老板骗人，说好能退卡",
        "黑车在出站口拉人拼客",
        "老人家一直跟着我一起住，户口能迁来吗",
        "宵夜档要求入室经营，他们不听",
    ],
    "D-fire": ["老板火大得很，不给退款", "我们想申请更换灭火器，灭火器过期了", "请问火车站怎么走", "这家网红店火了以后天天排队扰民", "没有着火，就是灯泡坏了"],
    "D-explosion": ["手机价格炸了，涨了两千", "业主群都炸锅了，物业还不回应", "小区门口炸鸡店油烟大", "电影院在放爆炸的片子，声音太大"],
    "D-gas": ["燃气费怎么缴", "自行车轮胎漏气，店家不给修", "想咨询天然气开通手续"],
    "D-poison": ["超市卖的菜农药残留超标", "电脑中毒了，维修店乱收费"],
    "D-electric": ["路灯不亮好几天了", "漏电保护器老跳闸，想换一个", "电线杆挡在路中间，能不能挪一下"],
    "D-collapse": [
        "装修公司倒闭了，定金不退", "有人往河里倾倒建筑垃圾", "听说物价要塌，想咨询政策",
        "楼上天天砸墙装修，周末也不歇",
        "巷口的裁缝铺搬走二十天了，衣服还没还我",
        "自来水管埋了两年还没通水",
    ],
    "D-dying": [
        "家里暖气没气了，什么时候通", "办证窗口态度差，系统卡住没反应", "共享单车倒在盲道上",
        "一帮学生在那台机器上打游戏",
        "排风的抽风机坏了，厨房全是烟味",
        "工装裤上剐了个大口子，要店家赔",
        "二手冰箱手续不全，门上还有划痕",
    ],
    "D-trapped": [
        "困难补助怎么申请", "贫困户名单不公开", "钥匙掉进下水道了，能帮捞吗", "商场价格跳水，我买贵了",
        "我把保温杯落在出租车上了",
        "光缆让渣土车挂断了，断网三天",
        "河面漂着一层油花，上游有洗车行",
        "老人卡住址变了要去哪里改",
        "师傅在外墙上钻孔，灰飞了一楼道",
    ],
    "D-missing": [
        "房东失联，押金不退", "我的猫走丢了", "包工头联系不上，工资没结",
        "我妈的存折找不着了，想挂失",
        "表舅十年没消息，户口怎么处理",
    ],
    "D-silent-home": ["楼下超市三天没开门了，会员卡怎么办", "办事窗口敲了半天没人应"],
    "D-help-cry": ["这是救命钱，什么时候能报销", "广场舞声音太大，请他们小声一点", "社区救助站在哪里"],
    "D-flood": [
        "水费又涨了", "一下雨门口就积水，建议改造排水管", "向救灾的消防员致敬",
        "消防栓漏的水漫到胡同口了",
        "泄洪口旁边让人搭了个烧烤棚",
    ],
    "D-crash": [
        "车被刮了点漆，人没事，保险怎么走", "建议路口安装红绿灯，避免出车祸", "事故认定书什么时候能拿",
        "路边的护栏被货车撞歪了半个月",
        "机耕路让重车碾出两道沟",
        "倒车蹭到路边的花坛，砖掉了一块",
    ],
    "D-work-accident": ["工伤认定需要什么材料", "担心工地没有围挡出安全事故，建议检查"],
    "D-extreme": ["我们拼命加班，不给加班费", "促销活动点了外卖没送到"],
    "D-crowd": ["排队办证的人太多了", "群里约着下周去反映，先跟你们说一声"],
    "D-obstruct": ["城管态度恶劣，骂人", "医生开错药，投诉医院"],
}


def _codes(text: str) -> set[str]:
    return {danger.rule.code for danger in RULES.found(Words.of(text))}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in MUST_CATCH.items() for text in texts])
def test_danger_is_caught_by_its_rule_or_a_graver_one(code: str, text: str) -> None:
    assert _codes(text), text


@pytest.mark.parametrize("code", [rule.code for rule in ALL])
def test_every_rule_catches_at_least_one_of_its_own_sentences(code: str) -> None:
    assert any(code in _codes(text) for text in MUST_CATCH[code])


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in MUST_LEAVE.items() for text in texts])
def test_hard_negatives_are_left_alone(code: str, text: str) -> None:
    assert _codes(text) == set(), text


def test_every_rule_has_sentences_to_catch_and_to_leave() -> None:
    codes = {rule.code for rule in ALL}
    assert codes == set(MUST_CATCH) == set(MUST_LEAVE)
    assert all(len(texts) >= 2 for texts in (*MUST_CATCH.values(), *MUST_LEAVE.values()))


def test_codes_are_unique_and_items_are_police_classes() -> None:
    codes = [rule.code for rule in ALL]
    assert len(codes) == len(set(codes))
    assert {rule.item for rule in ALL} <= {f"P{number}" for number in range(1, 9)}


def test_the_quick_filter_never_hides_a_match() -> None:
    """Each pattern that matches a sentence has one of its needles in it."""
    plains = [Words.of(text).plain for texts in (*MUST_CATCH.values(), *MUST_LEAVE.values()) for text in texts]
    for pattern in (expand(pattern) for rule in ALL for pattern in rule.patterns):
        wanted, compiled = needles(pattern), re.compile(pattern)
        for plain in plains if wanted else ():
            if compiled.search(plain):
                assert any(needle in plain for needle in wanted), (pattern, plain)


@pytest.mark.parametrize(
    ("plain", "said_not_to_be"),
    [
        ("家里着火了", "家里没有着火"),
        ("门口有人打架", "门口不是打架，是在排练"),
        ("厨房起火了", "去年厨房起火，现在想问保险"),
        ("楼里爆炸了", "电影里爆炸的声音太大"),
        ("隔壁着火了", "万一隔壁着火怎么办，建议清理杂物"),
        ("有人触电", "装修时没有人触电，就是跳闸"),
    ],
)
def test_denial_past_and_story_take_the_danger_away(plain: str, said_not_to_be: str) -> None:
    assert _codes(plain)
    assert not _codes(said_not_to_be)


def test_danger_after_a_denial_of_another_still_counts() -> None:
    assert "D-blade" in _codes("不是打架，是杀人了")


def test_a_threat_with_if_is_a_threat() -> None:
    assert _codes("如果今天不给钱我就跳楼")


def test_what_lasts_is_danger_though_it_began_days_ago() -> None:
    assert _codes("从前天开始被困在屋顶，没吃没喝")
    assert _codes("奶奶昨天走失，到现在没找到")


@pytest.mark.parametrize("text", ["楼上好像没气了", "活着没意思", "我小声说，他在外面", "三天没开门有味道", "水都到二楼了"])
def test_indirect_words_are_understood(text: str) -> None:
    assert _codes(text)

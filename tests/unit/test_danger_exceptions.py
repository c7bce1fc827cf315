"""Words that sound grave and are not, each beside the danger that the same words name: an exception must not take the danger with it."""

from __future__ import annotations

import pytest

from liandong.domain.appeals.reading_words import Words
from liandong.domain.triage.danger import all_rules

SOUNDS: dict[str, tuple[str, ...]] = {
    "D-suicide": (
        "枇杷树上吊了个大蜂窝",
        "阳台上吊着十几只鸟笼，粪掉我家",
        "他家夏天往上吊砖，吵得睡不着",
        "医生给我妈撑伞，替我说声辛苦",
        "电梯咣当一下，心都要跳出来",
        "小伙子跳下去救人，好样的",
        "车库顶上吊个马蜂窝，还没蜇人",
        "古槐树上吊着半截枯枝",
        "工地上吊车倒了那回玻璃碎了",
        "变压器跳闸，一到做饭就跳",
        "电饭锅一插就跳",
        "樟树上的虫一吐丝就往下跳",
        "卖我的猫三天就死了",
        "地下通道没灯怕得要死",
        "老太太下台阶跟跳崖一样",
        "签了个一次性了断的协议",
        "拖到最后一天的反倒多拿六百",
        "姐姐们为遗产吵翻天，我只想有人劝劝",
        "销户口、取公积金要哪些材料，我问问",
        "替我跟那位民警说声谢",
        "刚把遗书交了，写作课的作业",
    ),
    "D-extreme": (
        "管道气入户四个月了，何时点火",
        "楼上电钻从早响到晚，头都要炸了",
        "压力一试就炸的管件",
        "网上买的水泵泡水就烧了",
        "点火总打不着，约了四次没来",
        "销售拿命担保说是学区房",
        "不给证书我就跟他们死磕",
    ),
    "D-flood": (
        "每次发大水前蚂蚁都搬家吗",
        "台风走了，站牌还歪在路边没人扶",
        "河里的水冲走了我的户口本和存折",
        "咸水倒灌围田，闸门锈死了",
        "水产摊腥水漫过人行道",
        "停水桶装水涨到四十",
        "暖气爆管补好了，就是不热",
        "台风刮断的大树枝横在人行道上，人得绕着走",
        "渔船被台风打沉了，保险和救助可以一起领吗",
        "余震把水管震裂了，麻烦派人查漏",
        "那年发大水全靠这排柳树",
        "淤泥齐腰，清一清",
        "户口本让大水卷走了，补办要带啥",
    ),
    "D-fire": (
        "灶具点不着火，师傅说要等打压",
        "新灶打着火就灭，售后不来",
        "天台叫人锁了，着火往哪跑，物业说没钥匙",
        "刚才说着火的那个报错了，是烧稻草",
        "屋面做防水，沥青锅冒黑烟，呛人",
        "油锅起火该盖锅盖还是泼水，孩子作业",
        "就着火看完了报纸",
        "煤气灶火苗发黄，想约安检",
        "老屋失火那年档案烧了",
        "路口烤红薯的炉子冒黑烟",
        "收废品的烧电线取铜，那股焦味洗不掉",
        "明火已经全灭了",
    ),
    "D-help-cry": (
        "我家八哥学会了喊救命",
        "买了两箱所谓救命水",
        "爷爷九十三了走不动，高龄补贴怎么认证",
        "她天天堵我门口骂人",
        "家长不敢出声",
    ),
    "D-gas": (
        "桥下河水发黑，一股臭鸡蛋味",
        "之前说的煤气味，师傅查了，是榴莲",
    ),
}
IS: dict[str, tuple[str, ...]] = {
    "D-suicide": (
        "我老公在阳台上吊着，快来",
        "他说活着没劲，要从楼上跳下去",
        "有个女的在树上吊了，叫不应",
        "他在树上吊着，人没动静了",
        "玻璃幕墙上吊着两个工人",
        "我不想活了，遗书写好了",
        "她说一到晚上就跳下去",
        "狗死了，我也要跳楼",
    ),
    "D-extreme": (
        "他说不给钱就炸了这里",
        "他点火烧店",
        "大家都别活，要点了这汽油",
    ),
    "D-flood": (
        "台风过了，墙倒下来压着人",
        "发大水把我家房子冲了，人还在树上",
        "泥水倒灌进屋，老人还在床上",
        "主管爆管，水冲进地下室，有人出不来",
        "水涨到二楼了，人出不去",
        "台风把树刮断砸到人了，快来",
        "一家三口让大水卷走了",
    ),
    "D-fire": (
        "灶台着火了，不敢进去",
        "沥青锅烧起来了，火苗两米高",
        "厨房起火，油锅扑不灭",
        "灶台火苗蹿上柜子了",
        "对面山火烧过来了",
        "楼下冒黑烟，烤红薯的摊子着火了",
    ),
    "D-gas": (
        "屋里一股臭鸡蛋味，头晕",
        "煤气味很重，老人不醒",
    ),
    "D-help-cry": (
        "他在外面堵我，快来",
        "救命啊，水进来了",
        "有个人在山上求救",
    ),
}


def codes_of(text: str) -> set[str]:
    return {danger.rule.code for danger in all_rules().found(Words.of(text))}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SOUNDS.items() for text in texts])
def test_what_only_sounds_so_is_left_alone(code: str, text: str) -> None:
    assert code not in codes_of(text)


@pytest.mark.parametrize("text", [text for texts in IS.values() for text in texts])
def test_what_is_so_is_heard(text: str) -> None:
    assert codes_of(text)

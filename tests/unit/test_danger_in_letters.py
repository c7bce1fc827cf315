"""Danger in letters, what has ended well, habits and figures of speech: the sentences are written for this file."""

from __future__ import annotations

import pytest

from liandong.domain.appeals.reading_words import Words
from liandong.domain.triage.danger import DangerRules

RULES = DangerRules()
_STORY = "反映某小区物业多年不作为。我们是该小区的业主，物业合同早已到期，电梯三天两头停运，绿化荒了，监控坏了一大半，向主管部门反映多次，一直没有结果。业主委员会成立了两回都没有备案，街道说材料不全，请有关部门查处。大家都盼着有个结果。"


def found(text: str) -> list[str]:
    return [each.rule.code for each in RULES.found(Words.of(text))]


@pytest.mark.parametrize(
    "tail",
    [
        "前台和保安曾经打架，有人被砍伤。",
        "有人被困电梯，吓得不轻。",
        "大家都快活不下去了，有人说想跳楼。",
        "小区门口发生车祸，撞伤了人。",
    ],
)
def test_what_a_letter_tells_late_is_its_story(tail: str) -> None:
    assert found(_STORY + tail) == []


@pytest.mark.parametrize("tail", ["现在有人被困在电梯里，快来救人！", "此刻楼道里正在着火，救命！"])
def test_a_letter_that_says_now_is_danger_however_late(tail: str) -> None:
    assert found(_STORY + tail) != []


@pytest.mark.parametrize("lead", ["求求你们救命，我和孩子被他关在屋里三天了。", "我不想活了，遗书已经写好，今晚就从楼顶跳下去。"])
def test_a_letter_that_begins_with_danger_is_danger(lead: str) -> None:
    assert found(lead + _STORY) != []


@pytest.mark.parametrize(
    "text",
    [
        "厂房那边半边天都红了，消防怎么还没来",
        "排风口的火苗往外蹿，楼上有人",
        "手术室断电了，病人还在台上",
        "一群学生围着一个女孩子打",
        "有人开电动车逆行上高速了",
        "他们把协警围住打，请求增援",
        "喝了一斤白酒，现在脸色煞白叫不醒",
        "爷爷摔着头了，人迷迷糊糊的",
        "匿名信说图书馆里装了炸弹",
        "他说大家一起死，谁也别想跑",
    ],
)
def test_indirect_danger_is_heard(text: str) -> None:
    assert found(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "手机壳烫得跟着火一样，要求退货",
        "困在电梯半小时的人已经出来了，谢谢师傅",
        "路口经常发生交通事故，建议装个反光镜",
        "价格战打得厉害，两家店都不退预付款",
        "刷卡没有反应，公交司机不让我上车",
        "去年的工伤鉴定到现在没下来",
        "家长挤破脑袋也要进那所学校",
        "好政策别扼杀在你们手里",
        "门锁坏得气得我想跳楼，客服就是不接",
        "小猫爬到树上下不来了",
        "法律和政策打架，我们该听谁的",
        "井盖没了，我插了根树枝，赶紧派人",
    ],
)
def test_figures_habits_and_what_has_ended_are_left_alone(text: str) -> None:
    assert found(text) == []

"""Abusive words: of the line, not told of."""

from __future__ import annotations

import pytest

from liandong.domain.appeals.abuse import ABUSIVE, ESTABLISHED, SUSPECTED, abusive_words, is_abusive


@pytest.mark.parametrize("said", ["你们都是一群废物，去你妈的", "小妹妹穿什么内衣呀", "傻逼，接电话的都是白痴", "闲着没事打着玩，我就不挂", "陪我睡一晚多少钱一晚"])
def test_words_that_abuse_the_line_are_seen(said: str) -> None:
    assert abusive_words(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "邻居天天骂我傻逼，还砸我门",
        "他发短信说你妈死了威胁我",
        "老板骂人王八蛋还不发工资",
        "小区广场舞太吵，你们到底管不管",
        "我真的很生气，等了三天没人来",
    ],
)
def test_abuse_that_is_told_of_and_plain_anger_are_no_abuse(said: str) -> None:
    assert not abusive_words(said)


def test_any_of_the_three_marks_counts_and_others_do_not() -> None:
    assert all(is_abusive({"marks": [each]}) for each in (SUSPECTED, ABUSIVE, ESTABLISHED))
    assert not is_abusive({"marks": ["重点人员"]})
    assert not is_abusive({})

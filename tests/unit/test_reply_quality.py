"""The reply check: what it finds and why, and how far people who labelled real replies agree."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from liandong.application.act import act
from liandong.domain.journal.facts import Role, StreamKind
from liandong.domain.replies import check_reply
from tests.memory_city import memory_city
from tests.reply_figures import figures_of, half_of, read_rows

DATA = Path(os.environ.get("LIANDONG_DATA", "../shared/data")) / "taidi_replies.csv.gz"
ASKED = "楼下烧烤摊的油烟天天往窗户里灌，要求清理烧烤摊"
GOOD = "城管队昨晚八点到采莲路现场，已责令烧烤摊撤离并清洗地面，今后每晚巡查一次，如再有油烟请拨打 12345。"


def codes(reply: str, asked: str = ASKED) -> set[str]:
    return {each.code for each in check_reply(reply, asked).findings}


def test_a_reply_with_facts_about_what_was_asked_has_no_findings() -> None:
    assert codes(GOOD) == set()
    assert check_reply(GOOD, ASKED).answers


@pytest.mark.parametrize(
    ("reply", "finding"),
    [
        ("您好！您反映的问题已转相关部门处理，感谢您的支持。", "formula"),
        ("已办。", "short"),
        ("您好，水务公司今天上午已更换小区的老旧水管并恢复供水，水压正常，如仍有停水请拨打供水热线联系抢修。", "other_matter"),
        ("关于楼下烧烤摊油烟灌进窗户一事，大家都应当互相体谅，远亲不如近邻，和为贵，多一些宽容，少一些计较。", "no_facts"),
        ("关于楼下烧烤摊油烟灌进窗户一事，执法人员昨晚到场，责令烧烤摊撤离，地面油污清洗干净。", "no_next_step"),
    ],
)
def test_what_is_wrong_with_a_reply_is_named(reply: str, finding: str) -> None:
    assert finding in codes(reply)


def test_without_anything_to_compare_with_only_the_reply_itself_is_judged() -> None:
    assert "other_matter" not in codes(GOOD, "")


@pytest.mark.parametrize("odd", ["", " ", "。。。", "a" * 5000, "转" * 5000, "您好" * 2500, "\u3000\n" * 900])
def test_odd_replies_are_judged_and_not_choked_on(odd: str) -> None:
    assert not check_reply(odd, ASKED).answers


def test_a_reply_sent_all_the_same_keeps_its_findings_and_nobody_writes_them_by_hand() -> None:
    hotline = memory_city().hotline
    taken = hotline.take(ASKED, place="采莲路")
    hotline.place(taken, "keep")
    order = hotline.only(StreamKind.WORK_ORDER)
    for command, role, data in (
        ("dispatch", Role.AGENT, {"unit": "CG"}),
        ("sign", Role.UNIT_STAFF, {}),
        ("report", Role.UNIT_STAFF, {"result": "已清理"}),
    ):
        act(hotline.world, hotline.person(role, "CG"), order.kind, order.id, command, data)
    told = hotline.act(order, "reply_citizen", reply="已转相关部门处理。", findings=["no_facts"])
    assert "formula" in told.data["findings"] or "short" in told.data["findings"]
    hotline.act(order, "close")
    again = hotline.act(order, "visit", satisfaction="5", reason="没有回答我问的")
    assert again.phase == "reopened"
    assert again.data["dissatisfied"] == [{"unit": "CG", "reason": "没有回答我问的", "findings": told.data["findings"]}]


@pytest.mark.skipif(not DATA.exists(), reason="LIANDONG_DATA has no taidi_replies.csv.gz")
def test_people_who_labelled_real_replies_agree_on_the_half_kept_aside() -> None:
    figures = figures_of([each for each in read_rows(DATA) if half_of(each) == 1])
    assert figures["explains_accuracy"] >= 0.94
    assert figures["explains_f1"] >= 0.96
    assert figures["unexplained_f1"] >= 0.78
    assert figures["swapped_found"] >= 0.75
    assert figures["own_flagged"] <= 0.12

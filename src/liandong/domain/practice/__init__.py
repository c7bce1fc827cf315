"""练习 (源头分流): how an answer to a practice case is scored, which cases come next, and what a person mistakes for what."""

from __future__ import annotations

from liandong.domain.errors import MESSAGES, Message

__all__: list[str] = []

MESSAGES.update(
    {
        "practice.answered": Message("这一题已经答过了，请看下一题。", "This case is answered already; go on with the next."),
        "practice.over": Message("这一轮已经做完，请另开一轮。", "This round is over; begin another."),
        "practice.wrong_case": Message("答的不是现在这一题，请刷新页面。", "This is not the case that stands now; load the page anew."),
        "practice.side": Message("请先选归属：1 公安、2 热线、3 双方联合、4 均不受理。", "Choose the side first: 1 police, 2 hotline, 3 joint, 4 neither."),
        "practice.no_person": Message("没有这个接听人员的账号，请核对账号名。", "Nobody of this name takes calls here; check the account name."),
    }
)

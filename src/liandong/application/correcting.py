"""A corrected verdict goes to the order that was made of it, so that units are proposed anew (济政办字〔2023〕51号 四（四）2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liandong.application.orders import is_open, order_of
from liandong.application.perform import Session
from liandong.domain.journal.facts import Fact, StreamState

__all__ = ["AGAIN", "SIDE_WORDS", "carry_correction", "correction_words"]

#: What journals call the sides.
SIDE_WORDS = {"police": "110", "hotline": "12345", "joint": "双方共办", "neither": "双方均不受理", "unclear": "不明"}
#: Reason of another unit where the verdict itself is as it was.
AGAIN = "更正研判后改派"


def carry_correction(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Give the order the item that a person corrected; its unit stays until somebody sends another."""
    order = order_of(session, after.data) if after.phase in ("kept", "shared") else None
    item = str(fact.data.get("item") or "")
    if order is None or not item or not is_open(order) or order.data.get("item") == item or "correct" not in session.allowed(order, fact.actor):
        return
    session.perform(order.kind, order.id, "correct", fact.actor, {"item": item, "reason": fact.data.get("reason") or "更正研判"})


def correction_words(data: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    """Return in the journal's words what a person changed of an appeal's verdict, ``""`` where nothing: the reason of what follows.

    Parameters:
        data: of the appeal: ``side`` and ``item`` as they stand, ``verdict`` as it was judged.
        name_of: item code -> its name.
    """
    verdict = data.get("verdict") or {}
    told = []
    if data.get("side") and data.get("side") != verdict.get("side"):
        told.append(f"归属由{_side(verdict.get('side'))}改为{_side(data.get('side'))}")
    if data.get("item") and data.get("item") != verdict.get("item"):
        before = name_of(str(verdict.get("item") or "")) or "未定"
        told.append(f"事项由{before}改为{name_of(str(data['item']))}")
    return "更正研判：" + "，".join(told) if told else ""


def _side(side: Any) -> str:
    return SIDE_WORDS.get(str(side), SIDE_WORDS["unclear"])

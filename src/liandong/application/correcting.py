"""A corrected verdict goes to the order that was made of it, so that units are proposed anew (济政办字〔2023〕51号 四（四）2)."""

from __future__ import annotations

from liandong.application.orders import is_open, order_of
from liandong.application.perform import Session
from liandong.domain.journal.facts import Fact, StreamState

__all__ = ["carry_correction"]


def carry_correction(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Give the order the item that a person corrected; its unit stays until somebody sends another."""
    order = order_of(session, after.data) if after.phase in ("kept", "shared") else None
    item = str(fact.data.get("item") or "")
    if order is None or not item or not is_open(order) or order.data.get("item") == item or "correct" not in session.allowed(order, fact.actor):
        return
    session.perform(order.kind, order.id, "correct", fact.actor, {"item": item, "reason": fact.data.get("reason") or "更正研判"})

"""Check a reply before it is sent, and write down what was found when it is sent all the same.

Source: mission G3, 004 智能质检. The agent decides; the findings go into the fact, so that supervision and the unit's
assessment can count them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState
from liandong.domain.replies import ReplyCheck, check_reply

__all__ = ["REPLIES", "check_order_reply", "send_reply"]

#: command of a work order that tells the citizen something -> the field that is told.
REPLIES = {"reply_citizen": "reply", "answer": "answer"}


def check_order_reply(world: World, order: StreamId, reply: str) -> ReplyCheck:
    """Return what the check says of a reply to a work order; nothing is recorded. Raises ``StreamNotFound``."""
    with world.work() as unit:
        session = Session(world, unit)
        return _check(session, session.load(StreamKind.WORK_ORDER, order), reply)


def send_reply(session: Session, order: StreamState, actor: Actor, command: str, data: Mapping[str, Any]) -> StreamState:
    """Tell the citizen, with the findings of the check in the fact. Raises ``CommandRefused`` as the table says."""
    reply = data.get(REPLIES[command])
    found = _check(session, order, reply).findings if isinstance(reply, str) and reply else ()
    told = {name: value for name, value in data.items() if name != "findings"}
    if found:
        told["findings"] = [each.code for each in found]
    return session.perform(order.kind, order.id, command, actor, told)


def _check(session: Session, order: StreamState, reply: str) -> ReplyCheck:
    try:
        said = session.load(StreamKind.APPEAL, StreamId(str(order.data.get("appeal", "")))).data
    except StreamNotFound:
        said = {}
    words = [said.get("text"), said.get("demand"), said.get("place"), *(said.get("supplements") or ()), order.data.get("summary")]
    return check_reply(reply, "\n".join(str(each) for each in words if each))

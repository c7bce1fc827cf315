"""三方通话: citizen, first receiver and the other side in one call, before any order crosses.

Rules:
    1. The three-way call comes first; when it cannot be connected, the order goes instead, with everything typed
       (济政办字〔2023〕51号 四（一）; 000; 002).
    2. S is the side that the citizen called, R the side that is asked to join. The same table runs on both nodes.
    3. What R takes in the call is R's at once: the order that follows is accepted by having been taken.
    4. Nobody is left ringing: R has a limit, then the call counts as not answered.
    5. A call under danger is never waited for; police act while it rings (相政办〔2023〕55号 四（三）1).

Theory of operation: S offers, R joins or refuses, or the limit passes. Facts of both sides may cross on the wire; the rows marked
*crossing* lead both nodes to one state: giving up beats joining, taking the matter beats both.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from liandong.domain.journal.facts import Fact, Party, Role, StreamKind
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["CALL", "OPEN", "SHARED_CALL_FACTS", "TERMINAL", "UNCONNECTED", "CallState"]


class CallState(StrEnum):
    """Where a three-way call stands."""

    NEW = ""
    OFFERED = "offered"
    CONNECTED = "connected"
    TAKEN = "taken"
    ENDED = "ended"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = CallState
OPEN = frozenset({S.OFFERED, S.CONNECTED})
#: The order goes instead.
UNCONNECTED = frozenset({S.REFUSED, S.UNANSWERED, S.FAILED})
#: The ends nobody leaves; only facts that met on the wire are still taken in.
TERMINAL = frozenset({each.value for each in (*UNCONNECTED, S.TAKEN, S.ENDED, S.CANCELLED)})

DESK = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.SYSTEM})
NOBODY = frozenset[Role]()
FROM, TO = Party.SENDER, Party.RECEIVER

FIRST = "济政办字〔2023〕51号 四（一）：优先三方通话"
ELSE = "济政办字〔2023〕51号 四（一）：无法三方通话的，以工单流转"
IN_CALL = "002 三方通话中转接受理"
CROSSED = "规则2：途中交错的事实在两端归于同一状态"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "通话编号", "number of the call", limit=40),
        Field("appeal", "诉求", "appeal", limit=60),
        Field("record", "诉求记录", "record", form="map", limit=60),
        Field("origin", "首接平台", "first receiver", limit=60),
        Field("destination", "被邀平台", "side asked to join", limit=60),
        Field("conference", "会议室", "conference", limit=60),
        Field("simulated", "模拟交换机", "simulated switch", form="flag"),
        Field("placing", "转单内容", "what the order carries", form="map", limit=20),
        Field("reason", "理由", "reason", limit=2000),
        Field("note", "说明", "note", limit=2000),
        Field("spoke", "发言记录", "who spoke when", form="list", limit=400),
    )
}

TITLES = {
    "offered": ("振铃中", "ringing"),
    "connected": ("通话中", "connected"),
    "taken": ("对方已受理", "taken in the call"),
    "ended": ("已挂断", "ended"),
    "refused": ("对方不接", "refused"),
    "unanswered": ("无人接听", "not answered"),
    "failed": ("呼叫失败", "failed"),
    "cancelled": ("已取消", "cancelled"),
    "invite": ("邀请三方通话", "invite"),
    "pick_up": ("接听", "pick_up"),
    "decline": ("不接", "decline"),
    "give_up": ("无人接听", "not answered"),
    "fail": ("呼叫失败", "could not be put through"),
    "call_off": ("取消呼叫", "call off"),
    "take_in_call": ("通话中受理", "take it in the call"),
    "hang_up": ("挂断", "hang up"),
}

SENTENCES = {
    "": "Nobody has been asked to join.",
    "offered": "The other side's desks ring; the citizen stays on the line.",
    "connected": "Citizen and both sides talk.",
    "taken": "The other side took the matter while they talked; the order follows and counts as accepted.",
    "ended": "They talked and hung up; the first receiver decides where the matter goes.",
    "refused": "The other side declined; the order goes instead.",
    "unanswered": "Nobody joined within the limit; the order goes instead.",
    "failed": "The switch could not put it through; the order goes instead.",
    "cancelled": "The first receiver called it off before anybody joined.",
}

#: Every fact of a call is held by both nodes.
SHARED_CALL_FACTS = frozenset(
    {"CallOffered", "CallJoined", "CallDeclined", "CallUnanswered", "CallFailed", "CallCancelled", "MatterTakenInCall", "CallEnded"}
)


def _straight() -> list[Row]:
    born = ("appeal", "record", "origin", "destination")
    return [
        Row(
            S.NEW, "invite", S.OFFERED, DESK, "CallOffered", FIRST, born, ("number", "conference", "simulated", "placing", "reason"), party=FROM
        ),
        Row(S.OFFERED, "pick_up", S.CONNECTED, DESK, "CallJoined", FIRST, party=TO),
        Row(S.OFFERED, "decline", S.REFUSED, DESK, "CallDeclined", ELSE, ("reason",), party=TO),
        Row(S.OFFERED, "give_up", S.UNANSWERED, DESK, "CallUnanswered", ELSE, (), ("note",), party=FROM),
        Row(S.OFFERED, "fail", S.FAILED, DESK, "CallFailed", ELSE, (), ("note",), party=FROM),
        Row(S.OFFERED, "call_off", S.CANCELLED, DESK, "CallCancelled", FIRST, (), ("note",), party=FROM),
        Row(S.CONNECTED, "take_in_call", S.TAKEN, DESK, "MatterTakenInCall", IN_CALL, (), ("note",), party=TO),
        *(Row(S.CONNECTED, "hang_up", S.ENDED, DESK, "CallEnded", FIRST, (), ("note", "spoke"), party=each) for each in (FROM, TO)),
        *(Row(S.TAKEN, "hang_up", SAME, DESK, "CallEnded", FIRST, (), ("note", "spoke"), party=each) for each in (FROM, TO)),
    ]


def _crossing() -> list[Row]:
    ended = (S.UNANSWERED, S.FAILED, S.CANCELLED)
    ways = (("give_up", "CallUnanswered", S.UNANSWERED), ("fail", "CallFailed", S.FAILED), ("call_off", "CallCancelled", S.CANCELLED))
    rows = [Row(each, "pick_up", SAME, NOBODY, "CallJoined", CROSSED, party=TO) for each in ended]
    rows += [Row(each, "decline", SAME, NOBODY, "CallDeclined", CROSSED, ("reason",), party=TO) for each in ended]
    rows += [Row(each, "take_in_call", S.TAKEN, NOBODY, "MatterTakenInCall", CROSSED, (), ("note",), party=TO) for each in (*ended, S.ENDED)]
    for command, fact, to in ways:
        rows.append(Row(S.CONNECTED, command, to, NOBODY, fact, CROSSED, (), ("note",), party=FROM))
        rows.append(Row(S.REFUSED, command, to, NOBODY, fact, CROSSED, (), ("note",), party=FROM))
        rows.append(Row(S.TAKEN, command, SAME, NOBODY, fact, CROSSED, (), ("note",), party=FROM))
        rows.append(Row(S.ENDED, command, to, NOBODY, fact, CROSSED, (), ("note",), party=FROM))
    for each in (*ended, S.ENDED):
        rows += [Row(each, "hang_up", SAME, NOBODY, "CallEnded", CROSSED, (), ("note", "spoke"), party=end) for end in (FROM, TO)]
    return rows


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    times = dict(data.get("times", {}))
    times.setdefault(fact.name, fact.at.isoformat())
    data["times"] = times
    if fact.name in ("CallJoined", "MatterTakenInCall"):
        data["joined_by"] = {"person": fact.actor.person, "unit": fact.actor.unit, "role": fact.actor.role.value}
    data.pop("note", None)
    return data


CALL = Machine(
    kind=StreamKind.CALL,
    states=CallState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=(*_straight(), *_crossing()),
    terminal=TERMINAL,
    fields=FIELDS,
    fold=_fold,
)

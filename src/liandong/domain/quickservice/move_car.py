"""挪车: a car stands in the way; its owner is asked to move it, and neither learns the other's number.

Rules:
    1. The owner is reached through a reference: no number of the owner is known here, none of the caller's is told (001 快速服务).
    2. The owner answers by a link without an account: coming, moved, or not my car.
    3. Who does not answer within the city's limit is left to traffic police, without the caller asking again.
    4. A wrong plate is asked for again; nobody else is rung for it.
    5. Moved is done: it ends the appeal, and thanks may follow.

Theory of operation: ``ask`` begins it for an appeal that names a car in the way and its plate. The node finds the owner and
notifies by itself; a person does it by hand where no register is connected. ``hand_over`` waits for the other side's
result like any order that crosses.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from liandong.domain.journal.facts import Fact, Role, StreamKind
from liandong.domain.journal.machine import PRIOR, SAME, Field, Machine, Row

__all__ = ["MOVE_CAR", "OPEN", "TERMINAL", "WAITING", "MoveCarState"]


class MoveCarState(StrEnum):
    """Where a request to move a car stands."""

    NEW = ""
    ASKED = "asked"
    NOTIFIED = "notified"
    MOVING = "moving"
    WRONG_PLATE = "wrong_plate"
    HANDED_OVER = "handed_over"
    MOVED = "moved"
    THANKED = "thanked"
    CANCELLED = "cancelled"


S = MoveCarState
OPEN = frozenset({S.ASKED, S.NOTIFIED, S.MOVING, S.WRONG_PLATE, S.HANDED_OVER})
#: The owner's limit runs.
WAITING = frozenset({S.NOTIFIED, S.MOVING})
TERMINAL = frozenset({S.THANKED.value, S.CANCELLED.value})

DESK = frozenset({Role.AGENT, Role.CALL_TAKER, Role.DISPATCHER, Role.SYSTEM})
PEOPLE = DESK | {Role.CITIZEN}
SELF = frozenset({Role.SYSTEM})

QUICK = "001 快速服务：一键挪车，不见号码"
TRAFFIC = "001 快速服务：车主不应答的，转公安交管处置"

FIELDS = {
    each.name: each
    for each in (
        Field("appeal", "诉求", "appeal", limit=60),
        Field("number", "挪车编号", "number", limit=40),
        Field("handover", "联动单", "handover", limit=60),
        Field("plate", "车牌", "plate", limit=20),
        Field("summary", "诉求摘要", "summary", limit=2000),
        Field("place", "地点", "place", limit=300),
        Field("item", "事项", "item", limit=20),
        Field("owner", "车主代号", "owner's reference", limit=80),
        Field("notice", "通知代号", "notice's reference", limit=80),
        Field("simulated", "模拟通知", "simulated notice", form="flag"),
        Field("minutes", "几分钟到", "minutes until there", form="number"),
        Field("note", "说明", "note", limit=500),
        Field("reason", "理由", "reason", limit=500),
        Field("result", "结果", "result", limit=5000),
    )
}

TITLES = {
    "asked": ("待通知车主", "asked"),
    "notified": ("已通知车主", "owner notified"),
    "moving": ("车主正在过来", "owner coming"),
    "wrong_plate": ("车牌待核实", "plate in doubt"),
    "handed_over": ("已转交警", "with traffic police"),
    "moved": ("车已挪开", "moved"),
    "thanked": ("已致谢", "thanked"),
    "cancelled": ("已取消", "cancelled"),
    "ask": ("请求挪车", "ask for a car to be moved"),
    "notify": ("通知车主", "notify the owner"),
    "not_found": ("查无车主", "no such owner"),
    "remind": ("再次通知", "remind"),
    "come": ("马上过来", "coming"),
    "deny": ("不是我的车", "not my car"),
    "correct_plate": ("更正车牌", "correct the plate"),
    "move": ("车已挪开", "moved"),
    "thank": ("致谢", "thank"),
    "hand_over": ("转交警", "hand over to traffic police"),
    "take_back": ("对方退回", "taken back"),
    "peer_result": ("对方反馈结果", "result from the other side"),
    "note": ("补记", "note"),
    "cancel": ("取消", "cancel"),
}

SENTENCES = {
    "": "Nothing is asked yet.",
    "asked": "Somebody is blocked; the owner has not been reached.",
    "notified": "The owner has a message with a link and has not answered.",
    "moving": "The owner says they are on their way.",
    "wrong_plate": "Nobody has this plate, or its owner says it is not their car; the plate is asked for again.",
    "handed_over": "Nobody answered in time; traffic police have it.",
    "moved": "The way is free.",
    "thanked": "The way is free and the caller said thanks.",
    "cancelled": "It is not needed any more, or was asked twice.",
}


def _rows() -> tuple[Row, ...]:
    born, about = ("appeal", "plate", "summary"), ("number", "handover", "place", "item")
    rows = [
        Row(S.NEW, "ask", S.ASKED, PEOPLE, "CarAsked", QUICK, born, about),
        Row(S.ASKED, "notify", S.NOTIFIED, DESK, "OwnerNotified", QUICK, (), ("owner", "notice", "simulated", "note")),
        Row(S.ASKED, "not_found", S.WRONG_PLATE, DESK, "OwnerNotFound", QUICK, (), ("note",)),
        Row(S.NOTIFIED, "come", S.MOVING, PEOPLE, "OwnerComing", QUICK, (), ("minutes", "note")),
        Row(S.NOTIFIED, "remind", SAME, DESK, "OwnerReminded", QUICK, (), ("notice", "note")),
        Row(S.WRONG_PLATE, "correct_plate", S.ASKED, PEOPLE, "PlateCorrected", QUICK, ("plate",)),
        Row(S.MOVED, "thank", S.THANKED, PEOPLE, "OwnerThanked", QUICK, (), ("note",)),
        Row(S.HANDED_OVER, "take_back", PRIOR, SELF, "HandoverTakenBack", TRAFFIC, ("reason",)),
        Row(S.HANDED_OVER, "peer_result", S.MOVED, SELF, "CarMoved", TRAFFIC, ("result",)),
    ]
    for each in (S.NOTIFIED, S.MOVING):
        rows += [
            Row(each, "deny", S.WRONG_PLATE, PEOPLE, "PlateDenied", QUICK, (), ("note",)),
            Row(each, "move", S.MOVED, PEOPLE, "CarMoved", QUICK, (), ("result", "note")),
        ]
    for each in (S.NOTIFIED, S.MOVING, S.WRONG_PLATE):
        rows.append(Row(each, "hand_over", S.HANDED_OVER, DESK, "TrafficPoliceAsked", TRAFFIC, ("reason",)))
    for each in (S.ASKED, S.NOTIFIED, S.MOVING, S.WRONG_PLATE):
        rows.append(Row(each, "cancel", S.CANCELLED, PEOPLE, "ServiceCancelled", QUICK, ("reason",)))
    rows += [Row(each, "note", SAME, DESK, "ServiceNoted", QUICK, ("note",)) for each in sorted(OPEN)]
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    times = dict(data.get("times", {}))
    # Of repeated steps the last counts: the owner's limit starts anew with a new plate.
    times[fact.name] = fact.at.isoformat()
    data["times"] = times
    if fact.name == "CarMoved":
        data.setdefault("result", "车已挪开")
    elif fact.name == "PlateCorrected":
        data.pop("owner", None)
        data.pop("notice", None)
    data.pop("note", None)
    return data


MOVE_CAR = Machine(
    kind=StreamKind.QUICK_SERVICE,
    states=MoveCarState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    fold=_fold,
)

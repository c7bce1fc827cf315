"""协同警示: one act, many recipients, each with its own clock and its own word.

Rules:
    1. In major danger police, fire, medical, utility and emergency units and the hotline are alerted at once, in one act
       (济政办字〔2023〕51号 四（二）3; 相政办〔2023〕55号 四（三）2).
    2. Each recipient acknowledges for itself; nobody's silence is hidden behind another's word.
    3. Level-1 units are on scene within 30 minutes in town, 60 in the country (000); who has not acknowledged in time is named.
    4. Searching for a missing person asks grid workers and volunteers of the streets around; they may say that they cannot come (001).
    5. An alert gives nobody's work to anybody: police keep their alarm, the hotline its order. It ends when the desk that raised it says so.

Theory of operation: the side that raises it is S, the other side R; both nodes hold the same facts, and a unit answers on whichever
node its people sign in to. Recipients live in the data, keyed by their code; ``desk:police`` and ``desk:hotline`` are the desks.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["ALERT", "OPEN", "PURPOSES", "SHARED_ALERT_FACTS", "TERMINAL", "AlertState", "desk_code"]

MESSAGES.update(
    {
        "alert.not_recipient": Message(
            "这次警示没有通知您的单位。需要加入，请联系发起方调度。", "Your unit was not alerted. To join, call the desk that raised it."
        ),
        "alert.answered": Message(
            "您的单位已经应答过（{state}）。如有变化请“报告情况”。", "Your unit has answered already ({state}). Report what changed instead."
        ),
        "alert.no_recipients": Message("没有可通知的单位。请先补充地点或选择单位。", "There is nobody to alert. Give the place, or choose units."),
    }
)


class AlertState(StrEnum):
    """Where an alert stands."""

    NEW = ""
    STANDING = "standing"
    STOOD_DOWN = "stood_down"


S = AlertState
OPEN = frozenset({S.STANDING})
TERMINAL = frozenset({S.STOOD_DOWN.value})

#: 险情、查找走失人员、现场支援.
PURPOSES = ("danger", "search", "support")

DESK = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.SYSTEM})
FIELD = frozenset({Role.UNIT_STAFF, Role.OFFICER})
ANSWERING = FIELD | DESK
ONE_ACT = "济政办字〔2023〕51号 四（二）3：同步调度应急联动单位"
ANSWER = "000：一级联动单位24小时值守，城区30分钟、农村60分钟到场"
END = "相政办〔2023〕55号 四（三）2：联合处置"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "警示编号", "alert number", limit=40),
        Field("appeal", "诉求", "appeal", limit=60),
        Field("origin", "发起平台", "raised by", limit=60),
        Field("destination", "对方平台", "other side", limit=60),
        Field("summary", "情况", "what happened", limit=2000),
        Field("place", "地点", "place", limit=300),
        Field("division", "区划代码", "division code", limit=12),
        Field("longitude", "经度", "longitude", limit=20),
        Field("latitude", "纬度", "latitude", limit=20),
        Field("item", "事项", "item", limit=20),
        Field("purpose", "目的", "purpose", form="choice", choices=PURPOSES),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("contact", "现场联系人", "contact at the scene", limit=80),
        Field("recipients", "通知单位", "recipients", form="list", limit=120),
        Field("recipient", "单位", "recipient", limit=60),
        Field("note", "说明", "note", limit=2000),
        Field("minutes", "预计到达（分钟）", "expected in minutes", form="number"),
        Field("people", "出动人数", "people sent", form="number"),
        Field("reason", "理由", "reason", limit=2000),
    )
}

TITLES = {
    "standing": ("警示中", "standing"),
    "stood_down": ("已解除", "stood down"),
    "raise": ("发出警示", "raise"),
    "add": ("追加单位", "alert more"),
    "acknowledge": ("收到", "acknowledge"),
    "set_out": ("出动", "set out"),
    "reach": ("到场", "on scene"),
    "tell": ("报告情况", "report"),
    "cannot_come": ("不能前往", "cannot come"),
    "chase": ("催应答", "chase"),
    "stand_down": ("解除警示", "stand down"),
}

SENTENCES = {
    "": "Nobody has been alerted.",
    "standing": "Everybody named has been told; each answers for itself against its clock.",
    "stood_down": "The desk that raised it says that it is over; the record stays.",
}

#: Every fact of an alert is held by both nodes.
SHARED_ALERT_FACTS = frozenset(
    {
        "AlertRaised", "RecipientsAdded", "AlertAcknowledged", "RecipientSetOut", "RecipientOnScene", "RecipientReported", "RecipientUnable",
        "RecipientChased", "AlertStoodDown",
    }
)  # fmt: skip

#: What each answer writes into a recipient's line.
MARKS = {
    "AlertAcknowledged": "acknowledged_at",
    "RecipientSetOut": "set_out_at",
    "RecipientOnScene": "on_scene_at",
    "RecipientReported": "reported_at",
    "RecipientUnable": "unable_at",
    "RecipientChased": "chased_at",
}


def desk_code(side: str) -> str:
    """Return the code under which a side's desk stands among the recipients."""
    return f"desk:{side}"


def _who_answers(state: StreamState, command: Command) -> str:
    """Return the recipient that a command speaks for: the unit of field people; a desk names its own."""
    named = str(command.data.get("recipient", ""))
    if command.actor.role in FIELD:
        return command.actor.unit
    return named


def _recipient(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold for who was alerted."""
    who = _who_answers(state, command)
    return None if who and who in state.data.get("lines", {}) else Refusal("alert.not_recipient", {}, ONE_ACT)


def _first_answer(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold once for each recipient and step: the first word has the time that counts."""
    refused = _recipient(state, command, context)
    if refused is not None:
        return refused
    line = state.data["lines"][_who_answers(state, command)]
    mark = {"acknowledge": "acknowledged_at", "set_out": "set_out_at", "reach": "on_scene_at", "cannot_come": "unable_at"}[command.name]
    over = line.get(mark) or (command.name == "acknowledge" and line.get("set_out_at")) or line.get("on_scene_at")
    return Refusal("alert.answered", {"state": TITLES[command.name][0]}, ANSWER) if over else None


def _somebody(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold when at least one new recipient is named."""
    known = state.data.get("lines", {})
    new = [each for each in command.data.get("recipients", []) if isinstance(each, dict) and each.get("code") and each["code"] not in known]
    return None if new else Refusal("alert.no_recipients", {}, ONE_ACT)


def _rows() -> tuple[Row, ...]:
    born = ("summary", "origin", "destination", "recipients")
    about = ("number", "appeal", "place", "division", "longitude", "latitude", "item", "purpose", "urgent", "contact", "note")
    both = (Party.SENDER, Party.RECEIVER)
    said = ("recipient", "note", "minutes", "people")
    rows = [Row(S.NEW, "raise", S.STANDING, DESK, "AlertRaised", ONE_ACT, born, about, "somebody", Party.SENDER)]
    for end in both:
        rows += [
            Row(S.STANDING, "acknowledge", SAME, ANSWERING, "AlertAcknowledged", ANSWER, (), said, "first_answer", end),
            Row(S.STANDING, "set_out", SAME, ANSWERING, "RecipientSetOut", ANSWER, (), said, "first_answer", end),
            Row(S.STANDING, "reach", SAME, ANSWERING, "RecipientOnScene", ANSWER, (), said, "first_answer", end),
            Row(S.STANDING, "tell", SAME, ANSWERING, "RecipientReported", END, ("note",), ("recipient",), "recipient", end),
            Row(S.STANDING, "cannot_come", SAME, ANSWERING, "RecipientUnable", ANSWER, ("reason",), ("recipient",), "first_answer", end),
            # What was on the wire when the alert ended is still taken.
            *(
                Row(S.STOOD_DOWN, name, SAME, frozenset(), fact, END, required, optional, "", end)
                for name, fact, required, optional in (
                    ("acknowledge", "AlertAcknowledged", (), said),
                    ("set_out", "RecipientSetOut", (), said),
                    ("reach", "RecipientOnScene", (), said),
                    ("tell", "RecipientReported", ("note",), ("recipient",)),
                    ("cannot_come", "RecipientUnable", ("reason",), ("recipient",)),
                )
            ),
        ]
    rows += [
        Row(S.STANDING, "add", SAME, DESK, "RecipientsAdded", ONE_ACT, ("recipients",), ("note",), "somebody", Party.SENDER),
        Row(S.STANDING, "chase", SAME, DESK, "RecipientChased", ANSWER, ("recipient",), ("note",), "recipient", Party.SENDER),
        Row(S.STANDING, "stand_down", S.STOOD_DOWN, DESK, "AlertStoodDown", END, ("reason",), (), "", Party.SENDER),
    ]
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    lines = {code: dict(line) for code, line in data.get("lines", {}).items()}
    at = fact.at.isoformat()
    for each in fact.data.get("recipients", ()):
        if isinstance(each, dict) and each.get("code"):
            lines.setdefault(str(each["code"]), {**each, "alerted_at": at})
    mark = MARKS.get(fact.name)
    if mark is not None:
        who = fact.actor.unit if fact.actor.role in FIELD else str(fact.data.get("recipient", ""))
        if who in lines:
            lines[who].setdefault(mark, at)
            said = fact.data.get("note") or fact.data.get("reason")
            if said:
                lines[who]["words"] = said
            lines[who] |= {name: fact.data[name] for name in ("minutes", "people") if name in fact.data}
    for passing in ("recipients", "recipient", "note", "minutes", "people"):
        data.pop(passing, None)
    data["lines"] = lines
    return data


ALERT = Machine(
    kind=StreamKind.ALERT,
    states=AlertState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={"recipient": _recipient, "first_answer": _first_answer, "somebody": _somebody},
    fold=_fold,
)

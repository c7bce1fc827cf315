"""督办: what is late or pushed to and fro is followed up, step by step, until it is done.

Rules:
    1. The ladder is 催办 → 督办 (书面、专项、批示) → 约谈提醒 → 通报 → 问责 (A-province study; 相政办〔2023〕55号: 督促检查、约谈提醒、严肃追责问责).
    2. It begins with a warning before the deadline, and climbs by itself while the work is late; a supervisor may take any step by hand, upwards.
    3. The unit sees it and must answer; an answer is words, the ladder ends with the work.
    4. Done, or more time granted, or stopped for a listed reason: it is lifted. What was referred to accountability stays in the file.
    5. What is lifted may begin again: one record is followed up in one place, with all its steps.
    6. An assistant's part is followed up apart from the lead's order, and names the assistant: nobody climbs for another's delay.

Theory of operation: one stream for each record that was ever followed up, known by the record's key. The node supervises its own
units and desks only; across the handover the first receiver chases. The times between steps are clocks of this stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Fact, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["LADDER", "OPEN", "SUPERVISION", "TERMINAL", "SupervisionState", "key_of", "next_step"]

MESSAGES.update(
    {
        "supervision.other_unit": Message(
            "这件督办是发给其他单位的。请由被督办单位回应。", "This is addressed to another unit. The unit that is supervised answers it."
        ),
        "supervision.nothing_to_supervise": Message(
            "这一件已经办结，没有可督办的。请查看办理结果。", "This is done: there is nothing to follow up. See its result."
        ),
    }
)


class SupervisionState(StrEnum):
    """Where the ladder stands."""

    NEW = ""
    WARNED = "warned"
    REMINDED = "reminded"
    SUPERVISED = "supervised"
    INTERVIEW = "interview"
    CIRCULAR = "circular"
    REFERRED = "referred"
    LIFTED = "lifted"


S = SupervisionState
TERMINAL: frozenset[str] = frozenset()
OPEN = frozenset({S.WARNED, S.REMINDED, S.SUPERVISED, S.INTERVIEW, S.CIRCULAR, S.REFERRED})
#: state -> the command of the next step.
LADDER: Mapping[str, str] = {
    S.NEW: "remind",
    S.WARNED: "remind",
    S.LIFTED: "remind",
    S.REMINDED: "supervise",
    S.SUPERVISED: "call_interview",
    S.INTERVIEW: "circulate",
    S.CIRCULAR: "refer",
}

BY = frozenset({Role.SYSTEM, Role.SUPERVISOR, Role.LEADER})
SELF = frozenset({Role.SYSTEM})
HAND = frozenset({Role.SUPERVISOR, Role.LEADER})
ANSWERING = frozenset({Role.UNIT_STAFF, Role.OFFICER, Role.AGENT, Role.CALL_TAKER, Role.DISPATCHER, Role.REVIEWER})

EARLY = "相政办〔2023〕55号 四（三）：跟踪督办，逾期前提醒"
REMIND = "《110非警务警情分流模式的变迁逻辑与经验》：催办、督办"
ORDERED = "相政办〔2023〕55号 四（三）5：专题协调、督促检查"
INTERVIEW = "相政办〔2023〕55号 四（三）5：约谈提醒"
NAMED = "《110非警务警情分流模式的变迁逻辑与经验》：通报"
ACCOUNT = "相政办〔2023〕55号 四（三）5、五（四）：推诿扯皮、拖延不办，严肃追责问责"
LOOP = "相政办〔2023〕55号 五（三）：完善长效监督"

#: Why it is followed up.
CAUSES = ("overdue", "about_to_be", "buck_passing", "chased", "by_hand", "unanswered")
FORMS = ("written", "special", "instructed")

FIELDS = {
    each.name: each
    for each in (
        Field("number", "督办号", "supervision number", limit=40),
        Field("key", "关联键", "key", limit=100),
        Field("order", "承办件", "record", limit=60),
        Field("order_kind", "承办件种类", "kind of record", limit=16),
        Field("order_number", "承办件编号", "number of the record", limit=40),
        Field("appeal", "诉求", "appeal", limit=60),
        Field("summary", "诉求摘要", "summary", limit=2000),
        Field("place", "地点", "place", limit=300),
        Field("item", "事项", "item", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("unit", "被督办单位", "unit", limit=40),
        Field("assistant", "协办单位", "assistant", limit=40),
        Field("cause", "督办缘由", "cause", form="choice", choices=CAUSES),
        Field("clock", "逾期时限", "clock", limit=80),
        Field("clock_name", "时限", "limit", limit=80),
        Field("due", "到期时间", "due", limit=40),
        Field("form", "督办形式", "form", form="choice", choices=FORMS),
        Field("reason", "理由", "reason", limit=2000),
        Field("words", "内容", "words", limit=5000),
        Field("answer", "回应", "answer", limit=5000),
        Field("until", "承诺办结时间", "promised until", limit=60),
        Field("chain", "推诿经过", "chain of who said what", form="list", limit=60),
    )
}

TITLES = {
    "warned": ("临期预警", "warned"),
    "reminded": ("已催办", "reminded"),
    "supervised": ("督办中", "supervised"),
    "interview": ("约谈提醒", "interview called"),
    "circular": ("已通报", "named in a circular"),
    "referred": ("移送问责", "referred to accountability"),
    "lifted": ("已解除", "lifted"),
    "warn": ("临期提醒", "warn"),
    "remind": ("催办", "remind"),
    "supervise": ("督办", "supervise"),
    "call_interview": ("约谈", "interview"),
    "circulate": ("通报", "name in a circular"),
    "refer": ("移送问责", "refer to accountability"),
    "answer": ("回应督办", "answer"),
    "note": ("补记", "note"),
    "follow": ("更换单位", "follow the unit"),
    "finish": ("已办结", "finish"),
    "lift": ("解除督办", "lift"),
}

SENTENCES = {
    "": "Nothing is late.",
    "warned": "The deadline is near; the unit has been told.",
    "reminded": "It is late, or somebody asked for haste: the unit has been reminded.",
    "supervised": "The unit is under written, special or instructed supervision and must answer.",
    "interview": "The unit's head is called to an interview.",
    "circular": "The unit is named before all.",
    "referred": "The file is with those who hold to account.",
    "lifted": "The work is done, or more time was granted.",
}


def _own_unit(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Who answers belongs to the unit that is asked; desks answer for what they owe themselves."""
    unit = str(state.data.get("unit", ""))
    asked = command.actor.role in (Role.UNIT_STAFF, Role.OFFICER)
    if asked and unit and command.actor.unit != unit:
        return Refusal("supervision.other_unit", {}, REMIND)
    return None


BORN = ("order", "order_kind", "order_number", "cause")
ABOUT = ("number", "key", "appeal", "summary", "place", "item", "urgent", "unit", "assistant", "clock", "clock_name", "due", "reason", "words", "chain")
MORE = ("cause", "unit", "clock", "clock_name", "due", "reason", "words", "chain")


def _step(command: str, to: str, fact: str, source: str, needs: tuple[str, ...], may: tuple[str, ...], from_: tuple[str, ...]) -> list[Row]:
    rows = [Row(S.NEW, command, to, BY, fact, source, (*BORN, *needs), tuple(name for name in (*ABOUT, *may) if name not in needs))]
    rows += [Row(each, command, to, BY, fact, source, needs, tuple(name for name in (*MORE, *may) if name not in needs)) for each in from_]
    return rows


def _rows() -> tuple[Row, ...]:
    low, middle = (S.WARNED, S.LIFTED), (S.WARNED, S.LIFTED, S.REMINDED)
    rows = [
        Row(S.NEW, "warn", S.WARNED, SELF, "DeadlineWarned", EARLY, BORN, ABOUT),
        Row(S.LIFTED, "warn", S.WARNED, SELF, "DeadlineWarned", EARLY, ("cause",), MORE[1:]),
        *_step("remind", S.REMINDED, "UnitReminded", REMIND, (), (), low),
        *_step("supervise", S.SUPERVISED, "UnitSupervised", ORDERED, ("form",), (), middle),
        *_step("call_interview", S.INTERVIEW, "InterviewCalled", INTERVIEW, ("reason",), (), (*middle, S.SUPERVISED)),
        *_step("circulate", S.CIRCULAR, "CircularIssued", NAMED, ("words",), (), (*middle, S.SUPERVISED, S.INTERVIEW)),
        *_step("refer", S.REFERRED, "AccountabilityReferred", ACCOUNT, ("reason",), (), (*middle, S.SUPERVISED, S.INTERVIEW, S.CIRCULAR)),
        Row(S.REFERRED, "finish", SAME, SELF, "OverdueWorkDone", LOOP, (), ("reason",)),
        Row(S.REFERRED, "lift", S.LIFTED, HAND, "SupervisionLifted", LOOP, ("reason",)),
    ]
    for each in (S.WARNED, S.REMINDED, S.SUPERVISED, S.INTERVIEW, S.CIRCULAR):
        rows.append(Row(each, "lift", S.LIFTED, BY, "SupervisionLifted", LOOP, ("reason",)))
    for each in sorted(OPEN):
        rows += [
            Row(each, "answer", SAME, ANSWERING, "SupervisionAnswered", REMIND, ("answer",), ("until",), "own_unit"),
            Row(each, "note", SAME, HAND, "SupervisionNoted", LOOP, ("words",)),
            Row(each, "follow", SAME, SELF, "SupervisedUnitChanged", LOOP, ("unit",), ("reason",)),
        ]
    return tuple(rows)


#: fact -> the step it is on the ladder, for what people are shown.
STEP_FACTS = ("DeadlineWarned", "UnitReminded", "UnitSupervised", "InterviewCalled", "CircularIssued", "AccountabilityReferred", "SupervisionLifted", "SupervisionAnswered", "OverdueWorkDone")


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    times = dict(data.get("times", {}))
    times.setdefault(fact.name, fact.at.isoformat())
    data["times"] = times
    if fact.name in STEP_FACTS:
        told = {name: fact.data[name] for name in ("clock_name", "due", "reason", "words", "answer", "form", "cause", "until") if name in fact.data}
        step = {"fact": fact.name, "at": fact.at.isoformat(), "by": fact.actor.person, "role": fact.actor.role.value, "unit": data.get("unit", ""), **told}
        data["steps"] = [*data.get("steps", []), step][-100:]
    if fact.name == "SupervisionAnswered":
        data["answered"] = True
    elif fact.name in ("UnitSupervised", "InterviewCalled"):
        data["answered"] = False
    for passing in ("reason", "words", "answer", "until"):
        data.pop(passing, None)
    return data


def key_of(order: str, assistant: str = "") -> str:
    """Return the key under which what is followed up about a record, or about an assistant's part in it, is known: one for each."""
    return f"supervision:{order}:{assistant}" if assistant else f"supervision:{order}"


def next_step(phase: str) -> str | None:
    """Return the command of the next step up, or None at the top."""
    return LADDER.get(phase)


SUPERVISION = Machine(
    kind=StreamKind.SUPERVISION,
    states=SupervisionState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={"own_unit": _own_unit},
    fold=_fold,
)

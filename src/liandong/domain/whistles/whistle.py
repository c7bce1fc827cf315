"""双哨: what is frequent, repeated, knotty or asks many departments is whistled; the units report in, agree a plan, carry it out, close it.

Rules:
    1. It is blown by itself by the pack's triggers, or by hand (相政办〔2023〕55号 四（三）4).
    2. Who is whistled reports in against a clock; each answers for itself.
    3. The plan names for each task the unit, what is done, until when; nobody leaves without one.
    4. A task is done with evidence, by the unit that has it.
    5. It is closed with evidence when every task is done, and the callers of its appeals are told.

Theory of operation: both nodes hold the same facts. The side that blows it is S and alone moves the state; units answer on whichever node
their people sign in to, and their answers leave the state as it is. Rows for nobody take what was on the wire when the state moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.consultations.consultation import speaker_of
from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["OPEN", "SHARED_WHISTLE_FACTS", "TERMINAL", "TRIGGERS", "WHISTLE", "WhistleState", "open_tasks"]

MESSAGES.update(
    {
        "whistle.not_called": Message(
            "这一哨没有吹到您的单位。需要加入，请联系吹哨方追加。", "Your unit was not whistled. To join, ask the side that blew the whistle."
        ),
        "whistle.reported_in": Message("您的单位已经报到。进展请在任务中反馈。", "Your unit has reported in. Tell the progress on its task."),
        "whistle.nobody": Message("没有新的应哨单位。请选择还未吹到的单位。", "There is nobody new to whistle. Choose units that are not called yet."),
        "whistle.not_your_task": Message(
            "没有这项任务，或它属于别的单位，或已经完成。请核对任务编号。", "There is no such open task of your unit. Check the number of the task."
        ),
        "whistle.task_unsound": Message(
            "任务“{task}”不完整：写明哪个单位、做什么、何时完成（单位｜做什么｜2026-12-01），单位须已吹到。",
            "Task {task} is not whole: say which unit, what and until when (unit | what | 2026-12-01), for a unit that was whistled.",
        ),
        "whistle.tasks_open": Message("还有{count}项任务没有完成。请先催办或调整方案。", "{count} tasks are not done. Chase them, or change the plan."),
    }
)


class WhistleState(StrEnum):
    """Where a whistle stands."""

    NEW = ""
    BLOWN = "blown"
    PLANNED = "planned"
    CLOSED = "closed"
    CALLED_OFF = "called_off"


S = WhistleState
OPEN = frozenset({S.BLOWN, S.PLANNED})
TERMINAL = frozenset({S.CLOSED.value, S.CALLED_OFF.value})

#: 高频、重复、疑难多部门、有风险、人工.
TRIGGERS = ("frequent", "repeated", "many_units", "risk", "by_hand")

FIELD = frozenset({Role.UNIT_STAFF, Role.OFFICER})
BLOWING = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER, Role.ANALYST, Role.SYSTEM})
HEADS = frozenset({Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER})
ANSWERING = FIELD | HEADS | {Role.CALL_TAKER, Role.AGENT}
FROM, TO = Party.SENDER, Party.RECEIVER

BLOWN = "相政办〔2023〕55号 四（三）4：双哨联动，吹哨"
REPORT = "相政办〔2023〕55号 四（三）4：应哨报到"
PLAN = "相政办〔2023〕55号 四（三）4：会同制定处置方案"
CLOSE = "相政办〔2023〕55号 四（三）4：处置闭环"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "哨件编号", "whistle number", limit=40),
        Field("key", "吹哨事由编号", "key of the cause", limit=120),
        Field("origin", "吹哨平台", "blown by", limit=60),
        Field("destination", "对方平台", "other side", limit=60),
        Field("trigger", "触发条件", "trigger", form="choice", choices=TRIGGERS),
        Field("summary", "情况", "what it is about", limit=1000),
        Field("place", "地点", "place", limit=300),
        Field("item", "事项", "item", limit=20),
        Field("urgent", "紧急", "urgent", form="flag"),
        Field("cases", "涉及件", "cases", form="list", limit=100),
        Field("added", "增列涉及件", "added cases", form="list", limit=20),
        Field("called", "应哨单位", "units whistled", form="list", limit=60),
        Field("person", "报到人", "who reports in", limit=80),
        Field("note", "说明", "note", limit=2000),
        Field("reason", "理由", "reason", limit=2000),
        Field("plan", "联合方案", "joint plan", limit=4000),
        Field("tasks", "任务分工", "tasks", form="list", limit=40),
        Field("task", "任务编号", "number of the task", form="number"),
        Field("done", "完成情况", "what was done", limit=2000),
        Field("attachments", "佐证", "evidence", form="list", limit=20),
        Field("unit", "单位", "unit", limit=40),
        Field("result", "处置结果", "result", limit=4000),
        Field("moved", "时限变动", "moved deadlines", form="list", limit=20),
    )
}

TITLES = {
    "blown": ("已吹哨", "blown"),
    "planned": ("方案落实中", "plan under way"),
    "closed": ("已闭环", "closed"),
    "called_off": ("已撤哨", "called off"),
    "blow": ("吹哨", "blow"),
    "call_more": ("追加单位", "whistle more"),
    "add_case": ("增列涉及件", "add a case"),
    "report_in": ("应哨报到", "report in"),
    "agree_plan": ("定联合方案", "agree the plan"),
    "finish_task": ("完成任务", "finish a task"),
    "chase": ("催报到", "chase"),
    "close": ("闭环", "close"),
    "call_off": ("撤哨", "call off"),
    "retime": ("重算时限", "work out the deadlines anew"),
}

SENTENCES = {
    "": "Nobody has whistled.",
    "blown": "The units are called; each reports in against the clock.",
    "planned": "The plan is agreed; each unit does its tasks.",
    "closed": "Every task is done with evidence, and the callers are told.",
    "called_off": "It was no matter for a whistle, and says why.",
}

SHARED_WHISTLE_FACTS = frozenset(
    {"WhistleBlown", "UnitsCalled", "WhistleCaseAdded", "UnitReportedIn", "PlanAgreed", "TaskFinished", "UnitChased", "WhistleClosed", "WhistleCalledOff"}
)


def open_tasks(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tasks of the plan that are not done."""
    return [each for each in data.get("tasks", ()) if isinstance(each, dict) and not each.get("done_at")]


def _says(state: StreamState, command: Command) -> str:
    return speaker_of(state.data, command.actor.role, command.actor.unit, command.actor.party)


def _somebody(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    known = state.data.get("lines", {})
    new = [each for each in command.data.get("called", []) if isinstance(each, dict) and each.get("code") and each["code"] not in known]
    return None if new else Refusal("whistle.nobody", {}, BLOWN)


def _called(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    return None if _says(state, command) in state.data.get("lines", {}) else Refusal("whistle.not_called", {}, REPORT)


def _first_report(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    refused = _called(state, command, context)
    if refused is None and state.data["lines"][_says(state, command)].get("reported_at"):
        return Refusal("whistle.reported_in", {}, REPORT)
    return refused


def _own_task(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """A unit finishes its own task; the desk that blew the whistle may write down what a unit without people here has done."""
    number, who = command.data.get("task"), _says(state, command)
    for each in open_tasks(state.data):
        mine = each.get("unit") == who or (command.actor.role in HEADS and command.actor.party == FROM)
        if each.get("task") == number and mine:
            return None
    return Refusal("whistle.not_your_task", {}, PLAN)


def _sound_plan(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    tasks = command.data.get("tasks") or []
    for each in tasks:
        whole = isinstance(each, dict) and all(isinstance(each.get(name), str) and each[name] for name in ("unit", "what", "until"))
        if not whole or each["unit"] not in state.data.get("lines", {}):
            return Refusal("whistle.task_unsound", {"task": str(each.get("what", "") if isinstance(each, dict) else each)[:60]}, PLAN)
    return None if tasks else Refusal("whistle.task_unsound", {"task": "—"}, PLAN)


def _all_done(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    left = len(open_tasks(state.data))
    return Refusal("whistle.tasks_open", {"count": left}, CLOSE) if left else None


def _rows() -> tuple[Row, ...]:
    nobody = frozenset[Role]()
    born = ("summary", "origin", "destination", "called", "trigger")
    about = ("number", "key", "place", "item", "urgent", "cases", "note")
    rows = [Row(S.NEW, "blow", S.BLOWN, BLOWING, "WhistleBlown", BLOWN, born, about, "somebody", FROM)]
    for each in (S.BLOWN, S.PLANNED):
        rows += [
            Row(each, "call_more", SAME, HEADS, "UnitsCalled", BLOWN, ("called",), ("note",), "somebody", FROM),
            Row(each, "add_case", SAME, BLOWING, "WhistleCaseAdded", BLOWN, ("added",), ("note",), "", FROM),
            Row(each, "agree_plan", S.PLANNED, HEADS, "PlanAgreed", PLAN, ("plan", "tasks"), (), "sound_plan", FROM),
            Row(each, "call_off", S.CALLED_OFF, HEADS, "WhistleCalledOff", CLOSE, ("reason",), (), "", FROM),
            Row(each, "chase", SAME, HEADS | {Role.SYSTEM}, "UnitChased", REPORT, ("unit",), ("note",), "", FROM),
            Row(each, "retime", SAME, frozenset({Role.SYSTEM}), "DeadlineMoved", "城市包时限规则变更，按生效日期重算", ("moved", "reason")),
        ]
    rows.append(Row(S.PLANNED, "close", S.CLOSED, HEADS, "WhistleClosed", CLOSE, ("result", "attachments"), (), "all_done", FROM))
    for state in (S.BLOWN, S.PLANNED, S.CLOSED, S.CALLED_OFF):
        for end in (FROM, TO):
            report, task = ((), ("person", "note")), (("task", "done", "attachments"), ())
            rows.append(Row(state, "report_in", SAME, nobody, "UnitReportedIn", REPORT, *report, "called", end))
            rows.append(Row(state, "finish_task", SAME, nobody, "TaskFinished", PLAN, *task, "", end))
            if state in OPEN:
                rows.append(Row(state, "report_in", SAME, ANSWERING, "UnitReportedIn", REPORT, *report, "first_report", end))
            if state == S.PLANNED:
                rows.append(Row(state, "finish_task", SAME, FIELD | HEADS, "TaskFinished", PLAN, *task, "own_task", end))
    return tuple(rows)


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    name, at = fact.name, fact.at.isoformat()
    lines = {code: dict(line) for code, line in data.get("lines", {}).items()}
    for each in fact.data.get("called", ()):
        if isinstance(each, dict) and each.get("code"):
            lines.setdefault(str(each["code"]), {**each, "called_at": at})
    who = speaker_of(data, fact.actor.role, fact.actor.unit, fact.actor.party)
    if name == "UnitReportedIn" and who in lines and (not lines[who].get("reported_at") or at < lines[who]["reported_at"]):
        lines[who] |= {"reported_at": at, "person": fact.data.get("person", ""), "said": fact.data.get("note", "")}
    elif name == "UnitChased" and fact.data.get("unit") in lines:
        lines[fact.data["unit"]]["chased_at"] = at
    elif name == "WhistleCaseAdded":
        known = {each.get("appeal") for each in data.get("cases", ()) if isinstance(each, dict)}
        data["cases"] = [*data.get("cases", []), *(each for each in fact.data["added"] if isinstance(each, dict) and each.get("appeal") not in known)][-100:]
    elif name == "PlanAgreed":
        data["drafts"] = int(data.get("drafts", 0)) + 1
        first = data["drafts"] * 100
        data["tasks"] = [{**each, "task": first + place} for place, each in enumerate(fact.data["tasks"], 1) if isinstance(each, dict)]
    elif name == "TaskFinished":
        data["tasks"] = [_done(each, fact, at) if isinstance(each, dict) and each.get("task") == fact.data["task"] else each for each in data.get("tasks", ())]
    data["lines"] = lines
    passing = ["called", "added", "person", "note", "task", "done", "moved", "unit"]
    if name != "WhistleClosed":
        passing.append("attachments")
    for each in passing:
        data.pop(each, None)
    return data


def _done(task: dict[str, Any], fact: Fact, at: str) -> dict[str, Any]:
    """Return a task as done; the first word counts."""
    if task.get("done_at") and task["done_at"] <= at:
        return task
    return {**task, "done_at": at, "done": fact.data["done"], "evidence": fact.data.get("attachments", [])}


WHISTLE = Machine(
    kind=StreamKind.WHISTLE,
    states=WhistleState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=_rows(),
    terminal=TERMINAL,
    fields=FIELDS,
    guards={
        "somebody": _somebody, "called": _called, "first_report": _first_report, "own_task": _own_task, "sound_plan": _sound_plan, "all_done": _all_done,
    },
    fold=_fold,
)  # fmt: skip

"""质检抽查: a sample of ended records is drawn so that anybody can draw it again, and each record of it gets a result.

Rules:
    1. The population is what the journal says ended in a span of days; neither the drawer nor later events change it.
    2. The sample follows from the population and a seed alone: the records with the smallest hashes of seed and id.
    3. Every record of the sample gets a result: passed, or a fault of the list with words; a later result replaces an earlier one, both stay written.
    4. Who handled a record does not inspect it.
    5. It is finished when every record has a result.

Theory of operation: one stream for each sample, kept by the node whose records they are. The seed is written before anybody looks.
Source: 004 智能质检、抽查; 相政办〔2023〕55号 五（三） 完善长效监督.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, Fact, Role, StreamKind, StreamState
from liandong.domain.journal.machine import SAME, Field, Machine, Row

__all__ = ["FAULTS", "FINDINGS", "INSPECTION", "MOST_DRAWN", "InspectionState", "digest_of", "draw", "figures_of"]

MESSAGES.update(
    {
        "inspection.not_drawn": Message(
            "“{record}”不在这次抽查的样本里。请从样本中选择。", "{record} is not in this sample. Choose one of the sample."
        ),
        "inspection.own_work": Message(
            "这一件您经手办过，不能由您质检。请换一位同事。", "You handled this record yourself. Let a colleague inspect it."
        ),
        "inspection.fault_missing": Message("不合格的要写明问题和说明。", "A record that does not pass needs its fault and words."),
        "inspection.not_all": Message(
            "还有 {left} 件没有质检结果。请逐件填完再结束。", "{left} records have no result yet. Give each one before you finish."
        ),
        "inspection.nothing_ended": Message(
            "这段时间没有办结的件，抽不出样本。请换一段时间。",
            "Nothing ended in these days: there is nothing to draw from. Choose other days.",
        ),
        "inspection.dates": Message(
            "日期不对：{detail}。请按“2026-11-01”填写，最长一年。", "The days are wrong: {detail}. Write 2026-11-01; at most a year."
        ),
    }
)

#: Most records of one sample, and most that it is drawn from.
MOST_DRAWN = 200
#: 合格、一般问题、严重问题.
FINDINGS = ("pass", "fault", "grave")
#: What may be wrong with a record.
FAULTS = (
    "late",
    "wrong_item",
    "not_answered",
    "no_facts",
    "no_next_step",
    "not_visited",
    "false_closing",
    "rude",
    "particulars_missing",
    "other",
)


class InspectionState(StrEnum):
    """Where a sample stands."""

    NEW = ""
    DRAWN = "drawn"
    FINISHED = "finished"


S = InspectionState
WATCHING = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.LEADER, Role.ANALYST})
SAMPLE = "004 质检抽查；相政办〔2023〕55号 五（三）"

FIELDS = {
    each.name: each
    for each in (
        Field("number", "抽查编号", "number of the sample", limit=40),
        Field("summary", "抽查内容", "what is inspected", limit=300),
        Field("of", "抽查对象", "kind of record", form="choice", choices=("workorder", "alarm", "handover")),
        Field("from", "起", "from", limit=10),
        Field("until", "止", "until", limit=10),
        Field("seed", "随机种子", "seed", limit=80),
        Field("population", "总体件数", "records drawn from", form="number"),
        Field("digest", "总体摘要", "digest of the population", limit=80),
        Field("sample", "样本", "sample", form="list", limit=MOST_DRAWN),
        Field("sampled", "样本编号", "record of the sample", limit=60),
        Field("finding", "质检结果", "finding", form="choice", choices=FINDINGS),
        Field("fault", "问题", "fault", form="choice", choices=FAULTS),
        Field("words", "说明", "words", limit=2000),
    )
}

TITLES = {
    "drawn": ("质检中", "being inspected"),
    "finished": ("质检完成", "finished"),
    "draw": ("抽取样本", "draw a sample"),
    "inspect": ("填质检结果", "give a result"),
    "conclude": ("结束抽查", "conclude"),
}

SENTENCES = {
    "": "Nothing is drawn yet.",
    "drawn": "The sample is fixed; each record is looked at.",
    "finished": "Every record has a result.",
}


def digest_of(population: Iterable[str]) -> str:
    """Return the hash of a population, whatever its order."""
    return sha256("\n".join(sorted(population)).encode()).hexdigest()


def draw(population: Iterable[str], seed: str, count: int) -> list[str]:
    """Return the sample of a population: the same for the same seed, whatever the order it is given in.

    Parameters:
        population: ids of records.
        seed: any text.
        count: how many; all where there are fewer.
    """
    return sorted(set(population), key=lambda each: (sha256(f"{seed}|{each}".encode()).digest(), each))[:count]


def _lines(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in data.get("sample", ()) if isinstance(each, Mapping) and each.get("stream")]


def _line(state: StreamState, named: object) -> Mapping[str, Any] | None:
    return next((each for each in _lines(state.data) if named in (each["stream"], each.get("number"))), None)


def _of_the_sample(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold for a record of the sample, inspected by somebody who did not handle it, with a fault where it does not pass."""
    line = _line(state, command.data.get("sampled"))
    if line is None:
        return Refusal("inspection.not_drawn", {"record": str(command.data.get("sampled", ""))[:40]}, SAMPLE)
    if command.actor.person and command.actor.person in line.get("people", ()):
        return Refusal("inspection.own_work", {}, SAMPLE)
    if command.data.get("finding") != "pass" and not (command.data.get("fault") and command.data.get("words")):
        return Refusal("inspection.fault_missing", {}, SAMPLE)
    return None


def _all_inspected(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    left = sum(1 for each in _lines(state.data) if each["stream"] not in state.data.get("results", {}))
    return Refusal("inspection.not_all", {"left": left}, SAMPLE) if left else None


BORN = ("of", "from", "until", "seed", "population", "digest", "sample")


def _fold(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    if fact.name == "RecordInspected":
        line = next((each for each in _lines(data) if fact.data["sampled"] in (each["stream"], each.get("number"))), {})
        result = {
            "finding": fact.data["finding"],
            "fault": fact.data.get("fault", "") if fact.data["finding"] != "pass" else "",
            "words": fact.data.get("words", ""),
        }
        result |= {"by": fact.actor.person, "at": fact.at.isoformat()}
        data["results"] = {**data.get("results", {}), str(line.get("stream", fact.data["sampled"])): result}
    for passing in ("sampled", "finding", "fault", "words"):
        data.pop(passing, None)
    return data


def figures_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sample says: ``drawn``, ``inspected``, ``passed``, ``grave``, ``per_mille`` passed of those inspected (None before the first),
    ``by_fault`` and ``by_unit`` with the ids behind each figure."""
    results: Mapping[str, Mapping[str, Any]] = data.get("results", {})
    sample = _lines(data)
    by_finding = {name: [each for each, result in results.items() if result["finding"] == name] for name in FINDINGS}
    by_fault = {name: found for name in FAULTS if (found := [each for each, result in results.items() if result.get("fault") == name])}
    by_unit: dict[str, dict[str, list[str]]] = {}
    for line in sample:
        if line["stream"] in results:
            row = by_unit.setdefault(str(line.get("unit", "")), {"inspected": [], "passed": []})
            row["inspected"].append(line["stream"])
            if results[line["stream"]]["finding"] == "pass":
                row["passed"].append(line["stream"])
    passed = len(by_finding["pass"])
    return {
        "drawn": len(sample), "inspected": len(results), "passed": passed, "grave": len(by_finding["grave"]),
        "per_mille": 1000 * passed // len(results) if results else None, "by_finding": by_finding, "by_fault": by_fault, "by_unit": by_unit,
    }  # fmt: skip


INSPECTION = Machine(
    kind=StreamKind.INSPECTION,
    states=InspectionState,
    sentences=SENTENCES,
    titles=TITLES,
    rows=(
        Row(S.NEW, "draw", S.DRAWN, WATCHING, "SampleDrawn", SAMPLE, BORN, ("number", "summary")),
        Row(S.DRAWN, "inspect", SAME, WATCHING, "RecordInspected", SAMPLE, ("sampled", "finding"), ("fault", "words"), "of_the_sample"),
        Row(S.DRAWN, "conclude", S.FINISHED, WATCHING, "InspectionFinished", SAMPLE, (), ("words",), "all_inspected"),
    ),
    terminal=frozenset({S.FINISHED.value}),
    fields=FIELDS,
    guards={"of_the_sample": _of_the_sample, "all_inspected": _all_inspected},
    fold=_fold,
)

"""回访: whose case is asked about after it ended: every major one, and a drawn share of the others.

Rules:
    1. A major case is always asked about: danger, a class the city calls major, one that was reopened or handled jointly (001, 003: 重大事项回访率 100%).
    2. Of the others a share is drawn by a hash of the record's id: nobody chooses, and everybody can work it out again.
    3. Who cannot be reached is tried ``MOST_TRIES`` times; then the visit counts as tried, and says so.

Source: 001 回访; 相政办〔2023〕55号 三（二）.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Command, StreamState

__all__ = ["MAJOR_VISIT", "MOST_TRIES", "REASONS", "due_because", "fold_visit", "is_drawn", "owed_last_try", "visit_owed"]

MESSAGES.update(
    {
        "visit.not_owed": Message(
            "这一件现在不欠回访。要主动回访，请直接填“回访”的结果。",
            "No visit is owed here now. To ask all the same, record what the citizen says with “visit”.",
        )
    }
)
MAJOR_VISIT = "001、003 重大事项回访率100%；其余按比例抽取"

#: Why a visit is due, the strongest first.
REASONS = ("danger", "major", "reopened", "joint", "drawn")
MOST_TRIES = 3
#: Facts after which no visit is owed any more.
ENDS = frozenset({"CitizenContent", "CitizenDissatisfied", "CallerContent", "AlarmReopened", "VisitGivenUp"})


def is_drawn(stream: str, percent: int) -> bool:
    """Tell whether a record is of the share that is asked about.

    Parameters:
        stream: its id.
        percent: of all records, 0 to 100.
    """
    return int.from_bytes(sha256(f"visit|{stream}".encode()).digest()[:4]) % 100 < percent


def due_because(stream: str, data: Mapping[str, Any], major: Collection[str], percent: int) -> tuple[str, ...]:
    """Return why a case that ended has to be asked about, the strongest reason first; empty where it need not be.

    Parameters:
        data: of its order.
        major: codes of classes or items that the city calls major.
        percent: share of the others.
    """
    item = str(data.get("item", ""))
    because = []
    if data.get("urgent"):
        because.append("danger")
    if any(item == each or item.startswith(each + ".") for each in major):
        because.append("major")
    if int(data.get("reopened", 0)):
        because.append("reopened")
    if data.get("assistants"):
        because.append("joint")
    if not because and is_drawn(stream, percent):
        because.append("drawn")
    return tuple(because)


def visit_owed(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold while a visit is owed (a guard of the tables of orders)."""
    return None if state.data.get("visit_due") else Refusal("visit.not_owed", {}, MAJOR_VISIT)


def owed_last_try(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Hold at the last try of a visit that is owed; before it the next row of the table is taken."""
    last = int(state.data.get("visit_tries", 0)) + 1 >= MOST_TRIES
    return visit_owed(state, command, context) if last else Refusal("visit.not_owed", {}, MAJOR_VISIT)


def fold_visit(data: dict[str, Any], fact: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order's data after a fact of its visit; other facts change nothing.

    ``visit_due`` holds the reasons while a visit is owed, ``visit_asked`` what it was owed for, ``visit_tries`` how often nobody answered.
    """
    if fact == "VisitDue":
        return {
            **data,
            "visit_due": list(given["visit_for"]),
            "visit_asked": list(given["visit_for"]),
            "visit_tries": 0,
            "visit_given_up": False,
        }
    if fact in ("VisitNotReached", "VisitGivenUp"):
        data = {**data, "visit_tries": int(data.get("visit_tries", 0)) + 1}
    # An order that was never listed stays as it was: what older versions wrote folds to the same.
    if fact in ENDS and "visit_asked" in data:
        data = {name: value for name, value in data.items() if name != "visit_due"}
        data["visit_given_up"] = fact == "VisitGivenUp"
    return data

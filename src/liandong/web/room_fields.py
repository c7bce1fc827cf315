"""How the fields of consultations and whistles are typed: who is concerned is picked, never written as a code; a plan is rows; days are days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict

from liandong.adapters.postgres.models import Stream
from liandong.domain.journal.facts import StreamKind
from liandong.domain.whistles.whistle import open_tasks
from liandong.web.world import pack

__all__ = ["plan_rows", "room_choices", "room_value", "typed_plan"]

ROOMS = frozenset({StreamKind.CONSULTATION.value, StreamKind.WHISTLE.value})
#: (value, words, why it fits).
Choices = Sequence[tuple[str, str, str]]
#: Between the unit, what it does and until when, as the API takes a task on one line.
BAR = "｜"
#: Empty rows below those of the units that were called.
MORE_ROWS = 2
DAYS = frozenset({"effective_from", "effective_to"})
#: The three columns of a plan's form.
COLUMNS = ("tasks-unit", "tasks-what", "tasks-until")


def room_choices(stream: Stream, command: str, name: str, speaks_for: str, heads: bool) -> tuple[str, Choices] | None:
    """Return the shape and the choices of a field of a room; None where the table says enough.

    Parameters:
        speaks_for: code of the unit or desk that the person answers for.
        heads: the person leads on the side that called, and may write down what others have done.
    """
    if stream.kind not in ROOMS:
        return None
    lines: Mapping[str, Any] = stream.data.get("lines", {})
    if name in DAYS:
        return "day", ()
    if name in ("participants", "called"):
        return "units", [(each.code, each.name, "") for each in pack().units if each.code not in lines]
    if name == "tasks":
        return "plan", [(code, str(line.get("name", code)), "") for code, line in lines.items()]
    if name == "task":
        return "select", _open_tasks(stream, speaks_for, heads)
    if name in ("participant", "unit"):
        waits = name == "unit"
        return "select", [(code, str(line.get("name", code)), "") for code, line in lines.items() if not (waits and line.get("reported_at"))]
    return None


def _open_tasks(stream: Stream, speaks_for: str, heads: bool) -> Choices:
    lines = stream.data.get("lines", {})
    found = [each for each in open_tasks(stream.data) if heads or each.get("unit") == speaks_for]
    found.sort(key=lambda each: each.get("unit") != speaks_for)
    return [(str(each.get("task")), f"{lines.get(each.get('unit'), {}).get('name', each.get('unit'))} · {each.get('what')}（{each.get('until')}）", "") for each in found]


def room_value(stream: Stream, command: str, name: str, choices: Choices, today: date) -> str | None:
    """Return what a field of a room starts with; None where nothing is known."""
    if stream.kind not in ROOMS:
        return None
    if (command, name) == ("propose", "effective_from"):
        return str((stream.data.get("proposal") or {}).get(name) or today.isoformat())
    if (command, name) == ("finish_task", "task"):
        return choices[0][0] if choices else ""
    if (command, name) == ("agree_plan", "plan"):
        return str(stream.data.get("plan", ""))
    if (command, name) == ("agree_plan", "tasks"):
        return _first_plan(stream)
    return None


def _first_plan(stream: Stream) -> str:
    """Return the rows of the plan that stands, and one for every unit that has none yet."""
    agreed = [each for each in stream.data.get("tasks", ()) if isinstance(each, Mapping)]
    busy = {each.get("unit") for each in agreed}
    rows = [[str(each.get(name, "")) for name in ("unit", "what", "until")] for each in agreed]
    rows += [[code, "", ""] for code in stream.data.get("lines", {}) if code not in busy]
    return "\n".join(BAR.join(row) for row in [*rows, *[["", "", ""]] * MORE_ROWS])


def plan_rows(value: str) -> list[list[str]]:
    """Return unit, what and until of each row of a plan as its form shows it."""
    return [[*line.split(BAR, 2), "", ""][:3] for line in value.split("\n")] if value else []


def typed_plan(post: Mapping[str, str] | QueryDict) -> str | None:
    """Return the rows of a plan as they were typed, also those that are empty; None where none were asked."""
    if COLUMNS[0] not in post:
        return None
    columns = [post.getlist(each) if isinstance(post, QueryDict) else str(post.get(each, "")).split("\n") for each in COLUMNS]
    return "\n".join(BAR.join(part.replace(BAR, " ").replace("\n", " ").strip() for part in row) for row in zip(*columns, strict=False))

"""Rows of ``timer``: how a kept clock is stored, and read again with the rule it was started under.

Concurrency: rows are written before those of streams, and the worker locks a row before it writes its stream, so that both
take their locks in one order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from liandong.adapters.postgres.prepared import ask
from liandong.domain.clocks import Clock, ClockRule, KeptClock, Limit, Outcome, Pause, Rulebook
from liandong.domain.clocks.parts import ASSISTANT
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState

__all__ = ["CLOCKS_OF", "COLUMNS", "clock_rows", "kept_of", "open_deadlines", "read_clocks"]

COLUMNS = "kind, step, round, code, unit, owed_by, is_right, started_at, warned_at, fired_at, stopped_at, outcome, history"
SELECT = f"SELECT {COLUMNS} FROM timer WHERE stream = %s ORDER BY id"
#: The same of many records, each row with its record's id before it.
CLOCKS_OF = f"SELECT stream::text, {COLUMNS} FROM timer WHERE stream = ANY(%s::uuid[]) ORDER BY id"


def read_clocks(stream: str, rulebook: Rulebook) -> tuple[KeptClock, ...]:
    """Return the clocks of a record, oldest first."""
    return tuple(kept_of(row, rulebook) for row in ask(SELECT, [stream]))


def kept_of(row: Sequence[Any], rulebook: Rulebook) -> KeptClock:
    """Return the clock of a row whose columns are ``COLUMNS``."""
    kind, step, round_, code, unit, owed_by, right, started_at, warned_at, fired_at, stopped_at, outcome, history = row
    told = history if isinstance(history, dict) else json.loads(history)
    rule = _rule(code, told, rulebook)
    pauses = tuple(Pause(_time(since), None if until is None else _time(until)) for since, until in told.get("pauses", ()))
    extensions = tuple(Limit.parse(each) for each in told.get("extensions", ()))
    clock = Clock(rule, started_at, pauses, extensions, stopped_at)
    return KeptClock(kind, step, round_, clock, Outcome(outcome), warned_at, fired_at, right, owed_by, unit if owed_by == ASSISTANT else "")


def _rule(code: str, told: Mapping[str, Any], rulebook: Rulebook) -> ClockRule:
    """Return the rule a clock was started under: its words from the pack, its limits as they were then."""
    known = rulebook.named(code)
    name, source = (known.name, known.source) if known else (code, "")
    return _made_rule(code, name, source, told["limit"], told.get("warn"), bool(told.get("pausable")), told.get("extension"), bool(told.get("climbs", True)))


@lru_cache(maxsize=4096)
def _made_rule(code: str, name: str, source: str, limit: str, warn: str | None, pausable: bool, extension: str | None, climbs: bool) -> ClockRule:
    return ClockRule(
        code=code,
        name=name,
        limit=Limit.parse(limit),
        source=source,
        machine=code.partition(".")[0],
        warn_before=Limit.parse(warn) if warn else None,
        pausable=pausable,
        extension=Limit.parse(extension) if extension else None,
        climbs=climbs,
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _history(kept: KeptClock) -> dict[str, Any]:
    rule = kept.rule
    told: dict[str, Any] = {"limit": str(rule.limit)}
    if rule.warn_before is not None:
        told["warn"] = str(rule.warn_before)
    if rule.pausable:
        told["pausable"] = True
    if rule.extension is not None:
        told["extension"] = str(rule.extension)
    if not rule.climbs:
        told["climbs"] = False
    if kept.clock.pauses:
        told["pauses"] = [[each.since.isoformat(), None if each.until is None else each.until.isoformat()] for each in kept.clock.pauses]
    if kept.clock.extensions:
        told["extensions"] = [str(each) for each in kept.clock.extensions]
    return told


def clock_rows(
    state: StreamState,
    before: Iterable[KeptClock],
    clocks: Sequence[KeptClock],
    unit_before: str,
    rulebook: Rulebook,
    *,
    anew: bool = False,
) -> Iterator[dict[str, Any]]:
    """Return what changed, or with ``anew`` every open one, as rows to write; a clock that began and ended within one transaction leaves no row."""
    calendar = rulebook.calendar
    assert calendar is not None, "clocks are kept only with a calendar"
    known = {each.key: each for each in before}
    unit = str(state.data.get("unit", ""))[:40]
    for each in clocks:
        old = known.get(each.key)
        if old == each and (each.outcome != Outcome.OPEN or (unit == unit_before and not anew)):
            continue
        if old is None and each.outcome != Outcome.OPEN:
            continue
        is_open = each.outcome == Outcome.OPEN
        yield {
            "stream": state.id, "kind": state.kind.value, "step": each.step, "round": each.round, "code": each.rule.code,
            "unit": each.assistant or (unit if each.owed_by == "unit" else ""), "owed_by": each.owed_by, "is_right": each.right,
            "started_at": each.clock.started_at, "due_at": each.due(calendar) if is_open else _last_due(old, each, rulebook),
            "next_at": each.next_at(calendar), "warned_at": each.warned_at, "fired_at": each.fired_at, "stopped_at": each.clock.stopped_at,
            "outcome": each.outcome.value, "history": _history(each),
        }  # fmt: skip


def _last_due(old: KeptClock | None, kept: KeptClock, rulebook: Rulebook) -> datetime | None:
    """Return the deadline a finished clock had, for lists and statistics."""
    assert rulebook.calendar is not None
    due = (old or kept).due(rulebook.calendar)
    return due.astimezone(UTC) if due is not None else None


def open_deadlines() -> list[tuple[StreamKind, StreamId, dict[tuple[str, int], datetime | None]]]:
    """Return every record with open clocks: kind, id, and (step, round) -> the deadline as it was worked out last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, stream, step, round, due_at FROM timer WHERE outcome = 'open' ORDER BY stream, id")
        rows = cursor.fetchall()
    found: dict[str, tuple[StreamKind, StreamId, dict[tuple[str, int], datetime | None]]] = {}
    for kind, stream, step, round_, due_at in rows:
        found.setdefault(str(stream), (StreamKind(kind), StreamId(str(stream)), {}))[2][step, round_] = due_at
    return list(found.values())

"""The clocks of records as people read them: what is due when, in words, the most pressing first.

Lists and pages ask once for all their records. The words and colours come from the kept clocks, never from a second rule here.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liandong.adapters.postgres.models import Stream
from liandong.adapters.postgres.timers import COLUMNS, kept_of
from liandong.domain.clocks import ClockState, KeptClock, Outcome, WorkingCalendar, in_words
from liandong.web.reading.pack_words import unit_name
from liandong.web.world import world

__all__ = ["ClockLine", "attach_clocks", "clocks_of", "lines_of", "pressing"]

#: Colours by what is asked of the reader: nothing, haste, explanation.
COLOURS = {
    ClockState.RUNNING: "green",
    ClockState.WARNING: "orange",
    ClockState.OVERDUE: "red",
    ClockState.PAUSED: "secondary",
    ClockState.MET: "secondary",
    ClockState.MISSED: "red",
}
#: Rows read for one page at most.
MOST = 2000


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of one record."""

    step: str
    round: int
    code: str
    name: str
    source: str
    limit: str
    state: str
    colour: str
    #: ``11月25日24:00``; "" while it stands still.
    due_words: str
    #: How long is left or how long it is late, in words.
    left: str
    due_at: datetime | None
    started_at: datetime
    stopped_at: datetime | None
    warned_at: datetime | None
    #: Somebody still owes it, or may still use it.
    open: bool
    right: bool
    provisional: bool = False
    #: Code and name of the assisting unit whose part it is; "" for a clock of the record itself.
    assistant: str = ""
    assistant_name: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API gives it."""
        return {
            "step": self.step, "round": self.round, "code": self.code, "name": self.name, "state": self.state, "limit": self.limit,
            "due_at": _iso(self.due_at), "due": self.due_words, "started_at": _iso(self.started_at), "stopped_at": _iso(self.stopped_at),
            "warned_at": _iso(self.warned_at), "open": self.open, "right": self.right, "source": self.source, "provisional": self.provisional,
            "assistant": self.assistant, "assistant_name": self.assistant_name,
        }  # fmt: skip


def clocks_of(streams: Iterable[uuid.UUID | str], *, only_open: bool = False) -> Mapping[str, Sequence[ClockLine]]:
    """Return the clocks of records by their id, the most pressing first: one query."""
    rulebook = world().rulebook
    ids = [str(each) for each in streams]
    if rulebook.calendar is None or not ids:
        return {}
    wanted = " AND outcome = 'open'" if only_open else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT stream, {COLUMNS} FROM timer WHERE stream = ANY(%s::uuid[]){wanted} ORDER BY id LIMIT {MOST}", [ids])
        rows = cursor.fetchall()
    kept: dict[str, list[KeptClock]] = {}
    for row in rows:
        kept.setdefault(str(row[0]), []).append(kept_of(row[1:], rulebook))
    return {stream: lines_of(clocks) for stream, clocks in kept.items()}


def lines_of(clocks: Iterable[KeptClock]) -> Sequence[ClockLine]:
    """Return kept clocks as people read them, the most pressing first; those that nobody may see are left out."""
    now = world().clock.now()
    return sorted((line for line in (_line(each, now) for each in clocks) if line is not None), key=_order)


def attach_clocks(rows: list[Stream], *, only_open: bool = True, owed_by: str | None = None) -> list[Stream]:
    """Give every row its ``clocks`` and the one that leads as ``clock``; one query for all of them.

    Parameters:
        owed_by: code of a unit: what leads is what that unit owes, its part where it assists and the lead's where it leads; None: whoever owes it.
    """
    found = clocks_of([row.id for row in rows], only_open=only_open)
    for row in rows:
        row.clocks = found.get(str(row.id), ())  # type: ignore[attr-defined]
        whose = None if owed_by is None else "" if row.unit == owed_by else owed_by
        row.clock = pressing([each for each in row.clocks if whose in (None, each.assistant)])  # type: ignore[attr-defined]
    return rows


def pressing(lines: Sequence[ClockLine]) -> ClockLine | None:
    """Return the clock that leads where only one can be shown: a duty that is open, the soonest due."""
    return next((each for each in lines if each.open and not each.right and each.due_at is not None), None)


def _order(line: ClockLine) -> tuple[int, datetime]:
    return (0 if line.open and not line.right else 1 if line.open else 2), line.due_at or datetime.max.replace(tzinfo=UTC)


def _due_words(due: datetime, calendar: WorkingCalendar) -> str:
    """Return a deadline in the reader's language; the end of a day is 24:00 of that day, as in Chinese."""
    if not (get_language() or "").startswith("en"):
        return in_words(due, calendar)
    local = due.astimezone(calendar.zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        day = local - timedelta(days=1)
        return f"{day.day} {day:%b} 24:00"
    return f"{local.day} {local:%b %H:%M}"


def _line(kept: KeptClock, now: datetime) -> ClockLine | None:
    calendar = world().rulebook.calendar
    assert calendar is not None, "asked only where clocks are kept"
    state = kept.state(now, calendar)
    if state is None:
        return None
    is_open = kept.outcome == Outcome.OPEN
    due = kept.due(calendar)
    provisional = getattr(calendar, "is_provisional", None)
    return ClockLine(
        step=kept.step,
        round=kept.round,
        code=kept.rule.code,
        name=kept.rule.name,
        source=kept.rule.source,
        limit=kept.rule.limit.in_chinese,
        state=state.value,
        colour=COLOURS[state],
        due_words="" if due is None else _due_words(due, calendar),
        left=_left(state, due, now),
        due_at=due,
        started_at=kept.clock.started_at,
        stopped_at=kept.clock.stopped_at,
        warned_at=kept.warned_at,
        open=is_open,
        right=kept.right,
        assistant=kept.assistant,
        assistant_name=unit_name(kept.assistant) if kept.assistant else "",
        provisional=bool(is_open and due is not None and provisional is not None and provisional(due.astimezone(calendar.zone).date())),
    )


def _left(state: ClockState, due: datetime | None, now: datetime) -> str:
    if state == ClockState.PAUSED or due is None:
        return _("中止计时")
    if state == ClockState.MET:
        return _("按时")
    if state == ClockState.MISSED:
        return _("超时办理")
    if state == ClockState.OVERDUE:
        return _("已超时 %(span)s") % {"span": _span(now - due)}
    return _("还剩 %(span)s") % {"span": _span(due - now)}


def _span(span: Any) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return _("%(count)d 秒") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d 分钟") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("%(hours)d 小时 %(minutes)d 分") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}
    return _("%(days)d 天 %(hours)d 小时") % {"days": seconds // 86_400, "hours": seconds % 86_400 // 3600}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()

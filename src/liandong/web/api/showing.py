"""How streams look in answers: the same rights as on screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liandong.adapters.postgres.models import ApiToken, Stream
from liandong.application.outline import outline_of
from liandong.application.route import party_here
from liandong.application.shared_streams import is_shared
from liandong.application.world import MACHINES
from liandong.domain.errors import StreamNotFound
from liandong.domain.journal.facts import Actor, Party, Role, StreamId, StreamKind, StreamState
from liandong.web.reading.clocks import ClockLine, clocks_of
from liandong.web.rights import hides_numbers, visible
from liandong.web.world import world

__all__ = ["find", "masked", "show", "show_state"]

MASKED = ("phone", "citizen")


def find(token: ApiToken, kind: StreamKind, named: str) -> Stream:
    """Return a stream by id or number, if this token may see it. Raises ``StreamNotFound``; it does not say which."""
    streams = visible(token).filter(kind=kind.value)  # type: ignore[arg-type]
    try:
        row = streams.filter(id=UUID(named)).first()
    except ValueError:
        row = None if "\x00" in named else streams.filter(number=named[:40]).first()
    if row is None:
        raise StreamNotFound(id=named[:60])
    return row


def show(token: ApiToken, row: Stream, *, whole: bool = True, clocks: Sequence[ClockLine] | None = None) -> dict[str, Any]:
    """Return a stream as an answer; lists leave ``data`` out and bring the open clocks, asked once for all rows."""
    if clocks is None:
        clocks = clocks_of([row.id]).get(str(row.id), ())
    state = StreamState(StreamKind(row.kind), StreamId(str(row.id)), row.phase, row.seq, row.data)
    return {
        "id": str(row.id),
        "kind": row.kind,
        "number": row.number,
        "phase": row.phase,
        "phase_title": MACHINES[state.kind].title(row.phase),
        "seq": row.seq,
        "appeal": str(row.appeal) if row.appeal else None,
        "urgent": row.urgent,
        "side": row.side,
        "item": row.item,
        "unit": row.unit,
        "summary": row.summary,
        "place": row.place,
        "opened_at": row.opened_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "allowed": list(_allowed(token, state)),
        "clocks": [each.as_dict() for each in clocks],
        "data": masked(token, row.data) if whole else None,
    }


def show_state(token: ApiToken, state: StreamState, clocks: Sequence[ClockLine] | None = None) -> dict[str, Any]:
    """Return a stream that was just written, without asking the database again for more than its clocks, if those are not given."""
    if clocks is None:
        clocks = clocks_of([state.id]).get(state.id, ())
    data = state.data
    outline = outline_of(state)
    times = data.get("times") or {}
    return {
        "id": state.id,
        "kind": state.kind.value,
        "number": outline.number,
        "phase": state.phase,
        "phase_title": MACHINES[state.kind].title(state.phase),
        "seq": state.seq,
        "appeal": outline.appeal,
        "urgent": outline.urgent,
        "side": outline.side,
        "item": outline.item,
        "unit": outline.unit,
        "summary": outline.summary,
        "place": outline.place,
        "opened_at": min(times.values(), default=""),
        "updated_at": max(times.values(), default=""),
        "allowed": list(_allowed(token, state)),
        "clocks": [each.as_dict() for each in clocks],
        "data": masked(token, data),
    }


def _allowed(token: ApiToken, state: StreamState) -> tuple[str, ...]:
    party = party_here(world().desk, state.data) if is_shared(state.kind) else Party.NONE
    return MACHINES[state.kind].open_to(state, Actor(Role(token.role), unit=token.unit, party=party))


def masked(token: ApiToken, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with what identifies a citizen hidden from roles that do not call citizens."""
    if not hides_numbers(token, data):  # type: ignore[arg-type]
        return dict(data)
    shown = {name: ("***" if name in MASKED and value else value) for name, value in data.items()}
    if isinstance(shown.get("record"), dict):
        shown["record"] = {name: ("***" if name in MASKED and value else value) for name, value in shown["record"].items()}
    return shown

"""Sound data for any command of any table, made from the table's own fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from liandong.application.shared_streams import is_shared
from liandong.application.world import MACHINES
from liandong.domain.journal.facts import Actor, Command, Party, Role, StreamId, StreamKind, StreamState
from liandong.domain.journal.machine import Field, Machine, Row

__all__ = ["AT", "actor", "given", "sample", "standing", "stream"]

#: Monday 23 November 2026, 09:00 in Suzhou.
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: Who has the order, and for whom everybody works.
UNIT = "u-1"
SAMPLES = {"text": "字", "flag": True, "number": 1, "map": {"text": "字"}, "list": ["字"]}


def stream(kind: StreamKind, phase: str = "", **data: Any) -> StreamState:
    """Return a stream of a kind that stands in a phase."""
    return StreamState(kind, StreamId("0190a000-0000-7000-8000-000000000001"), phase, 1 if phase else 0, {"unit": UNIT, **data})


def sample(spec: Field) -> Any:
    """Return something that a field takes."""
    return spec.choices[0] if spec.form == "choice" else SAMPLES[spec.form]


def given(machine: Machine, row: Row, **changes: Any) -> dict[str, Any]:
    """Return what a row asks for, whole."""
    return {**{name: sample(machine.fields[name]) for name in row.required}, **changes}


def actor(role: Role, party: Party = Party.NONE, person: str = "") -> Actor:
    """Return somebody."""
    return Actor(role, person or f"p-{role.value}", UNIT, "police", party)


def standing(machine: Machine) -> Iterator[tuple[str, str, Command]]:
    """Yield (state, command name, command) for every state, command, role and party of a table, with sound data."""
    data = {name: sample(spec) for name, spec in machine.fields.items()}
    for state in machine.states:
        for name in machine.commands:
            for role in Role:
                for party in Party if is_shared(machine.kind) else (Party.NONE,):
                    yield state.value, name, Command(name, actor(role, party), AT, data)


assert set(MACHINES) >= {StreamKind.APPEAL, StreamKind.ALARM, StreamKind.WORK_ORDER, StreamKind.HANDOVER}

"""How the work of a node stands: open records by state, how long the oldest waits, what nobody has looked at, today's intake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from liandong.adapters.postgres.models import Stream, User
from liandong.application.world import MACHINES
from liandong.domain.journal.facts import StreamKind
from liandong.web.domain_english import capital
from liandong.web.reading.streams import COLUMNS
from liandong.web.reading.touches import with_touches
from liandong.web.rights import visible
from liandong.web.shell.gate import language

__all__ = ["OPEN_PHASES", "Group", "Today", "groups", "longest_waiting", "today"]

#: States in which somebody of this node has something to do next, in the order of work.
OPEN_PHASES = {
    StreamKind.APPEAL: ("taken",),
    StreamKind.ALARM: ("taken", "dispatch_review", "ordered", "signed", "departed", "arrived", "handled", "feedback_review", "non_police_stated", "reported"),
    StreamKind.WORK_ORDER: ("received", "refused", "reopened", "dispatched", "signed", "working", "suspended", "reported", "replied", "answered"),
    StreamKind.HANDOVER: ("under_review", "offered", "objected", "negotiating"),
}
#: Rows of the list of what waits longest.
ROWS = 12


@dataclass(frozen=True, slots=True)
class Group:
    """How many records stand in a state."""

    kind: str
    phase: str
    title: str
    count: int
    urgent: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Today:
    """What came in since midnight in the city's zone."""

    taken: int
    urgent: int
    handed: int
    received: int
    closed: int


def groups(user: User) -> Sequence[tuple[str, Sequence[Group]]]:
    """Return the states with open records, by kind; one query."""
    wanted = Q()
    for kind, phases in OPEN_PHASES.items():
        wanted |= Q(kind=kind, phase__in=phases)
    grouped = visible(user).filter(wanted).values("kind", "phase").annotate(many=Count("id"), urgent_many=Count("id", filter=Q(urgent=True)), oldest=Min("updated_at")).order_by()
    found = {(each["kind"], each["phase"]): each for each in grouped}
    shown = []
    for kind, phases in OPEN_PHASES.items():
        machine = MACHINES[kind]
        rows = [
            Group(kind.value, phase, capital(machine.title(phase, language())), each["many"], each["urgent_many"], each["oldest"])
            for phase in phases
            if (each := found.get((kind.value, phase))) is not None
        ]
        if rows:
            shown.append((kind.value, rows))
    return shown


def longest_waiting(user: User) -> list[Stream]:
    """Return what has stood longest without a step, danger first, each with who looked at it last."""
    wanted = Q()
    for kind, phases in OPEN_PHASES.items():
        wanted |= Q(kind=kind, phase__in=phases)
    return with_touches(visible(user).filter(wanted).only(*COLUMNS).order_by("-urgent", "updated_at", "id")[:ROWS])


def today(user: User, node: str) -> Today:
    """Return today's figures; one query."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    appeals, handovers = Q(kind="appeal", opened_at__gte=midnight), Q(kind="handover", opened_at__gte=midnight)
    found = visible(user).filter(updated_at__gte=midnight).aggregate(
        taken=Count("id", filter=appeals),
        urgent=Count("id", filter=appeals & Q(urgent=True)),
        handed=Count("id", filter=handovers & Q(data__origin=node)),
        received=Count("id", filter=handovers & ~Q(data__origin=node)),
        closed=Count("id", filter=Q(kind="appeal", phase="closed")),
    )
    return Today(**found)

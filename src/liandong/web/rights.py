"""Who sees what: one rule for lists, pages and live news, so that a list never shows what its page refuses.

Rules:
    1. Desks and those who review, supervise, lead, analyse or administer see every record of their node.
    2. Officers and units see the orders that their own unit leads or assists, and the appeals and handovers these belong to.
    3. Numbers of citizens are shown in full to those who have to call them; everybody else sees them masked.
    4. Who asked for confidentiality is masked to units as well.

What a person may *do* is not here: the transition tables say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet, UUIDField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf

from liandong.adapters.postgres.models import Stream, User
from liandong.application.world import World
from liandong.domain.appeals.particulars import read
from liandong.domain.appeals.particulars_masking import mask_text, mask_value
from liandong.domain.journal.facts import Actor, Role

__all__ = ["COMMANDING", "EVIDENCE_ROLES", "EXCHANGE_KEEPERS", "FIELD_ROLES", "MENUS", "actor_of", "hides_numbers", "home_of", "masked_text", "may_open", "own_orders", "phone_for", "visible"]

FIELD_ROLES = frozenset({Role.OFFICER, Role.UNIT_STAFF})
DESKS = frozenset({Role.CALL_TAKER, Role.AGENT, Role.DISPATCHER})
WATCHING = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.LEADER, Role.ANALYST, Role.ADMINISTRATOR})
#: Who sees where patrols are: those who send them, and no unit another's.
COMMANDING = DESKS | {Role.REVIEWER, Role.SUPERVISOR, Role.LEADER}
#: Who calls citizens back.
CALLING = DESKS | FIELD_ROLES | {Role.REVIEWER}
#: Who tries messages of the exchange again, sets them aside, sends them again.
EXCHANGE_KEEPERS = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR})
#: Who may take the evidence of a record out: with everything in it, for courts and auditors.
EVIDENCE_ROLES = frozenset({Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR})

#: desk -> roles that have it in their menu; the same table guards the page.
MENUS: Mapping[str, frozenset[Role]] = {
    "desk": DESKS,
    "overview": WATCHING | {Role.DISPATCHER},
    "review": frozenset({Role.REVIEWER, Role.DISPATCHER, Role.SUPERVISOR}),
    "orders": DESKS | {Role.REVIEWER, Role.SUPERVISOR, Role.LEADER},
    "unit": FIELD_ROLES,
    #: Who is away and who stands in. Units and those who send come to it from their own pages.
    "absences": frozenset({Role.ADMINISTRATOR}),
    "supervision": DESKS | {Role.SUPERVISOR, Role.LEADER, Role.REVIEWER},
    "visits": DESKS | {Role.REVIEWER, Role.SUPERVISOR, Role.LEADER, Role.ANALYST},
    "consultations": DESKS | WATCHING | FIELD_ROLES,
    "records": DESKS | WATCHING | FIELD_ROLES,
    "triage_errors": frozenset({Role.SUPERVISOR, Role.LEADER, Role.ANALYST, Role.ADMINISTRATOR}),
    #: Who audits: what proves a record, and where somebody changed it.
    "proof": frozenset({Role.SUPERVISOR, Role.LEADER, Role.ANALYST, Role.ADMINISTRATOR}),
    "practice": DESKS | {Role.SUPERVISOR},
    "exchange": DESKS | {Role.SUPERVISOR, Role.ADMINISTRATOR, Role.LEADER, Role.REVIEWER},
}
HOMES = {
    Role.CALL_TAKER: "desk",
    Role.AGENT: "orders",
    Role.DISPATCHER: "orders",
    Role.REVIEWER: "review",
    Role.SUPERVISOR: "supervision",
    Role.LEADER: "overview",
    Role.ANALYST: "overview",
    Role.ADMINISTRATOR: "exchange",
    Role.OFFICER: "unit",
    Role.UNIT_STAFF: "unit",
}


def role_of(user: User) -> Role:
    """Return the role of a person; one that is unknown may do as little as a citizen."""
    try:
        return Role(user.role)
    except ValueError:
        return Role.CITIZEN


def actor_of(user: User, world: World) -> Actor:
    """Return the person as the journals know them."""
    return Actor(role_of(user), person=user.get_username(), unit=user.unit, node=world.desk.node)


def home_of(user: User) -> str:
    """Return the name of the desk a person starts at."""
    return HOMES.get(role_of(user), "records")


def may_open(user: User, desk: str) -> bool:
    """Tell whether a person has a desk."""
    return role_of(user) in MENUS[desk]


def visible(user: User) -> QuerySet[Stream]:
    """Return the streams a person may see; every list and every page starts from it."""
    role = role_of(user)
    if role in DESKS | WATCHING:
        return Stream.objects.all()
    if role in FIELD_ROLES and user.unit:
        own = own_orders(user.unit)
        # A handover that came from the other side bears that side's appeal; the order made of it names the handover.
        received = own.annotate(came_by=Cast(NullIf(KeyTextTransform("handover", "data"), Value("")), UUIDField()))
        return Stream.objects.filter(
            Q(unit=user.unit, kind__in=("alarm", "workorder", "supervision"))
            | Q(kind__in=("alarm", "workorder"), data__parts__has_key=user.unit)
            | Q(appeal__in=own.values("appeal"), kind__in=("appeal", "handover"))
            | Q(kind__in=("alert", "consultation", "whistle"), data__lines__has_key=user.unit)
            | Q(id__in=received.exclude(came_by=None).values("came_by"), kind="handover")
        )
    return Stream.objects.none()


def own_orders(unit: str) -> QuerySet[Stream]:
    """Return the alarms and work orders that a unit leads or assists."""
    return Stream.objects.filter(Q(unit=unit) | Q(data__parts__has_key=unit), kind__in=("alarm", "workorder"))


def hides_numbers(user: User, data: Mapping[str, Any]) -> bool:
    """Tell whether what identifies a citizen is masked for a person."""
    role = role_of(user)
    return role not in CALLING or (bool(data.get("confidential")) and role == Role.UNIT_STAFF)


def phone_for(user: User, data: Mapping[str, Any]) -> str:
    """Return the citizen's number as this person may see it."""
    phone = str(data.get("phone", ""))
    return mask_value("phone", phone) if phone and hides_numbers(user, data) else phone


def masked_text(user: User, data: Mapping[str, Any], text: str) -> str:
    """Return words as this person may see them: the numbers inside them masked like the field."""
    return mask_text(text, read(text).spans) if text and hides_numbers(user, data) else text

"""What a journal is made of: who did what, when, told in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

__all__ = ["Actor", "Command", "Fact", "Party", "Role", "StreamId", "StreamKind", "StreamState", "require_aware"]

#: A UUIDv7 in its canonical text form.
StreamId = NewType("StreamId", str)


class StreamKind(StrEnum):
    """The things that have a life of their own, each a journal."""

    #: 诉求: what a citizen said.
    APPEAL = "appeal"
    #: 警单: the police loop.
    ALARM = "alarm"
    #: 工单: the hotline loop.
    WORK_ORDER = "workorder"
    #: 联动单: between the sides.
    HANDOVER = "handover"
    #: 快速服务：挪车.
    QUICK_SERVICE = "quickservice"
    #: 三方通话.
    CALL = "call"
    #: 协同警示.
    ALERT = "alert"
    #: 会商.
    CONSULTATION = "consultation"
    #: 双哨.
    WHISTLE = "whistle"
    #: 督办.
    SUPERVISION = "supervision"
    #: 质检抽查.
    INSPECTION = "inspection"


class Role(StrEnum):
    """Who acts. A person has one role at a time; machines have theirs."""

    #: 110 接警员.
    CALL_TAKER = "call_taker"
    #: 12345 话务员.
    AGENT = "agent"
    #: 公安分局审核员 / 热线审核员.
    REVIEWER = "reviewer"
    #: 指挥调度员.
    DISPATCHER = "dispatcher"
    #: 出警民警.
    OFFICER = "officer"
    #: 承办单位经办人.
    UNIT_STAFF = "unit_staff"
    #: 督办员.
    SUPERVISOR = "supervisor"
    #: 领导.
    LEADER = "leader"
    #: 研判员.
    ANALYST = "analyst"
    #: 系统管理员.
    ADMINISTRATOR = "administrator"
    #: 诉求人.
    CITIZEN = "citizen"
    #: The node itself: time-outs and reactions.
    SYSTEM = "system"


class Party(StrEnum):
    """On which end of a handover the actor stands; ``NONE`` where there is only one end."""

    NONE = ""
    #: S: sends, the first receiver of the citizen.
    SENDER = "S"
    #: R: receives.
    RECEIVER = "R"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it.

    Parameters:
        role: in which role.
        person: account name or badge, never a citizen's name; ``""`` for machines.
        unit: code of the unit the person acts for; ``""`` where none.
        node: name of the node where it was done.
        party: the end of a handover.
    """

    role: Role
    person: str = ""
    unit: str = ""
    node: str = ""
    party: Party = Party.NONE

    def standing(self, party: Party) -> Actor:
        """Return this actor on one end of a handover."""
        return replace(self, party=party)

    def as_dict(self) -> dict[str, str]:
        """Return the plain form kept in journals and envelopes."""
        return {"role": self.role.value, "person": self.person, "unit": self.unit, "node": self.node, "party": self.party.value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Actor:
        """Return the actor of a plain form.

        Raises:
            ValueError: the role or party is not known.
        """
        return cls(
            role=Role(data["role"]),
            person=str(data.get("person", "")),
            unit=str(data.get("unit", "")),
            node=str(data.get("node", "")),
            party=Party(data.get("party", "")),
        )


def require_aware(at: datetime) -> datetime:
    """Return ``at``, or raise ``ValueError`` when it has no timezone: a naive time is a guess."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("a time without a timezone cannot be journaled")
    return at


@dataclass(frozen=True, slots=True)
class Command:
    """Something somebody wants done; time-outs and peer messages are commands too."""

    name: str
    actor: Actor
    #: Aware; the clock of the node that decides.
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_aware(self.at)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened; never changed, never removed."""

    name: str
    actor: Actor
    #: Aware.
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_aware(self.at)


@dataclass(frozen=True, slots=True)
class StreamState:
    """Where a stream stands after all its facts.

    Parameters:
        kind: what it is.
        id: its UUIDv7.
        phase: value of the machine's state enum; ``""`` before the first fact.
        seq: how many facts it has.
        data: what the facts said, folded; plain JSON values only.
        head: hash of the last entry, hex; ``""`` before the first.
    """

    kind: StreamKind
    id: StreamId
    phase: str = ""
    seq: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    head: str = ""

"""承办单位: who can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liandong.domain.routing.places import Position

__all__ = ["Duty", "Unit", "UnitLevel"]


class UnitLevel(StrEnum):
    """一级、二级联动单位 (A-province study)."""

    #: On duty day and night with people to send at once.
    FIRST = "1"
    #: Few on duty; arrives later.
    SECOND = "2"


class Duty(StrEnum):
    """When somebody answers."""

    ALWAYS = "24h"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the directory."""

    code: str
    name: str
    level: UnitLevel
    #: ``police``, ``hotline`` or ``both``: whose dispatcher reaches it first.
    side: str
    #: ``bureau``, ``station``, ``department``, ``street``, ``utility``, ``rescue`` …
    kind: str
    #: Code of the unit above, or ``""``.
    parent: str = ""
    #: What it does, in the words that items use.
    functions: tuple[str, ...] = ()
    #: Code of the division it serves.
    division: str = ""
    phone: str = ""
    duty: Duty = Duty.OFFICE
    #: Where it sits, or None.
    position: Position | None = None

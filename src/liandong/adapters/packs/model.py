"""A pack as the program uses it: everything about one city, read once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from liandong.adapters.packs.calendar import CityCalendar
from liandong.domain.catalogue.items import Catalogue
from liandong.domain.clocks import ClockRule
from liandong.domain.routing import Division, Node, Territory, Turn, Unit

__all__ = ["DemoUser", "Pack", "PackSettings"]


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A person of the demonstration; invented. Carries no password: the demonstration sets one, production never loads these."""

    username: str
    name: str
    role: str
    #: ``police`` or ``hotline``: the node they sign in to.
    side: str
    #: Code of their unit.
    unit: str


@dataclass(frozen=True, slots=True)
class PackSettings:
    """How this city runs the linkage; every default is what 003 and 004 say."""

    #: Whether a handover that R has reported counts as confirmed by itself when S says nothing within the clock ``handover.confirm``.
    auto_confirm: bool = True
    #: Whether a handover is reviewed inside a side before it crosses, by side.
    review_before_crossing: tuple[str, ...] = ("police",)
    #: Classes whose dispatch is reviewed a second time (双复核).
    double_review_dispatch: tuple[str, ...] = ()
    #: Classes whose feedback is reviewed a second time (双审).
    double_review_feedback: tuple[str, ...] = ()
    #: ``platform`` (two linked platforms), ``desk`` (department seats), ``leading_group`` or ``joint_conference``.
    coordination: str = "platform"
    #: Below this confidence a verdict is *unclear* and the three-way call is proposed.
    confidence_floor: float = 0.45
    #: Same caller or place within this many minutes is shown as a likely repeat.
    repeat_minutes: int = 60
    #: How many days back a repeat is looked for.
    repeat_days: int = 30
    #: That many callers of one event within ``wave_minutes`` are shown as a wave.
    wave_count: int = 3
    wave_minutes: int = 120
    #: Same matter of the same place within this many days counts towards the whistle.
    whistle_days: int = 10
    #: That many in ``whistle_days`` blow the whistle.
    whistle_count: int = 3
    #: Different callers that it takes at least.
    whistle_callers: int = 2
    #: That many departments with one order blow it.
    whistle_units: int = 3
    #: Words of risk: a second telling with one of them blows it.
    whistle_words: tuple[str, ...] = ()
    #: That many disputes of one kind in 30 days convene a consultation.
    consultation_count: int = 3
    #: Codes of classes or items whose cases are asked about after they ended, each of them (重大事项回访率100%), beside danger, reopened and joint ones.
    visit_major: tuple[str, ...] = ()
    #: Share of all other cases that is drawn for a return visit, in per cent.
    visit_share_percent: int = 20
    #: How long a unit has to answer an alert before it is chased by name, in seconds.
    alert_acknowledge_seconds: int = 120
    #: How long the other side's desks ring before the order goes instead, in seconds (GB/T 33358-2016: answered within 15 s).
    three_way_ring_seconds: int = 20
    #: Calls of one number within 24 hours, called abusive by people, from which they are referred to police.
    abusive_calls: int = 10
    #: The window of ``abusive_calls``.
    abusive_hours: int = 24


@dataclass(frozen=True, slots=True)
class Pack:
    """One city."""

    name: str
    city: str
    #: Division code of the city or district the pack is for.
    city_code: str
    #: Name of its time zone, such as ``Asia/Shanghai``.
    zone: str
    effective_from: date
    catalogue: Catalogue
    units: tuple[Unit, ...]
    divisions: tuple[Division, ...]
    territories: tuple[Territory, ...]
    #: Platforms and their levels.
    nodes: tuple[Node, ...]
    clocks: tuple[ClockRule, ...]
    calendar: CityCalendar
    users: tuple[DemoUser, ...]
    #: Words of replies and messages: ``reply.received`` and so on, with ``{names}`` to fill.
    texts: Mapping[str, str] = field(default_factory=dict)
    settings: PackSettings = field(default_factory=PackSettings)
    #: Who is on duty at which hour, for the units that say so.
    roster: tuple[Turn, ...] = ()

    def unit(self, code: str) -> Unit | None:
        """Return the unit of this code, or None."""
        return next((each for each in self.units if each.code == code), None)

    def division(self, code: str) -> Division | None:
        """Return the division of this code, or None."""
        return next((each for each in self.divisions if each.code == code), None)

    def node_of(self, side: str) -> Node | None:
        """Return the topmost platform of a side, or None."""
        return next((each for each in self.nodes if each.side in (side, "both") and not each.parent), None)

    def clock(self, code: str) -> ClockRule | None:
        """Return the rule of this code, or None."""
        return next((each for each in self.clocks if each.code == code), None)

    def clock_for(self, machine: str, step: str, applies: str = "") -> ClockRule | None:
        """Return the rule of a step for a 类别, urgency or terrain, else the one that applies to all, else None.

        Parameters:
            machine: ``workorder``, ``alarm``, ``handover`` …
            step: ``handle``, ``arrive`` …
            applies: as in the pack: ``咨询``, ``danger``, ``town`` …
        """
        base = f"{machine}.{step}"
        rules = [each for each in self.clocks if each.code == base or each.code.startswith(base + ".")]
        fitting = [each for each in rules if applies and each.applies == applies]
        return next(iter(fitting or [each for each in rules if not each.applies]), None)

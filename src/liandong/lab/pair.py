"""Two nodes in memory, 110 and 12345, on one wire and one clock that is moved by hand: the same code as the real ones, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from liandong.adapters.memory import CountedIds, MemoryDatabase, MemoryWire, MemoryWork, SetClock
from liandong.application.ports import Desk, Directory, Peer, Triage
from liandong.application.reactions import reactions_to
from liandong.application.world import World
from liandong.domain.clocks import Rulebook
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamState

__all__ = ["City", "Pair", "Side"]


@dataclass(frozen=True, slots=True)
class City:
    """What both nodes know of their city."""

    triage: Triage
    rulebook: Rulebook
    zone: str = "Asia/Shanghai"
    directory: Directory | None = None
    switches: Mapping[str, Any] | None = None
    #: More of ``World``: ``doors``, ``divisions_at``, ``context``.
    more: Mapping[str, Any] | None = None
    #: Name of a unit -> its code.
    units: Mapping[str, str] | None = None
    #: code, place, time -> code of the unit the city's list suggests on a side, or ``""``.
    suggest: Callable[[Mapping[str, Any], str, datetime], str] = lambda data, side, at: ""


@dataclass(slots=True)
class Side:
    """One node."""

    name: str
    world: World
    database: MemoryDatabase

    def person(self, role: Role | None = None, unit: str = "") -> Actor:
        """Return somebody of this node; without a role, who sits at the desk."""
        chosen = role or (Role.CALL_TAKER if self.name == "police" else Role.AGENT)
        return Actor(chosen, person=f"{self.name}-{chosen.value}", unit=unit, node=self.name)

    def now(self, stream: str) -> StreamState:
        """Return where a stream stands."""
        return self.database.state(StreamId(stream))


class Pair:
    """Both nodes of a city.

    Parameters:
        city: what they know.
        at: aware; what the clock shows first.
    """

    def __init__(self, city: City, at: datetime) -> None:
        self.city = city
        self.clock = SetClock(at)
        self.sides = {name: self._side(series, name) for series, name in enumerate(("police", "hotline"), 1)}
        self.wire = MemoryWire({name: (side.world, side.database) for name, side in self.sides.items()})

    def other(self, side: Side) -> Side:
        """Return the node at the other end."""
        return self.sides["hotline" if side.name == "police" else "police"]

    def _side(self, series: int, name: str) -> Side:
        peer = "hotline" if name == "police" else "police"
        title, mark = ("110", "JA") if name == "police" else ("12345", "RX")
        desk = Desk(name, name, title, (Peer(peer, peer, "counterpart"),), self.city.zone, dict(self.city.switches or {}))
        database = MemoryDatabase()
        work = MemoryWork(database, self.city.zone, mark)
        world = World(
            self.clock,
            CountedIds(series),
            desk,
            work,
            self.city.triage,
            reactions_to,
            directory=self.city.directory,
            rulebook=self.city.rulebook,
            # Recorded orders name units that no directory of today has.
            context={"any_unit": True},
        )
        more = dict(self.city.more or {})
        more["context"] = {**world.context, **more.get("context", {}), "any_unit": True}
        return Side(name, replace(world, **more), database)

"""A city in memory: two nodes and, where wanted, a county's police under the city's, on one wire. No database, no process.

    city = memory_city()
    taken = city.police.take("楼下油烟太大")
    city.police.place(taken, "hand_over")
    city.wire.carry()
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from liandong.adapters.memory import CountedIds, MemoryDatabase, MemoryWire, MemoryWork, SetClock, WordTriage
from liandong.application.act import act
from liandong.application.perform import Session
from liandong.application.place_appeal import place_appeal
from liandong.application.ports import Desk, Peer
from liandong.application.reactions import reactions_to
from liandong.application.take_appeal import take_appeal
from liandong.application.world import World
from liandong.domain.clocks import Rulebook
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind, StreamState

__all__ = ["MemoryCity", "MemoryNode", "memory_city", "memory_desk"]

#: Monday 23 November 2026, 09:00 in Suzhou.
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
#: Letters of each node in the numbers of handovers.
MARKS = {"police": "JA", "hotline": "RX", "county": "JX", "county12345": "RY"}
WORDS = {
    "跳楼": ("police", "P1", True),
    "打架": ("police", "P2", False),
    "油烟": ("hotline", "H2", False),
    "燃气": ("joint", "P3", True),
    "欠薪": ("joint", "H5", False),
    "判决": ("neither", "", False),
}


@dataclass(slots=True)
class MemoryNode:
    """A node in the hands of a test."""

    world: World
    database: MemoryDatabase
    clock: SetClock

    @property
    def desk_role(self) -> Role:
        """Who sits at the desk of this side."""
        return Role.CALL_TAKER if self.world.desk.side == "police" else Role.AGENT

    def person(self, role: Role | None = None, unit: str = "", name: str = "") -> Actor:
        """Return somebody of this node; without a role, who sits at the desk."""
        chosen = role or self.desk_role
        return Actor(chosen, person=name or f"{self.world.desk.node}-{chosen.value}", unit=unit, node=self.world.desk.node)

    def take(self, text: str, **data: Any) -> StreamState:
        """Take an appeal at the desk."""
        return take_appeal(self.world, self.person(), {"text": text, "channel": "phone", **data}).appeal

    def place(self, appeal: StreamState, course: str, **data: Any) -> StreamState:
        """Place an appeal at the desk."""
        return place_appeal(self.world, self.person(), appeal.id, course, data)

    def act(self, stream: StreamState | str, command: str, role: Role | None = None, **data: Any) -> StreamState:
        """Give a command to a stream, by its newest state."""
        now = self.now(stream)
        # Who works in the field works for the unit that has the order.
        unit = str(now.data.get("unit", "")) if role in (Role.OFFICER, Role.UNIT_STAFF) else ""
        return act(self.world, self.person(role, unit), now.kind, now.id, command, data)

    def act_for(self, unit: str, stream: StreamState | str, command: str, role: Role | None = None, **data: Any) -> StreamState:
        """Give a command as somebody of a unit; without a role, of the trade of this side."""
        now = self.now(stream)
        chosen = role or (Role.OFFICER if self.world.desk.side == "police" else Role.UNIT_STAFF)
        return act(self.world, self.person(chosen, unit, f"{unit}-1"), now.kind, now.id, command, data)

    def system(self, stream: StreamState | str, command: str, **data: Any) -> StreamState:
        """Let the node itself give a command."""
        now = self.now(stream)
        with self.world.work() as unit:
            session = Session(self.world, unit)
            return session.perform(now.kind, now.id, command, session.system, data)

    def now(self, stream: StreamState | str) -> StreamState:
        """Return where a stream stands by now."""
        return self.database.state(StreamId(stream if isinstance(stream, str) else stream.id))

    def only(self, kind: StreamKind) -> StreamState:
        """Return the one stream of a kind."""
        found = self.database.of_kind(kind)
        assert len(found) == 1, [(each.phase, each.data.get("number")) for each in found]
        return found[0]


@dataclass(slots=True)
class MemoryCity:
    """Nodes on one wire, with one clock."""

    nodes: Mapping[str, MemoryNode]
    wire: MemoryWire
    clock: SetClock

    @property
    def police(self) -> MemoryNode:
        """The city's 110."""
        return self.nodes["police"]

    @property
    def hotline(self) -> MemoryNode:
        """The city's 12345."""
        return self.nodes["hotline"]

    @property
    def county(self) -> MemoryNode:
        """The county's 110."""
        return self.nodes["county"]

    def snapshot(self) -> tuple[Any, ...]:
        """Return what a refused command must leave as it was, on every node."""
        return tuple(node.database.snapshot() for node in self.nodes.values())


def memory_desk(switches: Mapping[str, Any] | None = None) -> MemoryCity:
    """Return one node that seats both lines."""
    clock, database = SetClock(MORNING), MemoryDatabase()
    desk = Desk("desk", "both", "县联动指挥中心", (), switches=dict(switches or {}))
    world = World(clock, CountedIds(7), desk, MemoryWork(database, mark="B"), WordTriage(WORDS), reactions_to)
    return MemoryCity({"desk": MemoryNode(world, database, clock)}, MemoryWire({"desk": (world, database)}), clock)


def memory_city(
    *, county: bool = False, hotline_county: bool = False, switches: Mapping[str, Any] | None = None, rulebook: Rulebook | None = None
) -> MemoryCity:
    """Return a city without past; with ``county`` the police of a county under the city's, with ``hotline_county`` its hotline, with a rulebook clocks."""
    police, hotline = Peer("police", "police", "counterpart"), Peer("hotline", "hotline", "counterpart")
    desks = {
        "police": Desk("police", "police", "110", (hotline, *((Peer("county", "police", "lower"),) if county else ()))),
        "hotline": Desk("hotline", "hotline", "12345", (police, *((Peer("county12345", "hotline", "lower"),) if hotline_county else ()))),
    }
    if county:
        desks["county"] = Desk("county", "police", "县110", (Peer("police", "police", "upper"),))
    if hotline_county:
        desks["county12345"] = Desk("county12345", "hotline", "县12345", (Peer("hotline", "hotline", "upper"),))
    clock = SetClock(MORNING)
    nodes = {}
    for series, (name, desk) in enumerate(desks.items(), 1):
        database = MemoryDatabase()
        wired = Desk(desk.node, desk.side, desk.title, desk.peers, desk.zone, dict(switches or {}))
        nodes[name] = MemoryNode(
            World(
                clock, CountedIds(series), wired, MemoryWork(database, mark=MARKS[name]), WordTriage(WORDS), reactions_to, rulebook=rulebook or Rulebook()
            ),
            database,
            clock,
        )
    return MemoryCity(nodes, MemoryWire({name: (node.world, node.database) for name, node in nodes.items()}), clock)

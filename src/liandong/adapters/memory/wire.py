"""A wire between nodes in memory: carries outboxes to ``receive_message``, in order per stream, each message once.

What cannot be applied is set aside with its code and holds back its stream, as the real inbox does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from liandong.adapters.memory.database import MemoryDatabase, Sent
from liandong.application.receive_message import receive_message
from liandong.application.world import World
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId

__all__ = ["MemoryWire"]


@dataclass(slots=True)
class MemoryWire:
    """Nodes that can reach each other.

    Parameters:
        nodes: name of a node -> its world and its database.
    """

    nodes: Mapping[str, tuple[World, MemoryDatabase]]
    #: (receiver, sender, stream) -> how many messages were taken.
    taken: dict[tuple[str, str, StreamId], int] = field(default_factory=dict)
    #: (receiver, sender, stream) -> code of why the next message could not be applied.
    set_aside: dict[tuple[str, str, StreamId], str] = field(default_factory=dict)
    #: sender -> how many messages from the front of its outbox are taken, and need no second look.
    passed: dict[str, int] = field(default_factory=dict)

    def due(self) -> list[tuple[str, Sent]]:
        """Return what may be delivered now, as (sender, message): the next of each stream, none that stands behind a broken one."""
        found: list[tuple[str, Sent]] = []
        for sender, (_, database) in self.nodes.items():
            for message in self._rest(sender, database):
                place = (message.peer, sender, message.stream)
                if message.peer in self.nodes and place not in self.set_aside and message.seq == self.taken.get(place, 0) + 1:
                    found.append((sender, message))
        return found

    def _rest(self, sender: str, database: MemoryDatabase) -> list[Sent]:
        """Return the outbox of a sender from the first message that is not taken."""
        start = self.passed.get(sender, 0)
        while start < len(database.outbox) and database.outbox[start].seq <= self.taken.get((database.outbox[start].peer, sender, database.outbox[start].stream), 0):
            start += 1
        self.passed[sender] = start
        return database.outbox[start:]

    def deliver(self, sender: str, message: Sent) -> None:
        """Give one message to its peer."""
        place = (message.peer, sender, message.stream)
        world, _ = self.nodes[message.peer]
        try:
            with world.work() as unit:
                receive_message(world, unit, sender, message.stream, message.type, message.body)
        except LiandongError as error:
            self.set_aside[place] = error.code
            return
        self.taken[place] = self.taken.get(place, 0) + 1

    def carry(self, choose: Callable[[Sequence[tuple[str, Sent]]], int] = lambda _: 0) -> int:
        """Deliver until the wire is quiet; return how many messages that were.

        Parameters:
            choose: picks which of those that are due goes next; the first where nothing is given.
        """
        count = 0
        while due := self.due():
            self.deliver(*due[choose(due)])
            count += 1
        return count

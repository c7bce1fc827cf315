"""Perform a command on a stream, and all that follows from it, in one unit of work.

What follows is data: ``reactions.REACTIONS`` names for each fact the functions that give further commands. They run
in the same transaction, so that an order and its handover can never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from liandong.application.ports import UnitOfWork
from liandong.application.timekeeping import keep_time, limits_for
from liandong.application.world import MACHINES, World
from liandong.domain.clocks import overtaken
from liandong.domain.errors import CommandRefused, Refusal, StreamOfOtherKind
from liandong.domain.journal.facts import Actor, Command, Fact, Role, StreamId, StreamKind, StreamState

__all__ = ["Session"]

#: How deep reactions may call one another; a ring would be a defect.
DEEPEST = 12


class Session:
    """One unit of work with its time and its memory of the streams it touched.

    Parameters:
        world: the outside.
        unit: a begun unit of work.
        at: aware; one time for everything decided in it.
    """

    def __init__(self, world: World, unit: UnitOfWork, at: datetime | None = None) -> None:
        self.world = world
        self.unit = unit
        self.at = at or world.clock.now()
        self._held: dict[StreamId, StreamState] = {}
        self._depth = 0

    @property
    def system(self) -> Actor:
        """The node acting by itself."""
        return Actor(Role.SYSTEM, node=self.world.desk.node)

    def load(self, kind: StreamKind, stream: StreamId) -> StreamState:
        """Return where a stream stands in this unit of work. Raises ``StreamNotFound``; ``StreamOfOtherKind`` where the id is another record's."""
        held = self._held.get(stream)
        if held is None:
            held = self._held[stream] = self.unit.load(kind, stream)
        if held.kind != kind:
            raise StreamOfOtherKind(id=stream)
        return held

    def belonging(self, kind: StreamKind, appeal: StreamId) -> Sequence[StreamId]:
        """Return the streams of a kind that belong to an appeal, those begun in this unit of work first, then the newest."""
        begun = [each.id for each in self._held.values() if each.kind == kind and each.data.get("appeal") == appeal]
        return list(dict.fromkeys([*reversed(begun), *self.unit.belonging(kind, appeal)]))

    def start(self, kind: StreamKind, command: str, actor: Actor, data: Mapping[str, Any]) -> StreamState:
        """Begin a stream with its first command and a number of its own. Raises ``CommandRefused``."""
        stream = self.world.ids.new()
        numbered = {**data, "number": self.unit.number(kind, self.at)}
        return self._decide(StreamState(kind, stream), command, actor, numbered, {})

    def perform(
        self,
        kind: StreamKind,
        stream: StreamId,
        command: str,
        actor: Actor,
        data: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> StreamState:
        """Decide a command on a stream and return where it stands after.

        Raises:
            CommandRefused: the table or a guard says no; nothing of this unit of work should be committed.
            StreamNotFound: there is no such stream here.
        """
        return self._decide(self.load(kind, stream), command, actor, data or {}, context or {})

    def allowed(self, state: StreamState, actor: Actor) -> tuple[str, ...]:
        """Return the commands an actor may give a stream now."""
        return MACHINES[state.kind].open_to(state, actor)

    def accept(self, state: StreamState, fact: Fact) -> StreamState:
        """Take a peer's fact into our copy of a stream. Raises ``CommandRefused`` when the table does not know the step."""
        outcome = MACHINES[state.kind].receive(state, fact)
        if isinstance(outcome, Refusal):
            raise CommandRefused(outcome)
        return self._append(state, (outcome,), own=False)

    def _decide(self, state: StreamState, name: str, actor: Actor, data: Mapping[str, Any], context: Mapping[str, Any]) -> StreamState:
        command = Command(name, actor, self.at, data)
        outcome = MACHINES[state.kind].decide(state, command, {**self.world.guard_context(), **limits_for(self, state, name), **context})
        if isinstance(outcome, Refusal):
            raise CommandRefused(outcome)
        return self._append(state, outcome, own=True)

    def _append(self, before: StreamState, facts: Sequence[Fact], *, own: bool) -> StreamState:
        from_here, moving = before, []
        for fact in facts:
            standing, from_here = from_here, MACHINES[before.kind].evolve(from_here, fact)
            if not overtaken(before.kind.value, fact.name, standing.phase, from_here.phase):
                moving.append(fact)
        after = self.unit.append(before, facts, from_here)
        self._held[after.id] = after
        for fact in moving:
            keep_time(self, after, fact, own=own)
        self._follow(before, after, facts, own=own)
        return self._held[after.id]

    def _follow(self, before: StreamState, after: StreamState, facts: Sequence[Fact], *, own: bool) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise RecursionError("reactions call one another in a ring")
        for fact in facts:
            for reaction in self.world.reactions(fact, own):
                reaction(self, before, self._held[after.id], fact)
        self._depth -= 1

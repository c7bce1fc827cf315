"""Every state two ends of a shared stream can come to, over the real table, whatever they do and however their messages cross.

What an end is in the model is what the table and its guards read of it (``view``): two states that agree in that cannot be told apart by
any command or message, so they are one. With that, and at most ``wire`` messages under way in each direction (an end whose wire is full says
nothing until one has arrived) and at most one question open, the space is finite and is gone through to its end: the result holds for any
number of commands. Steps are asked of ``Machine.decide``, ``receive`` and ``evolve`` once for each view and remembered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from liandong.domain.calls.call import CALL, SHARED_CALL_FACTS
from liandong.domain.calls.call import TERMINAL as CALL_ENDS
from liandong.domain.errors import Refusal
from liandong.domain.handovers.handover import HANDOVER, SHARED_FACTS
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamState
from liandong.domain.journal.machine import Machine
from tests.unit.machine_samples import AT, actor, given, stream

__all__ = ["CallModel", "HandoverModel", "Result"]

BORN = {"appeal": "a", "record": {"text": "油烟"}, "origin": "police", "destination": "hotline", "number": "联JA1"}
CALLED = {"appeal": "a", "record": {"text": "工资拖欠"}, "origin": "police", "destination": "hotline", "number": "话JA1"}
#: (sender's view, receiver's view, facts on the wire to the receiver, to the sender); views and facts are numbers.
Node = tuple[int, int, tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What is explored: a kind of stream that two nodes hold together.

    Parameters:
        machine: its table; another one than the program's only to show that the model finds what is wrong with it.
        facts: those that travel.
        opening: the sender's first command, with ``born``.
        with_receiver: phases in which the receiver answers for the matter; in the others the sender does.
        done: phases after which nothing more is expected.
        read: what the table and its guards read of a state beside its phase.
    """

    machine: Machine
    facts: frozenset[str]
    opening: str
    born: Mapping[str, Any]
    with_receiver: frozenset[str]
    done: frozenset[str]
    read: Callable[[StreamState], tuple[Any, ...]]


@dataclass(slots=True)
class Result:
    """What the exploration found; a fault is the sentence and how one comes there."""

    wire: int
    matter: str
    states: int = 0
    steps: int = 0
    quiet: int = 0
    #: Phases in which both ends came to rest.
    phases: set[str] = field(default_factory=set)
    #: States in which both ends, or neither, believe they answer for the matter; only while a message is under way.
    both: int = 0
    neither: int = 0
    faults: list[str] = field(default_factory=list)


class TwoEnds:
    """Two ends and the wire between them.

    Parameters:
        shared: what they hold together.
        wire: messages under way in each direction at most.
        matter: how the result is called.
    """

    def __init__(self, shared: Shared, wire: int, matter: str) -> None:
        self._shared = shared
        self._wire = wire
        self._matter = matter
        self._machine = shared.machine
        self._views: dict[tuple[Any, ...], int] = {}
        self._states: list[StreamState] = []
        self._facts: list[Fact] = []
        self._names: dict[tuple[str, str], int] = {}
        self._said: dict[tuple[int, Party], list[tuple[str, int, int]]] = {}
        self._heard: dict[tuple[int, int], int | str] = {}

    def explore(self, most_faults: int = 5) -> Result:
        """Go through everything; stops early when ``most_faults`` were found."""
        found = Result(self._wire, self._matter)
        start = self._start
        before: dict[Node, tuple[Node, str] | None] = {start: None}
        back: dict[Node, list[Node]] = {}
        waiting = deque([start])
        while waiting and len(found.faults) < most_faults:
            node = waiting.popleft()
            self._judge(node, found, before)
            for label, after in self._steps(node, found, before):
                found.steps += 1
                back.setdefault(after, []).append(node)
                if after not in before:
                    before[after] = (node, label)
                    waiting.append(after)
        found.states = len(before)
        if not found.faults:
            self._all_can_end(before, back, found)
        return found

    @cached_property
    def _start(self) -> Node:
        nothing = stream(self._machine.kind)
        offer = self._machine.decide(nothing, Command(self._shared.opening, actor(Role.SYSTEM, Party.SENDER), AT, self._shared.born))
        assert not isinstance(offer, Refusal)
        return self._view(self._machine.evolve(nothing, offer[0])), self._view(nothing), (self._fact(offer[0]),), ()

    def _view(self, state: StreamState) -> int:
        read = (state.phase, *self._shared.read(state))
        if read not in self._views:
            self._views[read] = len(self._states)
            self._states.append(state)
        return self._views[read]

    def _fact(self, fact: Fact) -> int:
        key = (fact.name, str(fact.actor.party))
        if key not in self._names:
            self._names[key] = len(self._facts)
            self._facts.append(fact)
        return self._names[key]

    def _may_say(self, view: int, party: Party) -> list[tuple[str, int, int]]:
        """Return (command, fact, view afterwards) of all an end may say."""
        if (view, party) not in self._said:
            self._said[view, party] = list(self._decided(self._states[view], party))
        return self._said[view, party]

    def _decided(self, state: StreamState, party: Party) -> Iterator[tuple[str, int, int]]:
        seen: set[tuple[str, str]] = set()
        is_open = _asked(state)
        for role in (Role.SYSTEM, Role.SUPERVISOR):
            for name in self._machine.allowed(state, role, party):
                if name == "ask" and is_open:
                    continue
                for row in self._machine.rows_for(state.phase, name):
                    if row.party != party or role not in row.who or (name, row.fact) in seen:
                        continue
                    data = given(self._machine, row, **({"keeper": party.value} if name == "settle" else {}))
                    outcome = self._machine.decide(state, Command(name, actor(role, party), AT, data))
                    if isinstance(outcome, Refusal) or outcome[0].name not in self._shared.facts:
                        continue
                    seen.add((name, row.fact))
                    yield name, self._fact(outcome[0]), self._view(self._machine.evolve(state, outcome[0]))

    def _hears(self, view: int, fact: int) -> int | str:
        """Return the view after a fact arrived, or the code of why the table refuses it."""
        if (view, fact) not in self._heard:
            state = self._states[view]
            outcome = self._machine.receive(state, self._facts[fact])
            self._heard[view, fact] = outcome.code if isinstance(outcome, Refusal) else self._view(self._machine.evolve(state, outcome))
        return self._heard[view, fact]

    def _steps(self, node: Node, found: Result, before: dict[Node, tuple[Node, str] | None]) -> Iterator[tuple[str, Node]]:
        sender, receiver, there, back = node
        if there:
            after = self._hears(receiver, there[0])
            if isinstance(after, str):
                self._fault(found, before, node, f"the receiver refuses {self._facts[there[0]].name} ({after})")
            else:
                yield "→", (sender, after, there[1:], back)
        if back:
            after = self._hears(sender, back[0])
            if isinstance(after, str):
                self._fault(found, before, node, f"the sender refuses {self._facts[back[0]].name} ({after})")
            else:
                yield "←", (after, receiver, there, back[1:])
        if len(there) < self._wire:
            for name, fact, view in self._may_say(sender, Party.SENDER):
                yield f"S:{name}", (view, receiver, (*there, fact), back)
        if len(back) < self._wire:
            for name, fact, view in self._may_say(receiver, Party.RECEIVER):
                yield f"R:{name}", (sender, view, there, (*back, fact))

    def _judge(self, node: Node, found: Result, before: dict[Node, tuple[Node, str] | None]) -> None:
        sender, receiver, there, back = node
        one, two = self._states[sender].phase, self._states[receiver].phase
        sender_has, receiver_has = one not in self._shared.with_receiver, two in self._shared.with_receiver
        found.both += sender_has and receiver_has
        found.neither += not sender_has and not receiver_has
        if there or back:
            return
        found.quiet += 1
        found.phases.add(one)
        if sender != receiver:
            self._fault(found, before, node, f"quiet, and the ends differ: {one} and {two}")
        if sender_has == receiver_has:
            self._fault(found, before, node, "quiet, and not exactly one end answers for the matter")
        if one not in self._shared.done and not (self._may_say(sender, Party.SENDER) or self._may_say(receiver, Party.RECEIVER)):
            self._fault(found, before, node, f"quiet in {one}, and nobody can do anything")

    def _all_can_end(self, before: dict[Node, tuple[Node, str] | None], back: dict[Node, list[Node]], found: Result) -> None:
        """Look for states from which no quiet end can be reached any more."""
        ended = {each for each in before if not each[2] and not each[3] and self._states[each[0]].phase in self._shared.done}
        waiting = deque(ended)
        while waiting:
            for each in back.get(waiting.popleft(), ()):
                if each not in ended:
                    ended.add(each)
                    waiting.append(each)
        for each in before:
            if each not in ended:
                self._fault(found, before, each, "from here the matter can never end")
                return

    def _fault(self, found: Result, before: dict[Node, tuple[Node, str] | None], node: Node, words: str) -> None:
        path: list[str] = []
        step = before[node]
        while step is not None:
            path.append(step[1])
            step = before[step[0]]
        found.faults.append(f"{words}, after {' '.join(reversed(path))}")


def _asked(state: StreamState) -> bool:
    return any(not each["answer"] for each in state.data.get("questions", ()))


class HandoverModel(TwoEnds):
    """The handover between two ends; ``danger``: whether the matter carries danger."""

    def __init__(self, wire: int, danger: bool, machine: Machine = HANDOVER) -> None:
        def read(state: StreamState) -> tuple[Any, ...]:
            return _asked(state), bool(state.data.get("acted")), "HandoverObjected" in state.data.get("times", {})

        done = frozenset({"confirmed", "returned", "withdrawn", "kept_by_first"})
        with_receiver = frozenset({"accepted", "reported", "confirmed"})
        super().__init__(
            Shared(machine, SHARED_FACTS, "offer", {**BORN, "danger": danger}, with_receiver, done, read),
            wire,
            "handover under danger" if danger else "handover",
        )


class CallModel(TwoEnds):
    """The three-way call between two ends: who joins, who gives up, who takes the matter while they talk."""

    def __init__(self, wire: int, machine: Machine = CALL) -> None:
        super().__init__(Shared(machine, SHARED_CALL_FACTS, "invite", CALLED, frozenset({"taken"}), CALL_ENDS, lambda state: ()), wire, "three-way call")

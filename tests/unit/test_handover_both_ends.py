"""Both ends of a handover, driven through every order in which their messages can cross, end in one state.

The explorer is exhaustive within its bounds: every command that either end may give, up to ``DEEPEST`` of them, and every
order in which what they said can arrive. States that differ in nothing that a table or a guard reads are looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from liandong.domain.errors import Refusal
from liandong.domain.handovers.handover import HANDOVER, SHARED_FACTS, HandoverState
from liandong.domain.journal.facts import Command, Fact, Party, Role, StreamKind, StreamState
from tests.unit.machine_samples import AT, actor, given, stream

DEEPEST = 5
#: Whose word counts for what the matter needs now: exactly one end in every state there is.
WITH_SENDER = frozenset({"", "drafted", "under_review", "turned_back", "offered", "objected", "negotiating", "returned", "withdrawn", "kept_by_first"})
WITH_RECEIVER = frozenset({"accepted", "reported", "confirmed"})
BORN = {"appeal": "a", "record": {"text": "油烟"}, "origin": "police", "destination": "hotline", "number": "联JA1"}


@dataclass(frozen=True)
class Ends:
    """The two copies and what is on the wire, oldest first."""

    sender: StreamState
    receiver: StreamState
    to_receiver: tuple[Fact, ...] = ()
    to_sender: tuple[Fact, ...] = ()
    #: How they came here, for the message of a failure.
    path: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        return (_read(self.sender), _read(self.receiver), tuple(map(_said, self.to_receiver)), tuple(map(_said, self.to_sender)))


def _read(state: StreamState) -> tuple[Any, ...]:
    """Return what tables and guards read of a state."""
    questions = tuple(bool(each["answer"]) for each in state.data.get("questions", ()))
    return state.phase, questions, bool(state.data.get("acted")), "HandoverObjected" in state.data.get("times", {})


def _said(fact: Fact) -> tuple[str, str]:
    return fact.name, str(fact.data.get("keeper", ""))


def commands(state: StreamState, party: Party) -> Iterator[tuple[str, Fact]]:
    """Yield (command, fact) for everything an end may do now."""
    for role in (Role.SYSTEM, Role.SUPERVISOR):
        for name in HANDOVER.allowed(state, role, party):
            for row in HANDOVER.rows_for(state.phase, name):
                if party != row.party or role not in row.who:
                    continue
                data = given(HANDOVER, row, **({"keeper": party.value} if name == "settle" else {}))
                outcome = HANDOVER.decide(state, Command(name, actor(role, party), AT, data))
                if not isinstance(outcome, Refusal):
                    yield name, outcome[0]


def steps(ends: Ends, said: int) -> Iterator[tuple[Ends, int]]:
    """Yield every next state; ``said`` counts the commands given so far."""
    if ends.to_receiver:
        yield replace(ends, receiver=heard(ends.receiver, ends.to_receiver[0], ends), to_receiver=ends.to_receiver[1:], path=(*ends.path, "→")), said
    if ends.to_sender:
        yield replace(ends, sender=heard(ends.sender, ends.to_sender[0], ends), to_sender=ends.to_sender[1:], path=(*ends.path, "←")), said
    if said >= DEEPEST:
        return
    seen: set[Any] = set()
    for party, state in ((Party.SENDER, ends.sender), (Party.RECEIVER, ends.receiver)):
        for name, fact in commands(state, party):
            if (party, name, fact.name) in seen:
                continue
            seen.add((party, name, fact.name))
            assert fact.name in SHARED_FACTS
            after, path = HANDOVER.evolve(state, fact), (*ends.path, f"{party.value}:{name}")
            if party == Party.SENDER:
                yield replace(ends, sender=after, to_receiver=(*ends.to_receiver, fact), path=path), said + 1
            else:
                yield replace(ends, receiver=after, to_sender=(*ends.to_sender, fact), path=path), said + 1


def heard(state: StreamState, fact: Fact, ends: Ends) -> StreamState:
    """Return a copy after it heard a fact; nothing an end may say is refused by the other."""
    outcome = HANDOVER.receive(state, fact)
    assert not isinstance(outcome, Refusal), f"{state.phase} refuses {fact.name} ({outcome.code}) after {' '.join(ends.path)}"
    return HANDOVER.evolve(state, outcome)


def offered(danger: bool) -> Ends:
    offer = HANDOVER.decide(stream(StreamKind.HANDOVER), Command("offer", actor(Role.SYSTEM, Party.SENDER), AT, {**BORN, "danger": danger}))
    assert not isinstance(offer, Refusal)
    copy = HANDOVER.evolve(stream(StreamKind.HANDOVER), offer[0])
    return Ends(copy, stream(StreamKind.HANDOVER), to_receiver=(offer[0],))


def explore(start: Ends) -> Iterator[Ends]:
    """Yield every state that can be reached."""
    best: dict[Any, int] = {}
    waiting = [(start, 0)]
    while waiting:
        ends, said = waiting.pop()
        if best.get(ends.key, DEEPEST + 1) <= said:
            continue
        best[ends.key] = said
        yield ends
        waiting += steps(ends, said)


@pytest.mark.parametrize("danger", [False, True], ids=["calm", "danger"])
def test_whatever_crosses_on_the_wire_both_ends_come_to_one_state(danger: bool) -> None:
    quiet: set[str] = set()
    count = 0
    for ends in explore(offered(danger)):
        count += 1
        if not ends.to_receiver and not ends.to_sender:
            assert ends.sender.phase == ends.receiver.phase, " ".join(ends.path)
            assert _read(ends.sender) == _read(ends.receiver), " ".join(ends.path)
            assert ends.sender.seq == ends.receiver.seq
            quiet.add(ends.sender.phase)
    assert count > 1000
    wanted = {"offered", "accepted", "reported", "confirmed", "objected", "negotiating", "returned", "withdrawn", "kept_by_first"}
    assert quiet == wanted


def test_every_state_leaves_the_matter_with_exactly_one_end() -> None:
    assert {each.value for each in HandoverState} == WITH_SENDER | WITH_RECEIVER
    assert not WITH_SENDER & WITH_RECEIVER


def test_the_matter_passes_to_the_receiver_only_by_the_receivers_own_word() -> None:
    """Nobody is made answerable for what they have not taken."""
    for row in HANDOVER.rows:
        if row.state in WITH_SENDER and row.to in WITH_RECEIVER:
            assert row.party == Party.RECEIVER, row


def test_in_danger_the_receiver_cannot_object_before_somebody_has_acted() -> None:
    for ends in explore(offered(True)):
        if ends.receiver.phase == "objected":
            assert ends.receiver.data.get("acted"), " ".join(ends.path)

"""Whatever people press and however messages cross: a refused command changes nothing, and every matter has one who answers for it."""

from __future__ import annotations

from random import Random

import pytest

from liandong.application.act import act
from liandong.application.route import party_here
from liandong.application.world import MACHINES
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Actor, Party, Role, StreamKind, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city
from tests.unit.machine_samples import sample

#: Told to which node, and with which course.
BEGINNINGS = (
    ("police", "楼下油烟太大", "hand_over"),
    ("police", "燃气泄漏", "share"),
    ("police", "有人打架", "keep"),
    ("hotline", "有人要跳楼", "hand_over"),
    ("hotline", "欠薪两个月", "share"),
    ("hotline", "路灯坏了", "keep"),
)
WITH_RECEIVER = ("accepted", "reported", "confirmed")
BACK = ("returned", "withdrawn", "kept_by_first")


def press(city: MemoryCity, chance: Random) -> str:
    """Let somebody somewhere do something the table offers, or hear a message; return what it was."""
    due = city.wire.due()
    if due and chance.random() < 0.45:
        sender, message = due[chance.randrange(len(due))]
        city.wire.deliver(sender, message)
        return f"{sender}→{message.body['name']}"
    node = chance.choice(list(city.nodes.values()))
    streams = [row.state for row in node.database.rows.values() if row.state.kind != StreamKind.CALL]
    if not streams:
        return "·"
    state, role = chance.choice(streams), chance.choice([each for each in Role if each != Role.SYSTEM])
    party = party_here(node.world.desk, state.data) if state.kind == StreamKind.HANDOVER else Party.NONE
    machine = MACHINES[state.kind]
    allowed = machine.allowed(state, role, party)
    command = chance.choice(allowed) if allowed and chance.random() < 0.95 else chance.choice(machine.commands)
    data = {name: sample(spec) for name, spec in machine.fields.items() if chance.random() < 0.97}
    data["keeper"] = party.value or "S"
    # Now and then somebody of another unit, or of an assistant.
    unit = chance.choice(["字", "协", str(state.data.get("unit", "")), str(state.data.get("unit", ""))])
    before = city.snapshot()
    try:
        act(node.world, Actor(role, person=role.value, unit=unit, node=node.world.desk.node), state.kind, state.id, command, data)
    except LiandongError as error:
        assert city.snapshot() == before, (command, error.code)
        return f"{node.world.desk.node}:{state.kind}.{command}✗{error.code}"
    return f"{node.world.desk.node}:{state.kind}.{command}"


def check(city: MemoryCity, told: str) -> None:
    """Assert what holds once the wire is quiet."""
    assert city.wire.set_aside == {}, told
    for node in city.nodes.values():
        assert node.database.broken() == [], told
        for handover in node.database.of_kind(StreamKind.HANDOVER):
            _check_handover(city, node, handover, told)
        for appeal in node.database.of_kind(StreamKind.APPEAL):
            assert answered_for(node, appeal), (appeal.phase, told)


def _check_handover(city: MemoryCity, node: MemoryNode, handover: StreamState, told: str) -> None:
    if party_here(node.world.desk, handover.data) != Party.SENDER:
        return
    other = city.nodes["hotline" if node is city.police else "police"]
    there = other.now(handover)
    assert (there.phase, there.seq) == (handover.phase, handover.seq), told
    appeal = node.now(str(handover.data["appeal"]))
    # Who opens a closed record again decides anew where it goes.
    if appeal.data.get("handover") == handover.id and not appeal.data.get("reopened"):
        if handover.phase in WITH_RECEIVER:
            assert appeal.phase in ("handed", "shared", "closed"), (appeal.phase, handover.phase, told)
        elif handover.phase in BACK:
            assert appeal.phase in ("kept", "closed", "taken", "guided"), (appeal.phase, handover.phase, told)
    made = [each for each in other.database.of_kind(StreamKind.APPEAL) if each.data.get("key") == f"handover:{handover.id}"]
    assert len(made) == (1 if "HandoverAccepted" in there.data["times"] or "NegotiationSettledForReceiver" in there.data["times"] else 0), told
    if handover.phase in BACK:
        assert all(each.phase != "kept" for each in made), told


def answered_for(node: MemoryNode, appeal: StreamState) -> bool:
    """Tell whether an appeal that is open has somebody by this node's books: a desk, an order here, or a handover."""
    if appeal.phase in ("taken", "guided", "closed"):
        return True
    if appeal.phase == "handed":
        return bool(appeal.data.get("handover"))
    return bool(appeal.data.get("order"))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(("side", "text", "course"), BEGINNINGS)
def test_a_matter_always_has_one_who_answers_for_it(side: str, text: str, course: str, seed: int) -> None:
    chance = Random(seed)
    city = memory_city()
    node = city.nodes[side]
    node.place(node.take(text), course)
    path = []
    for _ in range(40):
        path.append(press(city, chance))
    city.wire.carry(lambda due: chance.randrange(len(due)))
    check(city, " ".join(each for each in path if "✗" not in each))

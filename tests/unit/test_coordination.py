"""Who convenes and who decides follows the city's model of coordination; both nodes of a city ask the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from liandong.application.act import act
from liandong.application.convene import convene
from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Role, StreamState
from tests.memory_city import MemoryCity, MemoryNode, memory_city

DRAFT = {"item": "H2", "side": "hotline", "lead": "cg", "cues": ["油烟扰民"], "clause": "城管条例", "effective_from": "2026-11-23", "words": "油烟由城管牵头"}


def city_of(model: str) -> MemoryCity:
    """Return a city that works in a model."""
    return memory_city(switches={"coordination": model})


def convened(node: MemoryNode, role: Role = Role.SUPERVISOR) -> StreamState:
    """Convene by hand."""
    return convene(node.world, node.person(role), {"summary": "油烟归谁"})


def give(node: MemoryNode, room: StreamState, command: str, role: Role = Role.SUPERVISOR, **data: Any) -> StreamState:
    """Give a command of the room at a node."""
    return act(node.world, node.person(role), room.kind, room.id, command, data)


def drafted(city: MemoryCity, node: MemoryNode) -> StreamState:
    """Return a consultation of a node with a ruling on the table."""
    room = convened(node)
    give(node, room, "open_meeting")
    room = give(node, room, "propose", **DRAFT)
    city.wire.carry()
    return room


def refused(city: MemoryCity, code: str, do: Any) -> None:
    """Expect a refusal that changes nothing."""
    before = city.snapshot()
    with pytest.raises(CommandRefused) as error:
        do()
    assert error.value.code == code
    assert city.snapshot() == before


def test_two_linked_platforms_convene_and_decide_on_either_side() -> None:
    city = city_of("platform")
    room = drafted(city, city.hotline)
    give(city.hotline, room, "rule", way="agreement")
    city.wire.carry()
    assert city.police.now(room).phase == "ruled", "the other side has to confirm"


def test_the_leading_group_convenes_at_the_police_through_its_supervisors_and_leaders() -> None:
    city = city_of("leading_group")
    refused(city, "consultation.police_convenes", lambda: convened(city.hotline))
    refused(city, "consultation.group_convenes", lambda: convened(city.police, Role.REVIEWER))
    assert convened(city.police, Role.LEADER).phase == "convened"


def test_a_leader_of_the_group_decides_and_both_nodes_are_bound_at_once() -> None:
    city = city_of("leading_group")
    room = drafted(city, city.police)
    give(city.police, room, "vote", vote="yes")
    refused(city, "consultation.group_decides", lambda: give(city.police, room, "rule", Role.LEADER, way="vote"))
    refused(city, "consultation.group_decides", lambda: give(city.police, room, "rule", Role.SUPERVISOR, way="decision"))
    give(city.police, room, "rule", Role.LEADER, way="decision")
    city.wire.carry()
    for node in (city.police, city.hotline):
        assert node.now(room).phase == "in_force"
        assert [each.data["lead"] for each in node.database.rulings.values()] == ["cg"]
    confirming = [entry.fact.actor for kind, entry in city.police.database.journal if entry.fact.name == "RulingConfirmed"]
    assert [(each.role, each.node) for each in confirming] == [(Role.SYSTEM, "hotline")]


def test_a_group_decision_that_contradicts_what_is_in_force_there_waits_for_people() -> None:
    city = city_of("leading_group")
    first = drafted(city, city.police)
    give(city.police, first, "rule", Role.LEADER, way="decision")
    city.wire.carry()
    # The police's copy of the first ruling is gone, so that only the hotline knows of it.
    city.police.database.rulings.clear()
    room = convened(city.police)
    give(city.police, room, "open_meeting")
    give(city.police, room, "propose", **{**DRAFT, "side": "police", "lead": "pcs"})
    give(city.police, room, "rule", Role.LEADER, way="decision")
    city.wire.carry()
    assert city.hotline.now(room).phase == "ruled"
    assert len(city.hotline.database.rulings) == 1


def test_the_joint_conference_is_led_by_110_and_decided_by_its_members() -> None:
    city = city_of("joint_conference")
    refused(city, "consultation.police_convenes", lambda: convened(city.hotline))
    room = drafted(city, city.police)
    refused(city, "consultation.members_decide", lambda: give(city.police, room, "rule", Role.LEADER, way="decision"))
    refused(city, "consultation.members_missing", lambda: give(city.police, room, "rule", way="vote"))
    give(city.police, room, "attend")
    give(city.hotline, room, "attend")
    give(city.police, room, "vote", vote="yes")
    city.wire.carry()
    refused(city, "consultation.members_missing", lambda: give(city.police, room, "rule", way="vote"))
    give(city.hotline, room, "vote", vote="no", words="人手不够")
    city.wire.carry()
    refused(city, "consultation.member_against", lambda: give(city.police, room, "rule", way="vote"))
    give(city.police, room, "propose", **{**DRAFT, "until_fact": "查明油烟来源", "then_side": "police"})
    city.wire.carry()
    for node in (city.police, city.hotline):
        give(node, room, "vote", vote="yes")
    city.wire.carry()
    assert give(city.police, room, "rule", way="vote").phase == "ruled"
    city.wire.carry()
    assert give(city.hotline, room, "confirm_ruling").phase == "in_force"


def test_dates_still_hold_in_every_model() -> None:
    city = city_of("leading_group")
    room = convened(city.police)
    give(city.police, room, "open_meeting")
    past = (date(2026, 11, 23) - timedelta(days=1)).isoformat()
    refused(city, "consultation.dates", lambda: give(city.police, room, "propose", **{**DRAFT, "effective_from": past}))

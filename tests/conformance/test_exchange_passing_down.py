"""Chapter 9, clause 5: what is passed down to a node below, and what every node then holds."""

from __future__ import annotations

import pytest

from liandong.application.receive_message import receive_message
from liandong.domain.errors import CommandRefused, RemoteProtocolError
from liandong.domain.journal.facts import StreamId
from tests.memory_city import memory_city


def test_9_5_a_node_below_is_told_everything_and_is_the_receiver_from_then_on() -> None:
    city = memory_city(county=True)
    placed = city.hotline.place(city.hotline.take("楼道里有人打架后留下的东西没人管"), "hand_over")
    handover = placed.data["handover"]
    city.wire.carry()
    city.hotline.act(handover, "supplement", words="在3栋")
    city.wire.carry()
    city.police.act(handover, "pass_down", destination_node="county")
    city.wire.carry()
    for node in (city.hotline, city.police, city.county):
        names = [entry.fact.name for _, entry in node.database.journal if entry.stream == handover]
        assert names == ["HandoverOffered", "HandoverSupplemented", "HandoverPassedDown"]
    city.county.act(handover, "accept")
    city.wire.carry()
    assert city.hotline.now(handover).phase == city.police.now(handover).phase == "accepted"


def test_9_5_a_node_takes_the_fact_about_itself_from_the_node_above_only() -> None:
    city = memory_city(county=True)
    placed = city.hotline.place(city.hotline.take("楼道里有人打架后留下的东西没人管"), "hand_over")
    handover = StreamId(placed.data["handover"])
    city.wire.carry()
    said = {"name": "HandoverPassedDown", "actor": {"role": "system", "node": "hotline", "party": "R"}, "at": "2026-11-23T01:00:00.000000Z", "data": {"destination_node": "county"}}
    before = city.snapshot()
    with pytest.raises((RemoteProtocolError, CommandRefused)), city.police.world.work() as unit:
        receive_message(city.police.world, unit, "hotline", handover, "handover.fact", said)
    assert city.snapshot() == before

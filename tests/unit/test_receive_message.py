"""What a peer says is taken only from where it may come, only when the table knows it, and goes on where we only relay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from liandong.application.perform import Session
from liandong.application.receive_message import receive_message
from liandong.application.shared_streams import message_type
from liandong.application.telling import fact_body
from liandong.domain.errors import CommandRefused, LiandongError, RemoteProtocolError, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId, StreamKind
from tests.memory_city import MORNING, MemoryCity, MemoryNode, memory_city

HANDOVER_FACT = message_type(StreamKind.HANDOVER)
STREAM = StreamId("019aaaaa-0000-7000-8000-000000000001")


def told(node: MemoryNode, peer: str, body: Any, stream: StreamId = STREAM, type_: str = HANDOVER_FACT) -> None:
    """Let a node hear a message of a peer."""
    with node.world.work() as unit:
        receive_message(node.world, unit, peer, stream, type_, body)


def refused(city: MemoryCity, node: MemoryNode, peer: str, body: Any, **place: Any) -> LiandongError:
    """Return the error a message meets; nothing may have changed by it."""
    before = city.snapshot()
    with pytest.raises(LiandongError) as caught:
        told(node, peer, body, **place)
    assert city.snapshot() == before
    return caught.value


def offered(city: MemoryCity, course: str = "hand_over") -> StreamId:
    """Return a handover that police have offered and the hotline has received."""
    appeal = city.police.place(city.police.take("楼下油烟太大"), course)
    city.wire.carry()
    return StreamId(appeal.data["handover"])


def offer(**changes: Any) -> dict[str, Any]:
    """Return the body of a sound offer of police to the hotline."""
    data = {"appeal": str(STREAM), "record": {"text": "油烟"}, "origin": "police", "destination": "hotline", "number": "联202611230009"}
    actor = Actor(Role.CALL_TAKER, "jin", "", "police", Party.SENDER)
    return {**fact_body(Fact("HandoverOffered", actor, MORNING, data)), **changes}


def fact(name: str, party: Party, **data: Any) -> dict[str, Any]:
    return fact_body(Fact(name, Actor(Role.SYSTEM, node="x", party=party), MORNING, data))


def test_a_handover_has_one_number_on_both_nodes_and_both_may_count_from_one() -> None:
    city = memory_city()
    ours = offered(city)
    appeal = city.hotline.place(city.hotline.take("有人打架"), "hand_over")
    city.wire.carry()
    assert city.wire.set_aside == {}
    for stream, number in ((ours, "联JA202611230001"), (StreamId(appeal.data["handover"]), "联RX202611230001")):
        assert [node.now(stream).data["number"] for node in city.nodes.values()] == [number] * 2


def test_an_offer_that_claims_a_number_of_ours_is_refused() -> None:
    city = memory_city()
    mine = city.hotline.place(city.hotline.take("有人打架"), "hand_over")
    number = city.hotline.now(mine.data["handover"]).data["number"]
    body = offer()
    assert refused(city, city.hotline, "police", {**body, "data": {**body["data"], "number": number}}).code == "number.taken"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"name": 5, "actor": {}, "at": "", "data": {}},
        {**offer(), "data": [1]},
        {**offer(), "actor": None},
        {**offer(), "actor": {"role": "emperor", "party": "S"}},
        {**offer(), "actor": {"role": "call_taker", "party": "X"}},
        {**offer(), "at": "yesterday"},
        {**offer(), "at": 20261123},
        {**offer(), "name": "HandoverDrafted"},
        {**offer(), "name": "AppealTaken"},
        {**offer(), "name": "x" * 10_000},
    ],
)
def test_what_is_not_a_fact_of_a_handover_is_refused(broken: dict[str, Any]) -> None:
    city = memory_city()
    assert isinstance(refused(city, city.hotline, "police", broken), RemoteProtocolError)


def test_a_message_of_another_type_is_not_for_this_use_case() -> None:
    city = memory_city()
    assert isinstance(refused(city, city.hotline, "police", offer(), type_="handover.photo"), RemoteProtocolError)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"record": None}, "input.required"),
        ({"record": "text"}, "input.invalid"),
        ({"record": {"text": "\x00"}}, "input.not_text"),
        ({"appeal": "x" * 5000}, "input.too_long"),
        ({"appeal": "有\x00"}, "input.not_text"),
        ({"danger": "yes"}, "input.invalid"),
        ({"cause": "whim"}, "input.invalid"),
    ],
)
def test_an_offer_with_broken_data_is_refused(data: dict[str, Any], code: str) -> None:
    city = memory_city()
    body = offer()
    assert refused(city, city.hotline, "police", {**body, "data": {**body["data"], **data}}).code == code


def test_a_fact_of_a_handover_that_is_not_here_is_refused() -> None:
    city = memory_city()
    assert isinstance(refused(city, city.hotline, "police", fact("HandoverWithdrawn", Party.SENDER, reason="x")), StreamNotFound)


def test_a_peer_cannot_speak_for_the_end_that_is_ours() -> None:
    city = memory_city()
    stream = offered(city)
    for body in (fact("HandoverAccepted", Party.RECEIVER), fact("HandoverAccepted", Party.NONE)):
        assert isinstance(refused(city, city.hotline, "police", body, stream=stream), RemoteProtocolError)
    assert isinstance(refused(city, city.police, "hotline", fact("HandoverWithdrawn", Party.SENDER, reason="x"), stream=stream), RemoteProtocolError)


def test_a_node_that_is_no_peer_is_not_heard() -> None:
    city = memory_city()
    assert isinstance(refused(city, city.hotline, "county", offer()), RemoteProtocolError)


def test_a_peer_cannot_offer_in_the_name_of_this_node() -> None:
    city = memory_city()
    body = offer()
    own = {**body, "data": {**body["data"], "origin": "hotline", "destination": "police"}}
    assert isinstance(refused(city, city.hotline, "police", own), RemoteProtocolError)


def test_a_party_cannot_take_a_step_of_the_other() -> None:
    city = memory_city()
    stream = offered(city)
    error = refused(city, city.hotline, "police", fact("HandoverAccepted", Party.SENDER), stream=stream)
    assert (type(error), error.code) == (CommandRefused, "command.other_end")


def test_a_step_that_the_table_does_not_know_is_refused() -> None:
    city = memory_city()
    stream = offered(city)
    error = refused(city, city.hotline, "police", fact("HandoverConfirmed", Party.SENDER), stream=stream)
    assert error.code == "command.not_in_state"


def test_an_offer_made_twice_under_one_stream_is_refused() -> None:
    city = memory_city()
    told(city.hotline, "police", offer())
    assert refused(city, city.hotline, "police", offer()).code == "command.not_in_state"


def test_an_offer_cannot_take_the_id_of_another_record() -> None:
    city = memory_city()
    appeal = city.hotline.take("路灯坏了")
    error = refused(city, city.hotline, "police", offer(), stream=appeal.id)
    assert isinstance(error, RemoteProtocolError)


def test_a_county_reaches_the_other_side_through_its_city_and_hears_back_the_same_way() -> None:
    city = memory_city(county=True)
    appeal = city.county.place(city.county.take("楼下油烟太大", place="采莲路8号"), "hand_over")
    stream = appeal.data["handover"]
    city.wire.carry()
    assert [node.now(stream).phase for node in city.nodes.values()] == ["offered"] * 3
    city.hotline.act(stream, "accept")
    city.county.act(stream, "supplement", words="老人住院了")
    city.wire.carry()
    assert [node.now(stream).phase for node in city.nodes.values()] == ["accepted"] * 3
    assert city.hotline.only(StreamKind.APPEAL).data["supplements"] == ["老人住院了"]
    # The city in between relays: it has the handover to show, and neither an appeal nor an order of it.
    assert [each.kind for each in (row.state for row in city.police.database.rows.values())] == [StreamKind.HANDOVER]
    assert {(each.peer) for each in city.county.database.outbox} == {"police"}
    assert {(each.peer) for each in city.hotline.database.outbox} == {"police"}


def test_a_handover_goes_the_whole_way_through_three_levels() -> None:
    city = memory_city(county=True)
    appeal = city.county.place(city.county.take("楼下油烟太大"), "hand_over")
    stream = appeal.data["handover"]
    city.wire.carry()
    city.hotline.act(stream, "accept")
    order = city.hotline.only(StreamKind.WORK_ORDER)
    city.hotline.act(order, "answer", answer="今晚已清理")
    city.hotline.act(order, "close")
    city.wire.carry()
    assert [node.now(stream).phase for node in city.nodes.values()] == ["confirmed"] * 3
    ended = city.county.now(appeal)
    assert (ended.phase, ended.data["result"]) == ("closed", "今晚已清理")
    assert city.wire.set_aside == {}


def test_who_only_relays_can_do_nothing_to_a_handover() -> None:
    city = memory_city(county=True)
    appeal = city.county.place(city.county.take("楼下油烟太大"), "hand_over")
    city.wire.carry()
    before = city.snapshot()
    for command in ("accept", "withdraw", "object", "supplement", "ask"):
        with pytest.raises(CommandRefused):
            city.police.act(appeal.data["handover"], command, reason="x", words="x", question="x", code="duplicate", clause="x")
    assert city.snapshot() == before


def test_an_unclean_text_of_a_peer_is_cleaned_before_it_is_kept() -> None:
    city = memory_city()
    stream = offered(city)
    told(city.hotline, "police", fact("HandoverSupplemented", Party.SENDER, words="  两行\r\n字  ", unknown="left out"), stream)
    entry = city.hotline.database.entries(stream)[-1]
    assert dict(entry.fact.data) == {"words": "两行\n字"}


def test_a_fact_keeps_the_time_and_the_person_of_where_it_was_decided() -> None:
    city = memory_city()
    stream = offered(city)
    here = city.hotline.database.entries(stream)[0].fact
    there = city.police.database.entries(stream)[0].fact
    assert (here.at, here.actor) == (there.at, there.actor)
    assert here.actor == replace(city.police.person(), party=Party.SENDER)


def test_a_message_is_applied_in_the_unit_of_work_it_came_in() -> None:
    city = memory_city()
    with pytest.raises(RuntimeError), city.hotline.world.work() as unit:
        receive_message(city.hotline.world, unit, "police", STREAM, HANDOVER_FACT, offer())
        assert Session(city.hotline.world, unit).load(StreamKind.HANDOVER, STREAM).phase == "offered"
        raise RuntimeError("the process dies here")
    assert city.hotline.database.rows == {}

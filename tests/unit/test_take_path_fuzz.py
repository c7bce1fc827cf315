"""Whatever a trusted peer puts under its signature: it is applied, or refused with a code and nothing changed; never another error.

The reading of bytes is fuzzed in ``test_exchange_fuzz``; here the message has been read, its signature holds, and what it says is odd.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.application.receive_message import receive_message
from liandong.application.shared_streams import SHARED
from liandong.domain.errors import MESSAGES, LiandongError
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import Party, StreamId
from tests.fuzz.taking import take
from tests.memory_city import MemoryCity, memory_city
from tests.unit.test_receive_message import fact, offer, offered

#: What an envelope's body can hold after it was read (docs/reference/exchange.md, chapter 2).
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12) | st.sampled_from(["S", "R", "police", "hotline", "\u202e", "x" * 6000])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FACTS = sorted({name for shared in SHARED.values() for name in shared.facts})
TYPES_IN_ORDER = sorted(SHARED)
TYPES = st.sampled_from(TYPES_IN_ORDER)
STREAMS = st.sampled_from(["019aaaaa-0000-7000-8000-000000000001", "019aaaaa-0000-7000-8000-000000000002"])


def hears(city: MemoryCity, stream: str, type_: str, body: Any) -> str:
    """Let the hotline hear a message of the police; return the code of its refusal, after which nothing may have changed."""
    before = city.snapshot()
    try:
        with city.hotline.world.work() as unit:
            receive_message(city.hotline.world, unit, "police", StreamId(stream), type_, body)
    except LiandongError as error:
        assert error.code in MESSAGES
        assert error.sentence("zh")
        assert error.sentence("en")
        assert city.snapshot() == before, error.code
        return error.code
    return ""


def changed(body: Any, path: list[Any], value: Any) -> Any:
    """Return a body with one value of it replaced."""
    made = copy.deepcopy(body)
    place = made
    for each in path[:-1]:
        place = place[each]
    place[path[-1]] = value
    return made


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.lists(st.binary(min_size=1, max_size=1).flatmap(lambda first: VALUES.map(lambda body: first + json.dumps({"name": body, "data": body}).encode())), max_size=3).map(b"\n".join))
def test_any_lines_are_taken_or_refused_whole(raw: bytes) -> None:
    take(raw)


def test_a_sound_offer_among_lines_is_taken() -> None:
    line = bytes([TYPES_IN_ORDER.index("handover.fact")]) + json.dumps(offer()).encode()
    assert take(b"nonsense\n" + line + b"\n" + line) == ["", "command.not_in_state"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TYPES, STREAMS, VALUES | st.fixed_dictionaries({"name": st.sampled_from(FACTS), "actor": VALUES, "at": VALUES, "data": VALUES}))
def test_any_body_is_applied_or_refused_whole(type_: str, stream: str, body: Any) -> None:
    hears(memory_city(), stream, type_, body)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_one_odd_value_in_an_offer_is_applied_or_refused_whole(data: st.DataObject) -> None:
    city, body = memory_city(), offer()
    paths = [["name"], ["actor"], ["at"], ["data"], *(["actor", each] for each in body["actor"])]
    paths += [["data", each] for each in ("appeal", "record", "origin", "destination", "destination_node", "number", "order", "reason", "cause", "danger", "clause", "contact", "attachments", "call", "alert", "ruling")]
    paths += [["data", "record", each] for each in ("text", "citizen", "phone", "place", "division", "item", "kind", "urgent", "marks", "supplements", "abuse", "verdict", "number", "channel", "longitude", "latitude", "confidential")]
    odd = changed(body, data.draw(st.sampled_from(paths)), data.draw(VALUES))
    if hears(city, "019aaaaa-0000-7000-8000-000000000001", "handover.fact", odd) == "":
        # What was taken can be told on, accepted and reported: an odd record never wedges the loop of the side that took it.
        here = city.hotline.now("019aaaaa-0000-7000-8000-000000000001")
        canonical(dict(here.data))
        if here.phase == "offered" and here.data.get("destination_node", "") in ("", "hotline") and here.data["destination"] == "hotline":
            assert city.hotline.act(here, "accept").phase == "accepted", odd


@pytest.mark.parametrize("words", ["\x08", "\ud800", 7])
def test_words_added_that_no_record_can_hold_are_set_aside_on_arrival(words: object) -> None:
    odd = changed(offer(), ["data", "record", "supplements"], ["还有两个人", words])
    assert hears(memory_city(), "019aaaaa-0000-7000-8000-000000000001", "handover.fact", odd).startswith("input.")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(FACTS), st.sampled_from(["S", "R", ""]), st.dictionaries(st.sampled_from(["code", "clause", "reason", "words", "note", "keeper", "satisfaction", "question", "answer", "result", "step", "attachments"]), VALUES, max_size=4)), max_size=6))
def test_any_facts_after_an_offer_leave_a_state_that_its_journal_tells(facts: list[tuple[str, str, dict[str, Any]]]) -> None:
    city = memory_city()
    stream = offered(city)
    for name, party, data in facts:
        hears(city, stream, "handover.fact", fact(name, Party(party), **data))
    canonical(dict(city.hotline.now(stream).data))

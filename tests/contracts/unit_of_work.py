"""What every unit of work keeps to, in memory as in PostgreSQL. Subclass it and give the fixture ``store``."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.db import connections

from liandong.adapters.postgres.ids import uuid7
from liandong.application.ports import Message, NotTogether, UnitOfWork, Work
from liandong.application.world import MACHINES
from liandong.domain.errors import StreamConflict, StreamNotFound
from liandong.domain.journal.facts import Actor, Fact, Role, StreamId, StreamKind, StreamState

__all__ = ["Store", "UnitOfWorkContract", "appeal_taken", "noted"]

#: Sunday 22 November 2026, 23:30 in Suzhou.
AT = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
CALLER = Actor(Role.CALL_TAKER, person="jin", node="police")


class Store(Protocol):
    """A unit of work's surroundings: how to open one, and what a test may look at afterwards."""

    work: Work

    def journal(self, stream: str) -> Sequence[tuple[int, str, str, str]]:
        """Return (seq, name, before, hash) of a stream, oldest first."""
        ...

    def outbox(self, stream: str) -> Sequence[tuple[str, int, str, Any]]:
        """Return (peer, seq, type, body) of what is to be told about a stream, in order."""
        ...

    def jobs(self, mark: str) -> int:
        """Return how many jobs were deferred whose argument ``handover`` is ``mark``."""
        ...


@dataclass(frozen=True, slots=True)
class Pressed(Exception):
    """Somebody's error inside a unit of work."""


def appeal_taken(unit: UnitOfWork, at: datetime = AT, **data: Any) -> StreamState:
    """Write a new appeal; return where it stands."""
    given = {"text": "楼下太吵", "channel": "phone", "number": unit.number(StreamKind.APPEAL, at), **data}
    return _write(unit, StreamState(StreamKind.APPEAL, StreamId(uuid7())), Fact("AppealTaken", CALLER, at, given))


def noted(unit: UnitOfWork, state: StreamState, words: str = "又响了") -> StreamState:
    """Add words to an appeal; return where it stands."""
    return _write(unit, state, Fact("AppealSupplemented", CALLER, AT + timedelta(minutes=1), {"words": words}))


def _write(unit: UnitOfWork, state: StreamState, fact: Fact) -> StreamState:
    return unit.append(state, (fact,), MACHINES[state.kind].evolve(state, fact))


class UnitOfWorkContract:
    """The bodies of the tests."""

    def test_what_was_written_is_read_back_as_it_was(self, store: Store) -> None:
        with store.work() as unit:
            written = appeal_taken(unit, verdict={"reasons": [{"words": "吵"}], "confidence_permille": 910}, urgent=True)
        with store.work() as unit:
            assert unit.load(StreamKind.APPEAL, written.id) == written
        assert [(seq, name) for seq, name, _, _ in store.journal(written.id)] == [(1, "AppealTaken")]

    def test_facts_of_one_stream_are_chained(self, store: Store) -> None:
        with store.work() as unit:
            state = noted(unit, appeal_taken(unit))
        with store.work() as unit:
            state = noted(unit, unit.load(StreamKind.APPEAL, state.id))
        entries = store.journal(state.id)
        assert [seq for seq, _, _, _ in entries] == [1, 2, 3]
        assert [before for _, _, before, _ in entries] == ["", *(sealed for _, _, _, sealed in entries[:2])]
        assert (state.seq, state.head) == (3, entries[-1][3])

    def test_a_unit_of_work_sees_what_it_has_written_itself(self, store: Store) -> None:
        with store.work() as unit:
            state = noted(unit, appeal_taken(unit, key=uuid7()))
            assert unit.load(StreamKind.APPEAL, state.id) == state
            assert unit.by_key(state.data["key"]) == state.id

    def test_nothing_is_written_when_an_error_passes_through(self, store: Store) -> None:
        with pytest.raises(Pressed), store.work() as unit:
            state = appeal_taken(unit, key=uuid7())
            unit.send(Message("hotline", state.id, "handover.fact", {"name": "X"}))
            unit.defer("lapse_negotiation", AT, {"handover": state.id})
            raise Pressed
        assert (store.journal(state.id), store.outbox(state.id), store.jobs(state.id)) == ([], [], 0)
        with store.work() as unit:
            assert unit.by_key(state.data["key"]) is None
            with pytest.raises(StreamNotFound):
                unit.load(StreamKind.APPEAL, state.id)

    def test_facts_messages_and_jobs_are_written_together(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
            unit.send(Message("hotline", state.id, "handover.fact", {"name": "One", "list": [1, "二"]}))
            unit.send(Message("hotline", state.id, "handover.fact", {"name": "Two"}))
            unit.send(Message("county", state.id, "handover.fact", {"name": "Three"}))
            unit.defer("lapse_negotiation", AT, {"handover": state.id})
        assert store.outbox(state.id) == [
            ("hotline", 1, "handover.fact", {"name": "One", "list": [1, "二"]}),
            ("hotline", 2, "handover.fact", {"name": "Two"}),
            ("county", 1, "handover.fact", {"name": "Three"}),
        ]
        assert store.jobs(state.id) == 1

    def test_places_in_the_outbox_go_on_where_they_stopped(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
            unit.send(Message("hotline", state.id, "handover.fact", {}))
        with store.work() as unit:
            noted(unit, unit.load(StreamKind.APPEAL, state.id))
            unit.send(Message("hotline", state.id, "handover.fact", {}))
        assert [seq for _, seq, _, _ in store.outbox(state.id)] == [1, 2]

    def test_who_decided_on_an_old_state_is_refused(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
        with pytest.raises(StreamConflict) as caught, store.work() as slow:
            seen = slow.load(StreamKind.APPEAL, state.id)
            _elsewhere(lambda: _note(store, state.id))
            noted(slow, seen, "晚了一步")
            slow.send(Message("hotline", state.id, "handover.fact", {}))
        assert caught.value.code == "stream.conflict"
        assert [name for _, name, _, _ in store.journal(state.id)] == ["AppealTaken", "AppealSupplemented"]
        assert store.outbox(state.id) == []

    def test_reading_alone_never_conflicts(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
        with store.work() as slow:
            slow.load(StreamKind.APPEAL, state.id)
            _elsewhere(lambda: _note(store, state.id))
            other = appeal_taken(slow)
        assert len(store.journal(other.id)) == 1

    def test_an_id_is_taken_once(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
        with pytest.raises(StreamConflict), store.work() as unit:
            again = StreamState(StreamKind.APPEAL, state.id)
            _write(unit, again, Fact("AppealTaken", CALLER, AT, {**state.data, "number": unit.number(StreamKind.APPEAL, AT)}))
        assert len(store.journal(state.id)) == 1

    def test_a_key_of_a_source_is_taken_once(self, store: Store) -> None:
        key = uuid7()
        with store.work() as unit:
            first = appeal_taken(unit, key=key)
        with pytest.raises(StreamConflict), store.work() as unit:
            second = appeal_taken(unit, key=key)
        assert store.journal(second.id) == []
        with store.work() as unit:
            assert unit.by_key(key) == first.id

    def test_a_number_is_taken_once(self, store: Store) -> None:
        with store.work() as unit:
            first = appeal_taken(unit)
        with pytest.raises(StreamConflict) as caught, store.work() as unit:
            appeal_taken(unit, number=first.data["number"])
        assert caught.value.code == "number.taken"

    def test_numbers_count_within_kind_and_day_of_the_city(self, store: Store) -> None:
        with store.work() as unit:
            one, two = unit.number(StreamKind.ALARM, AT), unit.number(StreamKind.ALARM, AT)
            after_midnight = unit.number(StreamKind.ALARM, AT + timedelta(minutes=31))
        assert (one[:9], int(two[9:]) - int(one[9:])) == ("警20261122", 1)
        assert after_midnight.startswith("警20261123")

    def test_a_stream_of_another_kind_is_not_found(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
        with store.work() as unit:
            unit.load(StreamKind.APPEAL, state.id)
            with pytest.raises(StreamNotFound):
                unit.load(StreamKind.HANDOVER, state.id)

    def test_appeals_are_recalled_by_the_keys_they_share_since_a_time(self, store: Store) -> None:
        one, two, made = _fresh_key(), _fresh_key(), []
        for days, keys in ((40, [one]), (3, [one]), (2, [two]), (1, [one, two])):
            with store.work() as unit:
                state = appeal_taken(unit, AT - timedelta(days=days), phone="13900000041", item="H2")
                unit.remember(state.id, keys, AT - timedelta(days=days))
            made.append(state)
        with store.work() as unit:
            since = AT - timedelta(days=30)
            found = {each.id: each for each in unit.recall({one: 20, two: 20, _fresh_key(): 20}, since)}
            assert {each: found[each].keys for each in found} == {made[1].id: {one}, made[2].id: {two}, made[3].id: {one, two}}
            newest = found[made[3].id]
            assert (newest.number, newest.phase, newest.item, newest.phone, newest.root, newest.repeats) == (
                made[3].data["number"], "taken", "H2", "13900000041", "", 0
            )  # fmt: skip
            assert [each.id for each in unit.recall({one: 1}, since)] == [made[3].id]
            assert list(unit.recall({}, since)) == []
            assert [each.id for each in unit.recall({one: 20, two: 20}, since, most=1)] == [made[3].id]
            assert (unit.count(one, since), unit.count(one, since, most=1), unit.count(_fresh_key(), since)) == (2, 1, 0)

    def test_look_up_keys_are_written_with_their_appeal_or_not_at_all(self, store: Store) -> None:
        key = _fresh_key()
        with pytest.raises(Pressed), store.work() as unit:
            unit.remember(appeal_taken(unit).id, [key], AT)
            raise Pressed
        with store.work() as unit:
            assert unit.count(key, AT - timedelta(days=1)) == 0
            unit.remember(appeal_taken(unit).id, [key, key], AT)
        with store.work() as unit:
            assert unit.count(key, AT - timedelta(days=1)) == 1

    def test_several_together_see_each_other_and_a_refused_one_leaves_nothing(self, store: Store) -> None:
        with store.work.together() as begin:
            with begin() as unit:
                first = appeal_taken(unit, key=f"together:{uuid7()}")
            with pytest.raises(StreamNotFound), begin() as unit:
                refused = appeal_taken(unit)
                unit.load(StreamKind.APPEAL, StreamId(uuid7()))
            with begin() as unit:
                noted(unit, unit.load(StreamKind.APPEAL, first.id))
        assert [each[1] for each in store.journal(first.id)] == ["AppealTaken", "AppealSupplemented"]
        assert store.journal(refused.id) == []

    def test_each_of_several_finds_what_those_before_it_left(self, store: Store) -> None:
        key, other, mark = f"together:{uuid7()}", f"together:{uuid7()}", _fresh_key()
        with store.work() as unit:
            known = appeal_taken(unit, key=other)
        with store.work.together(3, [key, other, f"together:{uuid7()}"]) as begin:
            with begin() as unit:
                assert unit.by_key(key) is None
                first = appeal_taken(unit, key=key)
                unit.remember(first.id, [mark], AT)
                data = {"appeal": first.id, "summary": "吵", "number": unit.number(StreamKind.ALARM, AT)}
                alarm = _write(unit, StreamState(StreamKind.ALARM, StreamId(uuid7())), Fact("AlarmTaken", CALLER, AT, data))
            with begin() as unit:
                assert (unit.by_key(key), unit.by_key(other), unit.by_key(f"together:{uuid7()}")) == (first.id, known.id, None)
                second = appeal_taken(unit)
                unit.remember(second.id, [mark], AT)
                assert [each.id for each in unit.recall({mark: 20}, AT - timedelta(days=1))] == [first.id]
            with begin() as unit:
                assert unit.count(mark, AT - timedelta(days=1)) == 2
                third = appeal_taken(unit)
            with begin() as unit:
                assert unit.belonging(StreamKind.ALARM, first.id) == [alarm.id]
                assert unit.by_number(StreamKind.APPEAL, third.data["number"]) == third.id
                fourth = appeal_taken(unit)
            with begin() as unit:
                assert [each.name for each in unit.facts(unit.load(StreamKind.APPEAL, fourth.id))] == ["AppealTaken"]
                assert {first.id, fourth.id} <= set(unit.told(["AppealTaken"], AT, AT + timedelta(minutes=1)))
        numbers = [each.data["number"] for each in (first, second, third, fourth)]
        assert numbers == sorted(set(numbers))
        assert [len(store.journal(each.id)) for each in (first, second, third, fourth, alarm)] == [1] * 5

    def test_several_together_are_undone_where_one_cannot_be_written(self, store: Store) -> None:
        key = f"together:{uuid7()}"
        with store.work() as unit:
            appeal_taken(unit, key=key)
        with pytest.raises(NotTogether), store.work.together() as begin:
            with begin() as unit:
                first = appeal_taken(unit)
            with begin() as unit:
                appeal_taken(unit, key=key)
        assert store.journal(first.id) == []

    def test_several_together_are_undone_where_one_is_refused_after_it_deferred(self, store: Store) -> None:
        mark = uuid7()
        with pytest.raises(NotTogether), store.work.together() as begin, begin() as unit:
            first = appeal_taken(unit)
            unit.defer("lapse_negotiation", AT, {"handover": mark})
            raise StreamNotFound(id="nothing")
        assert (store.journal(first.id), store.jobs(mark)) == ([], 0)

    def test_a_record_is_found_by_its_number_and_kind(self, store: Store) -> None:
        with store.work() as unit:
            state = appeal_taken(unit)
        with store.work() as unit:
            assert unit.by_number(StreamKind.APPEAL, state.data["number"]) == state.id
            assert unit.by_number(StreamKind.ALARM, state.data["number"]) is None
            assert unit.by_number(StreamKind.APPEAL, "诉0") is None

    def test_what_belongs_to_an_appeal_is_found_newest_first(self, store: Store) -> None:
        appeal = StreamId(uuid7())
        made = []
        for minutes in (1, 3, 2):
            with store.work() as unit:
                at = AT + timedelta(minutes=minutes)
                data = {"appeal": appeal, "summary": "吵", "number": unit.number(StreamKind.ALARM, at)}
                fact = Fact("AlarmTaken", CALLER, at, data)
                made.append(_write(unit, StreamState(StreamKind.ALARM, StreamId(uuid7())), fact).id)
        with store.work() as unit:
            assert unit.belonging(StreamKind.ALARM, appeal) == [made[1], made[2], made[0]]
            assert unit.belonging(StreamKind.HANDOVER, appeal) == []


def _fresh_key() -> int:
    return int(uuid7().replace("-", "")[-15:], 16)


def _note(store: Store, stream: StreamId) -> None:
    with store.work() as unit:
        noted(unit, unit.load(StreamKind.APPEAL, stream))


def _elsewhere(act: Any) -> None:
    """Do something on another thread, which has a database connection of its own; raise here what it raises there."""

    def run() -> None:
        try:
            act()
        finally:
            close_connections()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(timeout=30)


def close_connections() -> None:
    """Give back this thread's database connection, where there is one."""
    if settings.configured:
        connections.close_all()

"""The unit of work in memory keeps the contract that PostgreSQL's keeps, and what else makes it a fake to trust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from liandong.adapters.memory import CountedIds, MemoryDatabase, MemoryWork, SetClock, WordTriage
from liandong.application.take_appeal import KEPT_OF_VERDICT
from liandong.domain.errors import LocalProtocolError
from tests.contracts.unit_of_work import Store, UnitOfWorkContract, appeal_taken


class MemoryStore:
    """A store on a database in memory."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.work = MemoryWork(self.database)

    def journal(self, stream: str) -> Sequence[tuple[int, str, str, str]]:
        return [(each.seq, each.fact.name, each.before, each.hash) for each in self.database.entries(stream)]  # type: ignore[arg-type]

    def outbox(self, stream: str) -> Sequence[tuple[str, int, str, Any]]:
        return [(each.peer, each.seq, each.type, each.body) for each in self.database.outbox if each.stream == stream]

    def jobs(self, mark: str) -> int:
        return sum(1 for each in self.database.jobs if each.arguments.get("handover") == mark)


@pytest.fixture
def store() -> Store:
    return MemoryStore()


class TestMemoryUnitOfWork(UnitOfWorkContract):
    """All of the contract."""


def test_what_a_journal_cannot_hold_is_not_written() -> None:
    store = MemoryStore()
    with pytest.raises(LocalProtocolError), store.work() as unit:
        appeal_taken(unit, marks={"a set"})
    assert store.database.rows == {}


def test_who_holds_a_loaded_state_cannot_change_the_database_through_it() -> None:
    store = MemoryStore()
    with store.work() as unit:
        state = appeal_taken(unit, marks=["噪声"])
    with store.work() as unit:
        unit.load(state.kind, state.id).data["marks"].append("改")
    assert store.database.state(state.id).data["marks"] == ["噪声"]
    assert store.database.broken() == []


def test_a_set_clock_stands_still_and_refuses_naive_times() -> None:
    clock = SetClock(datetime(2026, 11, 22, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.forward(hours=25) == datetime(2026, 11, 23, 1, tzinfo=UTC) == clock.now()
    with pytest.raises(ValueError, match="timezone"):
        clock.set(datetime(2026, 11, 22))  # noqa: DTZ001


def test_counted_ids_sort_in_order_and_are_uuid7_in_form() -> None:
    ids, others = CountedIds(1), CountedIds(2)
    made = [ids.new() for _ in range(300)]
    assert made == sorted(set(made))
    assert all(len(each) == 36 and each[14] == "7" and each[19] in "89ab" for each in made)
    assert others.new() not in made


def test_the_triage_of_words_has_every_name_of_the_real_one() -> None:
    judge = WordTriage({"打架": ("police", "P1", True)})
    assert (judge("有人打架")["side"], judge("有人打架")["urgent"], judge("你好")["side"]) == ("police", True, "unclear")
    assert set(KEPT_OF_VERDICT) - set(judge("你好")) == {"door", "guidance", "door_phone", "door_clause", "ruling"}

"""PostgreSQL's unit of work keeps the contract, and what only a real database can be asked."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from liandong.adapters.postgres.ids import TimeOrderedIds, uuid7
from liandong.domain.errors import CommandRefused, LiandongError, StreamConflict
from liandong.domain.journal.facts import StreamKind
from tests.contracts.unit_of_work import Store, UnitOfWorkContract, appeal_taken, close_connections, noted
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


@pytest.fixture
def store(node: Node) -> Store:
    return node


class TestPostgresUnitOfWork(UnitOfWorkContract):
    """All of the contract."""


@pytest.mark.parametrize(
    "attack",
    ["UPDATE journal SET name = 'AppealClosed' WHERE stream = %s", "DELETE FROM journal WHERE stream = %s", "TRUNCATE journal"],
)
def test_the_database_refuses_to_change_its_journal(node: Node, attack: str) -> None:
    appeal = node.take()
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        node.raw(attack, *([appeal.id] if "%s" in attack else []))
    assert [name for _, name, _, _ in node.journal(appeal.id)] == ["AppealTaken"]


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(node: Node) -> None:
    """Both saw the same record; whoever comes second decides on nothing old."""
    for _ in range(5):
        handover = node.offered()

        def press(command: str, handover: str = handover) -> str:
            try:
                node.act(StreamKind.HANDOVER, handover, command, seen=1, words="快", reason="误")
                return "done"
            except LiandongError as error:
                return error.code
            finally:
                close_connections()

        with ThreadPoolExecutor(2) as pool:
            ended = sorted(pool.map(press, ["withdraw", "chase"]))
        assert ended == ["done", "stream.conflict"]
        assert len(node.journal(handover)) == 2
        assert len(node.outbox(handover)) == 2


def test_many_who_press_one_key_at_once_make_one_effect(node: Node) -> None:
    appeal = node.take()

    def press(_: int) -> str:
        try:
            node.act(StreamKind.APPEAL, appeal.id, "hand_over")
            return "done"
        except LiandongError as error:
            return error.code
        finally:
            close_connections()

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(press, range(8)))
    assert ended.count("done") == 1
    assert set(ended) <= {"done", "stream.conflict", "command.not_in_state"}
    assert node.models.Stream.objects.filter(appeal=appeal.id, kind="handover").count() == 1


def test_one_key_of_a_source_at_the_same_moment_makes_one_appeal(node: Node) -> None:
    key = uuid7()

    def press(_: int) -> str:
        try:
            return node.take(key=key).id
        except StreamConflict as error:
            return error.code
        finally:
            close_connections()

    with ThreadPoolExecutor(6) as pool:
        ended = set(pool.map(press, range(6)))
    made = node.models.Stream.objects.filter(key=key).values_list("id", flat=True)
    assert len(made) == 1
    assert ended <= {str(made[0]), "stream.conflict"}


def test_numbers_are_unique_and_leave_no_hole_when_many_take_at_once(node: Node) -> None:
    day = datetime(2031, 5, 6, 4, tzinfo=UTC)

    def draw(_: int) -> list[str]:
        try:
            with node.work() as unit:
                return [unit.number(StreamKind.WORK_ORDER, day) for _ in range(10)]
        finally:
            close_connections()

    with ThreadPoolExecutor(8) as pool:
        numbers = [each for found in pool.map(draw, range(16)) for each in found]
    assert sorted(numbers) == [f"工20310506{count:04d}" for count in range(1, 161)]


def test_ids_sort_by_the_time_they_were_made_also_between_threads() -> None:
    ids = TimeOrderedIds()
    before = datetime.now(UTC).timestamp()
    with ThreadPoolExecutor(4) as pool:
        series = list(pool.map(lambda _: [ids.new() for _ in range(2000)], range(4)))
    after = datetime.now(UTC).timestamp()
    assert all(each == sorted(each) for each in series)
    made = [uuid.UUID(each) for one in series for each in one]
    assert len(set(made)) == 8000
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert all(before - 0.002 <= (each.int >> 80) / 1000 <= after + 2 for each in made)


def test_a_record_that_was_changed_since_it_was_seen_is_not_acted_on(node: Node) -> None:
    handover = node.offered()
    node.act(StreamKind.HANDOVER, handover, "chase", words="快")
    with pytest.raises(CommandRefused) as caught:
        node.act(StreamKind.HANDOVER, handover, "withdraw", seen=1, reason="误")
    assert caught.value.code == "stream.conflict"
    assert len(node.journal(handover)) == 2


def test_a_list_row_follows_its_journal(node: Node) -> None:
    with node.work() as unit:
        state = noted(unit, appeal_taken(unit, place="采莲路8号", phone="13900000041", urgent=True, side="police", item="P1"))
    row = node.models.Stream.objects.get(id=state.id)
    assert (row.place, row.phone, row.urgent, row.side, row.item, row.summary) == ("采莲路8号", "13900000041", True, "police", "P1", "楼下太吵")
    assert (row.seq, row.head, str(row.appeal)) == (2, state.head, state.id)
    assert row.updated_at > row.opened_at

"""The middle database: rights that no program can talk its way around, and what a reader does when it was restored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest
from exchange_media import HOTLINE, POLICE
from psycopg import sql

from liandong.adapters.transports.middledb import SCHEMA, MiddleDatabase, table_name
from liandong.adapters.transports.parcels import BATCH, Parcel
from liandong.node.between import Between
from liandong.node.embedded import Server

pytestmark = pytest.mark.database

OWN, OTHERS = sql.Identifier(SCHEMA, table_name(POLICE, HOTLINE)), sql.Identifier(SCHEMA, table_name(HOTLINE, POLICE))
ROW = "(ref, kind, status, payload) VALUES ('0123456789abcdef0123456789abcdef', 'batch', 0, 'x')"


@pytest.fixture
def between(server: Server, tmp_path: Path) -> Between:
    return Between("middledb", tmp_path, server, {POLICE: 1, HOTLINE: 2}, middle=f"middle_{tmp_path.name}"[:60])


def test_12_2_a_side_may_append_to_its_own_table_and_read_the_others(between: Between) -> None:
    with psycopg.connect(between.url(POLICE, HOTLINE), autocommit=True) as police:
        police.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))
        assert police.execute(sql.SQL("SELECT count(*) FROM {}").format(OTHERS)).fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {others} " + ROW,
        "SELECT payload FROM {own}",
        "UPDATE {own} SET payload = 'y'",
        "DELETE FROM {own}",
        "TRUNCATE {own}",
        "UPDATE {others} SET status = 200",
        "DELETE FROM {others}",
        "INSERT INTO {own} (position, ref, kind, status, payload) VALUES (9, 'a', 'batch', 0, 'x')",
        "INSERT INTO {own} (ref, kind, status, payload, written_at) VALUES ('a', 'batch', 0, 'x', now())",
        "DROP TABLE {own}",
        "CREATE TABLE liandong_exchange.more (a int)",
        "ALTER TABLE {own} DISABLE TRIGGER ALL",
    ],
)
def test_a_side_may_do_nothing_else(between: Between, statement: str) -> None:
    with psycopg.connect(between.url(POLICE, HOTLINE), autocommit=True) as police:
        police.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            police.execute(sql.SQL(statement).format(own=OWN, others=OTHERS))


@pytest.mark.parametrize("statement", ["UPDATE {own} SET payload = 'y'", "DELETE FROM {own}", "TRUNCATE {own}"])
def test_not_even_the_owner_changes_a_row_by_accident(between: Between, statement: str) -> None:
    with psycopg.connect(between.url(POLICE, HOTLINE), autocommit=True) as police:
        police.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))
    with psycopg.connect(between._middle, autocommit=True) as owner, pytest.raises(psycopg.errors.RaiseException):
        owner.execute(sql.SQL(statement).format(own=OWN))


@pytest.mark.parametrize("row", ["('x', 'batch', 0, 'x')", "('0123456789abcdef0123456789abcdef', 'other', 0, 'x')"])
def test_12_1_a_row_of_another_shape_is_refused_by_the_table(between: Between, row: str) -> None:
    with psycopg.connect(between.url(POLICE, HOTLINE), autocommit=True) as police, pytest.raises(psycopg.errors.CheckViolation):
        police.execute(sql.SQL("INSERT INTO {} (ref, kind, status, payload) VALUES " + row).format(OWN))


def test_12_3_positions_are_visible_in_their_order_even_when_writers_overlap(between: Between) -> None:
    with psycopg.connect(between.url(POLICE, HOTLINE)) as slow, psycopg.connect(between.url(POLICE, HOTLINE)) as fast:
        slow.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))
        fast.execute("SET lock_timeout = '300ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            fast.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))


def test_12_5_a_reader_starts_over_when_the_middle_database_was_restored(between: Between, tmp_path: Path) -> None:
    async def play() -> int:
        position = tmp_path / "position"
        position.write_text("5000")
        police = MiddleDatabase(between.url(POLICE, HOTLINE), POLICE, HOTLINE, tmp_path / "other")
        hotline = MiddleDatabase(between.url(HOTLINE, POLICE), HOTLINE, POLICE, position)
        await police.put(Parcel("0" * 32, BATCH, 0, b"x"))
        seen = len(await hotline.take(1.0))
        await police.aclose()
        await hotline.aclose()
        return seen

    assert asyncio.run(play()) == 1


def test_12_4_an_insert_wakes_who_listens(between: Between) -> None:
    with psycopg.connect(between.url(HOTLINE, POLICE), autocommit=True) as hotline:
        hotline.execute(sql.SQL("LISTEN {}").format(sql.Identifier(table_name(POLICE, HOTLINE))))
        with psycopg.connect(between.url(POLICE, HOTLINE), autocommit=True) as police:
            police.execute(sql.SQL("INSERT INTO {} " + ROW).format(OWN))
        assert [notice.payload for notice in hotline.notifies(timeout=5, stop_after=1)] == ["1"]

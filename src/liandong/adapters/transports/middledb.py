"""The medium ``middledb``: a database between the two, where each side may append to its own table and read the other's.

Rules:
    - Neither side can change or delete a row, its own included: rights, and a trigger that asks nobody.
    - The position of a row is given under a lock that is held until the commit, so that a reader who saw 7 has seen 6.
    - How far a side has read is its own business and lies in its own directory.
    - LISTEN wakes the reader; a look every few seconds catches a lost wake-up.

Source:
    000, F city: 公安网建立中间库，开放读写权限 (a middle database in the police network, with read and write rights for each side).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from liandong.adapters.transports.parcels import Parcel, Taken
from liandong.domain.errors import PeerUnavailable

__all__ = ["SCHEMA", "MiddleDatabase", "make_middle_database", "table_name"]

SCHEMA = "liandong_exchange"
#: Rows read at once.
ROWS = 20
#: Parcels of a table hold at most this many bytes; the table says so too.
MAX_BYTES = 8_388_608

_COMMON = f"""
CREATE SCHEMA IF NOT EXISTS {SCHEMA};
REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC;
CREATE OR REPLACE FUNCTION {SCHEMA}.place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(TG_RELID::bigint);
    NEW.position := nextval(format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_position')::regclass);
    NEW.written_at := clock_timestamp();
    PERFORM pg_notify(TG_TABLE_NAME, NEW.position::text);
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {SCHEMA}.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append only'; END $$;
"""
_TABLE = """
CREATE SEQUENCE IF NOT EXISTS {sequence};
CREATE TABLE IF NOT EXISTS {table} (
    position bigint PRIMARY KEY,
    ref text NOT NULL CHECK (ref ~ '^[0-9a-f]{{32}}$'),
    kind text NOT NULL CHECK (kind IN ('batch', 'piece')),
    status integer NOT NULL CHECK (status IN (0, 200, 422, 503)),
    payload bytea NOT NULL CHECK (octet_length(payload) <= 8388608),
    written_at timestamptz NOT NULL
);
CREATE OR REPLACE TRIGGER place BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {place}();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {append_only}();
REVOKE ALL ON {table} FROM PUBLIC;
GRANT USAGE ON SCHEMA {schema} TO {writer}, {reader};
GRANT INSERT (ref, kind, status, payload) ON {table} TO {writer};
GRANT SELECT ON {table} TO {reader};
"""


def table_name(sender: str, recipient: str) -> str:
    """Return the name of the table in which ``sender`` writes to ``recipient``; also of its channel."""
    return f"{sender}_to_{recipient}"


def make_middle_database(owner_url: str, one: tuple[str, str], other: tuple[str, str]) -> None:
    """Make the two tables of a pair of nodes and give each side its rights; safe to run again.

    Parameters:
        owner_url: of the middle database, for whoever owns it (neither side need).
        one, other: (name of the node, database role of that side); the roles must be there.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('liandong_exchange'))")
        connection.execute(_COMMON.encode())
        for (sender, writer), (recipient, reader) in ((one, other), (other, one)):
            name = table_name(sender, recipient)
            connection.execute(
                sql.SQL(_TABLE).format(
                    schema=sql.Identifier(SCHEMA),
                    table=sql.Identifier(SCHEMA, name),
                    sequence=sql.Identifier(SCHEMA, f"{name}_position"),
                    place=sql.Identifier(SCHEMA, "place"),
                    append_only=sql.Identifier(SCHEMA, "append_only"),
                    writer=sql.Identifier(writer),
                    reader=sql.Identifier(reader),
                )
            )


class MiddleDatabase:
    """A ``Medium`` of rows.

    Parameters:
        url: of the middle database, with this side's role.
        node: this node.
        peer: the other.
        position_file: where it is written how far this side has read.
    """

    max_bytes = MAX_BYTES

    def __init__(self, url: str, node: str, peer: str, position_file: Path) -> None:
        self._url = url
        self._peer = peer
        self._out = sql.Identifier(SCHEMA, table_name(node, peer))
        self._in = sql.Identifier(SCHEMA, table_name(peer, node))
        self._channel = sql.Identifier(table_name(peer, node))
        self._file = position_file
        self._written = self._stored()
        self._given = self._written
        self._unfinished: set[int] = set()
        self._writer: psycopg.AsyncConnection[Any] | None = None
        self._reader: psycopg.AsyncConnection[Any] | None = None
        self._writing = asyncio.Lock()

    async def put(self, parcel: Parcel) -> None:
        query = sql.SQL("INSERT INTO {} (ref, kind, status, payload) VALUES (%s, %s, %s, %s)").format(self._out)
        async with self._writing:
            try:
                if self._writer is None or self._writer.closed:
                    self._writer = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
                await self._writer.execute(query, (parcel.ref, parcel.kind, parcel.status, parcel.payload))
            except (psycopg.Error, OSError) as error:
                self._writer = await _closed(self._writer)
                raise PeerUnavailable(peer=self._peer, detail=f"middle database: {type(error).__name__}") from error

    async def take(self, seconds: float) -> Sequence[Taken]:
        try:
            if self._reader is None or self._reader.closed:
                await self._connect_reader()
            found = await self._rows()
            if not found and self._reader is not None:
                async for _ in self._reader.notifies(timeout=seconds, stop_after=1):
                    pass
                found = await self._rows()
            return found
        except (psycopg.Error, OSError) as error:
            self._reader = await _closed(self._reader)
            raise PeerUnavailable(peer=self._peer, detail=f"middle database: {type(error).__name__}") from error

    async def _connect_reader(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        self._reader = connection
        await connection.execute(sql.SQL("LISTEN {}").format(self._channel))
        row = await (await connection.execute(sql.SQL("SELECT max(position) FROM {}").format(self._in))).fetchone()
        if row and row[0] is not None and row[0] < self._written:
            # The middle database was restored from an older copy: read it again, what is known comes back as duplicates.
            self._written = self._given = 0
            self._unfinished.clear()

    async def _rows(self) -> list[Taken]:
        query = sql.SQL("SELECT position, ref, kind, status, payload FROM {} WHERE position > %s ORDER BY position LIMIT %s").format(self._in)
        assert self._reader is not None
        rows = await (await self._reader.execute(query, (self._given, ROWS), binary=True)).fetchall()
        for row in rows:
            self._given = row[0]
            self._unfinished.add(row[0])
        return [Taken(Parcel(row[1], row[2], row[3], bytes(row[4])), row[0]) for row in rows]

    async def done(self, taken: Taken) -> None:
        position = taken.token
        assert isinstance(position, int)
        self._unfinished.discard(position)
        reached = min(self._unfinished) - 1 if self._unfinished else self._given
        if reached > self._written:
            self._written = reached
            await asyncio.to_thread(self._store, reached)

    async def aclose(self) -> None:
        self._writer = await _closed(self._writer)
        self._reader = await _closed(self._reader)

    def _stored(self) -> int:
        try:
            return int(self._file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def _store(self, position: int) -> None:
        """Write down how far we have read; a lost note only means that something is read twice."""
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(f".{os.getpid()}")
            draft.write_text(str(position), encoding="ascii")
            draft.replace(self._file)


async def _closed(connection: psycopg.AsyncConnection[Any] | None) -> None:
    if connection is not None:
        with contextlib.suppress(psycopg.Error, OSError):
            await connection.close()

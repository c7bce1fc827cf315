"""One real node for all tests here: an embedded PostgreSQL in a temporary home, Django set up once in this process.

Models can be imported only once the node stands, so tests that need them ask for ``node`` and take ``node.models``.
Tests share the database in any order: make your own records, look for nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from liandong.application.act import act
from liandong.application.place_appeal import place_appeal
from liandong.application.ports import Work
from liandong.application.take_appeal import take_appeal
from liandong.application.world import World
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind, StreamState
from liandong.node.city import city_plan, lay_out
from liandong.node.embedded import start_server
from liandong.node.settings import NODE_FILE, NodeSettings, server_url
from tests.city import free_ports
from tests.forked_cli import run_cli


@dataclass(frozen=True, slots=True)
class Node:
    """The police node of a city that was laid out and whose hotline was not started."""

    world: World
    settings: NodeSettings
    file: Path
    home: Path
    #: The hotline: keys and an empty database without tables.
    peer: NodeSettings
    peer_file: Path
    #: ``liandong.adapters.postgres.models``.
    models: Any

    @property
    def work(self) -> Work:
        """Opens units of work."""
        return self.world.work

    def person(self, role: Role = Role.CALL_TAKER, name: str = "", unit: str = "") -> Actor:
        """Return somebody of this node."""
        return Actor(role, person=name or f"test-{role.value}", unit=unit, node="police")

    def take(self, text: str = "楼下油烟太大", **data: Any) -> StreamState:
        """Take an appeal."""
        return take_appeal(self.world, self.person(), {"text": text, "channel": "phone", **data}).appeal

    def offered(self) -> StreamId:
        """Return a handover that was just offered to the hotline."""
        return StreamId(place_appeal(self.world, self.person(), self.take().id, "hand_over").data["handover"])

    def act(self, kind: StreamKind, stream: str, command: str, role: Role = Role.CALL_TAKER, seen: int | None = None, **data: Any) -> StreamState:
        """Give a command; who works in the field works for the unit that has the order."""
        unit = self.models.Stream.objects.get(id=stream).unit if role in (Role.OFFICER, Role.UNIT_STAFF) else ""
        return act(self.world, self.person(role, unit=unit), kind, StreamId(stream), command, data, seen)

    def journal(self, stream: str) -> Sequence[tuple[int, str, str, str]]:
        """Return (seq, name, before, hash) of a stream, oldest first."""
        return list(self.models.JournalEntry.objects.filter(stream=stream).order_by("seq").values_list("seq", "name", "before", "hash"))

    def outbox(self, stream: str) -> Sequence[tuple[str, int, str, Any]]:
        """Return (peer, seq, type, body) of what is to be told about a stream, in order."""
        return list(self.models.OutboxMessage.objects.filter(stream=stream).order_by("position").values_list("peer", "seq", "type", "body"))

    def jobs(self, mark: str) -> int:
        """Return how many jobs were deferred whose argument ``handover`` is ``mark``."""
        found = self.raw("SELECT count(*) FROM procrastinate_jobs WHERE args->>'handover' = %s", mark)
        return int(found[0][0])

    def raw(self, query: str, *values: Any, database: str = "") -> list[Any]:
        """Return the rows of a query on a connection of its own, in autocommit: as somebody at the database would."""
        with psycopg.connect(database or self.settings.database, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def cli(self, *arguments: str, file: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``liandong`` for this node, or for the one of a file."""
        given = {**os.environ, "LIANDONG_HOME": str(self.home), NODE_FILE: str(file or self.file), **environment}
        return run_cli(arguments, given, 120)


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A node whose database is real."""
    home = Path(tempfile.mkdtemp(prefix="liandong-test-"))
    server = start_server(home, server_url())
    try:
        police, hotline = lay_out(home, "xiangcheng", city_plan(*free_ports(2)), server, demonstration=True)
        before = os.environ.get(NODE_FILE)
        found = _start(home, police, hotline)
        try:
            yield found
        finally:
            from django.db import connections

            for each in connections.all():
                each.close()
                each.close_pool()  # type: ignore[attr-defined]
            if before is None:
                os.environ.pop(NODE_FILE, None)
            else:
                os.environ[NODE_FILE] = before
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _start(home: Path, police: tuple[NodeSettings, Path], hotline: tuple[NodeSettings, Path]) -> Node:
    from liandong.node.bootstrap import load_city_pack, start

    world = start(police[1])
    from liandong.adapters.postgres import models
    from liandong.node.keys import node_keyring
    from liandong.node.prepare import prepare
    from liandong.web.world import install_keyring, install_pack

    prepare()
    install_pack(load_city_pack(police[0].pack))
    install_keyring(node_keyring(police[0]))
    return Node(world, police[0], police[1], home, hotline[0], hotline[1], models)

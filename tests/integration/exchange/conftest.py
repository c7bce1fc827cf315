"""What integration tests share: one embedded PostgreSQL, one bus."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exchange_media import Bus, Ends

from liandong.node.embedded import Server, start_server
from liandong.node.settings import server_url


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server that databases can be made on."""
    place = Path(tempfile.mkdtemp(prefix="liandong-server-"))
    found = start_server(place, server_url())
    yield found
    found.stop()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """A JetStream bus."""
    found = Bus(tmp_path_factory.mktemp("bus"))
    yield found
    found.kill()


@pytest.fixture
def ends_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Ends]:
    """Makes a medium of a kind; what it needs is started with the first one."""
    return lambda kind: Ends.of(kind, tmp_path, lambda: request.getfixturevalue("server"), lambda: request.getfixturevalue("bus"))

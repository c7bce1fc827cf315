"""Stories run on real nodes: one city for all of them, one with a county for those that need it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adviser_stub import Stub
from tests.city import City, running_city, stop_other_cities
from tests.own_settings import own_settings


@pytest.fixture(scope="session", autouse=True)
def alone() -> None:
    """Stop what other folders left running: this one comes after them."""
    stop_other_cities()


@pytest.fixture(scope="session")
def adviser() -> Iterator[Stub]:
    """The endpoint that advises at the police node of the shared city."""
    found = Stub()
    yield found
    found.close()


@pytest.fixture(scope="session")
def city(adviser: Stub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A police node and a hotline node. Stories share it: make your own records, look for nothing else."""
    with running_city(own=own_settings(adviser, tmp_path_factory.mktemp("own"))) as found:
        yield found


@pytest.fixture(scope="session")
def county_city() -> Iterator[City]:
    """City police and city hotline, and a county's police and hotline under them."""
    with running_city(county=True, county_hotline=True) as found:
        yield found


@pytest.fixture
def own_city() -> Iterator[City]:
    """A city for one story that stops or breaks its nodes."""
    with running_city() as found:
        yield found

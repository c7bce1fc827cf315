"""Two real nodes for everybody who means them no good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.city import City, running_city


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A police node and a hotline node that take what they are given."""
    with running_city() as found:
        yield found

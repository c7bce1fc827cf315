"""The chaos trials have the machine for themselves."""

from __future__ import annotations

import pytest

from tests.city import stop_other_cities


@pytest.fixture(scope="session", autouse=True)
def alone() -> None:
    """Stop what other folders left running: this one comes after them."""
    stop_other_cities()

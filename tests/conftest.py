"""What holds for every test: an order in which no folder disturbs another, no verdict by the clock, and with ``LIANDONG_NO_SKIPS``, as in CI, a skip is a failure."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.prepared import PREPARED

# How long an example takes says how busy the machine is, not whether it holds.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")

#: Folders in the order they run; the others come between. Quick ones first. The browser's driver keeps an event loop in this thread for as
#: long as it lives, under which nothing asynchronous and no query of ours runs: it comes last.
FIRST, LAST = ("unit", "conformance", "integration", "hostile"), ("chaos", "browser")


def pytest_configure(config: pytest.Config) -> None:
    """Give the processes that test side by side one place for the databases they copy; the first process removes it."""
    if not hasattr(config, "workerinput") and PREPARED not in os.environ:
        os.environ[PREPARED] = tempfile.mkdtemp(prefix="liandong-prepared-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(PREPARED), ignore_errors=True))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests by folder; within a folder the random order stays."""
    here = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""
        if folder in FIRST:
            return FIRST.index(folder) - len(FIRST)
        return 1 + LAST.index(folder) if folder in LAST else 0

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where none is allowed."""
    report = yield
    if report.skipped and os.environ.get("LIANDONG_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: what a compressor writes differs from second to second, and every process must know a test by one name."""
    return f"bytes{len(val)}" if isinstance(val, bytes) and len(val) > 20 else None

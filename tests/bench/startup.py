"""Measure a start from nothing: an empty home to both nodes answering, PostgreSQL made and migrated on the way."""

from __future__ import annotations

import time

from tests.bench.measure import load, say
from tests.city import running_city

__all__ = ["main"]


def main() -> None:
    """Run the measurement."""
    started = time.perf_counter()
    with running_city(web_processes=2):
        say("startup", "city_from_empty_home", time.perf_counter() - started, "s", load=load())

"""Measure triage: verdicts per second on one core, and the time of one alone."""

from __future__ import annotations

import statistics
import time

from liandong.adapters.packs.loader import load_pack
from liandong.domain.triage import Triage
from tests.bench.measure import load, percentiles, texts
from tests.bench.measure import say as say_of

__all__ = ["main"]

SAMPLE = 4_000


def say(what: str, value: float, unit: str) -> None:
    """Print one measurement."""
    say_of("triage", what, value, unit, load=load())


def main() -> None:
    """Run the measurements."""
    said = texts(SAMPLE)
    catalogue = load_pack("xiangcheng").catalogue
    started = time.perf_counter()
    triage = Triage(catalogue)
    say("prepare", time.perf_counter() - started, "s")
    triage.verdicts(said[:200])
    started, cpu = time.perf_counter(), time.process_time()
    for verdict in triage.verdicts(said):
        verdict.as_json()
    spent, worked = time.perf_counter() - started, time.process_time() - cpu
    say("texts", len(said), "texts")
    say("mean_length", statistics.fmean(map(len, said)), "characters")
    say("bulk_wall", len(said) / spent, "verdicts/s")
    say("bulk_cpu", len(said) / worked, "verdicts/s of one core")
    alone = []
    for text in said:
        started = time.perf_counter()
        triage.verdict(text)
        alone.append(time.perf_counter() - started)
    for name, value in percentiles(alone).items():
        say(f"alone_{name}", value, "ms")
    started = time.perf_counter()
    triage.verdict("垃圾没人收，" * 170_000)
    say("million_characters", 1000 * (time.perf_counter() - started), "ms")


if __name__ == "__main__":
    main()

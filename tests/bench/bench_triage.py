"""Measure triage: verdicts per second on one core, and the time of one alone. Prints JSON lines.

    python tests/bench/bench_triage.py [FILE.jsonl …]

Texts are the ``text`` fields of the files given, by default the project's own corpus.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from liandong.adapters.packs.loader import load_pack
from liandong.domain.triage import Triage

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "parts"
SAMPLE = 4_000


def texts(files: list[Path]) -> list[str]:
    """Return the texts of JSONL files."""
    return [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def say(what: str, value: float, unit: str) -> None:
    """Print one measurement."""
    print(json.dumps({"bench": "triage", "what": what, "value": round(value, 4), "unit": unit}, ensure_ascii=False))


def main() -> None:
    """Run the measurements."""
    files = [Path(name) for name in sys.argv[1:]] or sorted(CORPUS.glob("*.jsonl"))
    said = texts(files)
    step = max(1, len(said) // SAMPLE)
    said = said[::step]
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
        alone.append(1000 * (time.perf_counter() - started))
    cuts = statistics.quantiles(alone, n=100)
    say("alone_p50", cuts[49], "ms")
    say("alone_p99", cuts[98], "ms")
    started = time.perf_counter()
    triage.verdict("垃圾没人收，" * 170_000)
    say("million_characters", 1000 * (time.perf_counter() - started), "ms")


if __name__ == "__main__":
    main()

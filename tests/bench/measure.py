"""What every bench uses: a line of output, percentiles, processor time of processes, texts."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["cpu_seconds", "family", "load", "percentiles", "postmaster", "say", "texts"]

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "parts"


def say(bench: str, what: str, value: float, unit: str, **more: Any) -> None:
    """Print one measurement as a JSON line."""
    print(json.dumps({"bench": bench, "what": what, "value": round(value, 3), "unit": unit, **more}, ensure_ascii=False), flush=True)


def load() -> float:
    """Return the machine's load over the last minute: a figure taken beside other work is no figure."""
    return round(os.getloadavg()[0], 2)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": 1000 * cuts[49], "p99": 1000 * cuts[98]}


def texts(most: int = 2000) -> list[str]:
    """Return texts of the project's own corpus, spread over all its parts."""
    said = [
        str(json.loads(line)["text"])
        for file in sorted(CORPUS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return said[:: max(1, len(said) // most)][:most]


def postmaster(home: Path) -> int:
    """Return the process id of a home's embedded PostgreSQL."""
    return int((home / "postgres" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    found = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time that processes have used."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")

"""Measure unit suggestions learned from history: train on four fifths of the shared orders, suggest for the rest by the way the screen goes.

    LIANDONG_DATA=… python -m tests.bench.units
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import sys
import tempfile
import time
import zlib
from pathlib import Path

from liandong.adapters.classifier.training import train
from liandong.adapters.classifier.unit_history import UnitHistory
from liandong.domain.routing.history import with_history
from liandong.domain.routing.units import Unit, UnitLevel


def main() -> int:
    """Print top-1 and top-3 as one JSON line; 0 where it ran, 2 where the data is not here."""
    file = Path(os.environ.get("LIANDONG_DATA", "")) / "haikou_orders.csv.gz"
    if not file.is_file():
        print("LIANDONG_DATA names no directory with haikou_orders.csv.gz", file=sys.stderr)
        return 2
    with gzip.open(file, "rt", encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["said"].strip() and row["unit"].strip()]
    held = [zlib.crc32(row["order_id"].encode()) % 5 == 0 for row in rows]
    learned, asked = ([row for row, out in zip(rows, held, strict=True) if out is wanted] for wanted in (False, True))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as where:
        train([row["said"] for row in learned], [row["unit"] for row in learned], seed=0, source=file.name, column="unit", progress=lambda _: None).save(Path(where) / "units")
        trained = time.perf_counter() - began
        history = UnitHistory(Path(where) / "units")
        units = [Unit(name, name, UnitLevel.SECOND, "hotline", "department") for name in sorted({row["unit"] for row in rows})]
        first = three = 0
        began = time.perf_counter()
        for row in asked:
            # Names are not filtered by the share that joins: the file has no catalogue to offer the rest.
            told = history(row["said"])
            best = [each.unit.code for each in with_history((), {code: max(share, 0.2) + share for code, share in told.items()}, units)][:3]
            first += best[:1] == [row["unit"]]
            three += row["unit"] in best
    figures = {"learned": len(learned), "asked": len(asked), "units": len(units), "top1": round(first / len(asked), 4), "top3": round(three / len(asked), 4)}
    print(json.dumps({**figures, "train_seconds": round(trained, 1), "ms_each": round(1000 * (time.perf_counter() - began) / len(asked), 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Select the cases of the practice mode out of the corpus, evenly over sides, items, kinds, danger and its lookalikes.

    python scripts/practice.py          write src/liandong/adapters/practice/cases.json
    python scripts/practice.py --check  exit 1 where the file is not what the corpus gives
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "liandong" / "adapters" / "practice" / "cases.json"
CASES = 400
#: Too short to be fair, too long to be read against the clock.
SHORTEST, LONGEST = 8, 160


def rows() -> list[dict[str, object]]:
    """Return the rows that are fair to practise on, each with an id made of its text."""
    found = []
    for path in sorted((ROOT / "corpus" / "parts").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if SHORTEST <= len(row["text"]) <= LONGEST:
                found.append({"id": hashlib.sha256(row["text"].encode()).hexdigest()[:12], **row})
    return found


def selected(all_rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the cases: the heaps of side, item, kind, danger and lookalike take turns, each in the order of the ids."""
    heaps: dict[tuple[object, ...], list[dict[str, object]]] = defaultdict(list)
    for row in sorted(all_rows, key=lambda each: str(each["id"])):
        lookalike = any(str(tag).startswith("negative:") for tag in row["tags"])  # type: ignore[attr-defined]
        heaps[(row["side"], row["item"], row["kind"], row["urgent"], lookalike)].append(row)
    chosen: dict[object, dict[str, object]] = {}
    turns = [heaps[key] for key in sorted(heaps, key=str)]
    depth = 0
    while len(chosen) < CASES and any(depth < len(heap) for heap in turns):
        for heap in turns:
            if depth < len(heap) and len(chosen) < CASES:
                chosen.setdefault(heap[depth]["id"], heap[depth])
        depth += 1
    return sorted(chosen.values(), key=lambda each: str(each["id"]))


def main() -> int:
    """Write the file, or check it."""
    version = (ROOT / "corpus" / "VERSION").read_text(encoding="utf-8").strip()
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in selected(rows()))
    text = f'{{"corpus": "{version}", "cases": [\n{lines}\n]}}\n'
    if "--check" in sys.argv:
        return 0 if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

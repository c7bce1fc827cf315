"""How far the reply check agrees with people who read replies.

    python -m tests.reply_figures PATH/taidi_replies.csv.gz

The file has for each reply: ``message_id``, ``title``, ``text``, ``reply``, ``explains`` (1/0) and for a few ``complete_score``.
The two halves are told apart by a digest of the id; thresholds were chosen on the first.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from liandong.domain.replies import check_reply

__all__ = ["figures_of", "half_of", "read_rows"]

Rows = Sequence[Mapping[str, str]]


def read_rows(path: Path) -> Rows:
    """Return the rows of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def half_of(row: Mapping[str, str]) -> int:
    """Return 0 for the half on which thresholds were chosen, 1 for the half kept aside."""
    return int(hashlib.sha256(row["message_id"].encode()).hexdigest(), 16) % 2


def figures_of(rows: Rows) -> dict[str, float]:
    """Return accuracies, F1 and rates, each from 0 to 1."""
    asked = [f"{each['title']}。{each['text']}" for each in rows]
    checks = [check_reply(row["reply"], words) for row, words in zip(rows, asked, strict=True)]
    explained = [row["explains"] == "1" for row in rows]
    said = [not {each.code for each in check.findings} & {"formula", "short"} for check in checks]
    found = {"explains_accuracy": _share(a == b for a, b in zip(said, explained, strict=True)), "explains_f1": _f1(said, explained)}
    found["unexplained_f1"] = _f1([not each for each in said], [not each for each in explained])
    scored = [(not check.findings, row["complete_score"] == "1.0") for check, row in zip(checks, rows, strict=True) if row["complete_score"]]
    found["complete_accuracy"] = _share(a == b for a, b in scored)
    good = [place for place, each in enumerate(explained) if each]
    other = good[:]
    random.Random(5).shuffle(other)
    swapped = [check_reply(rows[b]["reply"], asked[a]) for a, b in zip(good, other, strict=True) if a != b]
    found["swapped_found"] = _share(_other(each) for each in swapped)
    found["own_flagged"] = _share(_other(checks[each]) for each in good)
    return found


def _other(check: object) -> bool:
    return any(each.code == "other_matter" for each in check.findings)  # type: ignore[attr-defined]


def _share(held: Iterable[bool]) -> float:
    values = list(held)
    return sum(values) / len(values) if values else 0.0


def _f1(said: Sequence[bool], true: Sequence[bool]) -> float:
    both = sum(a and b for a, b in zip(said, true, strict=True))
    return 2 * both / (sum(said) + sum(true)) if both else 0.0


if __name__ == "__main__":
    everything = read_rows(Path(sys.argv[1]))
    for words, half in (("chosen on", 0), ("kept aside", 1)):
        print(words, {name: round(value, 3) for name, value in figures_of([each for each in everything if half_of(each) == half]).items()})

"""How often the rules alone are right on real messages that nobody here wrote.

The data is not part of the project: where ``LIANDONG_DATA`` names no folder with ``real_labelled.jsonl``, these tests skip.
The rows were used sparingly: the errors of one half were looked at once; of the other only totals were measured (corpus/README.md says what was chosen in their view).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liandong.adapters.packs.loader import load_pack
from liandong.domain.triage import Triage, Verdict

Row = dict[str, Any]
Judged = list[tuple[Row, Verdict]]


@pytest.fixture(scope="module")
def judged() -> Iterator[Judged]:
    source = Path(os.environ.get("LIANDONG_DATA", "../shared/data")) / "real_labelled.jsonl"
    if not source.is_file():
        pytest.skip(f"no labelled messages at {source}: set LIANDONG_DATA to the folder that has them")
    triage = Triage(load_pack("xiangcheng").catalogue)
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    yield [(row, triage.verdict(row["text"])) for row in rows]


def _agreed(judged: Judged) -> Judged:
    return [(row, verdict) for row, verdict in judged if not row["hard"]]


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_no_urgent_message_is_missed(judged: Judged) -> None:
    assert [row["id"] for row, verdict in judged if row["urgent"] == [True] and not verdict.urgent] == []


def test_false_alarms_stay_within_bounds(judged: Judged) -> None:
    calm = [verdict.urgent for row, verdict in _agreed(judged) if row["urgent"] == [False]]
    assert _share(calm) <= 0.06
    every_calm = [verdict.urgent for row, verdict in judged if row["urgent"] == [False]]
    assert _share(every_calm) <= 0.10


def test_side_is_right_where_readers_agree(judged: Judged) -> None:
    assert _share([verdict.side.value in row["side"] for row, verdict in _agreed(judged)]) >= 0.86


def test_item_is_right_where_readers_agree(judged: Judged) -> None:
    assert _share([(verdict.item or "none") in row["item"] for row, verdict in _agreed(judged)]) >= 0.75


def test_kind_is_right_more_often_than_not(judged: Judged) -> None:
    assert _share([verdict.kind.value in row["kind"] for row, verdict in _agreed(judged)]) >= 0.60


def test_every_verdict_explains_itself(judged: Judged) -> None:
    for _, verdict in judged:
        assert verdict.reasons
        if verdict.urgent:
            assert verdict.side.value in ("police", "joint")

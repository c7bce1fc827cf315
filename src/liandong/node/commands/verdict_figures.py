"""Measure the whole triage of a pack on rows labelled with side, item, kind and urgent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["verdict_figures"]

_NO_ITEM = frozenset({"", "none"})


def verdict_figures(data: Path, text_column: str, pack_name: str) -> dict[str, dict[str, Any]]:
    """Return the figures of ``evaluation.report`` for side, item, kind and urgent.

    Parameters:
        data: JSONL with the text and ``side``, ``item``, ``kind``, ``urgent``; each may be a list, any of which counts as right.
            Rows with ``hard`` true are left out.
        text_column: the text's field.
        pack_name: the city.

    Raises:
        ModelError: the file cannot be read, or a column is missing.
    """
    from liandong.adapters.classifier.evaluation import report
    from liandong.adapters.classifier.rows import read_rows
    from liandong.node.bootstrap import load_city_pack, triage_of

    rows = [row for row in read_rows(data, whole_lists=True) if row.get("hard") not in ("true", "True")]
    wanted = {name: [_any_of(row.get(name, "")) for row in rows] for name in ("side", "item", "kind", "urgent")}
    verdicts = triage_of(load_city_pack(pack_name)).verdicts([row.get(text_column, "") for row in rows])
    said = {
        "side": [(each.side.value, each.confidence) for each in verdicts],
        "item": [(each.item or "none", 1.0) for each in verdicts],
        "kind": [(each.kind.value, 1.0) for each in verdicts],
        "urgent": [(str(each.urgent).lower(), 1.0) for each in verdicts],
    }
    figures = {name: report(*_tables(said[name], wanted[name])) for name in said}
    for name in ("item", "kind", "urgent"):  # a verdict states its confidence in the side alone
        figures[name] |= {"calibration_error": None, "reliability": [], "log_loss": None}
    return {f"{data.name} · {name}": each for name, each in figures.items()}


def _any_of(cell: str) -> tuple[str, ...]:
    try:
        value = json.loads(cell) if cell.startswith("[") else cell
    except ValueError:
        value = cell
    values = value if isinstance(value, list) else [value]
    return tuple("none" if each in _NO_ITEM else str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _tables(answers: Sequence[tuple[str, float]], wanted: Sequence[tuple[str, ...]]) -> tuple[np.ndarray, list[str], list[str]]:
    """Return probabilities, one true label a row (the answer itself where it is among those accepted) and the labels."""
    labels = sorted({label for label, _ in answers} | {label for each in wanted for label in each})
    place = {label: number for number, label in enumerate(labels)}
    odds = np.zeros((len(answers), len(labels)))
    for row, (label, sure) in enumerate(answers):
        odds[row] = (1 - sure) / max(1, len(labels) - 1)
        odds[row, place[label]] = max(sure, 1.0 / len(labels) + 1e-6)
    truth = [label if label in accepted else accepted[0] for (label, _), accepted in zip(answers, wanted, strict=True)]
    return odds, truth, labels

"""Measure a model: accuracy, F1, a table a class, confusion, reliability; as plain values for JSON and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["calibration_error", "report"]

_BINS = 15


def calibration_error(probabilities: np.ndarray, numbers: np.ndarray, bins: int = _BINS) -> float:
    """Return the expected calibration error: how far the stated confidence is from the share that is right.

    Parameters:
        probabilities: rows × classes.
        numbers: the true class numbers; -1 where the model does not know the label.
        bins: of equal width.

    Source: Guo et al. 2017, equation 3.
    """
    return float(sum(line["share"] * abs(line["stated"] - line["right"]) for line in _reliability(probabilities, numbers, bins)))


def report(probabilities: np.ndarray, truth: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """Return every figure about these answers.

    Parameters:
        probabilities: rows × ``labels``.
        truth: the true label of each row; one the model does not know counts as wrong.
        labels: what the model knows.

    Returns:
        ``rows``, ``accuracy``, ``top3``, ``macro_f1`` (over the labels that occur in ``truth``), ``calibration_error``, ``log_loss``,
        ``classes`` (label, rows, precision, recall, f1), ``confusion`` (true label, answered label, rows; only where rows > 0),
        ``reliability`` (from, to, share, stated, right), ``unknown_labels``.
    """
    place = {label: number for number, label in enumerate(labels)}
    numbers = np.array([place.get(label, -1) for label in truth], dtype=int)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    answered = [labels[number] for number in order[:, 0]]
    classes = _classes(truth, answered)
    known = numbers >= 0
    stated = probabilities[known, numbers[known]]
    pairs: dict[tuple[str, str], int] = {}
    for pair in zip(truth, answered, strict=True):
        pairs[pair] = pairs.get(pair, 0) + 1
    return {
        "rows": len(truth),
        "accuracy": float((order[:, 0] == numbers).mean()),
        "top3": float((order[:, :3] == numbers[:, None]).any(1).mean()),
        "macro_f1": float(np.mean([line["f1"] for line in classes if line["rows"]])),
        "calibration_error": calibration_error(probabilities, numbers),
        "log_loss": float(-np.log(np.maximum(stated, 1e-12)).mean()) if len(stated) else None,
        "classes": classes,
        "confusion": [{"label": pair[0], "answered": pair[1], "rows": count} for pair, count in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))],
        "reliability": _reliability(probabilities, numbers, _BINS),
        "unknown_labels": sorted(set(truth) - set(labels)),
    }


def _classes(truth: Sequence[str], answered: Sequence[str]) -> list[dict[str, Any]]:
    lines = []
    for label in sorted(set(truth) | set(answered)):
        rows = sum(1 for value in truth if value == label)
        said = sum(1 for value in answered if value == label)
        both = sum(1 for true, guess in zip(truth, answered, strict=True) if true == guess == label)
        precision = both / said if said else 0.0
        recall = both / rows if rows else 0.0
        f1 = 2 * both / (rows + said)
        lines.append({"label": label, "rows": rows, "precision": precision, "recall": recall, "f1": f1})
    return lines


def _reliability(probabilities: np.ndarray, numbers: np.ndarray, bins: int) -> list[dict[str, float]]:
    stated = probabilities.max(1)
    right = probabilities.argmax(1) == numbers
    at = np.minimum((stated * bins).astype(int), bins - 1)
    lines = []
    for number in range(bins):
        inside = at == number
        if inside.any():
            lines.append(
                {
                    "from": number / bins,
                    "to": (number + 1) / bins,
                    "share": float(inside.mean()),
                    "stated": float(stated[inside].mean()),
                    "right": float(right[inside].mean()),
                }
            )
    return lines

"""The second step of the stack: who is taken for whom."""

from __future__ import annotations

import json

import numpy as np
import pytest

from liandong.adapters.classifier.stack import Stack, fit_stack


def _taken_for_another(rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return what two members say of three classes: the third is mostly called the first, with a small word for itself."""
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 3, rows)
    said = {}
    for kind in ("margin", "ridge"):
        scores = draw.normal(0, 0.25, (rows, 3)) - 1.0
        scores[np.arange(rows), np.where(labels == 2, 0, labels)] += 2.0
        scores[labels == 2, 2] += 1.2
        said[kind] = scores
    return said, labels


def test_who_is_taken_for_whom_is_learnt_where_there_are_texts_enough() -> None:
    said, labels = _taken_for_another(3_000)
    learnt = {kind: scores[:1_500] for kind, scores in said.items()}
    unseen = {kind: scores[1_500:] for kind, scores in said.items()}
    stack = fit_stack(learnt, labels[:1_500], ["margin", "ridge"])
    assert stack.turn is not None and stack.turn.shape == (6, 3)
    plain = Stack(stack.curves, stack.weights, stack.level)
    right = [float((each.probabilities(unseen).argmax(1) == labels[1_500:]).mean()) for each in (plain, stack)]
    assert right[1] >= right[0] and right[1] > 0.9
    odds = stack.probabilities(unseen)
    assert np.allclose(odds.sum(1), 1)


def test_a_few_texts_or_two_classes_teach_no_second_step() -> None:
    said, labels = _taken_for_another(300)
    assert fit_stack(said, labels, ["margin", "ridge"]).turn is None
    said, labels = _taken_for_another(2_000)
    two = labels < 2
    assert fit_stack({kind: scores[two][:, :2] for kind, scores in said.items()}, labels[two], ["margin", "ridge"]).turn is None


def test_it_is_stored_as_plain_values_and_refused_when_they_do_not_fit() -> None:
    said, labels = _taken_for_another(1_500)
    stack = fit_stack(said, labels, ["margin", "ridge"])
    stored = json.loads(json.dumps(stack.to_json()))
    assert np.array_equal(Stack.from_json(stored).probabilities(said), stack.probabilities(said))
    stored["turn"] = stored["turn"][:-1]
    with pytest.raises(ValueError, match="turn"):
        Stack.from_json(stored)

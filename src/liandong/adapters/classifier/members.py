"""The members of the stack: six ways to tell classes apart that err differently.

``margin``   linear support vectors over all views, rare classes weighted up
``ridge``    least squares over all views, solved exactly through the texts' likeness to each other
``ratio``    support vectors over pieces weighted by how much more often they stand in the class (Wang & Manning 2012)
``bayes``    complement naive Bayes (Rennie 2003)
``near``     the nearest earlier texts: many orders repeat each other
``net``      a small network over character runs

Each gives raw scores; ``stack.py`` learns how far to trust each. All are stored as plain arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from scipy.linalg import cho_factor, cho_solve
from sklearn.naive_bayes import ComplementNB
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from liandong.adapters.classifier.net import Net, NetPlan, train_net

__all__ = ["KINDS", "Columns", "Member", "member_from_arrays", "train_member"]

#: view name -> first and last column in the joint matrix.
Columns = Mapping[str, tuple[int, int]]

#: an exact least-squares solution costs the cube of the rows; above this the member is left out.
RIDGE_ROWS = 9_000
NEIGHBOURS = 15


@dataclass(frozen=True, slots=True)
class Member:
    """One trained member.

    Parameters:
        kind: one of ``KINDS``.
        parts: its plain arrays by name.
        score: rows of the joint matrix -> one raw score a class.
    """

    kind: str
    parts: Mapping[str, np.ndarray]
    score: Callable[[sparse.csr_matrix], np.ndarray]


def train_member(kind: str, rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> Member:
    """Train one member.

    Parameters:
        kind: one of ``KINDS``.
        rows: the joint matrix of the views.
        labels: class numbers; every class from 0 to ``classes - 1`` must occur.
        columns: where each view stands.
        seed: of everything random.
    """
    parts = _TRAINERS[kind](rows, labels, classes, columns, seed)
    return member_from_arrays(kind, parts, columns)


def member_from_arrays(kind: str, parts: Mapping[str, np.ndarray], columns: Columns) -> Member:
    """Build a member back from its plain arrays."""
    return Member(kind, parts, _SCORERS[kind](parts, columns))


def _targets(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[labels]


def _both(weights: np.ndarray, level: np.ndarray) -> dict[str, np.ndarray]:
    """Return weights by class; two classes share one line, mirrored."""
    if weights.shape[0] == 1:
        weights, level = np.vstack([-weights, weights]), np.concatenate([-level, level])
    return {"weights": weights.T.astype(np.float16), "level": level.astype(np.float32)}


def _linear(parts: Mapping[str, np.ndarray], columns: Columns) -> Callable[[sparse.csr_matrix], np.ndarray]:
    weights = np.asarray(parts["weights"], dtype=np.float32)
    return lambda rows: np.asarray(rows[:, : len(weights)] @ weights + parts["level"])


def _train_margin(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    fitted = LinearSVC(C=1.0, class_weight="balanced", random_state=seed).fit(rows, labels)
    return _both(fitted.coef_, fitted.intercept_)


def _train_ridge(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    likeness = (rows @ rows.T).toarray()
    likeness[np.diag_indices_from(likeness)] += 0.3
    pulls = cho_solve(cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False), 2 * _targets(labels, classes) - 1)
    return {"weights": np.asarray(rows.T @ pulls).astype(np.float16), "level": np.zeros(classes, np.float32)}


def _pieces(rows: sparse.csr_matrix, columns: Columns) -> sparse.csr_matrix:
    """Return which runs and words stand in each text, without how often."""
    marks = rows[:, : columns["words"][1]].copy()
    marks.data = np.ones_like(marks.data)
    return marks


def _train_ratio(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    marks = _pieces(rows, columns)
    inside = np.asarray((sparse.csr_matrix(_targets(labels, classes)).T @ marks).todense(), dtype=np.float32) + 0.5
    outside = np.asarray(marks.sum(0), dtype=np.float32) - inside + 1.0
    ratio = np.log(inside / inside.sum(1, keepdims=True)) - np.log(outside / outside.sum(1, keepdims=True))
    weights = np.zeros_like(ratio)
    level = np.zeros(classes, np.float32)
    for number in range(classes):
        if classes == 2 and number == 0:
            continue
        scaled = marks.copy()
        scaled.data = ratio[number][marks.indices]
        fitted = LinearSVC(C=1.0, class_weight="balanced" if classes == 2 else None, random_state=seed)
        fitted.fit(normalize(scaled), labels == number)
        weights[number], level[number] = fitted.coef_[0], fitted.intercept_[0]
    if classes == 2:
        ratio[0], weights[0], level[0] = ratio[1], -weights[1], -level[1]
    return {"ratio": ratio.T.astype(np.float16), "weights": weights.T.astype(np.float16), "level": level}


def _ratio(parts: Mapping[str, np.ndarray], columns: Columns) -> Callable[[sparse.csr_matrix], np.ndarray]:
    ratio = np.asarray(parts["ratio"], dtype=np.float32)
    weighted = ratio * np.asarray(parts["weights"], dtype=np.float32)
    squared = ratio * ratio

    def score(rows: sparse.csr_matrix) -> np.ndarray:
        marks = _pieces(rows, columns)
        return np.asarray((marks @ weighted) / np.sqrt(np.maximum(marks @ squared, 1e-6)) + parts["level"])

    return score


def _train_bayes(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    fitted = ComplementNB(alpha=0.1).fit(rows[:, : columns["words"][1]] * 1.4142, labels)
    weights = fitted.feature_log_prob_
    if classes == 2:  # scikit-learn adds the class prior only where there is one class
        weights = weights - weights.mean(0)
    return {"weights": weights.T.astype(np.float16), "level": np.zeros(classes, np.float32)}


def _train_near(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    kept = normalize(rows[:, : columns["words"][1]])
    return {
        "data": kept.data.astype(np.float16),
        "indices": kept.indices.astype(np.int32),
        "indptr": kept.indptr.astype(np.int64),
        "labels": labels.astype(np.int32),
        "prior": (np.bincount(labels, minlength=classes) / len(labels)).astype(np.float32),
    }


def _near(parts: Mapping[str, np.ndarray], columns: Columns) -> Callable[[sparse.csr_matrix], np.ndarray]:
    labels, prior = parts["labels"], parts["prior"]
    width = columns["words"][1]
    shape = (len(labels), width)
    kept = sparse.csr_matrix((parts["data"].astype(np.float32), parts["indices"], parts["indptr"]), shape=shape)
    across = sparse.csr_matrix(kept.T)
    nearest = min(NEIGHBOURS, len(labels))

    def score(rows: sparse.csr_matrix) -> np.ndarray:
        asked = normalize(rows[:, :width])
        out = np.empty((asked.shape[0], len(prior)), np.float32)
        for start in range(0, asked.shape[0], 256):
            likeness = (asked[start : start + 256] @ across).toarray()
            chosen = np.argpartition(-likeness, nearest - 1, axis=1)[:, :nearest]
            near = np.take_along_axis(likeness, chosen, axis=1)
            best = near.max(1, keepdims=True)
            weight = np.exp(12 * (near - best))
            votes = np.zeros((len(chosen), len(prior)), np.float32)
            lines = np.arange(len(chosen))
            for place in range(nearest):
                np.add.at(votes, (lines, labels[chosen[:, place]]), weight[:, place])
            trust = np.clip(np.sqrt(best), 0.02, 0.98)
            out[start : start + 256] = np.log(trust * votes / votes.sum(1, keepdims=True) + (1 - trust) * prior)
        return out

    return score


def _train_small_net(rows: sparse.csr_matrix, labels: np.ndarray, classes: int, columns: Columns, seed: int) -> dict[str, np.ndarray]:
    first, last = columns["whole"]
    return train_net(rows[:, first:last] * np.float32(2), _targets(labels, classes), NetPlan(seed=seed)).arrays()


def _small_net(parts: Mapping[str, np.ndarray], columns: Columns) -> Callable[[sparse.csr_matrix], np.ndarray]:
    net = Net.from_arrays(parts)
    first, last = columns["whole"]
    return lambda rows: net.scores(rows[:, first:last] * np.float32(2))


_Trainer = Callable[[sparse.csr_matrix, np.ndarray, int, Columns, int], dict[str, np.ndarray]]
_TRAINERS: dict[str, _Trainer] = {
    "margin": _train_margin,
    "ridge": _train_ridge,
    "ratio": _train_ratio,
    "bayes": _train_bayes,
    "near": _train_near,
    "net": _train_small_net,
}
_SCORERS: dict[str, Callable[[Mapping[str, np.ndarray], Columns], Callable[[sparse.csr_matrix], np.ndarray]]] = {
    "margin": _linear,
    "ridge": _linear,
    "ratio": _ratio,
    "bayes": _linear,
    "near": _near,
    "net": _small_net,
}

#: every member, in the order it is trained.
KINDS: tuple[str, ...] = tuple(_TRAINERS)

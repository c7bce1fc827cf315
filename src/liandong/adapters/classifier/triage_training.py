"""Train the model that triage asks from labelled utterances; reproducible: same rows, rules and seed, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from liandong.adapters.classifier.corpus import Labelled
from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.evaluation import calibration_error
from liandong.adapters.classifier.grams import grams_of
from liandong.adapters.classifier.training import LEAST_ROWS, fold_of
from liandong.adapters.classifier.triage_model import HEADS, MATTER, TriageModel, one_a_slot, rows_of, sign_rows
from liandong.adapters.classifier.triage_net import JOINED, train_triage_net

__all__ = ["train_triage"]

_FOLDS = 5
_LEAST_TEXTS = 2
#: how loud a sign is beside a text of length 1.
_SIGN_SHARE = 0.15
#: a danger that is missed costs more than a patrol sent in vain.
_DANGER_WEIGHT = 2.0
#: matters for each row without one, as they were when the head was fitted: more matters in the corpus do not make vague words rarer.
_MATTERS_A_VAGUE_ROW = 23.0
_STRENGTH = {"side": 3.0, "item": 3.0, "kind": 1.0, "urgent": 1.0, MATTER: 1.0}
#: heads learnt twice; danger and whether there is a matter were found no better for it.
_OF_TWO_VIEWS = frozenset({"side", "item", "kind"})
#: fewer rows than this teach the network nothing that the linear model does not know.
_LEAST_FOR_NET = 2_000
#: level of a label that no row has.
_NEVER, _TINY = -1.5, 1e-9
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Head:
    """The fitted weights of one head, calibrated."""

    names: tuple[str, ...]
    weights: np.ndarray
    level: np.ndarray
    unseen: np.ndarray
    trust: float


def train_triage(rows: Sequence[Labelled], *, about: Mapping[str, Any] | None = None, seed: int = 0, progress: Progress = lambda _: None) -> TriageModel:
    """Train a model.

    Parameters:
        rows: utterances with labels for every head.
        about: what to note beside the figures (version and digest of the data).
        seed: of the folds.
        progress: told what is being done.

    Raises:
        ModelError: ``model.too_few`` or ``model.one_class``.
    """
    if len(rows) < LEAST_ROWS:
        raise ModelError("model.too_few", rows=len(rows), least=LEAST_ROWS)
    with threadpool_limits(1):
        texts = [row.text for row in rows]
        grams = grams_of(texts)
        keys, rarity = _vocabulary(grams.texts, grams.keys, len(rows))
        names = sorted({name for row in rows for name in row.signs})
        signs = sign_rows([row.signs for row in rows], {name: place for place, name in enumerate(names)}) * _SIGN_SHARE
        progress(f"{len(rows)} texts, {len(keys)} runs, {len(names)} signs")
        features = sparse.csr_matrix(sparse.hstack([rows_of(texts, keys, rarity), sparse.csr_matrix(signs)]), dtype=np.float64)
        joined = [number for number, row in enumerate(rows) if all(head in row.labels for head in JOINED)]
        beside = _unseen_by_net(features, rows, joined, seed, progress) if len(joined) >= _LEAST_FOR_NET else None
        heads: dict[str, _Head] = {}
        figures: dict[str, dict[str, float]] = {}
        for head in _taught(rows):
            given = [number for number, row in enumerate(rows) if head in row.labels]
            labels = [rows[number].labels[head] for number in given]
            heads[head] = _train_head(head, features[given], labels, seed, beside[head][given] if beside and head in JOINED else None)
            figures[head] = _figures(heads[head], labels)
            progress(f"{head}: {figures[head]}")
        net = train_triage_net(features[joined], [_joint(rows[number]) for number in joined]) if beside else None
    weights = np.hstack([head.weights for head in heads.values()])
    runs, sign_weights = weights[: len(keys)] * rarity[:, None], weights[len(keys) :] * _SIGN_SHARE
    return TriageModel.made(
        {name: head.names for name, head in heads.items()},
        keys,
        rarity,
        runs,
        names,
        sign_weights,
        np.concatenate([head.level for head in heads.values()]),
        {**(about or {}), "rows": len(rows), "seed": seed, "folds": _FOLDS, "unseen": figures},
        net.scaled(np.concatenate([rarity, np.full(len(names), _SIGN_SHARE)])) if net is not None else None,
        {head: heads[head].trust for head in JOINED} if net is not None else None,
    )


def _joint(row: Labelled) -> tuple[str, ...]:
    return tuple(row.labels[head] for head in JOINED)


def _unseen_by_net(features: sparse.csr_matrix, rows: Sequence[Labelled], joined: Sequence[int], seed: int, progress: Progress) -> dict[str, np.ndarray]:
    """Return what networks that had not seen a row say of its labels (logarithms), head → rows × labels; nothing of rows that lack one of the labels."""
    names = {head: tuple(sorted({row.labels[head] for row in rows if head in row.labels})) for head in JOINED}
    labels = [_joint(rows[number]) for number in joined]
    known = {label: number for number, label in enumerate(sorted(set(labels)))}
    folds = fold_of(np.array([known[label] for label in labels]), _FOLDS, seed)
    unseen = {head: np.zeros((len(rows), len(names[head]))) for head in JOINED}
    own = features[joined]
    for fold in range(_FOLDS):
        progress(f"network: fold {fold + 1} of {_FOLDS}")
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        net = train_triage_net(own[inside], [labels[number] for number in inside])
        said = net.log_odds(np.asarray(own[outside][:, net.columns] @ net.inward), net.members_of(names))
        for head in JOINED:
            unseen[head][np.array(joined)[outside]] = said[head]
    return unseen


def _taught(rows: Sequence[Labelled]) -> tuple[str, ...]:
    """Return the heads that the rows can teach: whether a matter is named only where some rows name none."""
    return (*HEADS, MATTER) if {"true", "false"} <= {row.labels.get(MATTER) for row in rows} else HEADS


def _vocabulary(texts: np.ndarray, keys: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs that stand in at least two texts and can be asked for, ascending, and how rare each is.

    A run whose slot another holds would be dropped when the model is asked; learnt without it, the others say what it would.
    """
    order = np.lexsort((texts, keys))
    key, text = keys[order], texts[order]
    fresh = np.ones(len(key), bool)
    fresh[1:] = (key[1:] != key[:-1]) | (text[1:] != text[:-1])
    known, seen = np.unique(key[fresh], return_counts=True)
    twice = np.flatnonzero(seen >= _LEAST_TEXTS)
    kept = twice[one_a_slot(known[twice], seen[twice])]
    return known[kept], np.log((1 + count) / (1 + seen[kept])) + 1


def _train_head(head: str, features: sparse.csr_matrix, labels: Sequence[str], seed: int, beside: np.ndarray | None) -> _Head:
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ModelError("model.one_class", file="", column=head, label=names[0])
    numbers = np.searchsorted(np.array(names), np.array(labels))
    folds = fold_of(numbers, _FOLDS, seed)
    unseen = np.zeros((len(labels), len(names)))
    for fold in range(_FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        weights, level = _fitted(head, names, features[inside], numbers[inside], seed)
        unseen[outside] = features[outside] @ weights + level
    slope, trust, shift = _calibration(unseen, beside, numbers)
    weights, level = _fitted(head, names, features, numbers, seed)
    whole = unseen * slope + shift if beside is None else unseen * slope + beside * trust + shift
    return _Head(names, weights * slope, level * slope + shift, softmax(whole, axis=1), trust)


def _fitted(head: str, names: Sequence[str], features: sparse.csr_matrix, numbers: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (features × labels) and levels: of two views where there is one matter out of many, of one for yes and no.

    Both views are linear, so their mean is one model of the same size that asks no more time.
    """
    weights, level = _fit(head, names, features, numbers, seed)
    if head not in _OF_TWO_VIEWS:
        return weights, level
    telling, of_telling = _fit_telling(head, names, features, numbers, seed)
    return (weights + telling) / 2, (level + of_telling) / 2


def _fit_telling(head: str, names: Sequence[str], features: sparse.csr_matrix, numbers: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and levels learnt on features that are the louder, the more often they stand in one label than elsewhere.

    Source: Wang & Manning 2012, section 2.3, without the sign of the ratio.
    """
    full = np.zeros((features.shape[1], len(names)))
    levels = np.full(len(names), _NEVER)
    stands = features.copy()
    stands.data = np.ones_like(stands.data)
    everywhere = np.asarray(stands.sum(0)).ravel()
    for number in np.unique(numbers):
        inside = numbers == number
        here = np.asarray(stands[inside].sum(0)).ravel()
        share, other = here + 1.0, everywhere - here + 1.0
        ratio = np.abs(np.log((share / share.sum()) / (other / other.sum())))
        ratio /= max(float(np.sqrt((ratio**2).mean())), _TINY)
        louder = sparse.csr_matrix(features.multiply(ratio[None, :]))
        fitted = LinearSVC(C=_STRENGTH[head], random_state=seed, max_iter=5_000).fit(louder, inside.astype(int))
        full[:, number], levels[number] = fitted.coef_[0] * ratio, fitted.intercept_[0]
    return full, levels


def _fit(head: str, names: Sequence[str], features: sparse.csr_matrix, numbers: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (features × labels) and levels of support vectors, one label against the rest."""
    fitted = LinearSVC(C=_STRENGTH[head], class_weight=_balance(head, names, numbers), random_state=seed, max_iter=5_000).fit(features, numbers)
    weights, level = fitted.coef_.T, fitted.intercept_
    if len(names) == 2:
        weights, level = np.hstack([-weights, weights]), np.concatenate([-level, level])
    full = np.zeros((weights.shape[0], len(names)))
    full[:, fitted.classes_ if len(fitted.classes_) == weights.shape[1] else slice(None)] = weights
    levels = np.full(len(names), float(level.min()) - 1.0)
    levels[fitted.classes_] = level
    return full, levels


def _balance(head: str, names: Sequence[str], numbers: np.ndarray) -> dict[int, float] | None:
    """Return how much a row of each label counts; None where all count alike."""
    if head == "urgent":
        return {number: _DANGER_WEIGHT if name == "true" else 1.0 for number, name in enumerate(names)}
    if head == MATTER:
        vague = max(int((numbers == names.index("false")).sum()), 1)
        return {number: max(1.0, (len(numbers) - vague) / vague / _MATTERS_A_VAGUE_ROW) if name == "false" else 1.0 for number, name in enumerate(names)}
    return None


def _calibration(line: np.ndarray, beside: np.ndarray | None, numbers: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Return the slope, how much ``beside`` counts, and the level a label that make the softmax most likely (vector scaling with one slope each).

    Source: Guo et al. 2017, section 4.2.
    """
    truth = np.eye(line.shape[1])[numbers]
    other = np.zeros_like(line) if beside is None else beside

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(line * point[0] + other * point[1] + point[2:], axis=1)
        miss = (np.exp(logs) - truth) / len(line)
        value = -(logs * truth).sum() / len(line) + 1e-3 * point[2:] @ point[2:]
        return float(value), np.concatenate([[(miss * line).sum(), (miss * other).sum()], miss.sum(0) + 2e-3 * point[2:]])

    start = np.concatenate([[2.0, 0.0], np.zeros(line.shape[1])])
    bounds = [(0.05, 50.0), (0.0, 0.0 if beside is None else 5.0)] + [(None, None)] * line.shape[1]
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(best[0]), float(best[1]), best[2:]


def _figures(head: _Head, labels: Sequence[str]) -> dict[str, float]:
    numbers = np.searchsorted(np.array(head.names), np.array(labels))
    return {
        "accuracy": round(float((head.unseen.argmax(1) == numbers).mean()), 4),
        "calibration_error": round(calibration_error(head.unseen, numbers), 4),
    }

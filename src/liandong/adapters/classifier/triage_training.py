"""Train the model that triage asks from labelled utterances; reproducible: same rows, rules and seed, same bytes.

Everything that says how far to trust what was learnt is fitted on authors it was not learnt from: who calls is one more author. The
folds part the rows by author; heads and teachers are learnt on four folds and asked of the fifth. What all teachers say of the rows
they have not read is then taught to the networks that are shipped, beside the labels (ADR 0046).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from liandong.adapters.classifier.net import NetPlan
from liandong.adapters.classifier.training import LEAST_ROWS, fold_of_authors
from liandong.adapters.classifier.triage_model import HEADS, MATTER, OF_NET, TriageModel, one_a_slot, rows_of, sign_rows
from liandong.adapters.classifier.triage_net import JOINED, PLANS, TEACHERS, TriageNet, train_triage_net

__all__ = ["train_triage"]

_FOLDS = 5
_LEAST_TEXTS = 3
#: how loud a sign is beside a text of length 1.
_SIGN_SHARE = 0.15
#: a danger that is missed costs more than a patrol sent in vain.
_DANGER_WEIGHT = 2.0
#: matters for each row without one, as they were when the head was fitted: more matters in the corpus do not make vague words rarer.
_MATTERS_A_VAGUE_ROW = 23.0
_STRENGTH = {"side": 3.0, "item": 3.0, "kind": 1.0, "urgent": 1.0, MATTER: 1.0}
#: heads learnt twice; danger and whether there is a matter were found no better for it.
_OF_TWO_VIEWS = frozenset({"side", "item", "kind"})
#: how much of what the network is taught is the teachers' word, and how much the label.
_OF_TEACHERS = 0.5
#: fewer rows than this teach the network nothing that the linear model does not know.
_LEAST_FOR_NET = 2_000
#: level of a label that no row has.
_NEVER, _TINY = -1.5, 1e-9
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Head:
    """The fitted weights of one head, calibrated, and its lines for every row, from weights that had not seen the row's author."""

    names: tuple[str, ...]
    weights: np.ndarray
    level: np.ndarray
    unseen: np.ndarray


@dataclass(frozen=True, slots=True)
class _Together:
    """The network, how much it and each head count, and what they say together of each row whose author they had not seen."""

    net: TriageNet
    trust: dict[str, float]
    unseen: np.ndarray


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
        heads: dict[str, _Head] = {}
        figures: dict[str, dict[str, float]] = {}
        for head in _taught(rows):
            given = [number for number, row in enumerate(rows) if head in row.labels]
            heads[head] = _train_head(head, features, rows, given, seed)
            figures[head] = _figures(softmax(heads[head].unseen[given], axis=1), heads[head].names, [rows[number].labels[head] for number in given])
            progress(f"{head}: {figures[head]}")
        joined = [number for number, row in enumerate(rows) if all(head in row.labels for head in JOINED)]
        together = None
        if len(joined) >= _LEAST_FOR_NET:
            beside = {head: replace(heads[head], unseen=heads[head].unseen[joined]) for head in JOINED}
            together = _learn_together(features[joined], [rows[number] for number in joined], beside, seed, progress)
        if together is not None:
            for place, head in enumerate(JOINED):
                members = np.array([[label[place] == name for name in heads[head].names] for label in together.net.labels], float)
                figures[head] = _figures(together.unseen @ members, heads[head].names, [rows[number].labels[head] for number in joined])
                progress(f"{head}, told together: {figures[head]}")
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
        together.net.scaled(np.concatenate([rarity, np.full(len(names), _SIGN_SHARE)])) if together is not None else None,
        together.trust if together is not None else None,
    )


def _learn_together(features: sparse.csr_matrix, rows: Sequence[Labelled], heads: Mapping[str, _Head], seed: int, progress: Progress) -> _Together:
    """Return the network that tells side, item and danger as one label, with the heads beside it.

    Parameters:
        features: of ``rows``, which have all three labels.
        heads: with their lines for these rows.

    Theory of operation: teachers learn from the labels of four folds and are asked of the fifth, so that no row is judged by what read
    its author. They and the heads' unseen lines, weighted so that the labels are most likely, are the teacher's word. The shipped
    network learns towards label and word; how much it counts beside the heads is fitted on networks so taught that had not seen a fold.
    """
    labels = sorted({tuple(row.labels[head] for head in JOINED) for row in rows})
    place = {label: number for number, label in enumerate(labels)}
    numbers = np.array([place[tuple(row.labels[head] for head in JOINED)] for row in rows])
    folds = fold_of_authors(numbers, [row.author for row in rows], _FOLDS, seed)
    truth = np.eye(len(labels), dtype=np.float32)[numbers]
    parts = [heads[head].unseen[:, [heads[head].names.index(label[at]) for label in labels]] for at, head in enumerate(JOINED)]

    def unseen(targets: np.ndarray, plans: Sequence[NetPlan], what: str) -> np.ndarray:
        said = np.zeros(truth.shape, np.float32)
        for fold in range(_FOLDS):
            inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            if len(inside) and len(outside):
                progress(f"{what}: fold {fold + 1} of {_FOLDS}")
                net = train_triage_net(features[inside], labels, targets[inside], plans)
                said[outside] = net.lines(np.asarray(features[outside][:, net.columns] @ net.inward))
        return said

    heard = [unseen(truth, TEACHERS, "teachers"), *parts]
    word = _said(heard, _weighed(heard, numbers))
    targets = ((1 - _OF_TEACHERS) * truth + _OF_TEACHERS * word).astype(np.float32)
    heard[0] = unseen(targets, PLANS, "taught")
    counts = _weighed(heard, numbers)
    progress("taught: all rows")
    targets = ((1 - _OF_TEACHERS) * truth + _OF_TEACHERS * _said(heard, counts)).astype(np.float32)
    net = train_triage_net(features, labels, targets, PLANS)
    return _Together(net, dict(zip((OF_NET, *JOINED), counts.tolist(), strict=True)), _said(heard, counts))


def _weighed(heard: Sequence[np.ndarray], numbers: np.ndarray) -> np.ndarray:
    """Return how much each of several lines (rows × labels) must count for the labels to be most likely."""
    rows = np.arange(len(numbers))

    def loss(counts: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(sum(count * line for count, line in zip(counts, heard, strict=True)), axis=1)
        miss = np.exp(logs)
        miss[rows, numbers] -= 1
        return float(-logs[rows, numbers].mean()), np.array([(miss * line).sum() / len(rows) for line in heard])

    start = np.array([0.6, *([0.5] * (len(heard) - 1))])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 10.0)] * len(heard)).x)


def _said(heard: Sequence[np.ndarray], counts: np.ndarray) -> np.ndarray:
    return np.asarray(softmax(sum(count * line for count, line in zip(counts, heard, strict=True)), axis=1))


def _taught(rows: Sequence[Labelled]) -> tuple[str, ...]:
    """Return the heads that the rows can teach: whether a matter is named only where some rows name none."""
    return (*HEADS, MATTER) if {"true", "false"} <= {row.labels.get(MATTER) for row in rows} else HEADS


def _vocabulary(texts: np.ndarray, keys: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs that stand in ``_LEAST_TEXTS`` texts and can be asked for, ascending, and how rare each is.

    A run whose slot another holds would be dropped when the model is asked; learnt without it, the others say what it would.
    """
    order = np.lexsort((texts, keys))
    key, text = keys[order], texts[order]
    fresh = np.ones(len(key), bool)
    fresh[1:] = (key[1:] != key[:-1]) | (text[1:] != text[:-1])
    known, seen = np.unique(key[fresh], return_counts=True)
    often = np.flatnonzero(seen >= _LEAST_TEXTS)
    kept = often[one_a_slot(known[often], seen[often])]
    return known[kept], np.log((1 + count) / (1 + seen[kept])) + 1


def _train_head(head: str, features: sparse.csr_matrix, rows: Sequence[Labelled], given: Sequence[int], seed: int) -> _Head:
    """Return a head learnt from the rows ``given``, which have its label."""
    labels = [rows[number].labels[head] for number in given]
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise ModelError("model.one_class", file="", column=head, label=names[0])
    numbers = np.searchsorted(np.array(names), np.array(labels))
    folds = fold_of_authors(numbers, [rows[number].author for number in given], _FOLDS, seed)
    own, unseen = features[given], np.zeros((len(given), len(names)))
    for fold in range(_FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(outside) and len(set(numbers[inside])) > 1:
            weights, level = _fitted(head, names, own[inside], numbers[inside], seed)
            unseen[outside] = own[outside] @ weights + level
    slope, shift = _calibration(unseen, numbers)
    weights, level = _fitted(head, names, own, numbers, seed)
    whole = np.zeros((len(rows), len(names)))
    whole[given] = unseen * slope + shift
    return _Head(names, weights * slope, level * slope + shift, whole)


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


def _calibration(line: np.ndarray, numbers: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the slope and the level a label that make the softmax most likely (vector scaling with one slope).

    Source: Guo et al. 2017, section 4.2.
    """
    truth = np.eye(line.shape[1])[numbers]

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logs = log_softmax(line * point[0] + point[1:], axis=1)
        miss = (np.exp(logs) - truth) / len(line)
        value = -(logs * truth).sum() / len(line) + 1e-3 * point[1:] @ point[1:]
        return float(value), np.concatenate([[(miss * line).sum()], miss.sum(0) + 2e-3 * point[1:]])

    start = np.concatenate([[2.0], np.zeros(line.shape[1])])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.05, 50.0)] + [(None, None)] * line.shape[1]).x
    return float(best[0]), best[1:]


def _figures(shares: np.ndarray, names: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    numbers = np.searchsorted(np.array(names), np.array(labels))
    return {"accuracy": round(float((shares.argmax(1) == numbers).mean()), 4), "calibration_error": round(calibration_error(shares, numbers), 4)}

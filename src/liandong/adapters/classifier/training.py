"""Train a model from labelled texts: members on folds, then the stack on their unseen answers, then the members on all.

Reproducible: the same rows and seed give the same bytes. Progress is told through a callable, never printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import scipy.sparse as sparse
from threadpoolctl import threadpool_limits

from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.evaluation import calibration_error
from liandong.adapters.classifier.features import Views
from liandong.adapters.classifier.members import KINDS, RIDGE_ROWS, Columns, train_member
from liandong.adapters.classifier.model import TextClassifier
from liandong.adapters.classifier.stack import fit_stack

__all__ = ["LEAST_ROWS", "fold_of", "fold_of_authors", "train"]

#: fewer rows than this say nothing.
LEAST_ROWS = 10
_FOLDS = 5
Progress = Callable[[str], None]


def train(
    texts: Sequence[str], labels: Sequence[str], *, seed: int = 0, source: str = "", column: str = "", progress: Progress = lambda _: None
) -> TextClassifier:
    """Train a calibrated model.

    Parameters:
        texts: what people said, one a row.
        labels: one a text; any set of two labels or more.
        seed: of everything random.
        source: name of the file, for messages.
        column: name of the label column, for messages.
        progress: told what is being done, for people.

    Raises:
        ModelError: ``model.too_few`` or ``model.one_class``.
    """
    if len(texts) < LEAST_ROWS:
        raise ModelError("model.too_few", rows=len(texts), least=LEAST_ROWS)
    names = sorted(set(labels))
    if len(names) < 2:
        raise ModelError("model.one_class", file=source, column=column, label=names[0])
    place = {name: number for number, name in enumerate(names)}
    numbers = np.array([place[label] for label in labels])
    with threadpool_limits(1):
        progress(f"reading {len(texts)} texts, {len(names)} labels")
        views = Views.fit(texts)
        rows = views.transform(texts)
        kinds = [kind for kind in KINDS if kind != "ridge" or len(texts) <= RIDGE_ROWS]
        unseen = _unseen_scores(rows, numbers, len(names), views.columns, kinds, seed, progress)
        stack = fit_stack(unseen, numbers, kinds)
        members = []
        for kind in kinds:
            if stack.weights[kind] > 0:
                progress(f"all rows: {kind} (trusted {stack.weights[kind]:.2f})")
                members.append(train_member(kind, rows, numbers, len(names), views.columns, seed))
        guessed = _guessed(unseen, numbers, kinds, seed)
    right = guessed.argmax(1) == numbers
    about = {
        "rows": len(texts),
        "folds": _FOLDS,
        "seed": seed,
        "counts": dict(sorted(Counter(labels).items())),
        "unseen_accuracy": round(float(right.mean()), 4),
        "unseen_calibration_error": round(calibration_error(guessed, numbers), 4),
    }
    progress(f"on folds: accuracy {about['unseen_accuracy']}, calibration error {about['unseen_calibration_error']}")
    return TextClassifier(tuple(names), views, tuple(members), stack, about)


def _guessed(unseen: Mapping[str, np.ndarray], numbers: np.ndarray, kinds: Sequence[str], seed: int) -> np.ndarray:
    """Return probabilities for every row by a stack that was fitted without the row, for honest figures."""
    made = np.zeros((len(numbers), unseen[kinds[0]].shape[1]))
    halves = fold_of(numbers, 2, seed + 1)
    for half in (0, 1):
        inside, outside = np.flatnonzero(halves != half), np.flatnonzero(halves == half)
        fitted = fit_stack({kind: unseen[kind][inside] for kind in kinds}, numbers[inside], kinds)
        made[outside] = fitted.probabilities({kind: unseen[kind][outside] for kind in kinds})
    return made


def fold_of(labels: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Return a fold number a row: each class is spread evenly, in an order drawn from ``seed``."""
    draw = np.random.default_rng(seed)
    fold = np.empty(len(labels), int)
    at = 0
    for number in np.unique(labels):
        places = draw.permutation(np.flatnonzero(labels == number))
        fold[places] = (at + np.arange(len(places))) % folds
        at += len(places)
    return fold


def fold_of_authors(labels: np.ndarray, authors: Sequence[str], folds: int, seed: int) -> np.ndarray:
    """Return a fold number a row, all rows of an author in one fold; rows without an author as ``fold_of`` spreads them.

    The author with most rows comes first, each to the fold that has fewest.
    """
    fold = fold_of(labels, folds, seed)
    rows = Counter(author for author in authors if author)
    taken = [0] * folds
    place: dict[str, int] = {}
    for author, count in sorted(rows.items(), key=lambda each: (-each[1], each[0])):
        place[author] = taken.index(min(taken))
        taken[place[author]] += count
    for number, author in enumerate(authors):
        if author:
            fold[number] = place[author]
    return fold


def _unseen_scores(
    rows: sparse.csr_matrix, numbers: np.ndarray, classes: int, columns: Columns, kinds: Sequence[str], seed: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Return each member's scores of every row, given by a copy that had not seen the row."""
    unseen = {kind: np.zeros((len(numbers), classes)) for kind in kinds}
    folds = fold_of(numbers, _FOLDS, seed)
    for fold in range(_FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        present, dense = np.unique(numbers[inside], return_inverse=True)
        if not len(outside) or len(present) < 2:
            continue
        for kind in kinds:
            progress(f"fold {fold + 1} of {_FOLDS}: {kind}")
            member = train_member(kind, rows[inside], dense, len(present), columns, seed)
            scores = member.score(rows[outside])
            full = np.repeat(scores.min(1, keepdims=True), classes, axis=1)
            full[:, present] = scores
            unseen[kind][outside] = full
    return unseen

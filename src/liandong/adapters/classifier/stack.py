"""How far to trust each member: one weight a member, one level a class, fitted on answers the members gave unseen.

Each member's raw scores first become log probabilities on one scale (members that already give log probabilities are
only normalised; the others go through one logistic curve shared by all classes, Platt 1999). Their weighted sum plus a level
a class is then fitted to the true labels by maximum likelihood, so that the result is calibrated as it comes.

Where there are enough texts a class, a second, strongly held step learns which class each member takes for which: a small matrix moves the
sum by what every member says of every class. It begins at nothing and moves only as far as the unseen answers bear out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

__all__ = ["Stack", "fit_stack"]

_FLOOR = -9.0
#: Below this many texts a class there is too little to learn who is taken for whom.
_LEAST_A_CLASS = 200
#: What every member says counts for at most this in the second step, and how strongly the step is held at nothing.
_TURN_FLOOR, _TURN_SCALE, _TURN_HOLD = -6.0, 1 / 3, 3e-3
_LOG_PROBABILITIES = frozenset({"net", "near"})


@dataclass(frozen=True, slots=True)
class Stack:
    """The fitted weights.

    Parameters:
        curves: member -> slope and offset of its logistic curve, and the spread its scores are divided by.
        weights: member -> how far it is trusted, 0 or more.
        level: one number a class.
        turn: (trusted members by name × classes) × classes, or None where there was too little to learn it from.
        centre: what is taken from the members' words before ``turn``.
    """

    curves: Mapping[str, tuple[float, float, float]]
    weights: Mapping[str, float]
    level: np.ndarray
    turn: np.ndarray | None = None
    centre: np.ndarray | None = None

    def probabilities(self, scores: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return one probability a class for each row.

        Parameters:
            scores: the raw scores of every member whose weight is above 0.
        """
        return np.asarray(softmax(self.sums(scores), axis=1))

    def sums(self, scores: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the same before they are made to sum to 1."""
        total: Any = self.level
        for kind, weight in self.weights.items():
            if weight > 0:
                total = total + weight * _on_one_scale(kind, scores[kind], self.curves[kind])
        if self.turn is not None:
            total = total + (_words(scores, self) - self.centre) @ self.turn
        return np.asarray(total)

    def to_json(self) -> dict[str, Any]:
        """Return plain values to store."""
        curves = {kind: list(curve) for kind, curve in self.curves.items()}
        made = {"curves": curves, "weights": dict(self.weights), "level": [float(value) for value in self.level]}
        if self.turn is not None and self.centre is not None:
            made |= {"turn": self.turn.tolist(), "centre": self.centre.tolist()}
        return made

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Stack:
        """Build it back."""
        curves = {kind: (float(a), float(b), float(c)) for kind, (a, b, c) in stored["curves"].items()}
        weights = {kind: float(value) for kind, value in stored["weights"].items()}
        level = np.asarray(stored["level"], dtype=float)
        if "turn" not in stored:
            return cls(curves, weights, level)
        turn, centre = np.asarray(stored["turn"], dtype=float), np.asarray(stored["centre"], dtype=float)
        if turn.shape != (sum(each > 0 for each in weights.values()) * len(level), len(level)) or centre.shape != (len(turn),):
            raise ValueError("turn and level disagree")
        return cls(curves, weights, level, turn, centre)


def _words(scores: Mapping[str, np.ndarray], stack: Stack) -> np.ndarray:
    """Return what every trusted member says of every class, side by side."""
    trusted = sorted(kind for kind, weight in stack.weights.items() if weight > 0)
    return np.hstack([np.maximum(_on_one_scale(kind, scores[kind], stack.curves[kind]), _TURN_FLOOR) * _TURN_SCALE for kind in trusted])


def _on_one_scale(kind: str, raw: np.ndarray, curve: tuple[float, float, float]) -> np.ndarray:
    if kind in _LOG_PROBABILITIES:
        return np.maximum(log_softmax(np.asarray(raw, dtype=float), axis=1), _FLOOR)
    slope, offset, spread = curve
    scaled = _centred(kind, raw) / spread
    odds = -np.logaddexp(0.0, -(slope * scaled + offset))
    return np.maximum(odds - np.log(np.exp(odds).sum(1, keepdims=True)), _FLOOR)


def _centred(kind: str, raw: np.ndarray) -> np.ndarray:
    raw = np.asarray(raw, dtype=float)
    return raw - raw.mean(1, keepdims=True) if kind == "bayes" else raw


def _curve(kind: str, raw: np.ndarray, labels: np.ndarray) -> tuple[float, float, float]:
    """Return slope, offset and spread of the logistic curve that best turns this member's scores into yes and no."""
    if kind in _LOG_PROBABILITIES:
        return (1.0, 0.0, 1.0)
    centred = _centred(kind, raw)
    spread = float(centred.std()) or 1.0
    flat = (centred / spread).ravel()
    truth = (np.arange(raw.shape[1]) == labels[:, None]).ravel()

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        line = point[0] * flat + point[1]
        value = np.logaddexp(0.0, line).mean() - (line * truth).mean() + 1e-4 * point @ point
        miss = 1 / (1 + np.exp(-np.clip(line, -40, 40))) - truth
        return float(value), np.array([(miss * flat).mean(), miss.mean()]) + 2e-4 * point

    best = minimize(loss, np.array([1.0, -1.0]), jac=True, method="L-BFGS-B", bounds=[(0.05, 50.0), (-30.0, 30.0)])
    return (float(best.x[0]), float(best.x[1]), spread)


def fit_stack(scores: Mapping[str, np.ndarray], labels: np.ndarray, kinds: Sequence[str]) -> Stack:
    """Fit curves, weights and levels.

    Parameters:
        scores: member -> raw scores of every row, each given by a member that had not seen the row.
        labels: class numbers.
        kinds: the members to use.

    Returns:
        the stack; with its second step where there are more than two classes and on average at least 200 texts a class.
    """
    curves = {kind: _curve(kind, scores[kind], labels) for kind in kinds}
    layers = np.array([_on_one_scale(kind, scores[kind], curves[kind]) for kind in kinds])
    members, rows, classes = layers.shape
    truth = np.eye(classes)[labels]

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights, level = point[:members], point[members:]
        logs = log_softmax(np.tensordot(weights, layers, 1) + level, axis=1)
        slope = (np.exp(logs) - truth) / rows
        value = -(logs * truth).sum() / rows + 3e-3 * weights @ weights + 1e-2 * level @ level
        return float(value), np.concatenate([(layers * slope).sum((1, 2)) + 6e-3 * weights, slope.sum(0) + 2e-2 * level])

    start = np.concatenate([np.full(members, 1.0 / members), np.zeros(classes)])
    bounds = [(0.0, None)] * members + [(None, None)] * classes
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}).x
    weights = {kind: (float(value) if value >= 0.01 else 0.0) for kind, value in zip(kinds, best[:members], strict=True)}
    if not any(weights.values()):
        weights = dict.fromkeys(kinds, 1.0 / members)
    stack = Stack(curves, weights, best[members:])
    return stack if classes == 2 or rows < _LEAST_A_CLASS * classes else _turned(stack, scores, truth)


def _turned(stack: Stack, scores: Mapping[str, np.ndarray], truth: np.ndarray) -> Stack:
    """Return ``stack`` with its second step: the matrix that makes the true labels most likely, held at nothing by its squares."""
    base, said = stack.sums(scores), _words(scores, stack)
    centre = said.mean(0)
    said = said - centre
    shape = (said.shape[1], truth.shape[1])

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        turn = point.reshape(shape)
        logs = log_softmax(base + said @ turn, axis=1)
        miss = (np.exp(logs) - truth) / len(truth)
        return float(-(logs * truth).sum() / len(truth) + _TURN_HOLD * point @ point), (said.T @ miss + 2 * _TURN_HOLD * turn).ravel()

    best = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x
    return Stack(stack.curves, stack.weights, stack.level, best.reshape(shape), centre)

"""How far to trust each member: one weight a member, one level a class, fitted on answers the members gave unseen.

Each member's raw scores first become log probabilities on one scale (members that already give log probabilities are
only normalised; the others go through one logistic curve shared by all classes, Platt 1999). Their weighted sum plus a level
a class is then fitted to the true labels by maximum likelihood, so that the result is calibrated as it comes.
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
_LOG_PROBABILITIES = frozenset({"net", "near"})


@dataclass(frozen=True, slots=True)
class Stack:
    """The fitted weights.

    Parameters:
        curves: member -> slope and offset of its logistic curve, and the spread its scores are divided by.
        weights: member -> how far it is trusted, 0 or more.
        level: one number a class.
    """

    curves: Mapping[str, tuple[float, float, float]]
    weights: Mapping[str, float]
    level: np.ndarray

    def probabilities(self, scores: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return one probability a class for each row.

        Parameters:
            scores: the raw scores of every member whose weight is above 0.
        """
        total: Any = self.level
        for kind, weight in self.weights.items():
            if weight > 0:
                total = total + weight * _on_one_scale(kind, scores[kind], self.curves[kind])
        return np.asarray(softmax(total, axis=1))

    def to_json(self) -> dict[str, Any]:
        """Return plain values to store."""
        curves = {kind: list(curve) for kind, curve in self.curves.items()}
        return {"curves": curves, "weights": dict(self.weights), "level": [float(value) for value in self.level]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Stack:
        """Build it back."""
        curves = {kind: (float(a), float(b), float(c)) for kind, (a, b, c) in stored["curves"].items()}
        return cls(curves, {kind: float(value) for kind, value in stored["weights"].items()}, np.asarray(stored["level"], dtype=float))


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
    return Stack(curves, weights, best[members:])

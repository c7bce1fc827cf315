"""A small network over rare pieces: one hidden layer, trained by Adagrad that touches only the pieces of the batch.

Pieces of the text and hidden units are dropped at random while it learns, and the labels are softened a little:
classes that are near duplicates of each other (one office under two names) are not forced apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

__all__ = ["Net", "NetPlan", "train_net"]


@dataclass(frozen=True, slots=True)
class NetPlan:
    """How a network is trained.

    Parameters:
        hidden: units of the hidden layer.
        epochs: times every row is seen.
        rate: Adagrad's first step length, falling to nothing.
        drop: share of pieces and of hidden units left out of each step.
        batch: rows a step.
        soften: share of each label given to all classes alike.
        seed: of everything random.
    """

    hidden: int = 64
    epochs: int = 12
    rate: float = 0.1
    drop: float = 0.3
    batch: int = 64
    soften: float = 0.05
    seed: int = 0


@dataclass(slots=True)
class Net:
    """The trained weights."""

    inward: np.ndarray
    bend: np.ndarray
    outward: np.ndarray
    level: np.ndarray

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Return one unnormalised log probability a class."""
        return np.asarray(np.maximum(rows @ self.inward + self.bend, 0) @ self.outward + self.level)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return plain arrays to store."""
        return {"inward": self.inward.astype(np.float16), "bend": self.bend, "outward": self.outward, "level": self.level}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, np.ndarray]) -> Net:
        """Build it back."""
        return cls(*(np.asarray(stored[name], dtype=np.float32) for name in ("inward", "bend", "outward", "level")))


def train_net(rows: sparse.csr_matrix, targets: np.ndarray, plan: NetPlan) -> Net:
    """Train on ``rows`` towards ``targets``.

    Parameters:
        rows: one text a row, each of length about 1.
        targets: one probability a class, each row summing to 1.
    """
    draw = np.random.default_rng(plan.seed)
    count, width = rows.shape
    classes = targets.shape[1]
    rows = rows.astype(np.float32)
    targets = (targets * (1 - plan.soften) + plan.soften / classes).astype(np.float32)
    net = Net(
        inward=(draw.standard_normal((width, plan.hidden)) * 0.3).astype(np.float32),
        bend=np.zeros(plan.hidden, np.float32),
        outward=(draw.standard_normal((plan.hidden, classes)) / np.sqrt(plan.hidden)).astype(np.float32),
        level=np.log(targets.mean(0)).astype(np.float32),
    )
    learner = _Adagrad(net)
    steps = plan.epochs * -(-count // plan.batch)
    step = 0
    for _ in range(plan.epochs):
        order = draw.permutation(count)
        for start in range(0, count, plan.batch):
            chosen = order[start : start + plan.batch]
            learner.step(rows[chosen], targets[chosen], plan.rate * (1 - step / steps) + 1e-4, plan.drop, draw)
            step += 1
    return Net.from_arrays(net.arrays())


class _Adagrad:
    """Holds the squared steps taken so far; each weight's own step shrinks as it is used."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.seen = np.full(net.inward.shape, 1e-6, np.float32)
        self.seen_dense = [np.full(part.shape, 1e-4, np.float32) for part in (net.bend, net.outward, net.level)]

    def step(self, rows: sparse.csr_matrix, targets: np.ndarray, rate: float, drop: float, draw: np.random.Generator) -> None:
        """Move every weight that these rows touch."""
        net = self.net
        rows.data *= (draw.random(rows.nnz) > drop) / np.float32(1 - drop)
        columns, places = np.unique(rows.indices, return_inverse=True)
        local = sparse.csr_matrix((rows.data, places.astype(np.int32), rows.indptr), shape=(rows.shape[0], len(columns)))
        inward = net.inward[columns]
        bent = local @ inward + net.bend
        mask = (draw.random(bent.shape) > drop).astype(np.float32) / np.float32(1 - drop)
        hidden = np.maximum(bent, 0) * mask
        logits = hidden @ net.outward + net.level
        logits -= logits.max(1, keepdims=True)
        odds = np.exp(logits)
        slope = (odds / odds.sum(1, keepdims=True) - targets) / np.float32(len(targets))
        back = (slope @ net.outward.T) * mask * (bent > 0)
        pull = local.T @ back
        seen = self.seen[columns] + pull * pull
        self.seen[columns] = seen
        net.inward[columns] = inward - rate * pull / np.sqrt(seen)
        for part, past, move in zip(
            (net.bend, net.outward, net.level), self.seen_dense, (back.sum(0), hidden.T @ slope, slope.sum(0)), strict=True
        ):
            past += move * move
            part -= rate * move / np.sqrt(past)

"""A small network beside the linear model of triage: what words mean together, where single runs say little.

One hidden layer over the runs that many texts hold and the signs. It learns side, item and danger at once, as one label: a matter
is heard as a whole ("knife", "neighbour", "rent"), so what several words say together counts, which a sum of weights cannot hold.
Networks that began differently stand side by side in one hidden layer; their mean is one network.

What is shipped is taught by labels and by teachers: earlier models that had not read the row's author. Where they doubt a label, so
does it; it errs less on people it has not read, and says more rightly how sure it is (ADR 0046).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sparse
from scipy.special import softmax

from liandong.adapters.classifier.net import NetPlan, train_net

__all__ = ["JOINED", "PLANS", "TEACHERS", "TriageNet", "product", "short", "train_triage_net"]

#: the heads that are learnt as one.
JOINED = ("side", "item", "urgent")
#: a run has a part in the network from so many texts on: what rarer ones say the heads know already.
_LEAST_TEXTS = 12
#: how loud a text of length 1 is for the network.
_LOUD = np.float32(2)
#: what is said of a label nobody would name.
_FLOOR = 1e-6
#: texts at once: few enough that the linear algebra below does not wake threads, whose waiting costs more than the sums.
_BLOCK = 32
#: bits that a stored weight keeps of the ten behind its point: each is right within 7 %, and a text is the sum of a hundred.
_KEPT_BITS = 3
#: how teachers learn from labels, and how what is shipped learns from them and from labels.
TEACHERS = tuple(NetPlan(hidden=64, epochs=14, seed=100 + seed) for seed in range(2))
PLANS = tuple(NetPlan(hidden=64, epochs=20, drop=0.4, soften=0.0, seed=seed) for seed in range(2))


@dataclass(frozen=True, slots=True)
class TriageNet:
    """The networks, as one.

    Parameters:
        labels: of each output, one label of each of ``JOINED``.
        columns: of the features (runs, then signs), which have a part; ascending.
        inward: their weights × hidden units.
        bend: level of each hidden unit.
        outward: hidden units × outputs.
        level: of each output.
    """

    labels: tuple[tuple[str, ...], ...]
    columns: np.ndarray
    inward: np.ndarray
    bend: np.ndarray
    outward: np.ndarray
    level: np.ndarray

    def lines(self, inward: np.ndarray) -> np.ndarray:
        """Return the unnormalised logarithm of each output's probability, texts × outputs.

        Parameters:
            inward: texts × hidden units, what the text gives to each before its level.
        """
        return product(np.maximum(inward + self.bend, 0), self.outward) + self.level

    def members_of(self, names: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
        """Return for each of ``JOINED`` outputs × labels, one where the output has the label.

        Parameters:
            names: head → labels in the order wanted.
        """
        return {head: np.array([[label[place] == name for name in names[head]] for label in self.labels], np.float32) for place, head in enumerate(JOINED)}

    def shares(self, lines: np.ndarray, members: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return for each of ``JOINED`` the logarithm of each label's probability, texts × labels.

        Parameters:
            lines: texts × outputs, unnormalised logarithms of probability.
            members: as ``members_of`` gives them, once for many texts.
        """
        joint = softmax(lines, axis=1)
        return {head: np.log(product(joint, members[head]) + _FLOOR) for head in JOINED}

    def scaled(self, factors: np.ndarray) -> TriageNet:
        """Return the network for features that were not multiplied by ``factors`` yet, one a column."""
        return replace(self, inward=(self.inward * factors[self.columns, None]).astype(np.float32))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return plain arrays to store."""
        return {
            "net_columns": self.columns.astype(np.int32),
            "net_inward": short(self.inward),
            "net_bend": self.bend,
            "net_outward": self.outward,
            "net_level": self.level,
        }

    @classmethod
    def from_arrays(cls, labels: Sequence[Sequence[str]], stored: Mapping[str, Any]) -> TriageNet:
        """Build it back.

        Raises:
            KeyError: something is missing.
            ValueError: the arrays do not fit each other.
        """
        parts = [np.asarray(stored[name]) for name in ("net_columns", "net_inward", "net_bend", "net_outward", "net_level")]
        columns, inward, bend, outward, level = parts[0], *(each.astype(np.float32) for each in parts[1:])
        if inward.shape != (len(columns), len(bend)) or outward.shape != (len(bend), len(labels)) or level.shape != (len(labels),):
            raise ValueError("the network's arrays disagree")
        return cls(tuple(map(tuple, labels)), columns, inward, bend, outward, level)


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the matrix product, few rows at a time: see ``_BLOCK``."""
    return np.concatenate([left[at : at + _BLOCK] @ right for at in range(0, len(left), _BLOCK)])


def short(weights: np.ndarray) -> np.ndarray:
    """Return weights to be stored: two bytes each, of which the last bits are rounded away so that they pack well."""
    dropped = 10 - _KEPT_BITS
    bits = weights.astype(np.float16).view(np.uint16).astype(np.uint32)
    return (((bits + (1 << (dropped - 1))) >> dropped) << dropped).astype(np.uint16).view(np.float16)


def train_triage_net(features: sparse.csr_matrix, labels: Sequence[tuple[str, ...]], targets: np.ndarray, plans: Sequence[NetPlan]) -> TriageNet:
    """Train the networks and lay them side by side.

    Parameters:
        features: texts × (runs and signs), each text of length about 1.
        labels: of each output, one label of each of ``JOINED``.
        targets: texts × outputs, the probability of each output, summing to 1 a text.
        plans: how each network is trained.
    """
    columns = np.flatnonzero(np.bincount(features.indices, minlength=features.shape[1]) >= _LEAST_TEXTS)
    rows = sparse.csr_matrix(features[:, columns], dtype=np.float32) * _LOUD
    nets = [train_net(rows, targets, plan) for plan in plans]
    return TriageNet(
        tuple(labels),
        columns,
        np.hstack([net.inward for net in nets]) * _LOUD,
        np.concatenate([net.bend for net in nets]),
        np.vstack([net.outward for net in nets]) / len(nets),
        np.mean([net.level for net in nets], axis=0),
    )

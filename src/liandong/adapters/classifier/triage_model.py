"""The model that triage asks: side, item, kind and danger from the runs of a text and the signs that the rules found.

Theory of operation: linear. A text is the runs it holds, weighted by rarity and scaled to length 1, beside the signs; every label
has one weight a run and one a sign; slope and level of each head were fitted on answers given unseen, so that softmax gives
calibrated probabilities. Being linear, it explains itself: the weight of each run for the chosen item, laid on the characters it
covers, shows the words that decided. Side, item and danger are told together, as one label: a small network (``triage_net.py``)
names the labels there are, and the heads add what each says of its part. Stored as ``model.json`` and ``model.npz`` (plain arrays, never pickle).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sparse

from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.grams import LONGEST, Grams, grams_of
from liandong.adapters.classifier.triage_net import JOINED, TriageNet, product, short
from liandong.domain.triage.scores import Scores, Signs

__all__ = ["HEADS", "MATTER", "OF_NET", "TriageModel", "one_a_slot", "rows_of", "sign_rows"]

#: what is judged, in the order of the columns.
HEADS = ("side", "item", "kind", "urgent")
#: behind them, in models that were taught it: whether the words name a matter at all.
MATTER = "matter"
#: name of what the network says, beside the names of the heads that are told together with it.
OF_NET = "net"
_FORMAT = 4
#: formats that are read: those of 2 have no network. In 3 the heads were not told together.
_READ = frozenset({2, _FORMAT})
_SLOT_BITS = 20
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
#: words of at least this share of the best are shown with it, and at most so many characters.
_EXTEND, _WIDEST = 0.35, 8
_EPSILON = 1e-6
#: a label less probable than this is left out: nobody asks for it, and every one costs time.
_LEAST_SHARE = 0.002
#: texts at once; their number must fit above a key.
_BATCH = 1_024
_KEY_BITS = np.uint64(48)
_KEY_MASK = np.uint64((1 << 48) - 1)
#: as many for the row of a run.
_ROW_BITS = np.int64(32)
_ROW_MASK = np.int64((1 << 32) - 1)


@dataclass(frozen=True, slots=True)
class TriageModel:
    """A trained model; it is a ``BulkScorer``.

    Parameters:
        labels: head → its labels in the order of the columns.
        keys: the runs it knows, ascending.
        rarity: of each run.
        weights: runs × columns of all heads, already times rarity and slope.
        signs: name → row in ``sign_weights``.
        sign_weights: signs × columns.
        level: one a column.
        about: how it was trained, and figures.
        net: the network beside it, or None.
        trust: ``net`` and each head told together → how much its line counts; empty where there is no network.
    """

    labels: Mapping[str, tuple[str, ...]]
    keys: np.ndarray
    rarity: np.ndarray
    weights: np.ndarray
    signs: Mapping[str, int]
    sign_weights: np.ndarray
    level: np.ndarray
    about: Mapping[str, Any] = field(default_factory=dict)
    net: TriageNet | None = None
    trust: Mapping[str, float] = field(default_factory=dict)
    #: row of ``keys`` → row of ``_inward``; row 0 of both is a run that says nothing.
    _places: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32), compare=False)
    _inward: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32), compare=False)
    _sign_inward: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32), compare=False)
    _members: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False)
    #: columns of all heads × outputs of the network, how much each head's line counts for each output.
    _told: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32), compare=False)
    #: hash → row of ``keys`` or 0; row 0 is a run that says nothing.
    _slots: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32), compare=False)

    @classmethod
    def made(
        cls,
        labels: Mapping[str, tuple[str, ...]],
        keys: np.ndarray,
        rarity: np.ndarray,
        weights: np.ndarray,
        signs: Sequence[str],
        sign_weights: np.ndarray,
        level: np.ndarray,
        about: Mapping[str, Any],
        net: TriageNet | None = None,
        trust: Mapping[str, float] | None = None,
    ) -> TriageModel:
        """Return a model ready to be asked; of runs that share a slot the later is dropped."""
        slots = np.zeros(1 << _SLOT_BITS, np.int32)
        slots[_slot(keys)[::-1]] = np.arange(len(keys), 0, -1, dtype=np.int32)
        nothing = np.zeros((1, weights.shape[1]), np.float32)
        return cls(
            dict(labels),
            np.concatenate([np.zeros(1, np.uint64), keys]),
            np.concatenate([np.zeros(1, np.float32), rarity.astype(np.float32)]),
            np.concatenate([nothing, weights.astype(np.float32)]),
            {name: place for place, name in enumerate(signs)},
            sign_weights.astype(np.float32),
            level.astype(np.float32),
            dict(about),
            net,
            dict(trust or {}),
            *((*_spread(net, len(keys), len(signs)), net.members_of(labels), _told(net, labels, trust or {})) if net is not None else ()),
            _slots=slots,
        )

    def score(self, text: str, signs: Signs) -> Scores:
        """Return the probabilities of one text."""
        return self.score_many([text], [signs])[0]

    def score_many(self, texts: Sequence[str], signs: Sequence[Signs]) -> list[Scores]:
        """Return the probabilities of each text, in order."""
        if len(texts) > _BATCH:
            parts = range(0, len(texts), _BATCH)
            return [each for at in parts for each in self.score_many(texts[at : at + _BATCH], signs[at : at + _BATCH])]
        if not texts:
            return []
        grams = grams_of(texts)
        known = self._known(grams.keys)
        rows = _rows(*_once_each(grams.texts, known), len(texts), self.rarity)
        found = _signs_of(signs, self.signs)
        line = np.asarray(rows @ self.weights) + found @ self.sign_weights + self.level
        if self.net is not None:
            self._together(line, rows, found, self.net)
        odds = [_softmax(line[:, first:last]) for first, last in self._columns()]
        words = self._words(texts, grams, known, odds[1].argmax(1))
        tables = [_tables(self.labels[head], each) for head, each in zip(HEADS[:3], odds[:3], strict=True)]
        yes = self.labels["urgent"].index("true")
        named = odds[4][:, self.labels[MATTER].index("true")] if MATTER in self.labels else np.ones(len(texts))
        return [
            Scores(side, item, kind, urgent, matter, shown)
            for side, item, kind, urgent, matter, shown in zip(*tables, odds[3][:, yes].tolist(), named.tolist(), words, strict=True)
        ]

    def _together(self, line: np.ndarray, rows: sparse.csr_matrix, found: sparse.csr_matrix, net: TriageNet) -> None:
        """Put in place of the lines of the heads that are told together what network and heads say together."""
        known = sparse.csr_matrix((rows.data, self._places[rows.indices], rows.indptr), shape=(rows.shape[0], len(self._inward)))
        heard = net.lines(np.asarray(known @ self._inward + found @ self._sign_inward))
        said = net.shares(np.float32(self.trust[OF_NET]) * heard + product(line, self._told), self._members)
        for head, (first, last) in zip(self.labels, self._columns(), strict=True):
            if head in said:
                line[:, first:last] = said[head]

    def _columns(self) -> list[tuple[int, int]]:
        edges = np.cumsum([0, *(len(names) for names in self.labels.values())]).tolist()
        return list(pairwise(edges))

    def _known(self, keys: np.ndarray) -> np.ndarray:
        """Return the row of each run, 0 where the model does not know it."""
        found = self._slots[_slot(keys)]
        return np.where(self.keys[found] == keys, found, 0)

    def _words(self, texts: Sequence[str], grams: Grams, known: np.ndarray, item: np.ndarray) -> list[tuple[tuple[int, int], ...]]:
        """Return for each text where the words stand that spoke most for its item."""
        first = self._columns()[1][0]
        pull = self.weights[known, first + item[grams.texts]] / grams.lengths
        laid = np.bincount(grams.starts, pull, grams.size + 3)
        for reach in range(1, int(grams.lengths.max(initial=1))):
            wide = grams.lengths > reach
            laid += np.bincount(grams.starts[wide] + reach, pull[wide], len(laid))
        shares = laid.tolist()
        return [_best_words(shares[at : at + len(text)]) if len(text) <= LONGEST else () for at, text in zip(grams.offsets.tolist(), texts, strict=True)]

    def save(self, directory: Path) -> None:
        """Write the model into ``directory``."""
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "model.npz").open("wb") as sink:
            np.savez_compressed(
                sink,
                allow_pickle=False,
                keys=np.diff(self.keys),
                rarity=self.rarity[1:].astype(np.float16),
                weights=short(self.weights[1:]),
                sign_weights=self.sign_weights,
                level=self.level,
                **(self.net.arrays() if self.net is not None else {}),
            )
        about: dict[str, Any] = {"format": _FORMAT, "labels": {head: list(names) for head, names in self.labels.items()}, "signs": list(self.signs), "about": dict(self.about)}
        if self.net is not None:
            about["net"] = {"labels": [list(label) for label in self.net.labels], "trust": dict(self.trust)}
        (directory / "model.json").write_text(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> TriageModel:
        """Read a model.

        Raises:
            ModelError: ``model.not_found``, ``model.version_unknown`` or ``model.broken``.
        """
        for name in ("model.json", "model.npz"):
            if not (directory / name).is_file():
                raise ModelError("model.not_found", dir=str(directory), file=name)
        try:
            stored = json.loads((directory / "model.json").read_text(encoding="utf-8"))
            if stored["format"] not in _READ:
                raise ModelError("model.version_unknown", dir=str(directory), version=stored["format"], known=_FORMAT)
            with np.load(directory / "model.npz", allow_pickle=False) as arrays:
                net, trust = _net_of(stored.get("net"), arrays)
                return cls.made(
                    {head: tuple(stored["labels"][head]) for head in _heads_of(stored["labels"])},
                    np.cumsum(arrays["keys"], dtype=np.uint64),
                    arrays["rarity"],
                    arrays["weights"],
                    stored["signs"],
                    arrays["sign_weights"],
                    arrays["level"],
                    stored["about"],
                    net,
                    trust,
                )
        except (ValueError, KeyError, TypeError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError("model.broken", dir=str(directory), reason=f"{type(error).__name__}: {error}") from error


def _net_of(stored: Mapping[str, Any] | None, arrays: Mapping[str, Any]) -> tuple[TriageNet | None, dict[str, float]]:
    """Return the network of a stored model and how much it and each head count."""
    if stored is None:
        return None, {}
    return TriageNet.from_arrays(stored["labels"], arrays), {name: float(stored["trust"][name]) for name in (OF_NET, *JOINED)}


def _spread(net: TriageNet, runs: int, signs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where each run stands in the network, the weights of those runs, and those of all signs."""
    if len(net.columns) and not 0 <= int(net.columns[0]) <= int(net.columns[-1]) < runs + signs:
        raise ValueError("the network knows other runs")
    inside = net.columns < runs
    places = np.zeros(runs + 1, np.int32)
    places[net.columns[inside] + 1] = np.arange(1, int(inside.sum()) + 1, dtype=np.int32)
    of_signs = np.zeros((signs, net.inward.shape[1]), np.float32)
    of_signs[net.columns[~inside] - runs] = net.inward[~inside]
    return places, np.concatenate([np.zeros((1, net.inward.shape[1]), np.float32), net.inward[inside]]), of_signs


def _told(net: TriageNet, labels: Mapping[str, Sequence[str]], trust: Mapping[str, float]) -> np.ndarray:
    """Return how much each column of the heads counts for each output of the network."""
    parts = [
        np.array([[trust[head] if label[JOINED.index(head)] == name else 0.0 for label in net.labels] for name in names], np.float32)
        if head in JOINED
        else np.zeros((len(names), len(net.labels)), np.float32)
        for head, names in labels.items()
    ]
    return np.concatenate(parts)


def _heads_of(labels: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the heads of a stored model in the order of its columns."""
    return (*HEADS, MATTER) if MATTER in labels else HEADS


def one_a_slot(keys: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the places, ascending, of runs that have a slot to themselves: of those that share one, the run that most texts hold.

    Parameters:
        keys: ascending.
        seen: texts that hold each.
    """
    order = np.lexsort((keys, -seen))
    _, first = np.unique(_slot(keys[order]), return_index=True)
    return np.sort(order[first])


def rows_of(texts: Sequence[str], keys: np.ndarray, rarity: np.ndarray) -> sparse.csr_matrix:
    """Return texts × runs for training: a run's rarity where it stands, each text scaled to length 1.

    Parameters:
        keys: the runs to keep, ascending.
        rarity: of each.
    """
    every = np.concatenate([np.zeros(1), rarity])
    blocks = []
    for batch in range(0, len(texts), _BATCH):
        shown = texts[batch : batch + _BATCH]
        owners, once = _once(grams_of(shown))
        place = np.minimum(np.searchsorted(keys, once), len(keys) - 1)
        rows = _rows(owners, np.where(keys[place] == once, place + 1, 0), len(shown), every)
        rows.data = rows.data * every[rows.indices]
        blocks.append(rows[:, 1:])
    made = sparse.csr_matrix(sparse.vstack(blocks, format="csr"))
    made.eliminate_zeros()
    made.sort_indices()
    return made


def sign_rows(signs: Sequence[Signs], places: Mapping[str, int]) -> np.ndarray:
    """Return texts × signs, dense; names not in ``places`` are passed over."""
    return np.asarray(_signs_of(signs, places).toarray())


def _signs_of(signs: Sequence[Signs], places: Mapping[str, int]) -> sparse.csr_matrix:
    """Return the same, sparse: a text has a dozen of two hundred."""
    known = [[(at, strength) for name, strength in each.items() if (at := places.get(name)) is not None] for each in signs]
    flat = [pair for each in known for pair in each]
    ends = np.cumsum([0, *map(len, known)])
    data, columns = np.array([strength for _, strength in flat], np.float32), np.array([at for at, _ in flat], np.int32)
    return sparse.csr_matrix((data, columns, ends), shape=(len(signs), len(places)))


def _rows(owners: np.ndarray, known: np.ndarray, texts: int, rarity: np.ndarray) -> sparse.csr_matrix:
    """Return texts × runs holding one over each text's length in the sense of its rarities.

    Parameters:
        owners: number of the text of each run, ascending.
        known: row of each run, each at most once a text.
    """
    weight = rarity[known]
    scale = 1.0 / np.maximum(np.sqrt(np.bincount(owners, weight * weight, texts)), _EPSILON)
    ends = np.cumsum(np.bincount(owners, minlength=texts))
    return sparse.csr_matrix((scale[owners].astype(np.float32), known, np.concatenate([[0], ends])), shape=(texts, len(rarity)))


def _once(grams: Grams) -> tuple[np.ndarray, np.ndarray]:
    """Return owner and key of every run, each once a text: a letter that repeats itself says no more."""
    packed = np.sort(grams.keys | (grams.texts.astype(np.uint64) << _KEY_BITS))
    fresh = np.ones(len(packed), bool)
    fresh[1:] = packed[1:] != packed[:-1]
    packed = packed[fresh]
    return (packed >> _KEY_BITS).astype(np.int64), packed & _KEY_MASK


def _once_each(texts: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same of runs whose rows are known already; all that are not known are one."""
    packed = np.sort(known | (texts << _ROW_BITS))
    fresh = np.ones(len(packed), bool)
    fresh[1:] = packed[1:] != packed[:-1]
    packed = packed[fresh]
    return packed >> _ROW_BITS, packed & _ROW_MASK


def _slot(keys: np.ndarray) -> np.ndarray:
    return np.asarray((keys * _SPREAD) >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)


def _tables(labels: Sequence[str], odds: np.ndarray) -> list[dict[str, float]]:
    """Return for each text the labels that are at all probable, in their order."""
    made: list[dict[str, float]] = [{} for _ in range(len(odds))]
    texts, columns = np.nonzero(odds.astype(np.float64) >= _LEAST_SHARE)
    for text, column, share in zip(texts.tolist(), columns.tolist(), odds[texts, columns].tolist(), strict=True):
        made[text][labels[column]] = share
    return made


def _softmax(line: np.ndarray) -> np.ndarray:
    raised = np.exp(line - line.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def _best_words(shares: list[float]) -> tuple[tuple[int, int], ...]:
    """Return the one or two stretches of characters with the highest shares."""
    found: list[tuple[int, int]] = []
    left, least = shares.copy(), 0.0
    for _ in range(2):
        best = max(left, default=0.0)
        if best <= least:
            break
        least = least or _EXTEND * best
        start = left.index(best)
        end = start + 1
        while start > 0 and left[start - 1] >= _EXTEND * best and end - start < _WIDEST:
            start -= 1
        while end < len(left) and left[end] >= _EXTEND * best and end - start < _WIDEST:
            end += 1
        found.append((start, end))
        left[start:end] = [0.0] * (end - start)
    return tuple(found)

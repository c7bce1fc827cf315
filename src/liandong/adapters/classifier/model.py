"""A trained model: texts in, a calibrated probability for every label out; stored as plain arrays and JSON.

A model directory holds ``model.json`` (format, labels, how far each member is trusted, how it was trained) and
``model.npz`` (arrays, read with ``allow_pickle=False``). Loading one never runs code from it. The arrays hold the pieces of the
training texts (runs of up to three characters, words and pairs of words), so a model trained on real cases is kept like them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from liandong.adapters.classifier.errors import ModelError
from liandong.adapters.classifier.features import Views
from liandong.adapters.classifier.members import Member, member_from_arrays
from liandong.adapters.classifier.stack import Stack

__all__ = ["FORMAT", "TextClassifier", "check_target"]

#: version of the stored form; the first is read too.
FORMAT = 2
_READ = (1, FORMAT)
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class TextClassifier:
    """A trained stack.

    Parameters:
        labels: in the order of the probabilities.
        views: the fitted features.
        members: those the stack trusts at all.
        stack: how far it trusts each.
        about: how it was trained: rows, folds, seed, figures.
    """

    labels: tuple[str, ...]
    views: Views
    members: tuple[Member, ...]
    stack: Stack
    about: Mapping[str, Any] = field(default_factory=dict)

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return an array (texts × labels); each row sums to 1."""
        parts = [np.empty((0, len(self.labels)))]
        for start in range(0, len(texts), _BATCH):
            rows = self.views.transform(texts[start : start + _BATCH])
            parts.append(self.stack.probabilities({member.kind: member.score(rows) for member in self.members}))
        return np.concatenate(parts)

    def top(self, text: str, count: int = 3) -> list[tuple[str, float]]:
        """Return the ``count`` most probable labels of one text with their probabilities, best first."""
        return self.rank(self.probabilities([text])[0], count)

    def rank(self, probabilities: np.ndarray, count: int) -> list[tuple[str, float]]:
        """Return the ``count`` best labels of one row of probabilities; equal ones in the order of the labels."""
        order = np.argsort(-probabilities, kind="stable")[:count]
        return [(self.labels[place], float(probabilities[place])) for place in order]

    def save(self, directory: Path) -> None:
        """Write the model; what was there is replaced only when the whole of the new one is on disk.

        Raises:
            ModelError: ``model.out_not_empty`` where the directory holds anything but a model.
        """
        check_target(directory)
        directory.mkdir(parents=True, exist_ok=True)
        arrays = {f"views/{name}": array for name, array in self.views.arrays().items()}
        for member in self.members:
            arrays |= {f"{member.kind}/{name}": array for name, array in member.parts.items()}
        about = {
            "format": FORMAT,
            "labels": list(self.labels),
            "members": [member.kind for member in self.members],
            "stack": self.stack.to_json(),
            "about": dict(self.about),
        }
        fresh = directory / "model.npz.new"
        with fresh.open("wb") as sink:
            np.savez_compressed(sink, allow_pickle=False, **arrays)
        described = directory / "model.json.new"
        described.write_text(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        fresh.replace(directory / "model.npz")
        described.replace(directory / "model.json")

    @classmethod
    def load(cls, directory: Path) -> TextClassifier:
        """Read a model.

        Raises:
            ModelError: ``model.not_found``, ``model.version_unknown`` or ``model.broken``.
        """
        for name in ("model.json", "model.npz"):
            if not (directory / name).is_file():
                raise ModelError("model.not_found", dir=str(directory), file=name)
        try:
            stored = json.loads((directory / "model.json").read_text(encoding="utf-8"))
            version = stored["format"]
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError("model.broken", dir=str(directory), reason=f"model.json: {error}") from error
        if version not in _READ:
            raise ModelError("model.version_unknown", dir=str(directory), version=version, known=FORMAT)
        try:
            return cls._build(directory, stored)
        except (ValueError, KeyError, TypeError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError("model.broken", dir=str(directory), reason=f"{type(error).__name__}: {error}") from error

    @classmethod
    def _build(cls, directory: Path, stored: Mapping[str, Any]) -> TextClassifier:
        with np.load(directory / "model.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        views = Views.from_arrays(_under(arrays, "views"))
        members = tuple(member_from_arrays(kind, _under(arrays, kind), views.columns) for kind in stored["members"])
        model = cls(tuple(stored["labels"]), views, members, Stack.from_json(stored["stack"]), stored["about"])
        if model.probabilities(["试"]).shape != (1, len(model.labels)):
            raise ValueError("labels and arrays disagree")
        return model


def check_target(directory: Path) -> None:
    """Refuse a directory that holds anything but a model.

    Raises:
        ModelError: ``model.out_not_empty``.
    """
    ours = {"model.json", "model.npz", "model.json.new", "model.npz.new"}
    if directory.is_file() or (directory.is_dir() and any(entry.name not in ours for entry in directory.iterdir())):
        raise ModelError("model.out_not_empty", dir=str(directory))


def _under(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(f"{prefix}/"): array for name, array in arrays.items() if name.startswith(f"{prefix}/")}

"""A node's own unit model as history: words -> unit -> probability; trained by ``liandong train-units``, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from liandong.adapters.classifier.model import TextClassifier

__all__ = ["UnitHistory"]

#: Units that are told, the likeliest.
TOLD = 10


class UnitHistory:
    """What a trained model says about who handles words.

    Parameters:
        directory: a model whose labels are codes of units.

    Raises:
        ModelError: it is missing or damaged.
    """

    def __init__(self, directory: Path) -> None:
        self._model = TextClassifier.load(directory)
        self._known = lru_cache(maxsize=512)(self._look)

    def __call__(self, words: str) -> Mapping[str, float]:
        """Return code of a unit -> probability, the likeliest only; empty for no words."""
        return self._known(words[:2000]) if words.strip() else {}

    def _look(self, words: str) -> Mapping[str, float]:
        return dict(self._model.rank(self._model.probabilities([words])[0], TOLD))

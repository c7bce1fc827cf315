"""What a trained classifier says about a text, and the port it stands behind.

The rules of this package do without one; when one is given, its probabilities are combined with theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

__all__ = ["BulkScorer", "Scorer", "Scores", "Signs"]

#: name → strength of what the rules found.
Signs = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities, each mapping summing to about 1 over the labels the model knows.

    Parameters:
        side: by ``Side`` value (``police``, ``hotline``, ``joint``, ``neither``).
        item: by class code (``H1`` … ``P8``); ``none`` or ``""`` for no item.
        kind: by ``Kind`` value.
        urgent: probability of danger now, 0 to 1.
        matter: probability that the words name a matter at all, 0 to 1; 1 where the model was not taught to tell.
        words: where in the text (first character, one past the last) the words stand that spoke most for the best item; best first.
    """

    side: Mapping[str, float] = field(default_factory=dict)
    item: Mapping[str, float] = field(default_factory=dict)
    kind: Mapping[str, float] = field(default_factory=dict)
    urgent: float = 0.0
    matter: float = 1.0
    words: tuple[tuple[int, int], ...] = ()


class Scorer(Protocol):
    """A trained model."""

    def score(self, text: str, signs: Signs) -> Scores:
        """Return the model's probabilities for ``text``; must not raise for any string.

        Parameters:
            text: as ``Words.plain``.
            signs: what the rules and the list found in it (``Reading.signs``); names the model does not know are passed over.
        """
        ...


@runtime_checkable
class BulkScorer(Protocol):
    """A trained model that is faster on many texts at once."""

    def score(self, text: str, signs: Signs) -> Scores:
        """Return the model's probabilities for ``text``."""
        ...

    def score_many(self, texts: Sequence[str], signs: Sequence[Signs]) -> list[Scores]:
        """Return one ``Scores`` for each text and its signs, in order."""
        ...

"""The model that comes with the program, trained by ``make model`` on the project's own corpus."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from liandong.adapters.classifier.triage_model import TriageModel

__all__ = ["SHIPPED", "default_scorer"]

#: where it lies.
SHIPPED = Path(__file__).resolve().parent


@cache
def default_scorer() -> TriageModel:
    """Return the shipped model, read once.

    Raises:
        ModelError: it is missing or damaged.
    """
    return TriageModel.load(SHIPPED)

"""A triage that knows a few words: quick, and the same in every run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["WordTriage"]


class WordTriage:
    """The port ``Triage``: the first word of its table that a text holds decides.

    Parameters:
        table: word -> (side, item, urgent), asked in its order; what holds none of them is unclear.
    """

    def __init__(self, table: Mapping[str, tuple[str, str, bool]]) -> None:
        self._table = dict(table)

    def __call__(self, text: str) -> Mapping[str, Any]:
        """Return a verdict with every name that the real one has."""
        found = next((word for word in self._table if word in text), "")
        side, item, urgent = self._table.get(found, ("unclear", "", False))
        return {
            "side": side,
            "kind": "",
            "item": item,
            "item2": "",
            "urgent": urgent,
            "confidence": 0.9 if found else 0.2,
            "reasons": [{"words": found, "item": item, "clause": ""}] if found else [],
            "particulars": {},
            "missing": [],
            "ask": "",
        }

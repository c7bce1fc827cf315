"""Where a matter is: the place that was written down, else the one that was only said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["place_said"]


def place_said(said: Mapping[str, Any]) -> str:
    """Return the place of an appeal; of one that nobody typed, what triage read out of the words; ``""`` where neither is known."""
    written = str(said.get("place") or "")
    if written:
        return written
    particulars = (said.get("verdict") or {}).get("particulars") or {}
    heard = particulars.get("place") if isinstance(particulars, Mapping) else None
    return str(heard[0])[:300] if isinstance(heard, list | tuple) and heard else ""

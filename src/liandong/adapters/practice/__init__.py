"""The practice cases that ship with the program: selected out of the project's own corpus by ``scripts/practice.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from liandong.domain.practice.scoring import Case

__all__ = ["cases"]


@cache
def cases() -> Mapping[str, Case]:
    """Return id -> case, read once."""
    raw = json.loads(files(__name__).joinpath("cases.json").read_text(encoding="utf-8"))
    return {each["id"]: Case(**{**each, "tags": tuple(each["tags"])}) for each in raw["cases"]}

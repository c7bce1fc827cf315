"""Decide again when somebody else was faster: whoever reads, decides and writes may find that the record has moved on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from liandong.domain.errors import StreamConflict

__all__ = ["TRIES", "decided_again"]

T = TypeVar("T")
#: How often a step is decided when others write at the same moment.
TRIES = 4


def decided_again(once: Callable[[], T]) -> T:
    """Return what ``once`` returns; it reads, decides and writes in a unit of work of its own.

    Raises:
        StreamConflict: somebody was faster ``TRIES`` times.
    """
    for _ in range(TRIES - 1):
        try:
            return once()
        except StreamConflict:
            continue
    return once()

"""Asking the adviser from a request: its classes are this city's, and no database connection waits with it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from liandong.application.advise import ask_adviser
from liandong.application.ports import Advice
from liandong.web.reading.rerouting import item_classes
from liandong.web.world import world

__all__ = ["advice_on"]


def advice_on(text: str, known: Sequence[str]) -> Advice:
    """Return the adviser's word about what was said.

    Parameters:
        known: name, phone, place, which do not leave.

    Raises:
        LiandongError: as ``ask_adviser``.

    Concurrency: gives this thread's connection back first; a slow adviser must not empty the pool.
    """
    connection.close()
    return ask_adviser(world(), text, known, {each.code: each.name for each in item_classes()})

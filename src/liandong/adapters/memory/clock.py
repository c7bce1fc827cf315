"""A clock set by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from liandong.domain.journal.facts import require_aware

__all__ = ["SetClock"]


class SetClock:
    """The port ``Clock``: shows what it was set to until it is moved.

    Parameters:
        at: aware.
    """

    def __init__(self, at: datetime) -> None:
        self._at = require_aware(at)

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Set it. Raises ``ValueError`` for a time without a timezone."""
        self._at = require_aware(at)

    def forward(self, **span: float) -> datetime:
        """Move it on by ``timedelta(**span)`` and return the new time."""
        self._at += timedelta(**span)
        return self._at

"""退返率: how many handovers come back, and whether that is rising (a returning tide, 退返潮, is seen early).

Rules:
    1. The rate is returned ÷ offered in a window; only what was returned with reason and clause counts.
    2. It rises when it is at least half again as high as in the earlier window and at least five points above it.
    3. Few returns say nothing: below ``FEWEST_RETURNS`` there is no alarm.

Source: 000 (return only with reason and clause, counted; a rising rate raises an alarm).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EARLIER_DAYS", "FEWEST_RETURNS", "WINDOW_DAYS", "ReturnRate"]

#: The window that is judged, and the one before it that it is judged by.
WINDOW_DAYS, EARLIER_DAYS = 7, 28
FEWEST_RETURNS = 5
#: In per mille of what was offered.
LEAST_RISE = 50


@dataclass(frozen=True, slots=True)
class ReturnRate:
    """Counts of two windows, one after the other."""

    offered: int
    returned: int
    offered_before: int
    returned_before: int

    @property
    def per_mille(self) -> int:
        """Return the rate of the window in per mille; 0 where nothing was offered."""
        return _per_mille(self.returned, self.offered)

    @property
    def per_mille_before(self) -> int:
        """Return the rate of the earlier window."""
        return _per_mille(self.returned_before, self.offered_before)

    @property
    def rising(self) -> bool:
        """Tell whether people have to look at it now."""
        now, before = self.per_mille, self.per_mille_before
        return self.returned >= FEWEST_RETURNS and 2 * now >= 3 * before and now - before >= LEAST_RISE


def _per_mille(part: int, whole: int) -> int:
    return 1000 * part // whole if whole else 0

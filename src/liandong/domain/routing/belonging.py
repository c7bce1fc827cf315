"""Which platform of a side a place belongs to: the one that serves the smallest division it lies in (就近、属地).

Rules:
    1. The smallest division served wins: a county's own platform before the city's.
    2. A place that no known platform of the side serves stays where it was told: nobody is sent on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["platform_of"]


def platform_of(path: Sequence[str], served: Mapping[str, str]) -> str | None:
    """Return the name of the platform a place belongs to, or None where none is known to serve it.

    Parameters:
        path: codes of the divisions the place lies in, the smallest first.
        served: name of a platform → code of the division it serves.
    """
    by_division = {code: name for name, code in served.items() if code}
    return next((by_division[code] for code in path if code in by_division), None)

"""Compare what two nodes hold of a stream that both share, and name the first difference.

Rules:
    1. What crossed on the wire stands in another order on the two sides; what one end said is in one order on both. So facts are
       compared end by end, S and R, each in its order, as ``notary.stream_digest`` does.
    2. A copy that only ends earlier may be waiting for what is under way: ``shorter`` is told apart from ``differs``.
    3. Equal facts are equal in name, actor, time and data; 128 bits of their digest say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Difference", "Told", "first_difference"]

#: Name of a fact, the end that said it, its digest.
Told = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two copies part.

    Parameters:
        party: ``S`` or ``R``: whose facts.
        place: the how manieth fact of that end, from 1.
        here: its name here; ``""`` where this copy has none.
        there: its name there.
        reason: ``differs`` (both have one, and they are not the same), ``shorter_here`` or ``shorter_there``.
    """

    party: str
    place: int
    here: str
    there: str
    reason: str


def first_difference(here: Iterable[Told], there: Iterable[Told]) -> Difference | None:
    """Return the first difference of two copies, or None; one that differs comes before one that is only shorter."""
    ours, theirs = _by_party(here), _by_party(there)
    found = [_first(party, ours.get(party, []), theirs.get(party, [])) for party in sorted({*ours, *theirs})]
    parted = [each for each in found if each is not None]
    return next((each for each in parted if each.reason == "differs"), parted[0] if parted else None)


def _by_party(told: Iterable[Told]) -> dict[str, list[Told]]:
    grouped: dict[str, list[Told]] = {}
    for each in told:
        grouped.setdefault(each[1], []).append(each)
    return grouped


def _first(party: str, ours: Sequence[Told], theirs: Sequence[Told]) -> Difference | None:
    for place, (one, other) in enumerate(zip(ours, theirs, strict=False), 1):
        if one != other:
            return Difference(party, place, one[0], other[0], "differs")
    at = min(len(ours), len(theirs))
    if len(ours) > at:
        return Difference(party, at + 1, ours[at][0], "", "shorter_there")
    if len(theirs) > at:
        return Difference(party, at + 1, "", theirs[at][0], "shorter_here")
    return None

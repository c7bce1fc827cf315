"""How often the verdict was what people decided: confusion, reliability, corrections (design 5: the error table is published).

Theory of operation: each judged matter gives the side and item the verdict said, how sure it was, and what people decided. A verdict
*unclear* is counted as such: it did not claim to know. The calibration error is the mean gap between stated confidence and the share that
was right, weighted by how many fall into each bin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["BINS", "Bin", "Judged", "bin_of", "calibration_error", "confusion", "decided_side", "reliability", "shares"]

#: Bins of stated confidence, each a tenth wide.
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One matter: what the verdict said and what people decided."""

    #: Id of the appeal.
    id: str
    side: str
    item: str
    #: 0 to 1.
    confidence: float
    decided_side: str
    decided_item: str
    #: Division code, ``""`` where nobody knows.
    division: str = ""
    #: Whether a person corrected it in words.
    corrected: bool = False

    @property
    def right(self) -> bool:
        """Whether the side was what people decided."""
        return self.side == self.decided_side


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts of one tenth of confidence."""

    low: float
    count: int
    #: Mean stated confidence, and the share that was right; 0 where there are none.
    stated: float
    right: float


def decided_side(own: str, phase: str, happened: Mapping[str, object], corrected: str) -> str:
    """Return the side people decided on, ``""`` where nobody has yet.

    Parameters:
        own: side of this node.
        phase: where the appeal stands.
        happened: fact -> when it happened first.
        corrected: the side a person corrected it to, ``""`` where nobody did; it weighs more than the course.
    """
    if corrected:
        return corrected
    other = {"police": "hotline", "hotline": "police"}.get(own, "")
    by_phase = {"kept": own, "handed": other, "shared": "joint", "guided": "neither"}
    if phase in by_phase:
        return by_phase[phase]
    if phase != "closed" or "AppealJoined" in happened:
        return ""
    went = (("AppealGuided", "neither"), ("AppealShared", "joint"), ("AppealHandedOver", other), ("AppealKept", own))
    back = "AppealTakenBack" in happened
    return next((side for fact, side in went if fact in happened and not (back and fact == "AppealHandedOver")), "")


def confusion(rows: Sequence[Judged], by: str = "side") -> Mapping[tuple[str, str], int]:
    """Return (decided, judged) -> how many; ``by`` is ``side`` or ``item``. Rows without a decision of that kind are left out."""
    if by == "item":
        return Counter((each.decided_item, each.item) for each in rows if each.decided_item)
    return Counter((each.decided_side, each.side) for each in rows)


def bin_of(confidence: float) -> int:
    """Return the number of the bin a stated confidence falls into, from 0; ``confidence`` is 0 to 1."""
    return min(int(confidence * BINS), BINS - 1)


def reliability(rows: Sequence[Judged]) -> tuple[Bin, ...]:
    """Return the ten bins of stated confidence; verdicts that said *unclear* are in none."""
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for each in rows:
        if each.side != "unclear":
            bins[bin_of(each.confidence)].append(each)
    return tuple(
        Bin(
            place / BINS,
            len(inside),
            sum(each.confidence for each in inside) / len(inside) if inside else 0.0,
            sum(each.right for each in inside) / len(inside) if inside else 0.0,
        )
        for place, inside in enumerate(bins)
    )


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the expected calibration error of bins, 0 to 1; None where there are no verdicts."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.stated - each.right) for each in bins) / total if total else None


def shares(rows: Sequence[Judged], by: str) -> list[tuple[str, int, int, int]]:
    """Return (group, how many, sides right, corrected), the largest first; ``by`` is ``class`` or ``division``."""
    groups: dict[str, list[Judged]] = {}
    for each in rows:
        name = each.decided_item.split(".")[0] if by == "class" else each.division[:6]
        groups.setdefault(name, []).append(each)
    told = [(name, len(inside), sum(each.right for each in inside), sum(each.corrected for each in inside)) for name, inside in groups.items()]
    return sorted(told, key=lambda each: (-each[1], each[0]))

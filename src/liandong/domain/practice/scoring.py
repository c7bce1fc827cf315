"""Score one answer, a round, and what a person mistakes for what (004 四（四）2 源头分流).

Rules:
    1. Danger first: an answer that misses danger is worth nothing, whatever else it says.
    2. Whose matter it is weighs most, then the item, then the urgency; crying danger where there is none costs the urgency only.
    3. The clock runs: an answer after its limit loses ten of the points it has.
    4. Of a joint matter both of its items are right; where neither line takes it there is no item to choose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["ITEM_POINTS", "LATE_POINTS", "MOST", "SIDES", "SIDE_POINTS", "URGENT_POINTS", "Case", "Said", "Score", "confusions", "score", "seconds_for"]

SIDES = ("police", "hotline", "joint", "neither")
SIDE_POINTS, ITEM_POINTS, URGENT_POINTS, LATE_POINTS = 50, 25, 25, 10
MOST = SIDE_POINTS + ITEM_POINTS + URGENT_POINTS
#: Seconds to understand any case, and characters that are read in a second.
BASE_SECONDS, CHARACTERS_A_SECOND = 15, 6


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its right answer."""

    id: str
    text: str
    side: str
    item: str = ""
    item2: str = ""
    kind: str = ""
    urgent: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a person answered."""

    side: str
    item: str
    urgent: bool
    #: Seconds from the case being shown to the answer; never negative.
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """What an answer is worth, and why."""

    points: int
    side_right: bool
    item_right: bool
    danger_missed: bool
    false_alarm: bool
    late: bool


def seconds_for(text: str) -> int:
    """Return within how many seconds a case should be answered."""
    return BASE_SECONDS + len(text) // CHARACTERS_A_SECOND


def score(case: Case, said: Said) -> Score:
    """Return what an answer to a case is worth, 0 to ``MOST``."""
    side_right = said.side == case.side
    item_right = said.item in {case.item, case.item2} - {""} if case.item else not said.item
    missed, alarm = case.urgent and not said.urgent, said.urgent and not case.urgent
    late = said.seconds > seconds_for(case.text)
    points = SIDE_POINTS * side_right + ITEM_POINTS * item_right + URGENT_POINTS * (case.urgent == said.urgent)
    points = 0 if missed else max(points - LATE_POINTS * late, 0)
    return Score(points, side_right, item_right, missed, alarm, late)


def confusions(answers: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """Return (right, said) -> how often, wrong answers only, the most frequent first."""
    counted = Counter((right, said) for right, said in answers if right != said)
    return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))

"""What a node's own history says about who handles a matter, blended into the order of the suggestions.

Rules:
    1. Business, territory and nearness stay the ground: a unit that fits keeps its place unless history clearly says otherwise.
    2. History may bring in a unit that the list does not name, where it is sure enough; never one of another side or division.
    3. It says so: 往期类似诉求由该单位办理, with the probability, so that a dispatcher can disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from liandong.domain.routing.suggestions import Suggestion, WhyUnit
from liandong.domain.routing.units import Duty, Unit

__all__ = ["JOINS_AT", "SPOKEN_AT", "with_history"]

#: Share of history in a unit's standing; the rest is its place among those that fit.
WEIGHT = 0.6
#: Probabilities below are not worth a word; from the second on a unit that fits nothing else is offered too.
SPOKEN_AT, JOINS_AT = 0.05, 0.2


def with_history(suggestions: Sequence[Suggestion], history: Mapping[str, float], units: Iterable[Unit], path: Sequence[str] = ()) -> tuple[Suggestion, ...]:
    """Return suggestions in their blended order, best first; as they are where history says nothing.

    Parameters:
        suggestions: those that fit by business, territory and nearness, best first.
        history: code of a unit -> probability that it handles such words, 0 to 1.
        units: who may be sent at all, so that a unit history knows but the directory does not is left out.
        path: codes of the divisions the place lies in, the smallest first; empty where it is not known.
    """
    if not history:
        return tuple(suggestions)
    fitting = {each.unit.code for each in suggestions}
    joined = [
        Suggestion(each, "", (), None, each.duty is Duty.ALWAYS)
        for each in units
        if each.code not in fitting and history.get(each.code, 0.0) >= JOINS_AT and (not path or not each.division or each.division in path)
    ]
    standing = {each.unit.code: (1 - WEIGHT) / (place + 1) for place, each in enumerate(suggestions)}
    told = [_told(each, history.get(each.unit.code, 0.0)) for each in (*suggestions, *joined)]
    return tuple(sorted(told, key=lambda each: (-_score(each, standing, history), each.unit.code)))


def _score(each: Suggestion, standing: Mapping[str, float], history: Mapping[str, float]) -> float:
    return WEIGHT * history.get(each.unit.code, 0.0) + standing.get(each.unit.code, 0.0)


def _told(each: Suggestion, probability: float) -> Suggestion:
    if probability < SPOKEN_AT:
        return each
    return replace(each, reasons=(*each.reasons, WhyUnit("history", f"往期类似诉求由该单位办理（{probability:.0%}）")))

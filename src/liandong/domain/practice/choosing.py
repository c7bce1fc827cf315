"""Choose the cases of a round: what a person got wrong comes back, new ones follow, and every round has danger and a lookalike of danger."""

from __future__ import annotations

import random
from collections.abc import Sequence

from liandong.domain.practice.scoring import Case

__all__ = ["ROUND_CASES", "choose"]

#: Cases of a round: some five minutes.
ROUND_CASES = 10
#: At most so many of a round are cases that were answered wrongly before.
MOST_AGAIN = 3
LOOKALIKE = "negative:"


def choose(cases: Sequence[Case], seen: Sequence[str], wrong: Sequence[str], seed: int, count: int = ROUND_CASES) -> tuple[str, ...]:
    """Return the ids of a round's cases, each once; the same arguments give the same round.

    Parameters:
        seen: ids answered before, the oldest first; they come again only where nothing new is left.
        wrong: ids answered wrongly the last time.
        count: 1 to as many as there are cases.
    """
    dice = random.Random(seed)
    known = {each.id: each for each in cases}
    again = [each for each in dict.fromkeys(wrong) if each in known]
    dice.shuffle(again)
    fresh = [each for each in known if each not in set(seen)]
    dice.shuffle(fresh)
    old = [each for each in dict.fromkeys(seen) if each in known]
    chosen = again[:MOST_AGAIN]
    ordered = [*fresh, *old]
    for wanted in (_danger, _lookalike):
        if not any(wanted(known[each]) for each in chosen):
            chosen += [each for each in ordered if wanted(known[each]) and each not in chosen][:1]
    chosen += [each for each in ordered if each not in chosen][: max(count - len(chosen), 0)]
    chosen = chosen[:count]
    dice.shuffle(chosen)
    return tuple(chosen)


def _danger(case: Case) -> bool:
    return case.urgent


def _lookalike(case: Case) -> bool:
    return any(each.startswith(LOOKALIKE) for each in case.tags)

"""From strengths to probabilities, with the classifier's when there is one, and honest in the end.

A confidence of 0.8 must be right eight times in ten: ``calibrated`` bends what the rules say by what was
measured on texts that nobody tuned on (docs/explanation/triage.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import exp

from liandong.domain.triage.scores import Scores

__all__ = [
    "FLOOR",
    "LONG",
    "MODEL_SHARE",
    "blend",
    "calibrated",
    "item_share",
    "lead_of",
    "model_share",
    "rarely_nobody",
    "shares",
    "sure",
    "sure_in_danger",
    "with_lead",
]

#: From this length a text is most often a letter or a post, not speech.
LONG = 120
#: How much the classifier's side counts in a letter: the rules were written on such, and a story holds words of many matters.
MODEL_SHARE_IN_LETTER = 0.3
#: The same for the item.
ITEM_SHARE = 0.95
ITEM_SHARE_IN_LETTER = 0.8
ITEM_SHARE_IN_DANGER = 0.97
#: How much the first sentence of a letter counts beside the whole.
LEAD_SHARE = 0.3
_SENTENCE = re.compile(r"[。！？；\n]")

#: Below this confidence the verdict is *unclear* and the three-way call is proposed.
FLOOR = 0.34
#: How much the classifier's word counts beside that of the rules.
MODEL_SHARE = 0.95
_RULE_FLOOR = 0.01
_MODEL_FLOOR = 1e-4

#: Share that rules and classifier together give -> how often they are right: each author of the corpus judged by a model made of the others.
_SURE = (
    (0.0, 0.2),
    (0.33, 0.33),
    (0.4515, 0.47),
    (0.5402, 0.54),
    (0.6427, 0.613),
    (0.7571, 0.73),
    (0.8534, 0.798),
    (0.9155, 0.867),
    (0.9541, 0.926),
    (0.9768, 0.956),
    (0.9892, 0.975),
    (0.9968, 0.987),
    (1.0, 0.995),
)
#: The same in a letter, where the rules' even shares keep the blend lower than it is right. The letters of the corpus are easier than those that people write
#: to message boards, so the upper end is held below what authors left out give (0.99).
_SURE_IN_LETTER = ((0.0, 0.2), (0.32, 0.33), (0.7269, 0.5), (0.9515, 0.92), (0.9857, 0.965), (1.0, 0.975))
#: The same where danger was found. Low shares are police's all the same: nobody waits for certainty.
_SURE_IN_DANGER = (
    (0.0, 0.3),
    (0.3256, 0.4),
    (0.5074, 0.56),
    (0.7296, 0.575),
    (0.8048, 0.62),
    (0.8701, 0.806),
    (0.9167, 0.898),
    (0.9469, 0.937),
    (0.9671, 0.966),
    (0.9814, 0.981),
    (0.9907, 0.991),
    (1.0, 0.996),
)
#: The same for the rules alone.
_KNOTS = ((0.0, 0.30), (0.35, 0.50), (0.5, 0.62), (0.7, 0.76), (0.85, 0.86), (0.95, 0.93), (1.0, 0.97))


def model_share(*, letter: bool) -> float:
    """Return how much the classifier's side counts beside that of the rules."""
    return MODEL_SHARE_IN_LETTER if letter else MODEL_SHARE


def item_share(*, letter: bool, danger: bool) -> float:
    """Return how much the classifier's item counts beside that of the list; a danger rule that holds names its class itself."""
    if danger:
        return ITEM_SHARE_IN_DANGER
    return ITEM_SHARE_IN_LETTER if letter else ITEM_SHARE


def lead_of(plain: str) -> str:
    """Return the first sentence of a text, at least 8 and at most 48 characters."""
    end = _SENTENCE.search(plain, 8, 48)
    return plain[: end.start() if end else 48]


def with_lead(whole: Scores, lead: Scores) -> Scores:
    """Return what the classifier says of a letter, with what its first sentence says by itself.

    A letter names its matter first and then tells its story; the story holds words of many matters.
    """
    return replace(
        whole,
        side=blend(whole.side, lead.side, LEAD_SHARE),
        item=blend(whole.item, lead.item, LEAD_SHARE),
        kind=blend(whole.kind, lead.kind, LEAD_SHARE),
    )


def rarely_nobody(scores: Scores, share: float) -> Scores:
    """Return ``scores`` with what they give nobody's matter times ``share``; not summing to 1 any more, as no reader of them needs."""
    return replace(
        scores,
        side={name: p * share if name == "neither" else p for name, p in scores.side.items()},
        item={name: p * share if name == "none" else p for name, p in scores.item.items()},
    )


def shares(weights: Mapping[str, float], sharpness: float = 1.0) -> dict[str, float]:
    """Return ``weights`` as probabilities (softmax)."""
    if not weights:
        return {}
    highest = max(weights.values())
    raised = {name: exp(sharpness * (weight - highest)) for name, weight in weights.items()}
    whole = sum(raised.values())
    return {name: value / whole for name, value in raised.items()}


def blend(rules: Mapping[str, float], model: Mapping[str, float], share: float = MODEL_SHARE) -> dict[str, float]:
    """Return the weighted geometric mean of two distributions over the labels of either.

    Parameters:
        rules: from the rules; a label it lacks counts as nearly nothing.
        model: from the classifier; empty keeps ``rules``.
        share: weight of ``model``, 0 to 1.
    """
    if not model:
        return dict(rules)
    if not rules:
        return dict(model)
    own = 1 - share
    absent = _RULE_FLOOR**own
    raised = {
        label: (absent if label not in rules else (p if (p := rules[label]) > _RULE_FLOOR else _RULE_FLOOR) ** own)
        * (q if q > _MODEL_FLOOR else _MODEL_FLOOR) ** share
        for label, q in model.items()
    }
    low = _MODEL_FLOOR**share
    for label, p in rules.items():
        if label not in model:
            raised[label] = (p if p > _RULE_FLOOR else _RULE_FLOOR) ** own * low
    whole = sum(raised.values())
    return {label: value / whole for label, value in raised.items()}


def sure(share: float, *, letter: bool = False) -> float:
    """Return how often a side that rules and classifier together give ``share`` turns out right."""
    return _along(_SURE_IN_LETTER if letter else _SURE, share)


def sure_in_danger(share: float) -> float:
    """Return the same where danger was found, so that only police alone or joint is open."""
    return _along(_SURE_IN_DANGER, share)


def calibrated(share: float) -> float:
    """Return how often a side that the rules give ``share`` turns out right."""
    return _along(_KNOTS, share)


def _along(knots: tuple[tuple[float, float], ...], share: float) -> float:
    for (left, low), (right, high) in pairwise(knots):
        if share <= right:
            return low + (high - low) * (share - left) / (right - left)
    return knots[-1][1]

"""推诿: when a matter is pushed to and fro, and who said what on the way.

Source: the A-province study (responsibility falls back to whoever answered first); 相政办〔2023〕55号 四（三）5 推诿扯皮.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from liandong.domain.journal.facts import Fact, StreamKind

__all__ = ["PASSING_FACTS", "Passing", "passing_in"]

#: Facts that say “not ours”.
PASSING_FACTS = frozenset(
    {
        "OrderRefused", "HandoverObjected", "HandoverReturned", "HandoverContested", "NegotiationSpoken", "NegotiationLapsed",
        "NegotiationSettledForSender", "NonPoliceStated", "NonPoliceTurnedBack", "UnitRedirected", "HandoverTurnedBack",
    }
)  # fmt: skip
#: Objections that speak of where it happened or whose it is, not of what is missing.
JURISDICTION = frozenset({"wrong_place", "not_in_scope", "police_matter", "hotline_matter"})
RETURNS = frozenset({"HandoverReturned", "NegotiationLapsed", "NegotiationSettledForSender"})
TWICE = 2


@dataclass(frozen=True, slots=True)
class Passing:
    """What was found: the grounds, and the chain in order of time."""

    #: ``two_units``, ``returned_twice``, ``bounced``.
    grounds: tuple[str, ...]
    chain: tuple[Mapping[str, str], ...]


def passing_in(told: Iterable[tuple[StreamKind, str, Fact]]) -> Passing | None:
    """Return the buck-passing in what happened to one matter, or None.

    Parameters:
        told: kind, number and fact of every record of the matter, in any order.
    """
    facts = sorted(told, key=lambda each: each[2].at)
    refusing, returns, claims, at_unit = set(), 0, 0, {}
    chain: list[Mapping[str, str]] = []
    for kind, number, fact in facts:
        if fact.name in ("OrderDispatched", "UnitOrdered", "UnitRedirected"):
            at_unit[number] = str(fact.data.get("unit", ""))
        if fact.name not in PASSING_FACTS:
            continue
        unit = fact.actor.unit or at_unit.get(number, "")
        if fact.name == "OrderRefused":
            refusing.add(unit)
        returns += fact.name in RETURNS
        claims += (fact.name == "HandoverObjected" and fact.data.get("code") in JURISDICTION) or fact.name == "UnitRedirected"
        chain.append(_said(kind, number, fact, unit))
    grounds = []
    if len(refusing) >= TWICE:
        grounds.append("two_units")
    if returns >= TWICE:
        grounds.append("returned_twice")
    if claims >= TWICE:
        grounds.append("bounced")
    return Passing(tuple(grounds), tuple(chain)) if grounds else None


def _said(kind: StreamKind, number: str, fact: Fact, unit: str) -> Mapping[str, str]:
    data: Mapping[str, Any] = fact.data
    said = str(data.get("reason") or data.get("words") or data.get("note") or "")
    return {
        "at": fact.at.isoformat(), "fact": fact.name, "kind": kind.value, "number": number, "node": fact.actor.node, "unit": unit,
        "person": fact.actor.person, "role": fact.actor.role.value, "said": said[:1000], "clause": str(data.get("clause", "")), "code": str(data.get("code", "")),
    }  # fmt: skip

"""退回理由: why handovers come back and orders are refused, by code and clause; every figure with the records behind it.

Source: 000: return only with reason and clause, counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from liandong.application.ports import Desk
from liandong.domain.handovers.handover import RETURN_REASONS
from liandong.web.reading.return_rate import return_rate
from liandong.web.rights import visible

__all__ = ["OUTCOMES", "SPANS", "RefusalLine", "ReturnLine", "behind", "return_figures"]

SPANS = (7, 30, 90, 365)
#: Records read for the figures, the newest; records listed behind one.
MOST_READ, LISTED = 20_000, 200
#: What became of an objection: agreed, still open, kept by the receiver after all, lapsed to the first receiver.
OUTCOMES = ("returned", "open", "kept", "lapsed")
BY_PHASE = {"returned": "returned", "withdrawn": "returned", "objected": "open", "negotiating": "open", "kept_by_first": "lapsed"}


@dataclass(slots=True)
class ReturnLine:
    """One reason code with one clause."""

    code: str
    clause: str
    #: ``theirs``: the other side objects to ours; ``ours``: we object to theirs.
    way: str
    #: outcome -> ids of the handovers, the newest first.
    outcomes: dict[str, list[str]] = field(default_factory=lambda: {each: [] for each in OUTCOMES})

    @property
    def objected(self) -> list[str]:
        """Ids of every handover objected to for it."""
        return [each for found in self.outcomes.values() for each in found]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Outcomes with how many."""
        return [(name, len(found)) for name, found in self.outcomes.items()]


@dataclass(slots=True)
class RefusalLine:
    """One clause on which units refused orders."""

    clause: str
    units: dict[str, list[str]] = field(default_factory=dict)

    @property
    def orders(self) -> list[str]:
        """Ids of the orders, each once."""
        return list(dict.fromkeys(each for found in self.units.values() for each in found))


def return_figures(who: Any, desk: Desk, now: datetime, days: int) -> dict[str, Any]:
    """Return what was objected to and refused in the last days, the most frequent first; two queries and the rate's.

    Parameters:
        who: a user or token; what they may not see is not counted.
        now: aware.
    """
    since = now - timedelta(days=days)
    rows = visible(who).filter(kind="handover", updated_at__gte=since, data__times__has_key="HandoverObjected").order_by("-updated_at")
    lines = _lines(desk, rows.values_list("id", "phase", "data__code", "data__clause", "data__origin", "data__times")[:MOST_READ], since)
    orders = visible(who).filter(kind="workorder", updated_at__gte=since, data__has_key="refusals").order_by("-updated_at")
    return {"days": days, "lines": lines, "refusals": _refusals(orders.values_list("id", "data__refusals")[:MOST_READ]), "rate": return_rate(now)}


def _lines(desk: Desk, rows: Any, since: datetime) -> list[ReturnLine]:
    found: dict[tuple[str, str, str], ReturnLine] = {}
    for stream, phase, code, clause, origin, times in rows:
        if datetime.fromisoformat(str(times["HandoverObjected"])) < since:
            continue
        way = "theirs" if origin == desk.node else "ours"
        key = (str(code or ""), str(clause or ""), way)
        line = found.setdefault(key, ReturnLine(*key))
        line.outcomes[BY_PHASE.get(str(phase), "kept")].append(str(stream))
    order = {each: place for place, each in enumerate(RETURN_REASONS)}
    return sorted(found.values(), key=lambda each: (-len(each.objected), order.get(each.code, 99), each.clause, each.way))


def _refusals(rows: Any) -> list[RefusalLine]:
    found: dict[str, RefusalLine] = {}
    for stream, refusals in rows:
        for each in refusals or ():
            line = found.setdefault(str(each.get("clause", "")), RefusalLine(str(each.get("clause", ""))))
            behind_unit = line.units.setdefault(str(each.get("unit", "")), [])
            if str(stream) not in behind_unit:
                behind_unit.append(str(stream))
    return sorted(found.values(), key=lambda each: (-len(each.orders), each.clause))


def behind(figures: Mapping[str, Any], wanted: Mapping[str, str]) -> Sequence[str] | None:
    """Return the ids behind a figure, at most ``LISTED``; None where no such figure is asked for.

    Parameters:
        wanted: ``code``, ``clause``, ``way`` and ``outcome`` of an objection, or ``refused`` (a clause) and ``unit``; empty means all.
    """
    if "refused" in wanted:
        chosen = [unit_found for line in figures["refusals"] if line.clause == wanted["refused"] for unit, unit_found in line.units.items() if wanted.get("unit") in (None, "", unit)]
        return list(dict.fromkeys(each for found in chosen for each in found))[:LISTED]
    if not any(wanted.get(name) for name in ("code", "clause", "way", "outcome")):
        return None
    lines = [each for each in figures["lines"] if all(wanted.get(name) in (None, "", getattr(each, name)) for name in ("code", "clause", "way"))]
    outcome = wanted.get("outcome", "")
    return [stream for each in lines for stream in (each.outcomes.get(outcome, []) if outcome else each.objected)][:LISTED]


def plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures as JSON, the ids behind each within."""
    rate = figures["rate"]
    return {
        "days": figures["days"],
        "reasons": [{"code": each.code, "clause": each.clause, "way": each.way, "objected": len(each.objected), "outcomes": each.outcomes} for each in figures["lines"]],
        "refusals": [{"clause": each.clause, "refused": len(each.orders), "units": each.units} for each in figures["refusals"]],
        "rate": {"per_mille": rate.per_mille, "per_mille_before": rate.per_mille_before, "offered": rate.offered, "returned": rate.returned, "rising": rate.rising},
    }

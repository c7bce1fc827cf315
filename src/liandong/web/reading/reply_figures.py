"""What replies were worth, by unit: told, flagged by the check, dissatisfied, reopened; each figure with the orders behind it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from liandong.adapters.postgres.models import Stream
from liandong.web.rights import visible

__all__ = ["reply_figures"]

#: Orders read for the figures, newest first, and numbers shown behind a figure.
MOST_READ, MOST_SHOWN = 20_000, 50


def reply_figures(who: Any) -> list[dict[str, Any]]:
    """Return a row a unit, the most reopened first; one query.

    Parameters:
        who: a user or token; what they may not see is not counted.
    """
    told = Q(data__times__has_key="CitizenReplied") | Q(data__has_key="dissatisfied")
    rows = visible(who).filter(told, kind="workorder").only("id", "number", "unit", "data").order_by("-updated_at")[:MOST_READ]
    found: dict[str, dict[str, Any]] = {}
    for each in rows:
        _count(found, each)
    return sorted(found.values(), key=lambda each: (-each["reopened"], -each["flagged"], each["unit"]))


def _count(found: dict[str, dict[str, Any]], order: Stream) -> None:
    row = _row(found, order.unit)
    row["replied"] += 1
    if order.data.get("findings"):
        row["flagged"] += 1
        _behind(row, order)
    for each in order.data.get("dissatisfied") or ():
        # It counts for the unit that handled it then, whoever has it now.
        blamed = _row(found, str(each.get("unit", "")))
        blamed["dissatisfied"] += 1
        blamed["reopened"] += 1
        blamed["flagged_before"] += bool(each.get("findings"))
        _behind(blamed, order)


def _row(found: dict[str, dict[str, Any]], unit: str) -> dict[str, Any]:
    fresh: dict[str, Any] = {"unit": unit, "replied": 0, "flagged": 0, "dissatisfied": 0, "reopened": 0, "flagged_before": 0, "orders": []}
    return found.setdefault(unit, fresh)


def _behind(row: dict[str, Any], order: Stream) -> None:
    if order.number not in row["orders"] and len(row["orders"]) < MOST_SHOWN:
        row["orders"].append(order.number)

"""Return visits: what is owed, and how many were asked, out of the orders that carry why they are to be asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from liandong.adapters.postgres.models import Stream
from liandong.domain.replies.visits import REASONS
from liandong.web.rights import visible

__all__ = ["DRAWN", "MAJOR", "SPANS", "TABS", "owed", "visit_figures", "visited"]

MAJOR = tuple(each for each in REASONS if each != "drawn")
DRAWN = ("drawn",)
#: Days back that figures may look at.
SPANS = (7, 30, 90)
#: tab -> what stands in it.
TABS = ("major", "drawn", "visited", "given_up")
#: Orders read for the figures, the newest.
MOST_READ = 20_000


def _asked(who: Any) -> QuerySet[Stream]:
    return visible(who).filter(kind__in=("workorder", "alarm"), data__has_key="visit_asked")


def owed(who: Any, tab: str = "") -> QuerySet[Stream]:
    """Return the orders whose visit is owed, those of danger first, then the oldest.

    Parameters:
        tab: ``major``, ``drawn`` or all.
    """
    found = _asked(who).filter(phase="closed", data__has_key="visit_due")
    drawn = Q(data__visit_due__contains=["drawn"])
    found = found.filter(drawn) if tab == "drawn" else found.exclude(drawn) if tab == "major" else found
    return found.order_by("-urgent", "updated_at", "id")


def visited(who: Any, since: datetime, tab: str) -> QuerySet[Stream]:
    """Return the orders that were asked about (``visited``) or whose citizen could not be reached (``given_up``), the newest first."""
    found = _asked(who).filter(updated_at__gte=since).exclude(data__has_key="visit_due")
    return found.filter(data__visit_given_up=tab == "given_up").order_by("-updated_at", "-id")


def visit_figures(who: Any, now: datetime, days: int) -> dict[str, Any]:
    """Return the figures of orders that changed in the last days: for all major and for drawn ones ``asked``, ``reached``, ``given_up``, ``owed``, and
    the same for each reason; ``content`` and ``dissatisfied`` of those reached. One query.

    Parameters:
        who: a user or token; what they may not see is not counted.
        now: aware.
    """
    rows: Sequence[tuple[Any, ...]] = list(
        _asked(who)
        .filter(updated_at__gte=now - timedelta(days=days))
        .order_by("-updated_at")
        .values_list("data__visit_asked", "data__visit_due", "data__visit_given_up", "data__satisfaction", "data__dissatisfied")[:MOST_READ]
    )
    # ``all`` are the major ones together, whatever their reasons.
    groups = {"all": _blank(), "drawn": _blank(), **{each: _blank() for each in MAJOR}}
    content = dissatisfied = 0
    for asked, due, given_up, mark, complaints in rows:
        state = "owed" if due else "given_up" if given_up else "reached"
        named = [*asked, "drawn" if "drawn" in asked else "all"]
        for name in dict.fromkeys(named):
            if name in groups:
                groups[name]["asked"] += 1
                groups[name][state] += 1
        if state == "reached":
            content += str(mark) in ("1", "2", "3")
            dissatisfied += bool(complaints) or str(mark) in ("4", "5")
    for each in groups.values():
        each["per_mille"] = 1000 * (each["reached"] + each["given_up"]) // each["asked"] if each["asked"] else None
    return {"days": days, "groups": groups, "content": content, "dissatisfied": dissatisfied}


def _blank() -> dict[str, Any]:
    return {"asked": 0, "reached": 0, "given_up": 0, "owed": 0, "per_mille": None}

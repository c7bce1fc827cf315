"""月研判、季会商、年总结: the figures of a period out of the journals, each opening the records behind it, ready to be an agenda."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import JournalEntry, Stream
from liandong.application.note_dispute import matter_of
from liandong.application.periodic import COUNTED, PERIODS, key_of_period, period_of
from liandong.web.reading.pack_words import item_name
from liandong.web.shell.gate import gate
from liandong.web.world import pack, world

__all__ = ["PERIODS", "Figure", "analysis_of", "page"]

#: Records listed behind a figure, hot and disputed matters named.
LISTED, NAMED = 200, 8


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and the records it counts."""

    name: str
    title: str
    #: Ids of the records, the newest first; of very many only the newest.
    records: Sequence[str]
    #: How many there are, where not all are listed.
    counted: int = 0

    @property
    def count(self) -> int:
        """How many."""
        return self.counted or len(self.records)


def _titles() -> Mapping[str, str]:
    return {
        "diverted": _("分流移交"), "returned": _("退回"), "disputed": _("争议"), "lapsed": _("协商逾期"), "refused": _("单位退单"),
        "reopened": _("不满意重办"), "consulted": _("会商"), "whistled": _("吹哨"),
    }  # fmt: skip


def analysis_of(name: str, day: date) -> dict[str, Any]:
    """Return the figures of a period, the disputed kinds, the hot matters and the agenda made of them.

    Parameters:
        name: one of ``PERIODS``.
        day: a local day in the period.
    """
    first, after = period_of(name, day)
    zone = pack().calendar.zone
    span = (datetime.combine(first, time.min, zone), datetime.combine(after, time.min, zone))
    facts = {fact: figure for figure, (_title, names) in COUNTED.items() for fact in names}
    behind: dict[str, dict[str, None]] = {figure: {} for figure in COUNTED}
    entries = JournalEntry.objects.filter(name__in=list(facts), at__gte=span[0], at__lt=span[1]).order_by("-at", "-position").values_list("name", "stream")
    for fact, stream in entries:
        behind[facts[fact]][str(stream)] = None
    figures = [Figure(figure, title, list(behind[figure])) for figure, title in _titles().items()]
    disputed = _by_matter(Stream.objects.filter(id__in=[*behind["disputed"], *behind["lapsed"]]))
    hot = _hot(span)
    convened = Stream.objects.filter(key=key_of_period(world().desk.node, name, first)).first()
    return {"period": name, "from": first, "until": after - timedelta(days=1), "figures": figures, "disputed": disputed, "hot": hot, "agenda": _agenda(figures, disputed, hot), "convened": convened}


def _hot(span: tuple[datetime, datetime]) -> list[Figure]:
    """Return the items of most appeals, counted by the database; the newest records of each are listed."""
    taken = Stream.objects.filter(kind="appeal", opened_at__gte=span[0], opened_at__lt=span[1]).exclude(data__channel="linkage")
    counted = taken.exclude(item="").values_list("item").annotate(many=Count("id")).order_by("-many", "item")[:NAMED]
    return [Figure(item, item_name(item), [str(each) for each in taken.filter(item=item).order_by("-opened_at").values_list("id", flat=True)[:LISTED]], many) for item, many in counted]


def _by_matter(rows: Any) -> list[Figure]:
    counted: dict[str, list[str]] = {}
    for stream, item, data in rows.order_by("-opened_at").values_list("id", "item", "data"):
        record = data.get("record") or data
        counted.setdefault(matter_of(record) or item or "—", []).append(str(stream))
    order = Counter({matter: len(found) for matter, found in counted.items()})
    return [Figure(matter, item_name(matter), counted[matter]) for matter, _count in order.most_common(NAMED)]


def _agenda(figures: Sequence[Figure], disputed: Sequence[Figure], hot: Sequence[Figure]) -> list[str]:
    said = _("、").join(_("%(name)s %(count)d 件") % {"name": each.title, "count": each.count} for each in figures[:5])
    lines = [_("通报本期运行情况：%(said)s") % {"said": said}]
    lines += [_("研究争议事项：%(name)s（%(count)d 件）") % {"name": each.title, "count": each.count} for each in disputed[:3]]
    lines += [_("研究高频事项：%(name)s（%(count)d 件）") % {"name": each.title, "count": each.count} for each in hot[:3]]
    return [*lines, _("审议现行会商裁定，明确增补、修订和废止"), _("部署下一期工作")]


@require_GET
@gate("overview", "review")
def page(request: HttpRequest) -> HttpResponse:
    """Show a period's analysis, or with ``format=json`` return it; ``figure`` opens the records behind one."""
    name = request.GET.get("period", "monthly")
    name = name if name in PERIODS else "monthly"
    found = analysis_of(name, _day(request.GET.get("day", "")))
    if request.GET.get("format") == "json":
        plain = {kind: [{"name": each.name, "title": each.title, "count": each.count, "records": list(each.records)} for each in found[kind]] for kind in ("figures", "disputed", "hot")}
        return JsonResponse({"period": name, "from": found["from"].isoformat(), "until": found["until"].isoformat(), "agenda": found["agenda"], **plain}, json_dumps_params={"ensure_ascii": False})
    wanted = request.GET.get("figure", "")
    opened = next((each for each in (*found["figures"], *found["disputed"], *found["hot"]) if each.name == wanted), None)
    rows = list(Stream.objects.filter(id__in=list(opened.records)[:LISTED]).order_by("-opened_at")) if opened else []
    return render(request, "consultations/analysis.html", {**found, "periods": PERIODS, "opened": opened, "rows": rows, "agenda_text": "\n".join(found["agenda"])})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return world().clock.now().astimezone(pack().calendar.zone).date()

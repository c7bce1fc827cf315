"""月研判、季会商、年总结: convened by the node when a period has ended, with the figures and an agenda made of them.

Source: 相政办〔2023〕55号 四（三）3; 济政办字〔2023〕51号: monthly analysis, quarterly consultation, annual review; 000: consultations exist on paper and
are never convened. Once a period, by one node of a city: the side that the model of coordination names, at its top level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from liandong.application.convene import case_of, convene_in
from liandong.application.note_dispute import matter_of
from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.consultations.coordination import model_of
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState

__all__ = ["COUNTED", "PERIODS", "convene_due", "key_of_period", "period_before", "period_of"]

PERIODS = ("monthly", "quarterly", "annual")
MONTHS: Mapping[str, int] = {"monthly": 1, "quarterly": 3, "annual": 12}
NAMES: Mapping[str, str] = {"monthly": "月研判", "quarterly": "季会商", "annual": "年总结"}
#: figure -> (its name, the facts that count a record).
COUNTED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "diverted": ("分流移交", ("HandoverOffered",)),
    "returned": ("退回", ("HandoverReturned", "NegotiationSettledForSender")),
    "disputed": ("争议", ("HandoverObjected",)),
    "lapsed": ("协商逾期", ("NegotiationLapsed",)),
    "refused": ("单位退单", ("OrderRefused",)),
    "reopened": ("不满意重办", ("CitizenDissatisfied", "HandoverReopened")),
    "consulted": ("会商", ("ConsultationConvened",)),
    "whistled": ("吹哨", ("WhistleBlown",)),
}
#: Disputed and hot matters on the agenda; disputed records that are read for them and that it names as cases.
NAMED, READ, CASES = 3, 300, 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a period was."""

    counts: Mapping[str, int]
    #: (matter, how many), the most frequent first.
    disputed: Sequence[tuple[str, int]]
    hot: Sequence[tuple[str, int]]
    cases: Sequence[StreamState]


def period_of(name: str, day: date) -> tuple[date, date]:
    """Return the first day of the period that holds a day, and the first day after it."""
    months = MONTHS[name]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    ahead = first.month - 1 + months
    return first, date(first.year + ahead // 12, ahead % 12 + 1, 1)


def period_before(name: str, day: date) -> tuple[date, date]:
    """Return the last period that was over on a day: its first day, and the first day after it."""
    first, _after = period_of(name, day)
    return period_of(name, first - timedelta(days=1))


def key_of_period(node: str, name: str, first: date) -> str:
    """Return the key under which a period's consultation is known: one for each."""
    return f"consultation:{node}:{name}:{first.isoformat()}"


def convene_due(world: World) -> list[StreamState]:
    """Convene what is due by the calendar and not convened yet, each in a transaction of its own; return the consultations.

    Concurrency: two workers at once convene once: the key is held while it is looked for.
    """
    desk = world.desk
    if desk.side not in (model_of(world.guard_context()).periodic_side, "both") or desk.upper() is not None:
        return []
    today = world.clock.now().astimezone(ZoneInfo(desk.zone)).date()
    made = []
    for name in PERIODS:
        first, after = period_before(name, today)
        convened = _convene(world, name, first, after)
        if convened is not None:
            made.append(convened)
    return made


def _convene(world: World, name: str, first: date, after: date) -> StreamState | None:
    key = key_of_period(world.desk.node, name, first)
    with world.work() as unit:
        if unit.by_key(key) is not None:
            return None
        unit.hold(int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1)
        if unit.by_key(key) is not None:
            return None
        session = Session(world, unit)
        found = _found(session, first, after)
        if not found.hot and not any(count for figure, count in found.counts.items() if figure != "consulted"):
            # This node told of nothing then: it did not run yet, and nobody is called together over consultations alone.
            return None
        return convene_in(session, session.system, _told(world, name, first, after, key, found), [case_of(session, each) for each in found.cases], ())


def _told(world: World, name: str, first: date, after: date, key: str, found: Found) -> dict[str, object]:
    last = after - timedelta(days=1)
    return {
        "key": key, "occasion": name, "summary": f"{NAMES[name]}：{first.isoformat()}至{last.isoformat()}", "figures": dict(found.counts), "agenda": _agenda(world, found),
    }  # fmt: skip


def _agenda(world: World, found: Found) -> list[str]:
    names: Mapping[str, str] = world.context.get("items", {})
    said = "、".join(f"{title} {found.counts[figure]} 件" for figure, (title, _facts) in list(COUNTED.items())[:6])
    lines = [f"通报本期运行情况：{said}"]
    lines += [f"研究争议事项：{names.get(matter, matter)}（{count} 件）" for matter, count in found.disputed[:NAMED]]
    lines += [f"研究高频事项：{names.get(matter, matter)}（{count} 件）" for matter, count in found.hot[:NAMED]]
    return [*lines, "审议现行会商裁定，明确增补、修订和废止", "部署下一期工作"]


def _found(session: Session, first: date, after: date) -> Found:
    """Count a period out of the journal."""
    zone = ZoneInfo(session.world.desk.zone)
    since, until = datetime.combine(first, time.min, zone), datetime.combine(after, time.min, zone)
    behind = {figure: session.unit.told(facts, since, until) for figure, (_title, facts) in COUNTED.items()}
    streams = sorted({*behind["disputed"], *behind["lapsed"]}, reverse=True)[:READ]
    disputed = [session.load(StreamKind.HANDOVER, StreamId(each)) for each in streams]
    matters = Counter(matter_of(each.data.get("record") or each.data) or "—" for each in disputed)
    hot = [each for each in session.unit.hot_items(since, until, NAMED + 1) if each[0]][:NAMED]
    return Found({figure: len(found) for figure, found in behind.items()}, [each for each in matters.most_common(NAMED) if each[0] != "—"], hot, disputed[:CASES])

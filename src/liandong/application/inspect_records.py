"""Draw a sample of ended records for inspection, and draw it again to prove it.

Source: 004 质检抽查; 相政办〔2023〕55号 五（三）. What ended when is read out of the journal, so that nobody can choose by hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.consultations.rulings import day_of
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.inspections.inspection import MOST_DRAWN, digest_of, draw
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState

__all__ = ["ENDING_FACTS", "draw_again", "draw_sample"]

#: kind of record -> facts that end it.
ENDING_FACTS: Mapping[str, tuple[str, ...]] = {
    "workorder": ("OrderClosed",),
    "alarm": ("AlarmClosed",),
    "handover": ("HandoverConfirmed", "HandoverReturned", "NegotiationSettledForSender", "NegotiationLapsed"),
}
LONGEST_DAYS = 366


def draw_sample(world: World, actor: Actor, data: Mapping[str, Any]) -> StreamState:
    """Draw a sample in one transaction; return the inspection.

    Parameters:
        data: ``of`` (kind of record), ``from`` and ``until`` (local days, both within), ``count`` (1 to ``MOST_DRAWN``); may hold ``seed``; one is
            made where none is given.

    Raises:
        CommandRefused: the role may not, the days or the count are none, or nothing ended then.
    """
    with world.work() as unit:
        session = Session(world, unit)
        of = str(data.get("of") or "workorder")
        if of not in ENDING_FACTS:
            raise CommandRefused(Refusal("input.invalid", {"detail": f"抽查对象只能是：{'、'.join(ENDING_FACTS)}"}))
        first, last = _days(session, data)
        count = data.get("count", 20)
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_DRAWN:
            raise CommandRefused(Refusal("input.invalid", {"detail": f"件数应为 1 至 {MOST_DRAWN} 的整数"}))
        population = _population(session, of, first, last)
        if not population:
            raise CommandRefused(Refusal("inspection.nothing_ended"))
        seed = str(data.get("seed") or "").strip() or secrets.token_hex(8)
        born = {
            "of": of, "from": first.isoformat(), "until": last.isoformat(), "seed": seed, "population": len(population), "digest": digest_of(population),
            "sample": [_line(session, StreamKind(of), StreamId(each)) for each in draw(population, seed, count)],
            "summary": data.get("summary") or f"{first.isoformat()}至{last.isoformat()}办结抽查",
        }  # fmt: skip
        return session.start(StreamKind.INSPECTION, "draw", actor, born)


def draw_again(world: World, inspection: StreamState) -> dict[str, Any]:
    """Draw a sample again from the journal: ``same`` where population and sample are what was written, with both digests."""
    data = inspection.data
    with world.work() as unit:
        session = Session(world, unit)
        population = _population(session, str(data["of"]), date.fromisoformat(str(data["from"])), date.fromisoformat(str(data["until"])))
    written = [str(each["stream"]) for each in data["sample"]]
    again = draw(population, str(data["seed"]), len(written))
    digest = digest_of(population)
    return {
        "same": again == written and digest == data["digest"],
        "population": len(population),
        "digest": digest,
        "written_digest": data["digest"],
        "sample": again,
    }


def _days(session: Session, data: Mapping[str, Any]) -> tuple[date, date]:
    first, last = day_of(data.get("from")), day_of(data.get("until"))
    today = session.at.astimezone(ZoneInfo(session.world.desk.zone)).date()
    detail = ""
    if first is None or last is None:
        detail = "起止日期要写成日期"
    elif last < first:
        detail = "止日早于起日"
    elif last >= today:
        detail = "止日要早于今天，当天还没有过完"
    elif (last - first).days > LONGEST_DAYS:
        detail = "超过一年"
    if detail or first is None or last is None:
        raise CommandRefused(Refusal("inspection.dates", {"detail": detail}))
    return first, last


def _population(session: Session, of: str, first: date, last: date) -> list[str]:
    """Return the ids of what ended in local days, both within."""
    zone = ZoneInfo(session.world.desk.zone)
    since, until = datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)
    return [str(each) for each in session.unit.told(ENDING_FACTS[of], since, until)]


def _line(session: Session, kind: StreamKind, stream: StreamId) -> dict[str, Any]:
    state = session.load(kind, stream)
    people = dict.fromkeys(fact.actor.person for fact in session.unit.facts(state) if fact.actor.person)
    return {
        "stream": stream,
        "number": str(state.data.get("number", "")),
        "unit": str(state.data.get("unit", "")),
        "people": list(people)[:40],
    }

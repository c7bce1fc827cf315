"""Reads the clocks and the calendar of a pack."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

from liandong.adapters.packs.calendar import CityCalendar, official_until
from liandong.adapters.packs.problems import Problems
from liandong.adapters.packs.rows import Row
from liandong.adapters.packs.sources import read_toml
from liandong.domain.clocks import ClockRule, Limit, LimitUnit

__all__ = ["read_calendar", "read_clocks"]

MACHINES = ("appeal", "call", "alarm", "workorder", "handover", "consultation", "whistle", "supervision", "service")
_CODE = re.compile(r"[a-z]+(\.[a-z0-9_]+){1,3}")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


def read_clocks(folder: Path, problems: Problems) -> tuple[ClockRule, ...]:
    """Return the rules of ``clocks.toml``."""
    file = read_toml(folder, "clocks.toml", problems)
    if file is None:
        return ()
    file.top("clock").nothing_else()
    lines: dict[tuple[str, date], int] = {}
    found = []
    for row in file.tables("clock"):
        code = row.text("code")
        version = (code, row.date("effective_from", date.min))
        if version in lines:
            row.wrong("code.duplicate", "code", value=code, first=lines[version])
        elif code and not _CODE.fullmatch(code):
            row.wrong("code.form", "code", value=code, detail="workorder.handle.complaint")
        lines.setdefault(version, row.line)
        found.append(_clock(row, code))
        row.nothing_else()
    if not found:
        problems.add("clocks.toml", 1, "key.missing", key="[[clock]]")
    return tuple(found)


def _clock(row: Row, code: str) -> ClockRule:
    if not row.text("source", ""):
        row.wrong("clock.no_source", "source", value=code)
    limit = row.limit("limit")
    if limit is None and not row.has("limit"):
        row.wrong("key.missing", "limit", key="limit")
    machine = code.partition(".")[0]
    if machine and machine not in MACHINES:
        row.wrong("key.choice", "code", key="code", value=machine, choices="、".join(MACHINES))
    return ClockRule(
        code=code,
        name=row.text("name"),
        limit=limit or Limit(1, LimitUnit.MINUTES),
        source=row.text("source", ""),
        machine=machine,
        starts=row.text("starts"),
        stops=row.text("stops"),
        applies=row.text("applies", ""),
        warn_before=row.limit("warn_before"),
        pausable=row.flag("pausable"),
        extension=row.limit("extension"),
        items=row.texts("items"),
        effective_from=row.date("effective_from") if row.has("effective_from") else None,
        climbs=row.flag("climbs", True),
    )


def read_calendar(folder: Path, zone: ZoneInfo, problems: Problems) -> CityCalendar:
    """Return the calendar of ``holidays.toml``."""
    file = read_toml(folder, "holidays.toml", problems)
    if file is None:
        return CityCalendar(zone)
    top = file.top("day")
    covered_to = top.date("covered_to", official_until())
    provisional_from = top.date("provisional_from", date.max)
    if covered_to < official_until():
        top.wrong("date.order", "covered_to", value=covered_to, first=official_until())
    hours = _hours(top)
    top.nothing_else()
    days: dict[date, bool] = {}
    lines: dict[date, int] = {}
    for row in file.tables("day"):
        day = row.date("date")
        row.text("name")
        row.text("source")
        if day in days:
            row.wrong("code.duplicate", "date", value=day, first=lines[day])
        if day > covered_to:
            row.wrong("day.covered", "date", value=day)
        days[day] = row.flag("workday")
        lines.setdefault(day, row.line)
        row.nothing_else()
    return CityCalendar(zone, hours, days, covered_to, None if provisional_from == date.max else provisional_from)


def _hours(row: Row) -> tuple[tuple[time, time], ...]:
    spans: list[tuple[time, time]] = []
    for text in row.texts("office_hours"):
        match = _SPAN.fullmatch(text)
        begins, ends = (time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))) if match else (time(0), time(0))
        if begins >= ends or (spans and begins < spans[-1][1]):
            row.wrong("hours.form", "office_hours", key="office_hours", value=text)
        else:
            spans.append((begins, ends))
    if not spans:
        row.wrong("key.empty", "office_hours", key="office_hours")
    return tuple(spans) or CityCalendar.hours

"""Reads who and where: divisions, units, territories, platforms, demonstration users."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import time
from pathlib import Path

from liandong.adapters.packs.model import DemoUser
from liandong.adapters.packs.problems import Problems
from liandong.adapters.packs.rows import Row
from liandong.adapters.packs.sources import TomlFile, read_csv, read_text
from liandong.domain.journal import Role
from liandong.domain.routing import Division, DivisionLevel, Duty, Node, NodeLevel, Territory, Turn, Unit, UnitLevel
from liandong.domain.routing.roster import DAYS

__all__ = ["read_divisions", "read_nodes", "read_roster", "read_territories", "read_units", "read_users"]

UNIT_COLUMNS = ("code", "name", "level", "side", "kind", "parent", "functions", "division", "phone", "duty", "lng", "lat")
ROSTER_COLUMNS = ("unit", "days", "opens", "closes", "name", "phone", "substitute", "substitute_phone")
UNIT_KINDS = ("bureau", "station", "department", "street", "utility", "rescue", "centre", "volunteers", "grid", "aid")
SIDES = ("police", "hotline", "both")
_DIVISION_CODE = re.compile(r"[0-9]{6}|[0-9]{9}|[0-9]{12}")
_UNIT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}")
_PEOPLE = [each.value for each in Role if each not in (Role.CITIZEN, Role.SYSTEM)]


class _Codes:
    """Notes codes used twice, and parents that do not exist or run in a ring."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.parents: dict[str, str] = {}

    def take(self, row: Row, code: str, parent: str = "") -> bool:
        if not code:
            return False
        if code in self.rows:
            row.wrong("code.duplicate", "code", value=code, first=self.rows[code].line)
            return False
        self.rows[code], self.parents[code] = row, parent
        return True

    def check_parents(self) -> None:
        for code, parent in self.parents.items():
            if parent and parent not in self.rows:
                self.rows[code].wrong("code.unknown", "parent", key="parent", value=parent)
        sound: set[str] = set()
        for code in self.parents:
            seen: list[str] = []
            here = code
            while here in self.parents and here not in sound and here not in seen:
                seen.append(here)
                here = self.parents[here]
            if here in seen:
                self.rows[here].wrong("code.ring", "parent", value=here)
            sound.update(seen)


def read_divisions(folder: Path, problems: Problems) -> tuple[Division, ...]:
    """Return the divisions of ``divisions.csv``."""
    codes, found = _Codes(), []
    for row in read_csv(folder, "divisions.csv", ("code", "name", "parent", "level"), problems):
        code, parent = row.text("code"), row.text("parent", "")
        if code and not _DIVISION_CODE.fullmatch(code):
            row.wrong("division.form", "code", value=code)
        level = DivisionLevel(row.choice("level", [each.value for each in DivisionLevel]))
        if codes.take(row, code, parent):
            found.append(Division(code, row.text("name"), level, parent))
    codes.check_parents()
    return tuple(found)


def read_units(folder: Path, divisions: Iterable[Division], problems: Problems) -> tuple[Unit, ...]:
    """Return the units of ``units.csv``."""
    codes, found = _Codes(), []
    known = {each.code for each in divisions}
    for row in read_csv(folder, "units.csv", UNIT_COLUMNS, problems):
        code, parent, division = row.text("code"), row.text("parent", ""), row.text("division")
        if code and not _UNIT_CODE.fullmatch(code):
            row.wrong("code.form", "code", value=code, detail="2 到 40 位字母、数字、- 和 _")
        _known_division(row, division, known)
        functions = row.texts("functions")
        if not functions or not all(functions):
            row.wrong("key.empty", "functions", key="functions")
        unit = Unit(
            code=code,
            name=row.text("name"),
            level=UnitLevel(row.choice("level", [each.value for each in UnitLevel])),
            side=row.choice("side", SIDES),
            kind=row.choice("kind", UNIT_KINDS),
            parent=parent,
            functions=functions,
            division=division,
            phone=row.text("phone"),
            duty=Duty(row.choice("duty", [each.value for each in Duty])),
            position=_position(row),
        )
        if codes.take(row, code, parent):
            found.append(unit)
    codes.check_parents()
    return tuple(found)


def read_nodes(file: TomlFile, divisions: Iterable[Division]) -> tuple[Node, ...]:
    """Return the platforms of ``pack.toml``."""
    codes, found = _Codes(), []
    known = {each.code for each in divisions}
    for row in file.tables("node"):
        code, parent, division = row.text("code"), row.text("parent", ""), row.text("division")
        _known_division(row, division, known)
        level = NodeLevel(row.choice("level", [each.value for each in NodeLevel]))
        node = Node(code, row.text("name"), row.choice("side", SIDES), level, division, parent)
        row.nothing_else()
        if codes.take(row, code, parent):
            found.append(node)
    codes.check_parents()
    return tuple(found)


def read_users(folder: Path, units: Iterable[Unit], problems: Problems) -> tuple[DemoUser, ...]:
    """Return the demonstration users of ``users.csv``."""
    found: dict[str, DemoUser] = {}
    lines: dict[str, int] = {}
    known = {each.code for each in units}
    for row in read_csv(folder, "users.csv", ("username", "name", "role", "side", "unit"), problems):
        username, unit = row.text("username"), row.text("unit")
        if username and not _UNIT_CODE.fullmatch(username):
            row.wrong("code.form", "username", value=username, detail="2 到 40 位字母、数字、- 和 _")
        if username in found:
            row.wrong("code.duplicate", "username", value=username, first=lines[username])
        if unit and unit not in known:
            row.wrong("code.unknown", "unit", key="unit", value=unit)
        found[username] = DemoUser(username, row.text("name"), row.choice("role", _PEOPLE), row.choice("side", SIDES[:2]), unit)
        lines[username] = row.line
    return tuple(found.values())


def read_roster(folder: Path, units: Iterable[Unit], problems: Problems) -> tuple[Turn, ...]:
    """Return the turns of ``roster.csv``; a pack without that file has none, and its units answer by their hours."""
    if not (folder / "roster.csv").is_file():
        return ()
    known, found = {each.code for each in units}, []
    for row in read_csv(folder, "roster.csv", ROSTER_COLUMNS, problems):
        unit = row.text("unit")
        if unit and unit not in known:
            row.wrong("code.unknown", "unit", key="unit", value=unit)
        days = row.texts("days")
        if not any(days):
            row.wrong("key.empty", "days", key="days")
        opens, closes = _hour(row, "opens"), _hour(row, "closes")
        if opens == closes:
            row.wrong("hour.form", "closes", key="closes", value=row.text("closes", ""))
        for each in filter(None, days):
            if each not in DAYS:
                row.wrong("key.choice", "days", key="days", value=each, choices="、".join(DAYS))
        found.append(
            Turn(
                unit=unit, days=frozenset(days), opens=opens, closes=closes, name=row.text("name"), phone=row.text("phone"),
                substitute=row.text("substitute", ""), substitute_phone=row.text("substitute_phone", ""),
            )
        )  # fmt: skip
    return tuple(found)


def _hour(row: Row, key: str) -> time:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", row.text(key))
    if match is None:
        row.wrong("hour.form", key, key=key, value=row.text(key, ""))
        return time(0)
    return time(int(match[1]), int(match[2]))


def read_territories(folder: Path, divisions: Iterable[Division], problems: Problems) -> tuple[Territory, ...]:
    """Return the territories of ``territories.geojson``; a pack without that file has none."""
    name = "territories.geojson"
    text = read_text(folder, name, problems, optional=True)
    if text is None:
        return ()
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        problems.add(name, line, "geojson.syntax", detail=str(error))
        return ()
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        problems.add(name, 1, "geojson.shape", feature=0, detail="FeatureCollection")
        return ()
    known, seen, found = {each.code for each in divisions}, set[str](), []
    starts = [number for number, line in enumerate(text.split("\n"), 1) if re.search(r'"Feature"', line)]
    for index, feature in enumerate(features):
        line = starts[index] if index < len(starts) else 1
        try:
            territory = _territory(feature)
            if territory.code not in known:
                raise ValueError(f"properties.code: {territory.code}")
            if territory.code in seen:
                raise ValueError(f"properties.code 重复 duplicate: {territory.code}")
        except (KeyError, TypeError, ValueError) as error:
            problems.add(name, line, "geojson.shape", feature=index + 1, detail=str(error))
            continue
        seen.add(territory.code)
        found.append(territory)
    return tuple(found)


def _territory(feature: object) -> Territory:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict) or not isinstance(feature.get("geometry"), dict):
        raise TypeError("properties, geometry")
    properties, geometry = feature["properties"], feature["geometry"]
    if geometry.get("type") not in ("Polygon", "MultiPolygon") or not isinstance(geometry.get("coordinates"), list):
        raise ValueError("geometry: Polygon / MultiPolygon")
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if not polygons or not all(isinstance(rings, list) and rings for rings in polygons):
        raise ValueError("coordinates")
    code, title = properties["code"], properties["name"]
    if not isinstance(code, str) or not isinstance(title, str):
        raise TypeError("properties.code, properties.name")
    return Territory(code, title, tuple(tuple(_ring(ring) for ring in rings) for rings in polygons))


def _ring(ring: object) -> tuple[tuple[float, float], ...]:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("环要首尾相接，至少 4 点 / a ring must be closed and have 4 points")
    points = []
    for point in ring:
        if not isinstance(point, list) or len(point) < 2 or not all(type(each) in (int, float) for each in point[:2]):
            raise TypeError("position")
        lng, lat = float(point[0]), float(point[1])
        if not (math.isfinite(lng) and math.isfinite(lat) and -180 <= lng <= 180 and -90 <= lat <= 90):
            raise ValueError(f"经纬度超出范围 out of range: {lng}, {lat}")
        points.append((lng, lat))
    return tuple(points[:-1])


def _position(row: Row) -> tuple[float, float] | None:
    if not row.has("lng") and not row.has("lat"):
        return None
    return row.number("lng", -180, 180), row.number("lat", -90, 90)


def _known_division(row: Row, division: str, known: set[str]) -> None:
    if division and not _DIVISION_CODE.fullmatch(division):
        row.wrong("division.form", "division", value=division)
    elif division and division not in known:
        row.wrong("code.unknown", "division", key="division", value=division)


def _refuse_constant(word: str) -> float:
    raise ValueError(word)

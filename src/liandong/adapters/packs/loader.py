"""Loads and checks packs: one reading for both, so that what the check lets through is what the program can use."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import liandong.packs
from liandong.adapters.packs.directory import read_divisions, read_nodes, read_roster, read_territories, read_units, read_users
from liandong.adapters.packs.lists import read_catalogue
from liandong.adapters.packs.model import Pack, PackSettings
from liandong.adapters.packs.problems import Problem, Problems
from liandong.adapters.packs.rows import Row
from liandong.adapters.packs.sources import TomlFile, read_toml
from liandong.adapters.packs.timing import read_calendar, read_clocks
from liandong.domain.catalogue.items import Catalogue
from liandong.domain.errors import PackError
from liandong.domain.routing import Unit

__all__ = ["check_pack", "list_packs", "load_pack"]

FILES = (
    "pack.toml",
    "catalogue.toml",
    "doors.toml",
    "rulings.toml",
    "divisions.csv",
    "units.csv",
    "roster.csv",
    "territories.geojson",
    "clocks.toml",
    "holidays.toml",
    "texts.toml",
    "users.csv",
)
COORDINATION = ("platform", "desk", "leading_group", "joint_conference")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SHIPPED = Path(str(next(iter(liandong.packs.__path__))))


def list_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with the program."""
    return tuple(sorted(each.name for each in _SHIPPED.iterdir() if (each / "pack.toml").is_file()))


def load_pack(path_or_name: str | Path) -> Pack:
    """Return a pack by the name of a shipped one or the path of a folder.

    Raises:
        PackError: the first thing wrong with it: ``data`` has ``file``, ``line``, ``reason``; ``check_pack`` gives them all.
    """
    pack, problems = _read(path_or_name)
    if problems or pack is None:
        first = problems[0]
        raise PackError(file=first.file, line=first.line, reason=first.reason)
    return pack


def check_pack(path_or_name: str | Path) -> list[Problem]:
    """Return everything wrong with a pack, by file and line; empty where it can be used."""
    return _read(path_or_name)[1]


def _read(path_or_name: str | Path) -> tuple[Pack | None, list[Problem]]:
    problems = Problems()
    folder = _folder(path_or_name, problems)
    pack = None if folder is None else _pack(folder, problems)
    order = {name: index for index, name in enumerate(FILES)}
    return pack, sorted(problems.found, key=lambda each: (order.get(each.file, len(order)), each.file, each.line))


def _folder(path_or_name: str | Path, problems: Problems) -> Path | None:
    name = str(path_or_name)
    if isinstance(path_or_name, str) and _NAME.fullmatch(name) and (_SHIPPED / name / "pack.toml").is_file():
        return _SHIPPED / name
    try:
        folder = Path(name)
        if folder.is_dir():
            for each in sorted(folder.iterdir()):
                if each.suffix in (".toml", ".csv", ".geojson") and each.name not in FILES:
                    problems.add(each.name, 0, "file.unknown")
            return folder
    except (OSError, ValueError):
        pass
    problems.add("pack.toml", 0, "pack.unknown", value=name)
    return None


def _pack(folder: Path, problems: Problems) -> Pack | None:
    file = read_toml(folder, "pack.toml", problems)
    divisions = read_divisions(folder, problems)
    units = read_units(folder, divisions, problems)
    roster = read_roster(folder, units, problems)
    users = read_users(folder, units, problems)
    territories = read_territories(folder, divisions, problems)
    clocks = read_clocks(folder, problems)
    texts = _texts(folder, problems)
    if file is None:
        read_catalogue(folder, "", problems)
        read_calendar(folder, ZoneInfo("Asia/Shanghai"), problems)
        return None
    top = file.top("settings", "node")
    city_code, zone = top.text("city_code"), _zone(top)
    if city_code and city_code not in {each.code for each in divisions}:
        top.wrong("code.unknown", "city_code", key="city_code", value=city_code)
    name = top.text("name")
    if name and not _NAME.fullmatch(name):
        top.wrong("code.form", "name", value=name, detail="小写字母、数字和 _")
    catalogue = read_catalogue(folder, top.text("city"), problems)
    _owners(catalogue, units, problems)
    nodes = read_nodes(file, divisions)
    for side in ("police", "hotline"):
        if not any(each.side in (side, "both") for each in nodes):
            problems.add("pack.toml", 1, "key.missing", key=f"[[node]] side = {side}")
    pack = Pack(
        name=name,
        city=top.text("city"),
        city_code=city_code,
        zone=zone.key,
        effective_from=top.date("effective_from"),
        catalogue=catalogue,
        units=units,
        divisions=divisions,
        territories=territories,
        nodes=nodes,
        clocks=clocks,
        calendar=read_calendar(folder, zone, problems),
        users=users,
        roster=roster,
        texts=texts,
        settings=_settings(file, catalogue),
    )
    top.nothing_else()
    return pack


def _zone(row: Row) -> ZoneInfo:
    name = row.text("zone")
    try:
        if re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}", name):
            return ZoneInfo(name)
    except (OSError, ValueError):
        # ZoneInfoNotFoundError is a KeyError on some builds and an OSError where the name is a folder; both mean the same to us.
        pass
    except KeyError:
        pass
    if name:
        row.wrong("zone.unknown", "zone", value=name)
    return ZoneInfo("Asia/Shanghai")


def _texts(folder: Path, problems: Problems) -> MappingProxyType[str, str]:
    file = read_toml(folder, "texts.toml", problems)
    row = file.table("texts") if file is not None else None
    if file is not None and row is None:
        problems.add("texts.toml", 1, "key.missing", key="[texts]")
    found = {key: row.text(key) for key in row.values} if row is not None else {}
    return MappingProxyType(found)


def _owners(catalogue: Catalogue, units: tuple[Unit, ...], problems: Problems) -> None:
    owned = {function for unit in units for function in unit.functions}
    named: dict[str, None] = {function: None for item in catalogue.items for function in item.functions}
    for function in named:
        if function not in owned:
            problems.add("units.csv", 0, "function.no_owner", function=function)


def _settings(file: TomlFile, catalogue: Catalogue) -> PackSettings:
    row = file.table("settings")
    if row is None:
        return PackSettings()
    standard = PackSettings()
    classes = {each.code for each in catalogue.classes}
    for key in ("double_review_dispatch", "double_review_feedback"):
        for code in row.texts(key):
            if code not in classes:
                row.wrong("code.unknown", key, key=key, value=code)
    known = classes | {each.code for each in catalogue.items}
    for code in row.texts("visit_major"):
        if code not in known:
            row.wrong("code.unknown", "visit_major", key="visit_major", value=code)
    for side in row.texts("review_before_crossing"):
        if side not in ("police", "hotline"):
            row.wrong("key.choice", "review_before_crossing", key="review_before_crossing", value=side, choices="police、hotline")
    settings = PackSettings(
        auto_confirm=row.flag("auto_confirm", standard.auto_confirm),
        review_before_crossing=row.texts("review_before_crossing"),
        double_review_dispatch=row.texts("double_review_dispatch"),
        double_review_feedback=row.texts("double_review_feedback"),
        coordination=row.choice("coordination", COORDINATION, standard.coordination),
        confidence_floor=row.number("confidence_floor", 0, 1, standard.confidence_floor),
        repeat_minutes=int(row.number("repeat_minutes", 1, 10_080, standard.repeat_minutes)),
        repeat_days=int(row.number("repeat_days", 1, 366, standard.repeat_days)),
        wave_count=int(row.number("wave_count", 2, 1000, standard.wave_count)),
        wave_minutes=int(row.number("wave_minutes", 1, 10_080, standard.wave_minutes)),
        whistle_days=int(row.number("whistle_days", 1, 366, standard.whistle_days)),
        whistle_count=int(row.number("whistle_count", 2, 1000, standard.whistle_count)),
        whistle_callers=int(row.number("whistle_callers", 1, 1000, standard.whistle_callers)),
        whistle_units=int(row.number("whistle_units", 2, 50, standard.whistle_units)),
        whistle_words=row.texts("whistle_words"),
        consultation_count=int(row.number("consultation_count", 1, 1000, standard.consultation_count)),
        visit_major=row.texts("visit_major"),
        visit_share_percent=int(row.number("visit_share_percent", 0, 100, standard.visit_share_percent)),
        abusive_hours=int(row.number("abusive_hours", 1, 720, standard.abusive_hours)),
        abusive_calls=int(row.number("abusive_calls", 2, 1000, standard.abusive_calls)),
    )
    row.nothing_else()
    return settings

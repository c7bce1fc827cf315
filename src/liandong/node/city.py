"""A demonstration city on one machine: which nodes there are, their ports, files, keys and databases."""

from __future__ import annotations

import json
import secrets
import socket
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from liandong.adapters.packs import load_pack
from liandong.node.between import Between
from liandong.node.embedded import Server, ServerError
from liandong.node.keys import introduce
from liandong.node.settings import SUITE_NAMES, NodeSettings, PeerSettings, SettingsError, checked

__all__ = ["CITY_FILE", "OWN_FILE", "Plan", "city_plan", "desk_plan", "found_city", "lay_out"]

#: Written into the home directory while a city runs: what other commands need to find it.
CITY_FILE = "city.json"
#: Beside a node's file: settings of one's own, kept while the file itself is written anew at every start.
OWN_FILE = "own.toml"
#: What the plans decide; settings of one's own cannot change it.
PLANNED = frozenset({"name", "side", "port", "database", "directory", "secret", "peers"})


@dataclass(frozen=True, slots=True)
class Plan:
    """A node that shall be."""

    name: str
    side: str
    title: str
    port: int
    #: (name of the other node, relation).
    peers: tuple[tuple[str, str], ...]
    #: Its letters in shared numbers.
    mark: str = ""


def city_plan(police_port: int, hotline_port: int, county_port: int | None = None, county_hotline_port: int | None = None) -> tuple[Plan, ...]:
    """Return the nodes of a city: police and hotline, and under each a county's when it has a port."""
    police_below = () if county_port is None else (("police-county", "lower"),)
    hotline_below = () if county_hotline_port is None else (("hotline-county", "lower"),)
    plans = [
        Plan("police", "police", "110 报警服务台", police_port, (("hotline", "counterpart"), *police_below)),
        Plan("hotline", "hotline", "12345 政务服务便民热线", hotline_port, (("police", "counterpart"), *hotline_below)),
    ]
    if county_port is not None:
        plans.append(Plan("police-county", "police", "县级 110 报警服务台", county_port, (("police", "upper"),), "J1"))
    if county_hotline_port is not None:
        plans.append(Plan("hotline-county", "hotline", "县级 12345 热线", county_hotline_port, (("hotline", "upper"),), "R1"))
    return tuple(plans)


def desk_plan(port: int) -> tuple[Plan, ...]:
    """Return the one node of a county in desk mode: both lines and the departments' seats at one centre (000: P 县)."""
    return (Plan("desk", "both", "县联动指挥中心", port, ()),)


def lay_out(
    home: Path,
    pack: str,
    plans: Sequence[Plan],
    server: Server,
    *,
    demonstration: bool,
    between: Between | None = None,
    suite: str = SUITE_NAMES[0],
    clock_offsets: Mapping[str, int] | None = None,
    web_processes: int = 2,
) -> list[tuple[NodeSettings, Path]]:
    """Write each node's file, keys and database; return (settings, file) in the plans' order.

    Parameters:
        between: what lies between the nodes; None for http.
        suite: algorithms of keys that are made now.
        clock_offsets: how far nodes' clocks are wrong, in seconds; for trials only.
        web_processes: of each node.

    What is there already (secret, keys, data, settings of one's own) is kept; ports and peers follow the plans.

    Raises:
        ServerError: a port is taken (``server.port_taken``).
        SettingsError: ``own.toml`` of a node cannot be read, or sets what the plans decide.
    """
    between = between or Between("http", home, server, {plan.name: plan.port for plan in plans})
    laid: list[tuple[NodeSettings, Path]] = []
    served = _divisions(pack, plans)
    for plan in plans:
        _check_port(plan.port, f"--{plan.name}-port")
        directory = home / "nodes" / plan.name
        directory.mkdir(parents=True, exist_ok=True)
        by_name = {each.name: each for each in plans}
        peers = [
            {
                "name": name,
                "side": by_name[name].side,
                "relation": relation,
                "url": between.url(plan.name, name),
                "title": by_name[name].title,
                "division": served[name],
                "transport": between.transport,
            }
            for name, relation in plan.peers
        ]
        raw: dict[str, Any] = {
            "name": plan.name,
            "side": plan.side,
            "title": plan.title,
            "pack": pack,
            "database": server.database("liandong_" + plan.name.replace("-", "_")),
            "port": plan.port,
            "directory": str(directory),
            "secret": _secret(directory / "secret"),
            "demonstration": demonstration,
            "mark": plan.mark,
            "division": served[plan.name],
            "suite": suite,
            "clock_offset_seconds": (clock_offsets or {}).get(plan.name, 0),
            "web_processes": web_processes,
            "peers": peers,
        }
        settings = checked({**raw, **_own(directory / OWN_FILE)})
        file = directory / "node.toml"
        file.write_text(as_toml(settings), encoding="utf-8")
        file.chmod(0o600)
        laid.append((settings, file))
    by_settings = {settings.name: settings for settings, _ in laid}
    for plan in plans:
        for name, _ in plan.peers:
            if plan.name < name:
                introduce(by_settings[plan.name], by_settings[name])
    return laid


def _divisions(pack: str, plans: Sequence[Plan]) -> dict[str, str]:
    """Return the division each node serves: the city its own, a county the first of the pack that has a station of its own."""
    city = load_pack(pack)
    below = next((each.division for each in city.nodes if each.side == "police" and each.parent), "")
    stations = [each.division for each in city.units if each.kind == "station" and each.division != city.city_code]
    towns = [each.code for each in city.divisions if each.name.endswith("镇") and each.code in stations]
    return {plan.name: (below or next(iter(towns), "")) if any(relation == "upper" for _, relation in plan.peers) else city.city_code for plan in plans}


def found_city(home: Path) -> dict[str, Any] | None:
    """Return what is written about the city that runs under this home, or None when none does."""
    try:
        city: dict[str, Any] = json.loads((home / CITY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    try:
        with socket.create_connection(("127.0.0.1", city["nodes"][0]["port"]), timeout=1):
            return city
    except (OSError, KeyError, IndexError):
        return None


def as_toml(settings: NodeSettings) -> str:
    """Return settings as TOML."""
    lines = []
    for each in fields(NodeSettings):
        value = getattr(settings, each.name)
        if each.name != "peers":
            lines.append(f"{each.name} = {json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}")
    for peer in settings.peers:
        lines.append("\n[[peers]]")
        lines += [f"{each.name} = {json.dumps(getattr(peer, each.name), ensure_ascii=False)}" for each in fields(PeerSettings)]
    return "\n".join(lines) + "\n"


def _own(path: Path) -> dict[str, Any]:
    """Return the settings of one's own of a node; none where there is no file."""
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(setting=str(path), wanted=f"a readable TOML file ({type(error).__name__})") from error
    for name in sorted(PLANNED & own.keys()):
        raise SettingsError(setting=f"{path.name}: {name}", wanted="left out: the city's plan decides it")
    return own


def _secret(path: Path) -> str:
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _check_port(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServerError("server.port_taken", port=port, option=option) from error

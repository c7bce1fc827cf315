"""Levels of platforms: county 110, city 110, city 12345, and which way a matter goes between them.

Rules (济政办字〔2023〕51号, four (one) 规范分流转办):
    - A platform speaks to the one above it and to those below it on its own side.
    - Only a city's 110 and the same city's 12345 cross from side to side. A county never speaks to the other side's city.
    - A node that is both sides (desk mode) crosses inside itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from liandong.domain.errors import MESSAGES, InvalidInput, Message

__all__ = ["Node", "NodeLevel", "next_hop", "route"]

MESSAGES.setdefault(
    "routing.unknown_node",
    Message("没有编号为“{node}”的平台。请核对城市包中的节点。", "No platform “{node}”. Check the nodes of the pack."),
)
MESSAGES.setdefault(
    "routing.no_route",
    Message(
        "从“{origin}”到“{destination}”没有流转路径。请由市级平台转办。",
        "No way from “{origin}” to “{destination}”. Pass it through the city's platform.",
    ),
)


class NodeLevel(StrEnum):
    """How high a platform stands."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Node:
    """One platform."""

    code: str
    name: str
    #: ``police``, ``hotline`` or ``both``.
    side: str
    level: NodeLevel
    #: Division it serves.
    division: str
    #: Code of the platform above it on its own side, or ``""``.
    parent: str = ""


def route(nodes: Iterable[Node], origin: str, destination: str) -> tuple[str, ...]:
    """Return the codes a matter passes on its way, both ends included; one code where it is already there.

    Raises:
        InvalidInput: ``routing.unknown_node``, or ``routing.no_route`` where the rules leave no way.
    """
    by_code = {each.code: each for each in nodes}
    for code in (origin, destination):
        if code not in by_code:
            raise InvalidInput("routing.unknown_node", node=code)
    came_from: dict[str, str] = {origin: ""}
    waiting = deque([origin])
    while waiting:
        here = waiting.popleft()
        if here == destination:
            return _walked(came_from, destination)
        for code in _neighbours(by_code[here], by_code):
            if code not in came_from:
                came_from[code] = here
                waiting.append(code)
    raise InvalidInput("routing.no_route", origin=origin, destination=destination)


def next_hop(nodes: Iterable[Node], origin: str, destination: str) -> str | None:
    """Return the platform to send to next, or None where the matter has arrived.

    Raises:
        InvalidInput: as ``route``.
    """
    way = route(nodes, origin, destination)
    return way[1] if len(way) > 1 else None


def _neighbours(node: Node, by_code: Mapping[str, Node]) -> list[str]:
    near = []
    for other in by_code.values():
        if other.code == node.code:
            continue
        up_or_down = other.code == node.parent or other.parent == node.code
        same_side = other.side == node.side or "both" in (node.side, other.side)
        crossing = node.level is NodeLevel.CITY and other.level is NodeLevel.CITY and node.division == other.division
        if (up_or_down and same_side) or (crossing and node.side != other.side):
            near.append(other.code)
    return sorted(near)


def _walked(came_from: Mapping[str, str], end: str) -> tuple[str, ...]:
    way = [end]
    while came_from[way[-1]]:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))

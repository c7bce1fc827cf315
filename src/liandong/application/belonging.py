"""Where a matter belongs within its own side: another county's platform, or here (A4; 002 就近、属地、业务)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.application.ports import Peer
from liandong.application.world import World
from liandong.domain.routing.belonging import platform_of

__all__ = ["Belonging", "belonging"]


@dataclass(frozen=True, slots=True)
class Belonging:
    """The platform of this side that serves a place, when it is not this one."""

    peer: Peer
    #: Name of the division that decided.
    division: str


def belonging(world: World, data: Mapping[str, Any]) -> Belonging | None:
    """Return the other platform of this side that a matter belongs to; None where it is this one's, or nobody can tell.

    Parameters:
        data: of an appeal, or of the form: ``place``, ``division``, ``longitude``, ``latitude`` are looked at; where no place was
            typed, the one that triage read out of the words.
    """
    desk = world.desk
    if world.divisions_at is None or not desk.division:
        return None
    path = world.divisions_at({**data, "place": data.get("place") or _read_place(data)})
    if not path:
        return None
    peers = {each.name: each for each in desk.peers if each.side == desk.side and each.division}
    served = {desk.node: desk.division, **{name: each.division for name, each in peers.items()}}
    found = platform_of([code for code, _ in path], served)
    if found is None or found == desk.node:
        return None
    names = dict(path)
    return Belonging(peers[found], names.get(peers[found].division, path[0][1]))


def _read_place(data: Mapping[str, Any]) -> str:
    read = (data.get("verdict") or {}).get("particulars") or {}
    found = read.get("place") if isinstance(read, Mapping) else None
    return str(found[0]) if isinstance(found, list | tuple) and found else ""

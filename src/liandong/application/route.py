"""Which way a handover travels: across between cities, up and down within a side (004 四（一）).

Only city to city crosses. A county gives its matter to the city above it; the answer comes back down the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.ports import Desk, Peer
from liandong.domain.journal.facts import Party

__all__ = ["OTHER_SIDE", "party_here", "towards_receiver", "towards_sender"]

OTHER_SIDE = {"police": "hotline", "hotline": "police"}


def party_here(desk: Desk, handover: Mapping[str, Any]) -> Party:
    """Return on which end of a handover this node stands; ``NONE`` where it only passes it on."""
    if handover.get("origin") == desk.node:
        return Party.SENDER
    named = handover.get("destination_node")
    if named:
        return Party.RECEIVER if named == desk.node else Party.NONE
    if desk.side in (handover.get("destination"), "both"):
        return Party.RECEIVER
    return Party.NONE


def towards_receiver(desk: Desk, handover: Mapping[str, Any]) -> Peer | None:
    """Return the next node towards the receiving side: across, or up to where it can cross.

    Within a side the receiver is named: straight to it when we know it, else up; never across. What the other side passed down to one of its own
    platforms goes across to where it came from.
    """
    named = handover.get("destination_node")
    if named:
        beyond = desk.counterpart() if handover.get("destination") not in (desk.side, None) else None
        return desk.peer(str(named)) or desk.upper() or beyond
    return desk.counterpart()


def towards_sender(desk: Desk, handover: Mapping[str, Any]) -> Peer | None:
    """Return the next node towards the first receiver: itself when we know it, else across to where it came from."""
    return desk.peer(str(handover.get("origin", ""))) or desk.counterpart()

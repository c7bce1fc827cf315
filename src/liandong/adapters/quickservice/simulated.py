"""A register of vehicles and a message service that reach nobody, for the demonstration; every notice says so.

Which plate has an owner follows from the plate: those that end in ``00`` have none. A real register and a real message service
take their place behind the same ports.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from liandong.domain.journal.facts import StreamId

__all__ = ["SimulatedNotices", "SimulatedOwners"]

#: reference, service, owner, code, words -> kept where the demonstration shows it.
Keep = Callable[[str, StreamId, str, str, str], None]


class SimulatedOwners:
    """The port ``VehicleOwners``.

    Parameters:
        salt: of this node: nobody can work out a plate from a reference.
    """

    def __init__(self, salt: str) -> None:
        self._salt = salt

    def find(self, plate: str) -> str | None:
        """Return the made-up owner of a plate, or None."""
        if plate.endswith("00"):
            return None
        return "车主-" + hashlib.sha256(f"{self._salt}|{plate}".encode()).hexdigest()[:10].upper()


class SimulatedNotices:
    """The port ``OwnerNotices``.

    Parameters:
        keep: writes the message where somebody can open its link, in the open transaction.
    """

    simulated = True

    def __init__(self, keep: Keep) -> None:
        self._keep = keep

    def tell_owner(self, owner: str, service: StreamId, plate: str, place: str) -> str:
        """Keep the message; return its reference."""
        reference, code = "SIM-" + secrets.token_hex(5).upper(), secrets.token_urlsafe(12)
        self._keep(reference, service, owner, code, f"您的车 {plate} 停在{place or '通道'}挡住了别人，请点开链接告诉对方您多久能到。")
        return reference

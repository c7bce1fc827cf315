"""End a dispute whose limit has passed: the first receiver keeps the matter and chases it.

Source: 相政办〔2023〕55号 四（二）; 济政办字〔2023〕51号 四（一）.
"""

from __future__ import annotations

from liandong.application.perform import Session
from liandong.application.route import party_here
from liandong.application.world import World
from liandong.domain.journal.facts import Party, StreamId, StreamKind

__all__ = ["DISPUTED", "lapse_negotiation"]

DISPUTED = ("objected", "negotiating")


def lapse_negotiation(world: World, handover: StreamId) -> bool:
    """Lapse a dispute in one transaction; return whether there still was one.

    Concurrency: harmless when run twice or too late.
    """
    with world.work() as unit:
        session = Session(world, unit)
        state = session.load(StreamKind.HANDOVER, handover)
        if state.phase not in DISPUTED or party_here(world.desk, state.data) != Party.SENDER:
            return False
        session.perform(state.kind, state.id, "lapse", session.system.standing(Party.SENDER))
        return True

"""List what ended for a return visit: every major case, and a drawn share of the others.

Source: 001、003 重大事项回访率100%; 相政办〔2023〕55号 三（二） 回访.
"""

from __future__ import annotations

from typing import Any

from liandong.application.perform import Session
from liandong.domain.journal.facts import Fact, StreamState
from liandong.domain.replies.visits import due_because

__all__ = ["VISIT_REACTIONS", "list_for_visit"]

#: Share of the cases that are not major, in per cent, where the city's pack says nothing.
SHARE_PERCENT = 20
#: Facts after which the other side handles a matter and asks about it.
AWAY = ("OrderHandedOver", "NonPoliceApproved", "DecidingFactFound")


def list_for_visit(session: Session, before: StreamState, after: StreamState, fact: Fact) -> None:
    """Write down that a visit is owed, and why; the side that handled a matter asks about it."""
    times = after.data.get("times", {})
    if any(each in times for each in AWAY) and "HandoverTakenBack" not in times:
        return
    switches = session.world.desk.switches
    because = due_because(after.id, after.data, switches.get("visit_major", ()), int(switches.get("visit_share_percent", SHARE_PERCENT)))
    if because:
        session.perform(after.kind, after.id, "due_visit", session.system, {"visit_for": list(because)})


#: fact -> (decided here, what follows).
VISIT_REACTIONS: dict[str, tuple[tuple[bool | None, Any], ...]] = {
    "OrderClosed": ((True, list_for_visit),),
    "AlarmClosed": ((True, list_for_visit),),
}

"""Follow a ruling: its lead gets the order at once, and the lead moves when the fact it turns on is found.

Source: 相政办〔2023〕55号 四（三）3; 000: responsibility that changes as facts change. What moved it stays written: the order's fact, the
handover that names the ruling, the appeal that names the handover.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.application.absences import away_at
from liandong.application.perform import Session
from liandong.domain.journal.facts import StreamKind, StreamState

__all__ = ["in_words", "moved", "ruling_for", "send_to_lead"]


def ruling_for(said: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    """Return the ruling that gives a recorded matter to a side, as its verdict cites it; empty where none does."""
    ruling = (said.get("verdict") or {}).get("ruling") or {}
    return ruling if ruling and (ruling.get("side") in (side, "joint") or side == "both") and not said.get("urgent") else {}


def moved(ruling: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ruling after its fact was found: the second lead has it, for good."""
    return {**ruling, "side": ruling.get("then_side", ""), "lead": ruling.get("then_lead", ""), "until_fact": "", "moved_by": ruling.get("until_fact", "")}


def in_words(ruling: Mapping[str, Any]) -> str:
    """Return a ruling as the reason of a handover; ``""`` for none."""
    if not ruling:
        return ""
    by = f"，查明“{ruling['moved_by']}”" if ruling.get("moved_by") else ""
    return f"按会商裁定{ruling.get('code', '')}{by}：{ruling.get('words', '')}"[:300]


def send_to_lead(session: Session, order: StreamState) -> StreamState:
    """Send an order to the unit that a ruling names, where this side has it; a dispatcher may send it on."""
    ruling = order.data.get("ruling") or {}
    lead, directory = str(ruling.get("lead") or ""), session.world.directory
    if not lead or directory is None or ruling.get("side") not in (session.world.desk.side, "joint"):
        return order
    lead = away_at(session.world, session.at).stand_in(lead) or lead
    if not directory.named([lead]) or not directory.serves(lead, session.world.desk.side):
        return order
    command = "order" if order.kind == StreamKind.ALARM else "dispatch"
    return session.perform(order.kind, order.id, command, session.system, {"unit": lead, "note": in_words(ruling)})

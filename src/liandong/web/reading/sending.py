"""Whom one key sends: the lead and the assistants that the city's list names for an order, or the unit it should go to after a correction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.adapters.postgres.models import Stream, User
from liandong.application.ports import Desk
from liandong.web.acts import open_acts
from liandong.web.reading.pack_words import matter_of, unit_choices
from liandong.web.reading.rerouting import other_unit
from liandong.web.world import world

__all__ = ["Sending", "sending_of", "team_of"]

#: States in which an order has no unit that works on it.
UNSENT = frozenset({"taken", "received", "refused", "reopened"})


@dataclass(frozen=True, slots=True)
class Sending:
    """What one key does: an act with its lead and its assistants."""

    command: str
    #: (code, name) of who leads, and why.
    lead: tuple[str, str]
    why: str
    assistants: Sequence[tuple[str, str]] = ()
    #: Written already where the act needs one.
    reason: str = ""
    #: Name of the unit that has it now, after a correction.
    before: str = ""


def sending_of(user: User, desk: Desk, order: Stream, said: Mapping[str, Any], at: datetime) -> Sending | None:
    """Return what one key would send for an order; None where this person sends nobody now, or no unit fits.

    Parameters:
        said: data of the order's appeal, whose verdict names the finer items.
        at: aware; who is on duty then.
    """
    if order.kind not in ("alarm", "workorder"):
        return None
    if order.phase not in UNSENT:
        moved = other_unit(user, desk, order, "", at)
        return Sending(moved.command, (moved.unit, moved.unit_name), moved.why, reason=moved.reason, before=moved.before) if moved and moved.command else None
    command = next((each.command for each in open_acts(user, desk, order, "zh") if each.command in ("order", "dispatch")), "")
    # Who has just said that it is not theirs is not asked again by the same key.
    refused = frozenset(str(each.get("unit")) for each in order.data.get("refusals", ()))
    team = team_of(desk, order, said, at, refused) if command else ()
    return Sending(command, team[0][:2], team[0][2], [each[:2] for each in team[1:]]) if team else None


def team_of(desk: Desk, order: Stream, said: Mapping[str, Any], at: datetime, refused: Collection[str] = ()) -> list[tuple[str, str, str]]:
    """Return (code, name, why) of the units an order needs on this side: who leads first, then one for each further function of the matter.

    Parameters:
        refused: codes of units that said it is not theirs. Where one of them would lead, the next that could lead does, never one that would only assist.
    """
    side = "police" if order.kind == "alarm" else "hotline"
    fitting = [each for each in unit_choices(side if desk.side == "both" else desk.side, matter_of(order), at) if each[2] and each[0] not in refused]
    if not fitting:
        return []
    lead, directory = fitting[0], world().directory
    same = said.get("item") == order.item
    asked = {**order.data, "verdict": said.get("verdict") if same else None}
    more = directory.team(asked, at) if directory is not None else ()
    return [lead, *((each.code, each.name, each.function) for each in more if each.code not in (lead[0], *refused) and directory is not None and directory.serves(each.code, desk.side))]

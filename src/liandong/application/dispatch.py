"""Send units: the lead and its assistants in one act, each known to the city's directory.

Source: 002 一键派单 (Wuxi: one key, 63 units); 001 主办、协办. A unit that nobody knows would let an order vanish: it is refused, whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liandong.application.absences import away_at
from liandong.application.perform import Session
from liandong.domain.assistants.parts import MOST
from liandong.domain.errors import MESSAGES, CommandRefused, Message, Refusal
from liandong.domain.journal.facts import Actor, StreamState
from liandong.domain.routing.absences import DUTY_SOURCE

__all__ = ["SENDING_COMMANDS", "send_units"]

MESSAGES.update(
    {
        "unit.unknown": Message("单位目录里没有“{unit}”。请从列表中选择。", "The directory has no unit “{unit}”. Choose one of the list."),
        "unit.other_side": Message(
            "{unit}由对方平台指挥，不能直接派单。请移交对方，或发协同警示。",
            "{unit} is sent by the other platform. Hand the matter over, or alert it.",
        ),
    }
)

#: Commands that name units to send.
SENDING_COMMANDS = ("order", "redirect", "dispatch", "call_assistants")


def send_units(session: Session, state: StreamState, actor: Actor, command: str, data: Mapping[str, Any]) -> StreamState:
    """Send the lead, its assistants, or both; names of units are taken for their codes.

    Raises:
        CommandRefused: ``unit.unknown``, ``unit.other_side``, or what the table says.
    """
    given = {name: value for name, value in data.items() if name != "assistant_names"}
    _there(session, str(given.get("officers") or ""))
    if isinstance(given.get("unit"), str) and given["unit"].strip():
        given["unit"] = next(iter(_known(session, [given["unit"]])))
    wanted = given.get("assistants")
    if isinstance(wanted, list) and len(wanted) <= MOST and all(isinstance(each, str) for each in wanted):
        given["assistant_names"] = _known(session, [each for each in wanted if each.strip()])
        given["assistants"] = list(given["assistant_names"])
        if wanted and not given["assistants"]:
            raise CommandRefused(Refusal("part.unsound", {"most": MOST}))
    return session.perform(state.kind, state.id, command, actor, given)


def _there(session: Session, person: str) -> None:
    """Refuse to send somebody who is away."""
    absent = away_at(session.world, session.at).account(person) if person else None
    if absent is not None:
        raise CommandRefused(Refusal("person.away", {"person": absent.name, "substitute": absent.substitute}, DUTY_SOURCE))


def _known(session: Session, wanted: Sequence[str]) -> dict[str, str]:
    """Return code -> name of what was named, in order, each once."""
    directory, side = session.world.directory, session.world.desk.side
    if directory is None or session.world.context.get("any_unit"):
        return {each.strip(): "" for each in wanted}
    found: dict[str, str] = {}
    away = away_at(session.world, session.at)
    for each in wanted:
        known = next(iter(directory.named([each.strip()])), None)
        if known is None:
            raise CommandRefused(Refusal("unit.unknown", {"unit": each.strip()[:40]}))
        if not directory.serves(known.code, side):
            raise CommandRefused(Refusal("unit.other_side", {"unit": known.name}))
        if away.unit(known.code) is not None and (other := away.stand_in(known.code)):
            stands_in = next((one.name for one in directory.named([other])), other)
            raise CommandRefused(Refusal("unit.away", {"unit": known.name, "substitute": stands_in, "codes": [other]}, DUTY_SOURCE))
        found[known.code] = known.name
    return found

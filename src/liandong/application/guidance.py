"""Guidance to the right door: the words, the telephone, the clause, and the text a citizen can keep.

Source: 国办发〔2020〕53号; 相政办〔2023〕55号 四（二）合理引导和解释; recorded as guidance given, no order is made, and it counts as served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.domain.journal.facts import StreamState

__all__ = ["DoorWords", "door_named", "guidance_given", "guidance_text"]

#: What is said where no door is known.
GUIDANCE = "这件事不属于110和12345受理范围，已说明去处。"
#: Longest message that goes as one (three parts of 67 characters) is 201; a little more still goes.
LONGEST_MESSAGE = 280


@dataclass(frozen=True, slots=True)
class DoorWords:
    """A door of the city's list as plain words."""

    code: str
    name: str
    words: str
    phone: str = ""
    clause: str = ""
    #: Document and place of the clause.
    source: str = ""


def door_named(doors: Mapping[str, DoorWords], named: str) -> DoorWords | None:
    """Return the door of a code or a name, or None."""
    return doors.get(named) or next((each for each in doors.values() if each.name == named), None)


def guidance_given(doors: Mapping[str, DoorWords], appeal: StreamState, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of ``guide``: what a person said, filled with what the door of the verdict or the one chosen says."""
    verdict = appeal.data.get("verdict") or {}
    door = door_named(doors, str(data.get("door") or verdict.get("door") or ""))
    if door is None:
        # The verdict's reasons name the door by its code.
        door = next((doors[code] for each in verdict.get("reasons") or () if (code := str(each.get("item", ""))) in doors), None)
        if verdict.get("side") != "neither":
            door = None
    words = str(data.get("guidance") or (door.words if door else "") or GUIDANCE)
    given = {"guidance": words, "door": door.name if door else str(data.get("door") or ""), "reason": data.get("reason", "")}
    return given | ({"door_phone": door.phone, "clause": door.clause} if door else {})


def guidance_text(doors: Mapping[str, DoorWords], side: str, data: Mapping[str, Any]) -> str:
    """Return the message a guided citizen can keep: whose words, which door, its telephone, the clause, the number."""
    door = door_named(doors, str(data.get("door", "")))
    phone = str(data.get("door_phone", ""))
    parts = [f"【{'110报警服务台' if side == 'police' else '12345热线'}】{data.get('guidance', '')}"]
    if phone and phone not in parts[0]:
        parts.append(f"电话：{phone}。")
    if door is not None and door.source:
        parts.append(f"依据：{door.source}。")
    parts.append(f"编号{data.get('number', '')}。")
    text = "".join(parts)
    # The number and the telephone stay; the clause goes first where it is too long.
    return text if len(text) <= LONGEST_MESSAGE else "".join(each for each in parts if not each.startswith("依据"))[:LONGEST_MESSAGE]

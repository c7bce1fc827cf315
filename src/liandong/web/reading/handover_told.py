"""A handover with its journal as the documents of other standards want it, in words, masked for who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.adapters.postgres.models import JournalEntry, Stream, User
from liandong.adapters.standards.handover_told import Agency, HandoverTold, Step
from liandong.application.ports import Desk
from liandong.application.route import OTHER_SIDE
from liandong.application.world import MACHINES
from liandong.domain.appeals.particulars import read
from liandong.domain.appeals.particulars_masking import mask_text
from liandong.domain.journal.facts import StreamKind
from liandong.web.reading.fact_words import fact_words
from liandong.web.reading.pack_words import item_name, peer_title
from liandong.web.rights import hides_numbers

__all__ = ["handover_told", "is_masked"]

#: What a step says, in the order it is read.
SPOKEN = ("question", "answer", "words", "reason", "result", "note", "step", "unit_name", "order_number", "clause", "satisfaction")
#: Fields that may hold a number inside their words.
WORDS = frozenset({*SPOKEN, "text", "demand", "contact"})
#: Fields that are the citizen's, and the record that holds them again.
IDENTIFYING = frozenset({"phone", "citizen", "record"})
#: Longest journal that a document tells.
LONGEST = 2000
SIDES = {"police": "110", "hotline": "12345", "both": "110、12345"}


def is_masked(user: User, row: Stream) -> bool:
    """Tell whether this person sees the handover's citizen only masked."""
    return hides_numbers(user, {**row.data, **_record(row)})


def handover_told(desk: Desk, row: Stream, *, masked: bool) -> HandoverTold:
    """Return the handover of a row, with all that both sides have told.

    Parameters:
        row: a stream of the kind handover.
        masked: leave out name and number of the citizen, and hide numbers inside the words.
    """
    entries = JournalEntry.objects.filter(stream=row.id).order_by("seq")[:LONGEST]
    record = _record(row)
    if masked:
        record = _without_citizen(record)
    return HandoverTold(
        stream=str(row.id),
        number=row.number,
        phase=row.phase,
        phase_title=MACHINES[StreamKind.HANDOVER].title(row.phase),
        origin=_origin(desk, row.data),
        destination=_destination(desk, row.data),
        data=_without_citizen(row.data) if masked else row.data,
        record=record,
        item_title=item_name(str(record.get("item", ""))),
        steps=[_step(each, masked) for each in entries],
        opened_at=row.opened_at,
        updated_at=row.updated_at,
    )


def _record(row: Stream) -> dict[str, Any]:
    record = row.data.get("record")
    return dict(record) if isinstance(record, dict) else {}


def _without_citizen(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without name and number of the citizen; a document of another standard has no way to say that a value is masked."""
    return {name: _hidden(value) if name in WORDS and isinstance(value, str) else value for name, value in data.items() if name not in IDENTIFYING}


def _hidden(text: str) -> str:
    return mask_text(text, read(text).spans) if text else text


def _origin(desk: Desk, data: Mapping[str, Any]) -> Agency:
    node = str(data.get("origin", ""))
    towards = str(data.get("destination", ""))
    side = towards if data.get("destination_node") else OTHER_SIDE.get(towards, "both")
    return Agency(node, side, peer_title(desk, node))


def _destination(desk: Desk, data: Mapping[str, Any]) -> Agency:
    side = str(data.get("destination", ""))
    named = str(data.get("destination_node") or "")
    # Across, the document of a handover names the side; which node of it took the matter each side knows for itself.
    return Agency(named or side, side, peer_title(desk, named) if named else SIDES.get(side, side))


def _step(entry: JournalEntry, masked: bool) -> Step:
    actor, data = entry.actor, entry.data
    said = [str(data[name]) for name in SPOKEN if isinstance(data.get(name), (str, int)) and data[name] not in ("", None)]
    if entry.name == "ProgressTold" and data.get("step"):
        said = [fact_words(str(data["step"])), *(each for each in said if each != data["step"])]
    words = "；".join(said)
    return Step(
        name=entry.name,
        title=fact_words(entry.name),
        at=entry.at,
        role=str(actor.get("role", "")),
        person=str(actor.get("person", "")),
        node=str(actor.get("node", "")),
        party=str(actor.get("party", "")),
        words=_hidden(words) if masked else words,
        data=_without_citizen(data) if masked else data,
    )

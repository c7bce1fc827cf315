"""The outline of a stream: what lists and look-ups need of it, told from its state and from nothing else.

Adapters write it beside the state; ``liandong journal verify`` tells it anew and compares, so a row that somebody changed
by hand shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from liandong.domain.journal.facts import StreamKind, StreamState

__all__ = ["KEYED", "Outline", "one_line", "outline_of"]

#: Kinds that are known by a key of their own: an appeal by its source, a supervision by what it supervises, a consultation or a whistle by its cause.
KEYED = frozenset({StreamKind.APPEAL, StreamKind.SUPERVISION, StreamKind.CONSULTATION, StreamKind.WHISTLE})

#: Longest summary and place of a list, in characters.
SUMMARY_CHARACTERS, PLACE_CHARACTERS = 240, 300


@dataclass(frozen=True, slots=True)
class Outline:
    """Columns of a row; text is cut to what a column holds."""

    number: str
    #: The appeal it belongs to, itself for an appeal; None where none is known.
    appeal: str | None
    urgent: bool
    side: str
    item: str
    unit: str
    summary: str
    place: str
    phone: str
    #: Key it is known by, for kinds that have one; None where none was given.
    key: str | None


def outline_of(state: StreamState) -> Outline:
    """Return the outline of a stream as it stands."""
    data = state.data
    record = data.get("record") or {}
    key = data.get("key") if state.kind in KEYED else None
    return Outline(
        number=str(data.get("number", "")),
        appeal=state.id if state.kind == StreamKind.APPEAL else data.get("appeal"),
        urgent=bool(data.get("urgent") or data.get("danger")),
        side=str(data.get("side", ""))[:12],
        item=str(data.get("item", ""))[:20],
        unit=str(data.get("unit", ""))[:40],
        summary=one_line(str(data.get("summary") or data.get("text") or record.get("text") or "")),
        place=str(data.get("place") or record.get("place") or "")[:PLACE_CHARACTERS],
        phone=str(data.get("phone", ""))[:40],
        key=str(key) if key else None,
    )


def one_line(text: str) -> str:
    """Return text on one line, as long as a summary may be."""
    return " ".join(text.split())[:SUMMARY_CHARACTERS]

"""The whole life of an appeal as this node knows it, from both sides, in order of time.

What the other side does to its own order arrives here as ``ProgressTold``; it is shown as what it tells. What this side
told the other is not shown again: its own order says it better.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from liandong.adapters.postgres.models import JournalEntry, Stream, User
from liandong.application.ports import Desk
from liandong.domain.replies import FINDINGS
from liandong.web import rights
from liandong.web.attachments import Shown, shown_attachments
from liandong.web.field_words import choice_words, field_words
from liandong.web.reading.fact_words import fact_icon, fact_words
from liandong.web.reading.pack_words import clause_of, item_name, peer_title, people_of_pack, unit_known, unit_name
from liandong.web.shell.gate import language
from liandong.web.shell.words import role_words

__all__ = ["Happening", "timeline"]

#: Longest time line shown at once; older facts are one press away.
LONGEST = 400
#: Fields that are shown elsewhere on the page or mean nothing to people.
SILENT = frozenset(
    {
        "assistant_names", "related", "split_from", "appeal", "order", "handover", "record", "origin", "destination", "destination_node", "verdict", "text", "number", "source", "key", "side", "channel", "step",
        "summary", "place", "item2", "urgent", "danger", "phone", "citizen", "confidential", "longitude", "latitude", "division", "doorplate",
        "happened", "demand", "recording", "kind", "placing", "recipients", "purpose", "alert", "spoke", "conference", "simulated", "abuse", "referred", "call", "marks", "linked", "linked_kind", "supplements", "order_kind", "order_number", "clock", "due", "chain", "since", "moved", "called", "tasks", "trigger", "participants", "cases", "added", "figures", "agenda", "code", "round", "tally", "ruling",
    }
)  # fmt: skip
#: Fields that often say the same as the record itself.
REPEATING = frozenset({"reason", "note", "words"})
#: Steps that name the unit that was sent.
SENDING = frozenset({"OrderDispatched", "UnitOrdered", "UnitRedirected"})
#: Fields of a few facts that are silent elsewhere.
SPOKEN = {"VerdictCorrected": ("side", "urgent"), "AppealSupplemented": ("place", "phone"), "AppealMarked": ("marks",), "HarassmentEstablished": ("marks",)}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: who did what, when, and in which words."""

    at: datetime
    name: str
    title: str
    icon: str
    #: True where it was done on this node.
    ours: bool
    #: What people call the node it was done on.
    node: str
    who: str
    #: Of which record: ``appeal``, ``alarm`` …
    kind: str
    number: str
    details: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Shown, ...] = field(default=())
    #: Whose fact it is: where its files are found.
    stream: uuid.UUID | None = None
    #: On which end of a handover it was done: ``S``, ``R`` or none.
    party: str = ""


def timeline(user: User, desk: Desk, streams: Iterable[Stream]) -> list[Happening]:
    """Return what happened to the streams of one appeal, oldest first; two queries whatever their number.

    Parameters:
        user: decides what is masked.
        desk: this node: what was done here, and what elsewhere.
        streams: the appeal, its orders and handovers.
    """
    known = {each.id: each for each in streams}
    entries = list(JournalEntry.objects.filter(stream__in=list(known)).order_by("-at", "-position")[:LONGEST])[::-1]
    people = {
        each.get_username(): each.get_full_name() or each.get_username()
        for each in User.objects.filter(username__in={str(entry.actor.get("person", "")) for entry in entries})
    }
    people = {**people_of_pack(), **people}
    # Of two facts of one moment the record's own comes before what follows from it.
    shown = [_happening(user, desk, entry, known[entry.stream], people) for entry in sorted(entries, key=lambda each: (each.at, each.position))]
    return [each for each in shown if each is not None]


def _happening(user: User, desk: Desk, entry: JournalEntry, stream: Stream, people: Mapping[str, str]) -> Happening | None:
    actor, data = entry.actor, entry.data
    node = str(actor.get("node", ""))
    ours = node in ("", desk.node)
    name = entry.name
    if name == "ProgressTold":
        if ours:
            return None
        name = str(data.get("step", name))
        data = _told(name, data)
    return Happening(
        at=entry.at,
        name=name,
        title=fact_words(name) + _call_outcome(name, data),
        icon=fact_icon(name),
        ours=ours,
        node=peer_title(desk, node) if node else str(desk.title),
        who="" if not ours and actor.get("role") == "system" else _who(actor, people),
        kind=stream.kind,
        number=stream.number,
        details=tuple(_details(user, stream, name, data)),
        attachments=shown_attachments(data.get("attachments")),
        stream=stream.id,
        party=str(actor.get("party", "")),
    )


def _told(step: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a step of the other side tells: its note is the unit where it sent somebody; its number stands on the page already."""
    told = {name: value for name, value in data.items() if name not in ("order_number", "unit_name")}
    if step in SENDING and told.get("note"):
        told["unit"] = told.pop("note")
    return told


def _call_outcome(name: str, data: Mapping[str, Any]) -> str:
    return f"：{choice_words('outcome', str(data.get('outcome', '')))}" if name == "ThreeWayCallRecorded" else ""


def _who(actor: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Return name, role and unit in words. Account names are nothing for readers: a person unknown here is told by the role."""
    role = str(actor.get("role", ""))
    person = str(actor.get("person", ""))
    name = _("接口接入") if person.startswith("api:") else people.get(person, "")
    unit = str(actor.get("unit", ""))
    parts = ["" if role == "system" else name, role_words(role), unit_name(unit) if unit_known(unit) else ""]
    return " · ".join(each for each in parts if each)


def _details(user: User, stream: Stream, name: str, data: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    spoken = SPOKEN.get(name, ())
    for field_name, value in data.items():
        if field_name in ("attachments", "outcome") or (field_name in SILENT and field_name not in spoken) or value in ("", None):
            continue
        if field_name in REPEATING and _same(str(value), stream):
            continue
        yield field_words(field_name, language(), kind="workorder" if name == "OrderDispatched" else stream.kind), _value(user, stream, field_name, value)


def _same(value: str, stream: Stream) -> bool:
    """Tell whether words only say again what the record says."""
    told = (stream.data.get("record") or {}).get("text") if isinstance(stream.data.get("record"), dict) else stream.data.get("text")
    return bool(value) and value.strip() in (str(told or "").strip(), stream.summary.strip())


def _value(user: User, stream: Stream, name: str, value: Any) -> str:
    if name in ("unit", "unit_name", "recipient", "lead", "then_lead", "assistant"):
        return unit_name(str(value))
    if name in ("item", "matter"):
        return item_name(str(value))
    if name == "clause":
        known = clause_of(str(value))
        return f"{known.document}{known.place}" if known is not None else str(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "phone":
        return rights.phone_for(user, {**stream.data, "phone": value})
    if name == "findings" and isinstance(value, list):
        return "、".join(FINDINGS[each][1 if language() == "en" else 0] for each in value if each in FINDINGS)
    if isinstance(value, list):
        return "、".join(unit_name(str(each)) if name == "assistants" else choice_words(name, str(each)) for each in value if not isinstance(each, dict))
    if isinstance(value, dict):
        return ""
    text = choice_words(name, str(value))
    return rights.masked_text(user, stream.data, text)

"""The acts open to a person on a record now, and the form of each: generated from the rows of the transition table.

Nothing about a command is written here a second time: who may, what must be given, how long it may be and what the
choices are stand in the tables. What is added is how a field is best typed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from liandong.adapters.postgres.models import Stream, User
from liandong.application.act import is_internal
from liandong.application.orders import order_kind
from liandong.application.ports import Desk
from liandong.application.route import party_here
from liandong.application.shared_streams import is_shared
from liandong.application.world import MACHINES
from liandong.domain.alerts.alert import desk_code
from liandong.domain.assistants.parts import OPEN_PARTS, open_parts, parts_of
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Actor, Command, Party, StreamId, StreamKind, StreamState
from liandong.domain.journal.machine import Field, Row
from liandong.web import rights
from liandong.web.domain_english import capital
from liandong.web.field_words import choice_words
from liandong.web.reading.pack_words import door_choices, item_name, item_of, items_of, matter_of, unit_choices, unit_name
from liandong.web.room_fields import plan_rows, room_choices, room_value, typed_plan
from liandong.web.world import pack

__all__ = ["Act", "AskedField", "asked_fields", "open_acts", "read_form", "state_of"]

#: Given by other acts or by the node, never typed.
UNTYPED = frozenset({"findings", "assistant_names", "door_phone", "abuse", "referred", "repeat_number", "recipients", "lines", "call", "alert", "placing", "conference", "simulated", "spoke", "owner", "notice", "appeal", "order", "handover", "record", "origin", "destination", "destination_node", "number", "source", "key", "verdict", "longitude", "latitude"})
#: What the node tells of a supervision and its clocks; a person gives reasons and words.
RULED = frozenset({"cause", "unit", "clock", "clock_name", "due", "chain"})
#: Courses that the appeal's own page offers with forms of their own.
COURSE_FIELDS = {
    "keep": (("reason",), ()),
    "hand_over": (("reason",), ()),
    "share": (("reason",), ()),
    "guide": (("door", "guidance", "reason"), ()),
    "join": (("reason",), ("linked",)),
    "split": (("place", "item", "side", "reason"), ("words",)),
    "relate": (("reason",), ("related",)),
    "unrelate": (("reason",), ("related",)),
}
#: (command) -> what its form must and may hold, where a use case fills in the rest of the row.
FILLED = {
    "rule": (("way",), ("note",)),
    "vote": (("vote",), ("words",)),
    "invite_more": (("participants",), ("note",)),
    "call_more": (("called",), ("note",)),
    "add_case": (("added",), ("note",)),
}
#: What is done most often stands first, as the one coloured button.
LEADING = (
    "accept", "grant_extension", "refer_abuse", "sign_part", "reach_part", "report_part", "sign", "depart", "arrive", "start", "handle", "report", "reply_citizen", "close", "visit", "order", "dispatch",
    "acknowledge", "set_out", "reach", "attend", "report_in", "open_meeting", "speak", "propose", "rule", "confirm_ruling", "agree_plan", "finish_task", "pick_up", "take_in_call", "approve_order", "approve_report", "approve_non_police", "answer", "confirm",
)  # fmt: skip
#: Guards that ask only where a record stands: what they refuse is not offered at all.
STANDING_GUARDS = frozenset({"abuse_stands", "first_answer", "first_report", "first_vote", "question_open", "extension_asked", "no_danger", "no_danger_left", "another_person", "part_signed", "part_unsigned", "visit_owed", "owed_last_try"})
#: What is done to a part that stands so, and is not offered where none does.
ON_PARTS = {"release_assistant": OPEN_PARTS, "turn_back_part": frozenset({"reported"})}
#: What is seldom needed stands behind “more”.
SELDOM = frozenset({"split", "relate", "unrelate", "separate", "link", "join", "unlink", "mark", "correct", "withdraw", "cancel", "suspend", "record_call", "redirect", "note", "not_found", "reopen", "invite_more", "call_more", "add_case", "set_agenda", "find_fact", "unmark", "turn_back_report", "release_assistant", "turn_back_part", "ask_assistance"})
#: What takes something away from somebody is drawn as such.
GRAVE = frozenset({"cancel", "revoke", "call_off", "decline_ruling", "withdraw", "refuse", "object", "state_non_police", "turn_back_report", "turn_back_order", "call_police", "decline_part", "release_assistant"})
ICONS = {
    "split": "arrows-exchange", "relate": "link", "unrelate": "link", "separate": "arrows-exchange",
    "call_assistants": "users", "release_assistant": "x", "turn_back_part": "arrow-back-up", "ask_assistance": "lifebuoy", "sign_part": "signature", "reach_part": "map-pin",
    "report_part": "clipboard-check", "decline_part": "ban",
    "attend": "circle-check", "excuse": "ban", "open_meeting": "player-play", "speak": "messages", "propose": "scale", "vote": "check", "rule": "gavel", "confirm_ruling": "checks", "decline_ruling": "x",
    "revoke": "ban", "conclude": "flag", "adjourn": "hourglass", "invite_more": "users", "call_more": "bell", "add_case": "link", "set_agenda": "list-details", "report_in": "circle-check",
    "agree_plan": "list-details", "finish_task": "checks", "call_off": "ban", "find_fact": "scale",
    "accept": "circle-check", "sign": "signature", "depart": "walk", "arrive": "map-pin", "start": "player-play", "handle": "shield-check",
    "report": "clipboard-check", "reply_citizen": "phone", "close": "flag", "visit": "star", "order": "send", "dispatch": "send",
    "progress": "history", "note": "edit", "refuse": "ban", "object": "hand-stop", "ask": "message-question", "answer": "message-2",
    "supplement": "message", "chase": "bell", "withdraw": "arrow-back-up", "call_police": "urgent", "ask_support": "lifebuoy",
    "hand_over": "arrow-right", "hand_over_source": "arrow-right", "share": "arrows-exchange", "keep": "check", "guide": "route",
    "notify": "send", "remind": "bell", "come": "walk", "deny": "alert-triangle", "move": "circle-check", "thank": "mood-smile", "correct_plate": "edit",
    "supervise": "eye", "call_interview": "users", "circulate": "list-details", "refer": "gavel", "lift": "circle-check",
    "ask_extension": "calendar", "grant_extension": "calendar", "not_reached": "phone-off", "pass_down": "arrow-right", "inspect": "eye", "correct": "edit", "record_call": "phone-call", "link": "link", "join": "link", "mark": "alert-triangle", "refer_abuse": "shield-check", "unmark": "edit",
    "state_non_police": "scale", "acknowledge": "circle-check", "set_out": "walk", "reach": "map-pin", "tell": "clipboard-check", "cannot_come": "ban", "stand_down": "flag", "pick_up": "phone-check", "decline": "phone-x", "take_in_call": "circle-check", "hang_up": "phone-off", "suspend": "hourglass", "resume": "player-play", "contest": "scale", "agree_return": "arrow-back-up",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """A command that the table opens to this person now."""

    kind: str
    stream: uuid.UUID
    command: str
    title: str
    icon: str
    leading: bool
    grave: bool
    #: Stands behind “more”.
    seldom: bool
    #: True when nothing must or may be given: one press does it.
    bare: bool


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field of a form."""

    name: str
    title: str
    #: ``line``, ``words``, ``flag``, ``number``, ``select``, ``radio``, ``lines``, ``units``, ``suggest``, ``day`` or ``plan``.
    shape: str
    required: bool
    limit: int
    value: str
    #: (value, words, why it fits).
    choices: Sequence[tuple[str, str, str]] = field(default=())

    @property
    def picked(self) -> Sequence[str]:
        """The values of a field that takes several."""
        return self.value.splitlines()

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """Unit, what and until of each task of a plan."""
        return plan_rows(self.value)


def state_of(stream: Stream) -> StreamState:
    """Return the domain's state of a row."""
    return StreamState(StreamKind(stream.kind), StreamId(str(stream.id)), stream.phase, stream.seq, stream.data, stream.head)


def party_of(desk: Desk, stream: Stream) -> Party:
    """Return the end of a handover this node stands on; none for other kinds."""
    return party_here(desk, stream.data) if is_shared(StreamKind(stream.kind)) else Party.NONE


def open_acts(user: User, desk: Desk, stream: Stream, language: str) -> list[Act]:
    """Return the acts open to a person on a record, the leading one first."""
    machine = MACHINES[StreamKind(stream.kind)]
    state = state_of(stream)
    names = machine.open_to(state, Actor(rights.role_of(user), person=user.get_username(), unit=user.unit, party=party_of(desk, stream)))
    open_rows = {name: _rows(user, desk, stream, name) for name in names if not is_internal(state, name)}
    acts = [_act(stream, name, capital(machine.title(name, language)), rows) for name, rows in open_rows.items() if rows]
    order = {name: place for place, name in enumerate(LEADING)}
    acts.sort(key=lambda each: (order.get(each.command, 50 + each.grave * 50)))
    return acts


def _act(stream: Stream, name: str, title: str, rows: Sequence[Row]) -> Act:
    required, optional = _names(stream, name, rows)
    return Act(stream.kind, stream.id, name, title, ICONS.get(name, "edit"), name in LEADING, name in GRAVE, name in SELDOM, not required and not optional)


def _rows(user: User, desk: Desk, stream: Stream, command: str) -> list[Row]:
    machine, party, role = MACHINES[StreamKind(stream.kind)], party_of(desk, stream), rights.role_of(user)
    rows = [row for row in machine.rows_for(stream.phase, command) if role in row.who and row.party in (Party.NONE, party)]
    asked = Command(command, Actor(role, person=user.get_username(), unit=user.unit, party=party), datetime.now(UTC))
    state = state_of(stream)
    if machine.own is not None and machine.own(state, command, asked.actor) is not None:
        return []
    if command in ON_PARTS and not _on_parts(stream, command):
        return []
    return [row for row in rows if row.guard not in STANDING_GUARDS or machine.guards[row.guard](state, asked, {}) is None]


def _on_parts(stream: Stream, command: str) -> list[str]:
    """Return the codes of the assistants that a command may name."""
    return [code for code, part in parts_of(stream.data).items() if part.get("state") in ON_PARTS[command]]


def _names(stream: Stream, command: str, rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Return the names a form must and may hold; of several rows, what all of them ask is a must."""
    if stream.kind == StreamKind.APPEAL and command in COURSE_FIELDS:
        optional, required = COURSE_FIELDS[command]
        return list(required), list(optional)
    if stream.kind in ("consultation", "whistle") and command in FILLED:
        must, may = FILLED[command]
        return list(must), list(may)
    asked = dict.fromkeys(name for row in rows for name in (*row.required, *row.optional) if name not in UNTYPED and not (stream.kind == StreamKind.SUPERVISION and name in RULED))
    if not open_parts(stream.data):
        asked.pop("without_parts", None)
    required = tuple(name for name in asked if all(name in row.required for row in rows))
    return list(required), [name for name in asked if name not in required]


def asked_fields(
    user: User, desk: Desk, stream: Stream, command: str, language: str, at: datetime, given: Mapping[str, str] | None = None
) -> list[AskedField] | None:
    """Return the fields of a command's form, filled with what was typed; None where the act is not open to this person.

    Parameters:
        at: aware; who is on duty then stands first among the units.
        given: what was typed before, kept as it is.
    """
    rows = _rows(user, desk, stream, command)
    if not rows or is_internal(state_of(stream), command):
        return None
    machine = MACHINES[StreamKind(stream.kind)]
    required, optional = _names(stream, command, rows)
    made = []
    field_person = rights.role_of(user) in rights.FIELD_ROLES
    speaks_for, heads = (user.unit if field_person else desk_code(desk.side)), not field_person and party_of(desk, stream) == Party.SENDER
    for name in (*required, *optional):
        spec = machine.fields[name]
        shape, choices = room_choices(stream, command, name, speaks_for, heads) or _shape(desk, stream, command, spec, at)
        value = _value(stream, command, name, choices, at, given)
        made.append(AskedField(name, capital(spec.en) if language == "en" else spec.zh, shape, name in required, spec.limit, value, choices))
    return made


def _value(stream: Stream, command: str, name: str, choices: Sequence[tuple[str, str, str]], at: datetime, given: Mapping[str, str] | None) -> str:
    """Return what stands in a field: what was typed, else what is known."""
    if given is not None:
        return (typed_plan(given) or "") if name == "tasks" else given.get(name, "")
    known = room_value(stream, command, name, choices, at.astimezone(pack().calendar.zone).date())
    return known if known is not None else _first_value(stream, command, name)


def _first_value(stream: Stream, command: str, name: str) -> str:
    """Return what a form starts with: what the record already says."""
    data = stream.data
    if (command, name) == ("reply_citizen", "reply"):
        return str(data.get("result", ""))
    if (command, name) == ("report", "result") and stream.kind == StreamKind.ALARM:
        return str(data.get("situation", ""))
    if stream.kind == StreamKind.CONSULTATION and command == "propose":
        return _proposed(data, name)
    if name == "assistants":
        # Who asked for help has said by whom.
        return "\n".join(map(str, (data.get("assistance_asked") or {}).get("units", ()))) if command == "call_assistants" else ""
    if name == "guidance":
        return str((data.get("verdict") or {}).get("guidance", ""))
    if name in ("unit", "item", "side", "contact"):
        return str(data.get(name, ""))
    return ""


def _proposed(data: Mapping[str, Any], name: str) -> str:
    """Return what a draft said before; of the first, the matter in dispute."""
    value = (data.get("proposal") or {"item": data.get("matter", "")}).get(name, "")
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _units(desk: Desk, stream: Stream, spec: Field, at: datetime) -> Sequence[tuple[str, str, str]]:
    """Return the units a field may name: of this side, or of both where a ruling names the lead."""
    matter = matter_of(stream)
    if spec.name != "unit":
        return [*unit_choices("hotline", matter, at), *unit_choices("police", matter, at)]
    kind_side = "police" if stream.kind == order_kind("police") else "hotline"
    return unit_choices(kind_side if desk.side == "both" else desk.side, matter, at)


def _named(stream: Stream, spec: Field) -> Sequence[tuple[str, str, str]]:
    """Return the doors of the city, or the records of a sample, those without a result first."""
    if spec.name == "door":
        return [(each.code, f"{each.name} {each.phone}".strip(), each.words[:60]) for each in door_choices()]
    done = stream.data.get("results", {})
    found = [(each["stream"], each["number"], "" if each["stream"] in done else str(_("未质检"))) for each in stream.data.get("sample", ())]
    return sorted(found, key=lambda each: not each[2])


def _assistants(desk: Desk, stream: Stream, command: str, at: datetime) -> Sequence[tuple[str, str, str]]:
    """Return the units that may assist: not those that do, nor, where only assistants are called, the lead."""
    known = set(open_parts(stream.data)) | ({stream.unit} if command in ("call_assistants", "ask_assistance") else set())
    return [each for each in _units(desk, stream, stream_unit(stream), at) if each[0] not in known]


def stream_unit(stream: Stream) -> Field:
    """Return the field that names the unit of an order."""
    return MACHINES[StreamKind(stream.kind)].fields["unit"]


def _unit_shape(desk: Desk, stream: Stream, command: str, spec: Field, at: datetime) -> tuple[str, Sequence[tuple[str, str, str]]]:
    if spec.name == "assistants":
        return "units", _assistants(desk, stream, command, at)
    if spec.name == "assistant":
        return "select", [(code, unit_name(code), "") for code in _on_parts(stream, command)]
    return "select", _units(desk, stream, spec, at)


def _shape(desk: Desk, stream: Stream, command: str, spec: Field, at: datetime) -> tuple[str, Sequence[tuple[str, str, str]]]:
    if spec.name in ("unit", "lead", "then_lead", "assistants", "assistant"):
        return _unit_shape(desk, stream, command, spec, at)
    if spec.name in ("sampled", "door"):
        return "select", _named(stream, spec)
    if spec.name == "item":
        known = item_of(str(stream.data.get("matter", "")))
        own = [(known.code, f"{known.code} {known.name}", "")] if known and known.code.count(".") > 1 else []
        return "select", own + [(each.code, f"{each.code} {each.name}", "") for each in items_of()]
    if spec.name == "clause":
        known = item_of(str(stream.data.get("item") or (stream.data.get("record") or {}).get("item", "")))
        return "suggest", [(known.clause.code, f"{known.clause.document} {known.clause.place}", item_name(known.code))] if known else []
    if spec.name == "satisfaction":
        return "radio", [(each, choice_words(spec.name, each), "") for each in spec.choices]
    if spec.form == "choice":
        return "select", [(each, choice_words(spec.name, each), "") for each in spec.choices]
    if spec.form in ("flag", "number"):
        return spec.form, ()
    if spec.form == "list":
        return "lines", ()
    return ("words" if spec.limit >= 1000 else "line"), ()


def read_form(stream: Stream, command: str, post: QueryDict) -> dict[str, Any]:
    """Return the command's data out of a posted form; the table checks it.

    Raises:
        InvalidInput: a number is none.
    """
    machine = MACHINES[StreamKind(stream.kind)]
    data: dict[str, Any] = {}
    for name, spec in machine.fields.items():
        if name in UNTYPED or name not in post:
            continue
        value = post[name]
        if spec.form == "flag":
            data[name] = value in ("on", "true", "1")
        elif spec.form == "number":
            data[name] = _number(spec, value)
        elif spec.form == "list":
            lines: list[Any] = [line.strip()[:300] for each in post.getlist(name)[: spec.limit + 1] for line in each.splitlines() if line.strip()]
            data[name] = [*lines, *_files(post.getlist(f"{name}-files"))][: spec.limit + 1] or None
        else:
            data[name] = value
    plan = typed_plan(post)
    if "tasks" in machine.fields and plan is not None:
        # Who has nothing to do has an empty row.
        data["tasks"] = [line[:300] for line in plan.split("\n") if any(part for part in line.split("｜")[1:])] or None
    return {name: value for name, value in data.items() if value not in ("", None)}


def _files(values: Sequence[str]) -> list[Any]:
    """Return the files that were sent up for a form, as its hidden fields name them.

    Raises:
        InvalidInput: a field names none.
    """
    try:
        return [json.loads(each) for each in values if len(each) < 2000]
    except ValueError:
        raise InvalidInput("file.unknown") from None


def _number(spec: Field, value: str) -> int | None:
    text = value.strip()
    if not text:
        return None
    if not text.lstrip("-").isascii() or not text.lstrip("-").isdigit() or len(text) > 12:
        raise InvalidInput("input.invalid", detail=f"{spec.zh}应为整数")
    return int(text)

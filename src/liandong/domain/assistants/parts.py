"""协办: the parts that assisting units have in an order that another unit leads, the same at the police and at the hotline.

Rules:
    1. One unit leads (主办) and answers for the whole; each assistant (协办) signs for its own part, works and reports it.
    2. A unit acts only on what is its own: the lead on the order, an assistant on its part (谁主管、谁负责).
    3. The lead's report needs every part, or says why one is missing.
    4. An assistant that is not concerned says so with ground and clause; the desk lets it go or calls another.
    5. What is open when the order ends has lapsed, and stays on record as that.

Theory of operation: a part is a line in the order's data under the unit's code. The facts of parts are not copied into the order's data, so
that the result of an assistant never stands where the lead's belongs. The part of a unit that left is moved to ``parts_past``: it
no longer acts, nor sees the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.journal.facts import Actor, Command, Fact, Role, StreamState
from liandong.domain.journal.machine import SAME, Field, Row

__all__ = [
    "APART",
    "ENDING",
    "FIELD_ROLES",
    "JOINT",
    "MOST",
    "OPEN_PARTS",
    "PART_COMMANDS",
    "PART_FIELDS",
    "PART_GUARDS",
    "PART_TITLES",
    "PART_WORDS",
    "SENDING",
    "PartState",
    "called",
    "fold_parts",
    "is_own",
    "open_parts",
    "part_rows",
    "parts_in",
    "parts_of",
    "sound_assistants",
]  # fmt: skip

MESSAGES.update(
    {
        "order.not_your_unit": Message(
            "这一件由{unit}主办，不归您的单位办理。请转告该单位，或请调度员改派。",
            "{unit} leads this, not your unit. Tell that unit, or ask the dispatcher to send it on.",
        ),
        "order.no_unit": Message("您的账号没有单位，不能办理派给单位的事项。请联系管理员。", "Your account belongs to no unit and cannot work on orders. Ask the administrator."),
        "part.not_called": Message("您的单位不是这一件的协办单位。需要加入，请联系调度员。", "Your unit does not assist here. To join, ask the dispatcher."),
        "part.over": Message(
            "您单位的协办部分已经“{state}”，不能再操作。有新情况请用“补记”。", "Your unit's part is already “{state}”. Use a note for anything new."
        ),
        "part.not_signed": Message("请先签收协办，再反馈。", "Sign for the part first, then report."),
        "part.none_of": Message("{unit}没有正在协办这一件。请从协办单位中选择。", "{unit} does not assist here now. Choose one of the assistants."),
        "part.not_reported": Message("{unit}还没有反馈，没有可退回的结果。请先催办。", "{unit} has not reported: there is nothing to turn back. Remind it."),
        "part.called_before": Message("{unit}已在协办。请选择其他单位。", "{unit} assists already. Choose others."),
        "part.lead_assists": Message("{unit}是主办单位，不能同时协办。请从协办中去掉。", "{unit} leads and cannot assist as well. Take it off the assistants."),
        "part.unsound": Message("协办单位要写单位代码或名称，一行一个，不超过{most}个。", "Assistants are codes or names of units, one a line, at most {most}."),
        "part.open": Message(
            "{units}还没有反馈协办结果。请先催办；确需先行反馈的，请写明“协办未反馈说明”。",
            "{units} have not reported their part. Remind them, or say in the report why it goes without them.",
        ),
    }
)

#: The lead and the assistants of one order together, as Wuxi sends to 63 units by one key (002).
MOST = 70
#: 谁主管、谁负责 (000); joint handling on site (001, 003).
JOINT = "001 现场联动处置：主办、协办；000 谁管理、谁使用、谁负责"
ONE_KEY = "002 一键派单：一键推送多个联动单位"

FIELD_ROLES = frozenset({Role.OFFICER, Role.UNIT_STAFF})


class PartState(StrEnum):
    """Where a part stands."""

    CALLED = "called"
    SIGNED = "signed"
    ARRIVED = "arrived"
    REPORTED = "reported"
    #: The order ended before its report came.
    LAPSED = "lapsed"
    #: Left: not concerned, or let go by the desk.
    DECLINED = "declined"
    RELEASED = "released"


P = PartState
OPEN_PARTS = frozenset({P.CALLED.value, P.SIGNED.value, P.ARRIVED.value})
PART_WORDS = {
    P.CALLED: "已通知",
    P.SIGNED: "已签收",
    P.ARRIVED: "已到场",
    P.REPORTED: "已反馈",
    P.LAPSED: "未反馈而办结",
    P.DECLINED: "已退回",
    P.RELEASED: "已解除",
}

#: What an assistant does with its own part.
PART_COMMANDS = frozenset({"sign_part", "reach_part", "report_part", "decline_part"})
#: What lead and assistants may both do.
EITHER = frozenset({"note", "call_police", "ask_support", "ask_assistance"})
#: Facts of parts, whose data is not the order's.
APART = frozenset({"PartSigned", "PartReached", "PartReported", "PartDeclined", "AssistantReleased", "PartTurnedBack", "AssistanceAsked"})
#: Facts that send somebody, and with that call the assistants that were named.
SENDING = frozenset({"OrderDispatched", "UnitOrdered", "UnitRedirected", "AssistantsCalled"})
#: Facts with which an order ends for its units.
ENDING = frozenset({"OrderClosed", "AlarmClosed", "OrderWithdrawn", "AlarmCancelled", "OrderAnswered"})

PART_FIELDS = (
    Field("assistants", "协办单位", "assisting units", form="list", limit=MOST),
    Field("assistant_names", "协办单位名称", "names of the assistants", form="map", limit=MOST),
    Field("assistant", "协办单位", "assistant", limit=40),
    Field("without_parts", "协办未反馈说明", "why without all parts", limit=1000),
)
PART_TITLES = {
    "call_assistants": ("加派协办", "call assistants"),
    "release_assistant": ("解除协办", "let an assistant go"),
    "turn_back_part": ("退回协办结果", "turn a part back"),
    "ask_assistance": ("请求协办", "ask for assistance"),
    "sign_part": ("签收协办", "sign for the part"),
    "reach_part": ("协办到场", "assistant arrived"),
    "report_part": ("反馈协办结果", "report the part"),
    "decline_part": ("退回协办", "decline the part"),
}


def parts_of(data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return unit code -> its part, of those that stand."""
    found = data.get("parts")
    return found if isinstance(found, Mapping) else {}


def open_parts(data: Mapping[str, Any]) -> list[str]:
    """Return the codes of the assistants that still owe a report."""
    return sorted(code for code, part in parts_of(data).items() if part.get("state") in OPEN_PARTS)


def called(data: Mapping[str, Any], code: str) -> str:
    """Return what a unit of the order is called: its name where the order knows it, else the code."""
    part = parts_of(data).get(code)
    return str((part or {}).get("name") or (data.get("unit_name") if code == data.get("unit") else "") or code)


def is_own(state: StreamState, command: str, actor: Actor) -> Refusal | None:
    """Tell whether an order, or its part of it, is a unit's own; desks and the node are not asked (rule 2).

    Returns:
        None where it is; else ``order.not_your_unit``, ``order.no_unit``, ``part.not_called`` or ``part.over``.
    """
    if actor.role not in FIELD_ROLES or not state.phase:
        return None
    if not actor.unit:
        return Refusal("order.no_unit")
    part, leads = parts_of(state.data).get(actor.unit), actor.unit == state.data.get("unit")
    if command in PART_COMMANDS:
        if part is None:
            return Refusal("part.not_called", {}, JOINT)
        stands = part.get("state")
        return None if stands in OPEN_PARTS else Refusal("part.over", {"state": PART_WORDS.get(P(stands), "") if stands in set(P) else str(stands)}, JOINT)
    if leads or (command in EITHER and part is not None):
        return None
    return Refusal("order.not_your_unit", {"unit": called(state.data, str(state.data.get("unit") or "")) or "调度席"}, JOINT)


def sound_assistants(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The assistants are units, none of them the lead, none called before by this very act."""
    codes = command.data.get("assistants")
    if codes is None:
        return None
    if not codes and command.name == "call_assistants":
        return Refusal("part.unsound", {"most": MOST})
    if not all(isinstance(each, str) and 0 < len(each) <= 40 and each.isprintable() for each in codes):
        return Refusal("part.unsound", {"most": MOST})
    lead = str(command.data.get("unit") or state.data.get("unit") or "")
    if lead in codes:
        return Refusal("part.lead_assists", {"unit": _name(command, lead)}, JOINT)
    if command.name == "call_assistants":
        again = next((each for each in codes if each in open_parts(state.data)), None)
        return Refusal("part.called_before", {"unit": called(state.data, again)}, JOINT) if again else None
    return None


def _name(command: Command, code: str) -> str:
    names = command.data.get("assistant_names")
    return str((names or {}).get(code, code)) if isinstance(names, Mapping) else code


def parts_in(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The lead's report needs every part, or says why one is missing (rule 3)."""
    waiting = open_parts(state.data)
    if not waiting or command.data.get("without_parts") or command.actor.role == Role.SYSTEM:
        return None
    return Refusal("part.open", {"units": "、".join(called(state.data, each) for each in waiting), "codes": waiting}, JOINT)


def part_signed(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """A part is reported by who has signed for it."""
    stands = parts_of(state.data).get(command.actor.unit, {}).get("state")
    return Refusal("part.not_signed", {}, JOINT) if stands == P.CALLED else None


def part_unsigned(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """A part is signed for once."""
    stands = str(parts_of(state.data).get(command.actor.unit, {}).get("state", ""))
    return None if stands == P.CALLED else Refusal("part.over", {"state": PART_WORDS[P(stands)] if stands in set(P) else stands}, JOINT)


def assists(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """The named unit owes a part now."""
    code = str(command.data.get("assistant", ""))
    return None if code in open_parts(state.data) else Refusal("part.none_of", {"unit": called(state.data, code)}, JOINT)


def has_reported(state: StreamState, command: Command, context: Mapping[str, Any]) -> Refusal | None:
    """Only a reported part can be turned back."""
    code = str(command.data.get("assistant", ""))
    part = parts_of(state.data).get(code)
    if part is None:
        return Refusal("part.none_of", {"unit": called(state.data, code)}, JOINT)
    return None if part.get("state") == P.REPORTED else Refusal("part.not_reported", {"unit": called(state.data, code)}, JOINT)


#: name -> guard, for the machines that have parts.
PART_GUARDS = {
    "sound_assistants": sound_assistants,
    "part_signed": part_signed,
    "part_unsigned": part_unsigned,
    "assists": assists,
    "has_reported": has_reported,
}


def part_rows(states: frozenset[str], sent: frozenset[str], desk: frozenset[Role], field: frozenset[Role], *, reach: bool) -> list[Row]:
    """Return the rows of parts for a machine.

    Parameters:
        states: in which a part may be worked on.
        sent: of these, in which a unit has the order, so that it can be assisted.
        desk: who calls and releases assistants.
        field: who leads; every unit may assist.
        reach: whether assistants say that they are on the scene.
    """
    unit = FIELD_ROLES
    rows = []
    for each in sorted(sent):
        rows += [
            Row(each, "call_assistants", SAME, desk, "AssistantsCalled", ONE_KEY, ("assistants",), ("assistant_names", "note"), "sound_assistants"),
            Row(each, "turn_back_part", SAME, desk | field, "PartTurnedBack", JOINT, ("assistant", "reason"), (), "has_reported"),
        ]
    for each in sorted(states):
        rows += [
            Row(each, "release_assistant", SAME, desk, "AssistantReleased", JOINT, ("assistant", "reason"), (), "assists"),
            Row(each, "sign_part", SAME, unit, "PartSigned", JOINT, (), ("note",), "part_unsigned"),
            Row(each, "report_part", SAME, unit, "PartReported", JOINT, ("result",), ("attachments",), "part_signed"),
            Row(each, "decline_part", SAME, unit, "PartDeclined", JOINT, ("reason", "clause")),
        ]
        if reach:
            rows.append(Row(each, "reach_part", SAME, unit, "PartReached", JOINT, (), ("note",)))
    return rows


# --- the fold ----------------------------------------------------------------------------------------------------------


def fold_parts(data: dict[str, Any], fact: Fact) -> dict[str, Any]:
    """Return the order's data with its parts after a fact."""
    data.pop("without_parts", None)
    if fact.data.get("without_parts"):
        data["reported_without"] = {"units": open_parts(data), "reason": fact.data["without_parts"]}
    if fact.name in SENDING:
        _send(data, fact)
    elif fact.name == "OrderTurnedBack":
        # What was proposed and not approved calls nobody.
        data.pop("assistant_names", None)
        data["assistants"] = sorted(parts_of(data))
    elif fact.name in ENDING:
        _each_open(data, {"state": P.LAPSED.value})
    elif fact.name == "AssistanceAsked":
        data["assistance_asked"] = {"unit": fact.actor.unit, "note": fact.data.get("note", ""), "units": list(fact.data.get("assistants") or ())}
    elif fact.name in APART:
        _on_part(data, fact)
    return data


def _send(data: dict[str, Any], fact: Fact) -> None:
    """Call the assistants that a dispatch names, or that its approved proposal named; who leads now assists no more."""
    parts = {code: dict(part) for code, part in parts_of(data).items()}
    names = {str(code): str(name) for code, name in (data.pop("assistant_names", None) or {}).items()}
    proposed = [each for each in data.get("assistants") or () if each not in parts]
    for code in dict.fromkeys(fact.data.get("assistants") or proposed):
        if isinstance(code, str) and parts.get(code, {}).get("state") not in OPEN_PARTS and code != data.get("unit"):
            parts[code] = {"name": names.get(code, parts.get(code, {}).get("name", "")), "state": P.CALLED.value, "called_at": fact.at.isoformat()}
    parts.pop(str(data.get("unit", "")), None)
    if fact.name == "AssistantsCalled":
        data.pop("assistance_asked", None)
    _keep(data, parts)


def _on_part(data: dict[str, Any], fact: Fact) -> None:
    parts = {code: dict(part) for code, part in parts_of(data).items()}
    code = str(fact.data.get("assistant") or fact.actor.unit)
    part = parts.get(code)
    if part is None:
        return
    at, given = fact.at.isoformat(), {name: fact.data[name] for name in ("result", "attachments", "reason", "clause", "note") if fact.data.get(name)}
    if fact.name in ("PartDeclined", "AssistantReleased"):
        left = {**part, **given, "unit": code, "state": (P.DECLINED if fact.name == "PartDeclined" else P.RELEASED).value, "left_at": at}
        data["parts_past"] = [*data.get("parts_past", []), left][-MOST:]
        del parts[code]
    elif fact.name == "PartTurnedBack":
        parts[code] = {**part, "state": P.SIGNED.value, "turned_back": given.get("reason", "")}
    else:
        state, when = {"PartSigned": (P.SIGNED, "signed_at"), "PartReached": (P.ARRIVED, "arrived_at"), "PartReported": (P.REPORTED, "reported_at")}[fact.name]
        parts[code] = {**part, **given, "state": state.value, when: at, "person": fact.actor.person}
        parts[code].setdefault("signed_at", at)
    _keep(data, parts)


def _each_open(data: dict[str, Any], change: Mapping[str, Any]) -> None:
    if open_parts(data):
        _keep(data, {code: {**part, **change} if part.get("state") in OPEN_PARTS else dict(part) for code, part in parts_of(data).items()})


def _keep(data: dict[str, Any], parts: dict[str, dict[str, Any]]) -> None:
    """Write the parts, and the codes of who assists, which clocks and whistles count."""
    if parts or "parts" in data:
        # In an order of its own: a database keeps the names of a mapping as it likes, and what is folded anew must be the same.
        data["parts"], data["assistants"] = parts, sorted(parts)

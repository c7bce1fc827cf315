"""A case as its citizen may read it: states in plain words and the history, nothing of other people, nothing of staff's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liandong.adapters.postgres.follow_codes import appeal_of
from liandong.adapters.postgres.models import JournalEntry, Stream
from liandong.adapters.postgres.service_codes import visits
from liandong.application.ports import Desk
from liandong.application.route import party_here
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Party
from liandong.web.reading.pack_words import unit_known, unit_name

__all__ = ["case_of", "message_of", "opened_case", "plain"]

#: Wrong codes one visitor may try in a span of minutes.
MOST_TRIED, SPAN_MINUTES = 30, 10
LONGEST = 200

#: fact -> words for the citizen; what is not here is not shown.
HISTORY: Mapping[str, Promise] = {
    "AppealTaken": gettext_lazy("已记录您的诉求"),
    "AppealKept": gettext_lazy("已受理"),
    "AppealHandedOver": gettext_lazy("已转交负责的平台"),
    "AppealShared": gettext_lazy("110 与 12345 共同办理"),
    "AppealGuided": gettext_lazy("已为您指明去处"),
    "AppealJoined": gettext_lazy("已与正在办理的同一件事合并办理"),
    "AppealReopened": gettext_lazy("重新办理"),
    "AppealClosed": gettext_lazy("已办结"),
    "AppealSupplemented": gettext_lazy("您补充了内容"),
    "HandoverAccepted": gettext_lazy("对方平台已受理"),
    "QuestionAsked": gettext_lazy("需要补充的情况"),
    "QuestionAnswered": gettext_lazy("已补充"),
    "OrderDispatched": gettext_lazy("已派给承办单位"),
    "UnitOrdered": gettext_lazy("已派警"),
    "OrderSigned": gettext_lazy("承办单位已签收"),
    "WorkStarted": gettext_lazy("已开始处理"),
    "OfficersDeparted": gettext_lazy("民警已出发"),
    "OfficersArrived": gettext_lazy("民警已到场"),
    "SceneHandled": gettext_lazy("现场已处置"),
    "WorkReported": gettext_lazy("承办单位已办理，正在核对"),
    "CitizenReplied": gettext_lazy("答复"),
    "OrderAnswered": gettext_lazy("答复"),
    "CitizenContent": gettext_lazy("您对结果表示满意"),
    "CallerContent": gettext_lazy("您对结果表示满意"),
    "CitizenRated": gettext_lazy("您对结果表示满意"),
    "CitizenDissatisfied": gettext_lazy("您不满意，已重新办理"),
    "HandoverReopened": gettext_lazy("您不满意，已要求重办"),
    "AlarmReopened": gettext_lazy("您不满意，已重新处置"),
}
#: fact -> the field of it that was written for the citizen.
TOLD = {"CitizenReplied": "reply", "OrderAnswered": "answer", "AppealGuided": "guidance", "QuestionAsked": "question"}
#: Facts that may hold what the citizen wrote.
OWN_WORDS = frozenset({"AppealSupplemented", "QuestionAnswered", "CitizenDissatisfied", "HandoverReopened", "AlarmReopened"})
STATES: Mapping[str, Promise] = {
    "taken": gettext_lazy("已记录，正在确定由谁办理"),
    "kept": gettext_lazy("正在办理"),
    "handed": gettext_lazy("已转交，正在办理"),
    "shared": gettext_lazy("110 与 12345 正在共同办理"),
    "joined": gettext_lazy("与同一件事合并办理"),
    "guided": gettext_lazy("已指明去处"),
    "closed": gettext_lazy("已办结"),
}


def opened_case(code: str, visitor: str, salt: str) -> Stream:
    """Return the appeal a code opens.

    Raises:
        LiandongError: ``follow.unknown_code``; ``follow.too_many`` for who tries many.
    """
    found = appeal_of(code)
    if found is None:
        tried = visits(f"follow|{visitor}", salt, SPAN_MINUTES)
        raise LiandongError("follow.too_many" if tried > MOST_TRIED else "follow.unknown_code")
    return Stream.objects.get(id=found, kind="appeal")


def case_of(desk: Desk, appeal: Stream) -> dict[str, Any]:
    """Return the case: ``number``, ``state``, ``opened_at``, ``said``, ``history``, ``questions``, ``can_rate``; two queries."""
    streams = [appeal, *Stream.objects.filter(appeal=appeal.id, kind__in=("alarm", "workorder", "handover"))]
    own = [each for each in streams if each.kind != "handover" or party_here(desk, each.data) == Party.SENDER]
    asked = [str(question["question"]) for each in own if each.kind == "handover" for question in each.data.get("questions") or () if not question["answer"]]
    entries = JournalEntry.objects.filter(stream__in=[each.id for each in own], name__in=[*HISTORY, "ProgressTold"]).order_by("at", "position")[:LONGEST]
    lines = [each for each in (_line(entry) for entry in entries) if each is not None]
    return {
        "number": appeal.number,
        "phase": appeal.phase,
        "state": str(STATES.get(appeal.phase, appeal.phase)),
        "opened_at": appeal.opened_at,
        "said": str(appeal.data.get("text", "")),
        "history": lines,
        "questions": asked,
        "can_rate": any(_rateable(each) for each in own),
    }


def _rateable(stream: Stream) -> bool:
    ended = {"workorder": "closed", "alarm": "closed", "handover": "confirmed"}.get(stream.kind)
    return stream.phase == ended and not (stream.kind != "workorder" and stream.data.get("satisfaction"))


def _line(entry: JournalEntry) -> dict[str, Any] | None:
    name, data = entry.name, entry.data
    if name == "ProgressTold":
        name = str(data.get("step", ""))
        if name not in HISTORY:
            return None
        data = {TOLD[name]: data.get("note", "")} if name in TOLD else {"unit": data.get("note", "")} if name in ("OrderDispatched", "UnitOrdered") else {}
    citizen = entry.actor.get("role") == "citizen"
    if name == "AppealSupplemented" and not citizen:
        # Words that others or the desk added may speak of other people.
        return None
    words = str(data.get(TOLD[name], "")) if name in TOLD else ""
    if citizen and name in OWN_WORDS:
        words = str(next((data[each] for each in ("words", "answer", "reason") if data.get(each)), ""))
    unit = str(data.get("unit", ""))
    if unit and unit_known(unit):
        words = unit_name(unit)
    return {"at": entry.at, "words": str(HISTORY[name]), "told": words}


def plain(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case as JSON."""
    return {name: _plain(value) for name, value in case.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def message_of(number: str, code: str, url: str) -> str:
    """Return the text message that gives a citizen the code."""
    return _("您的诉求 %(number)s 已记录，查询码 %(code)s。打开 %(url)s 可查看进展、补充内容、办结后评价。") % {"number": number, "code": code, "url": url}

"""A handover as UCRI2 messages: incident, acknowledgement, completion.

Source: UCRI2 (PMeV/EFUL), apps ``incident_transfer`` 1.0 and ``incident_transfer_police`` 1.0. Both have the same three messages; to a
police platform goes the police app. What has no place of its own goes into ``additionalInformation`` and ``protocolRemarks``: see
docs/reference/standards.md, which names what is lost.
"""

from __future__ import annotations

from typing import Any

from liandong.adapters.standards.handover_told import HandoverTold, Step, fit, instant, position_of

__all__ = ["MESSAGES", "app_of", "ucri2_message"]

#: The messages of both apps, in the order of a transfer.
MESSAGES = ("incident", "acknowledgement", "completion")
#: The answers of the receiver: fact -> status. The newest one counts.
ANSWERS = {"HandoverAccepted": "accepted", "NegotiationSettledForReceiver": "accepted", "HandoverObjected": "rejected"}
#: How a transfer ends; the spelling is the schema's.
ENDS = {
    "HandoverReported": "completed_sucessfully",
    "HandoverConfirmed": "completed_sucessfully",
    "HandoverReturned": "aborted",
    "NegotiationSettledForSender": "aborted",
    "NegotiationLapsed": "aborted",
    "HandoverWithdrawn": "aborted",
}
#: Phases in which something has ended; in the others an end that is written was overtaken.
ENDED = frozenset({"reported", "confirmed", "returned", "withdrawn", "kept_by_first"})
NOWHERE = "地点待查"
NO_NAME = "未留姓名"


def app_of(told: HandoverTold) -> str:
    """Return the app whose schemas apply: that of the receiver's side."""
    return "incident_transfer" if told.destination.side == "hotline" else "incident_transfer_police"


def ucri2_message(told: HandoverTold, message: str) -> dict[str, Any] | None:
    """Return one of the messages of a handover.

    Parameters:
        message: one of ``MESSAGES``.

    Returns:
        Plain JSON values; None where the handover has not come so far: nobody has answered, nothing has ended.

    Raises:
        KeyError: no such message.
    """
    return {"incident": _incident, "acknowledgement": _acknowledgement, "completion": _completion}[message](told)


def _incident(told: HandoverTold) -> dict[str, Any]:
    sent = told.last("HandoverOffered")
    body: dict[str, Any] = {
        "sharedIncidentId": told.stream,
        "internalId": told.number,
        "sentByDispatcherAt": instant(sent.at if sent else told.opened_at),
        "startTimestamp": instant(told.opened_at),
        "missionLocation": _location(told),
    }
    kinds = [each for each in ("险情" if told.danger else "", told.said("item"), told.said("kind")) if each]
    if kinds:
        body["classifications"] = kinds
    if told.item_title:
        body["issue"] = told.item_title
    informer = _informer(told)
    if informer:
        body["informers"] = [informer]
    more = _more(told)
    if more:
        body["additionalInformation"] = more
    remarks = [_remark(each) for each in told.steps if each.name != "HandoverOffered"]
    if remarks:
        body["protocolRemarks"] = remarks
    return body


def _acknowledgement(told: HandoverTold) -> dict[str, Any] | None:
    answer = told.last(*ANSWERS)
    if answer is None:
        return None
    body = {"sharedIncidentId": told.stream, "acknowledgedByDispatcherAt": instant(answer.at), "status": ANSWERS[answer.name]}
    ground = ["code", "clause", "reason"] if body["status"] == "rejected" else ["order_number", "unit_name", "words", "note"]
    cause = [str(answer.data[name]) for name in ground if answer.data.get(name)]
    if cause:
        body["cause"] = fit("；".join(cause))
    return body


def _completion(told: HandoverTold) -> dict[str, Any] | None:
    end = told.last(*ENDS) if told.phase in ENDED else None
    if end is None:
        return None
    body = {"sharedIncidentId": told.stream, "completedAt": instant(end.at), "status": ENDS[end.name]}
    reported = told.last("HandoverReported") if body["status"] != "aborted" else None
    words = "；".join(each.words for each in (reported, end) if each is not None and each.words and each is not (reported if each is end else None))
    if words:
        body["additionalInformation"] = fit(words)
    return body


def _informer(told: HandoverTold) -> dict[str, str] | None:
    name, phone = told.said("citizen"), told.said("phone")
    if not (name or phone):
        return None
    # The whole name in one field: where the family name ends cannot be told for every name.
    informer = {"name": name or NO_NAME}
    if phone:
        informer["phone"] = phone
    if told.record.get("confidential"):
        informer["additionalInformation"] = "要求保密"
    return informer


def _location(told: HandoverTold) -> dict[str, Any]:
    location: dict[str, Any] = {"address": {"street": told.said("place") or NOWHERE, "country": "CN"}}
    at = position_of(told.record)
    if at is not None:
        location["coordinate"] = {"lat": at[0], "lon": at[1]}
    codes = [f"{words}{told.said(name)}" for words, name in (("行政区划代码 ", "division"), ("门牌编码 ", "doorplate")) if told.said(name)]
    if codes:
        location["additionalInformation"] = "；".join(codes)
    return location


def _more(told: HandoverTold) -> str:
    data = told.data
    lines = [
        "险情：收到即受理" if told.danger else "",
        f"诉求：{told.said('text')}" if told.said("text") else "",
        f"目的：{told.said('demand')}" if told.said("demand") else "",
        f"发生时间：{told.said('happened')}" if told.said("happened") else "",
        *(f"{words}：{data[name]}" for words, name in (("推送缘由", "cause"), ("理由", "reason"), ("依据条款", "clause"), ("前期民警", "contact")) if data.get(name)),
        f"首接平台：{told.origin.title}；接收平台：{told.destination.title}",
    ]
    return fit("\n".join(each for each in lines if each))


def _remark(step: Step) -> dict[str, Any]:
    # A question is to be shown to who receives it; the rest is for the record.
    return {"timestamp": instant(step.at), "message": fit("：".join(each for each in (step.title, step.words) if each)), "category": step.name, "silent": step.name != "QuestionAsked"}

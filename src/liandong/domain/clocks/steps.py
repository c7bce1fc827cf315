"""Which facts start, stop, hold and void the clocks of each kind of record.

Rules:
    1. A clock belongs to a step of a machine (``sign``, ``handle``, ``report`` …). Its limit is the pack's; what moves it is here.
    2. A step that ``keeps`` its start is not started anew by a second dispatch: who refuses gives the deadline on to the next unit.
    3. What was stopped too early goes on with its old deadline (``continues``): a report turned back, a handover returned.
    4. A ``right`` (to refuse, to object) lapses; a duty becomes overdue.
    5. A fact that was overtaken on the wire, and so moves no record (``overtaken``), moves no clock either: who has the matter is still waited for.

Source: the limits themselves carry theirs in ``clocks.toml``; the steps are those of the double loop, 相政办〔2023〕55号 三（二）.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LIKE", "STEPS", "ClockStep", "overtaken", "step_of"]


@dataclass(frozen=True, slots=True)
class ClockStep:
    """One clock of a kind of record: which facts move it."""

    step: str
    #: Facts that start it.
    starts: frozenset[str]
    #: Facts that stop it: done.
    stops: frozenset[str]
    #: Facts that end it without its being done: nobody owes it any more.
    voids: frozenset[str] = frozenset()
    #: Facts after which what was stopped goes on, with its old start and deadline.
    continues: frozenset[str] = frozenset()
    pauses: frozenset[str] = frozenset()
    resumes: frozenset[str] = frozenset()
    extends: frozenset[str] = frozenset()
    #: While it is open, or was held, a further starting fact changes nothing.
    keeps: bool = False
    #: It may be used until then; nobody owes it.
    right: bool = False
    #: Only for urgent records.
    urgent_only: bool = False
    #: Only for records that are not urgent.
    calm_only: bool = False
    #: Who owes it: ``unit`` or ``desk``; at a handover ``sender`` or ``receiver``.
    owed_by: str = "unit"


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


APPEAL_PLACED = _set("AppealKept", "AppealHandedOver", "AppealShared", "AppealGuided", "AppealClosed")

ALARM_END = _set("AlarmClosed", "AlarmCancelled")
ALARM_AWAY = _set("NonPoliceApproved", "SourceHandedOver", "DecidingFactFound")
SCENE = _set("SceneHandled", "NonPoliceStated") | ALARM_AWAY
ALARM_STEPS = (
    ClockStep("order", _set("AlarmTaken", "AlarmReopened"), _set("UnitOrdered"), ALARM_END, _set("OrderTurnedBack"), owed_by="desk"),
    ClockStep("sign", _set("UnitOrdered", "UnitRedirected"), _set("OrderSigned", "OfficersDeparted", "OfficersArrived"), ALARM_END | SCENE),
    ClockStep("depart", _set("OrderSigned"), _set("OfficersDeparted", "OfficersArrived"), ALARM_END | SCENE | _set("UnitRedirected")),
    ClockStep("arrive", _set("UnitOrdered"), _set("OfficersArrived", "SceneHandled"), ALARM_END | SCENE, keeps=True, urgent_only=True),
    ClockStep("way", _set("OfficersDeparted"), _set("OfficersArrived", "SceneHandled"), ALARM_END | SCENE | _set("UnitRedirected"), calm_only=True),
    ClockStep("handle", _set("OfficersArrived"), _set("SceneHandled"), ALARM_END | SCENE, _set("NonPoliceTurnedBack"), keeps=True),
    ClockStep("report", _set("SceneHandled"), _set("AlarmReported"), ALARM_END | ALARM_AWAY, _set("NonPoliceTurnedBack"), keeps=True),
    ClockStep("review", _set("NonPoliceStated", "ReportProposed"), _set("NonPoliceApproved", "NonPoliceTurnedBack", "AlarmReported", "ReportTurnedBack"), ALARM_END, owed_by="desk"),
    ClockStep("close", _set("AlarmReported"), _set("AlarmClosed"), _set("SourceHandedOver"), _set("HandoverTakenBack"), owed_by="desk"),
    ClockStep("visit", _set("VisitDue"), _set("CallerContent", "AlarmReopened", "VisitGivenUp"), owed_by="desk"),
)

ORDER_END = _set("OrderClosed", "OrderWithdrawn")
ORDER_AWAY = _set("OrderHandedOver", "DecidingFactFound")
#: Held while the other side has it; goes on with its old deadline when it comes back.
TAKEN_BACK = _set("HandoverTakenBack")
ORDER_STEPS = (
    ClockStep(
        "dispatch", _set("OrderReceived", "OrderRefused", "CitizenDissatisfied", "LeadMoved"), _set("OrderDispatched", "OrderAnswered", "OrderHandedOver", "DecidingFactFound"), ORDER_END, TAKEN_BACK,
        owed_by="desk",
    ),
    ClockStep("sign", _set("OrderDispatched"), _set("OrderSigned", "WorkStarted", "WorkReported"), ORDER_END | ORDER_AWAY | _set("OrderRefused", "LeadMoved")),
    ClockStep("refuse", _set("OrderDispatched"), _set("OrderRefused"), ORDER_END | _set("WorkStarted", "WorkReported"), right=True),
    ClockStep("arrive", _set("OrderDispatched"), _set("WorkStarted", "WorkReported"), ORDER_END, keeps=True, urgent_only=True),
    ClockStep(
        "handle", _set("OrderDispatched"), _set("WorkReported"), ORDER_END | ORDER_AWAY, _set("ReportTurnedBack"),
        _set("OrderSuspended"), _set("OrderResumed"), _set("ExtensionGranted"), keeps=True,
    ),
    ClockStep(
        "feedback", _set("OrderDispatched"), _set("ProgressReported", "WorkReported"), ORDER_END | ORDER_AWAY, keeps=True,
        pauses=_set("OrderSuspended"), resumes=_set("OrderResumed"),
    ),
    ClockStep("extend", _set("ExtensionAsked"), _set("ExtensionGranted", "ExtensionDenied"), ORDER_END | _set("WorkReported"), owed_by="desk"),
    ClockStep("reply", _set("WorkReported"), _set("CitizenReplied"), ORDER_END | _set("ReportTurnedBack"), owed_by="desk"),
    ClockStep("close", _set("CitizenReplied", "OrderAnswered"), _set("OrderClosed"), _set("OrderWithdrawn"), owed_by="desk"),
    ClockStep("visit", _set("VisitDue"), _set("CitizenContent", "CitizenDissatisfied", "VisitGivenUp"), owed_by="desk"),
)  # fmt: skip

BACK = _set("HandoverReturned", "HandoverWithdrawn", "NegotiationLapsed", "NegotiationSettledForSender")
TAKEN = _set("HandoverAccepted", "NegotiationSettledForReceiver")
HANDOVER_STEPS = (
    ClockStep("review", _set("HandoverSubmitted"), _set("HandoverOffered", "HandoverTurnedBack"), owed_by="sender"),
    ClockStep("accept", _set("HandoverOffered"), TAKEN | _set("HandoverObjected"), BACK, owed_by="receiver"),
    ClockStep("object", _set("HandoverOffered"), _set("HandoverObjected"), BACK | _set("HandoverReported"), right=True, owed_by="receiver"),
    ClockStep("negotiate", _set("HandoverObjected"), BACK | TAKEN, owed_by="sender", keeps=True),
    ClockStep("answer", _set("QuestionAsked"), _set("QuestionAnswered"), BACK | _set("HandoverConfirmed"), owed_by="sender", keeps=True),
    ClockStep("report", TAKEN | _set("HandoverReopened"), _set("HandoverReported"), BACK, keeps=True, owed_by="receiver"),
    ClockStep("chase", _set("HandoverChased"), TAKEN | BACK | _set("HandoverReported", "HandoverObjected"), owed_by="receiver"),
    ClockStep("confirm", _set("HandoverReported"), _set("HandoverConfirmed", "HandoverReopened"), BACK, owed_by="sender"),
)

#: Facts of one side that the other may have overtaken: they are written down and move nothing (rules 6 and 8 of the handover).
OVERTAKABLE = BACK | TAKEN

CONSULTATION_END = _set("ConsultationConcluded", "ConsultationCancelled")
CONSULTATION_STEPS = (
    ClockStep("convene", _set("ConsultationConvened"), _set("MeetingOpened"), CONSULTATION_END, owed_by="sender"),
    ClockStep("decide", _set("ConsultationConvened", "RulingDeclined"), _set("RulingMade", "ConsultationConcluded"), CONSULTATION_END, owed_by="sender"),
    ClockStep("confirm", _set("RulingMade"), _set("RulingConfirmed", "RulingDeclined"), CONSULTATION_END, owed_by="receiver"),
)

WHISTLE_STEPS = (
    ClockStep("report_in", _set("WhistleBlown", "UnitsCalled"), _set("PlanAgreed", "WhistleClosed"), _set("WhistleCalledOff"), owed_by="sender", keeps=True),
)

LIFTED = _set("SupervisionLifted")
SUPERVISION_STEPS = (
    ClockStep("supervise", _set("UnitReminded"), _set("UnitSupervised", "InterviewCalled", "CircularIssued", "AccountabilityReferred"), LIFTED, owed_by="desk"),
    ClockStep("interview", _set("UnitSupervised"), _set("InterviewCalled", "CircularIssued", "AccountabilityReferred"), LIFTED, owed_by="desk"),
    ClockStep("circulate", _set("InterviewCalled"), _set("CircularIssued", "AccountabilityReferred"), LIFTED, owed_by="desk"),
    ClockStep("refer", _set("CircularIssued"), _set("AccountabilityReferred"), LIFTED, owed_by="desk"),
    ClockStep("answer", _set("UnitSupervised"), _set("SupervisionAnswered"), LIFTED),
)

#: machine -> its clocks. Other packages may add machines of their own.
STEPS: dict[str, tuple[ClockStep, ...]] = {
    "appeal": (ClockStep("place", _set("AppealTaken", "AppealReopened"), APPEAL_PLACED, owed_by="desk"),),
    "alarm": ALARM_STEPS,
    "workorder": ORDER_STEPS,
    "handover": HANDOVER_STEPS,
    "supervision": SUPERVISION_STEPS,
    "consultation": CONSULTATION_STEPS,
    "whistle": WHISTLE_STEPS,
}

#: A step of an assistant's part -> the lead's step whose limit it keeps where the city sets none of its own (``parts``).
LIKE: Mapping[str, str] = {"part_sign": "sign", "part_arrive": "arrive", "part_report": "handle"}


def step_of(machine: str, step: str, table: Mapping[str, tuple[ClockStep, ...]] = STEPS) -> ClockStep | None:
    """Return a step of a machine, or None."""
    return next((each for each in table.get(machine, ()) if each.step == step), None)


def overtaken(machine: str, name: str, before: str, after: str) -> bool:
    """Tell whether a fact came too late to move its record, which stands as it did.

    Parameters:
        machine: kind of the record. name: of the fact.
        before, after: the record's states.
    """
    return machine == "handover" and name in OVERTAKABLE and before == after

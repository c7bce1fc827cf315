"""What a fact is called when a person reads it, with an icon; a test proves that no fact of a table is missing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

__all__ = ["FACT_WORDS", "KIND_WORDS", "fact_icon", "fact_words", "kind_words"]

KIND_WORDS = {
    "appeal": _("诉求"),
    "alarm": _("警单"),
    "workorder": _("工单"),
    "handover": _("联动单"),
    "call": _("三方通话"),
    "quickservice": _("快速服务"),
    "consultation": _("会商"),
    "whistle": _("双哨"),
    "supervision": _("督办"),
}

#: fact -> (words, icon of the sprite).
FACT_WORDS = {
    "AppealTaken": (_("记录诉求"), "headset"),
    "AppealKept": (_("本方受理"), "check"),
    "AppealHandedOver": (_("移交对方"), "arrow-right"),
    "AppealShared": (_("先处置后移交"), "arrows-exchange"),
    "AppealGuided": (_("指引到正确去处"), "route"),
    "AppealTakenBack": (_("收回办理"), "arrow-back-up"),
    "AppealClosed": (_("诉求办结"), "flag"),
    "AppealReopened": (_("重新办理"), "rotate-clockwise-2"),
    "AppealSupplemented": (_("补充内容"), "message"),
    "AppealLinked": (_("关联重复件"), "link"),
    "AppealUnlinked": (_("取消关联"), "link"),
    "AppealJoined": (_("并入前件"), "link"),
    "RepeatNoted": (_("又有人反映"), "link"),
    "RepeatForgotten": (_("重复件撤去"), "link"),
    "AppealMarked": (_("标记风险"), "alert-triangle"),
    "VerdictCorrected": (_("更正研判"), "edit"),
    "ThreeWayCallRecorded": (_("三方通话"), "phone-call"),
    "CarAsked": (_("请求挪车"), "phone-call"),
    "OwnerNotified": (_("已通知车主"), "send"),
    "OwnerReminded": (_("再次通知车主"), "bell"),
    "OwnerNotFound": (_("查无车主，请核对车牌"), "alert-triangle"),
    "OwnerComing": (_("车主正在过来"), "walk"),
    "PlateDenied": (_("车主说不是他的车"), "alert-triangle"),
    "PlateCorrected": (_("更正车牌"), "edit"),
    "CarMoved": (_("车已挪开"), "circle-check"),
    "OwnerThanked": (_("来电人致谢"), "mood-smile"),
    "TrafficPoliceAsked": (_("无人应答，转交警"), "arrow-right"),
    "ServiceCancelled": (_("取消挪车"), "ban"),
    "ServiceNoted": (_("补记"), "edit"),
    "CallOffered": (_("邀请三方通话"), "phone-call"),
    "CallJoined": (_("加入通话"), "phone-check"),
    "CallDeclined": (_("不接"), "phone-x"),
    "CallUnanswered": (_("无人接听"), "phone-off"),
    "CallFailed": (_("呼叫失败"), "plug-connected-x"),
    "CallCancelled": (_("取消呼叫"), "phone-off"),
    "MatterTakenInCall": (_("通话中受理"), "circle-check"),
    "CallEnded": (_("挂断"), "phone-off"),
    "AlarmTaken": (_("接警"), "headset"),
    "OrderProposed": (_("拟派警，待复核"), "eye"),
    "UnitOrdered": (_("下达指令"), "send"),
    "OrderTurnedBack": (_("复核退回"), "arrow-back-up"),
    "UnitRedirected": (_("改派"), "route"),
    "OrderSigned": (_("签收"), "signature"),
    "OfficersDeparted": (_("出动"), "walk"),
    "OfficersArrived": (_("到场"), "map-pin"),
    "SceneHandled": (_("现场处置完毕"), "shield-check"),
    "ReportProposed": (_("反馈待审"), "eye"),
    "AlarmReported": (_("反馈"), "clipboard-check"),
    "ReportTurnedBack": (_("反馈被退回重办"), "arrow-back-up"),
    "NonPoliceStated": (_("提请转非警务"), "scale"),
    "NonPoliceApproved": (_("分局同意转出"), "check"),
    "NonPoliceTurnedBack": (_("分局不同意转出"), "x"),
    "SourceHandedOver": (_("移交源头"), "arrow-right"),
    "HandoverTakenBack": (_("对方退回"), "arrow-back-up"),
    "AlarmClosed": (_("结警"), "flag"),
    "AlarmCancelled": (_("撤销警单"), "ban"),
    "AlarmReopened": (_("重新处置"), "rotate-clockwise-2"),
    "AlarmNoted": (_("补记"), "edit"),
    "AlarmCorrected": (_("更正类别"), "edit"),
    "SupportAsked": (_("请求支援"), "lifebuoy"),
    "OrderReceived": (_("受理工单"), "inbox"),
    "OrderAnswered": (_("即时答复"), "message-2"),
    "OrderDispatched": (_("派遣"), "send"),
    "WorkStarted": (_("开始处置"), "player-play"),
    "ProgressReported": (_("报告进展"), "history"),
    "WorkReported": (_("反馈结果"), "clipboard-check"),
    "CitizenReplied": (_("回复诉求人"), "phone"),
    "OrderClosed": (_("结案"), "flag"),
    "CitizenContent": (_("回访：满意"), "mood-smile"),
    "CitizenDissatisfied": (_("回访：不满意，重办"), "mood-sad"),
    "OrderRefused": (_("单位申请退单"), "ban"),
    "OrderSuspended": (_("中止计时"), "hourglass"),
    "OrderResumed": (_("恢复计时"), "player-play"),
    "OrderHandedOver": (_("移交110"), "arrow-right"),
    "OrderWithdrawn": (_("撤销工单"), "ban"),
    "ExtensionAsked": (_("申请延期"), "calendar"),
    "ExtensionGranted": (_("同意延期"), "calendar"),
    "ExtensionDenied": (_("不同意延期"), "calendar"),
    "PoliceCalled": (_("呼叫110"), "urgent"),
    "OrderNoted": (_("补记"), "edit"),
    "OrderCorrected": (_("更正类别"), "edit"),
    "HandoverDrafted": (_("起草联动单"), "edit"),
    "HandoverSubmitted": (_("提交审核"), "eye"),
    "HandoverTurnedBack": (_("审核未通过"), "x"),
    "HandoverOffered": (_("推送联动单"), "send-2"),
    "HandoverAccepted": (_("对方受理"), "circle-check"),
    "HandoverReported": (_("反馈结果给首接方"), "clipboard-check"),
    "HandoverConfirmed": (_("确认结果"), "checks"),
    "HandoverReopened": (_("要求重办"), "rotate-clockwise-2"),
    "HandoverWithdrawn": (_("撤回联动单"), "arrow-back-up"),
    "HandoverObjected": (_("提出异议"), "hand-stop"),
    "HandoverReturned": (_("同意退回"), "arrow-back-up"),
    "HandoverContested": (_("不同意退回"), "scale"),
    "NegotiationSpoken": (_("协商发言"), "messages"),
    "NegotiationSettledForReceiver": (_("协商一致：由接收方办理"), "heart-handshake"),
    "NegotiationSettledForSender": (_("协商一致：由首接方办理"), "heart-handshake"),
    "NegotiationLapsed": (_("协商逾期，首接方办理"), "hourglass"),
    "QuestionAsked": (_("询问"), "message-question"),
    "QuestionAnswered": (_("答复"), "message-2"),
    "HandoverSupplemented": (_("补充内容"), "message"),
    "HandoverChased": (_("催办"), "bell"),
    "ProgressTold": (_("告知进展"), "history"),
    "DeadlineMoved": (_("重算时限"), "calendar"),
    "DeadlineWarned": (_("临期提醒"), "bell"),
    "UnitReminded": (_("催办"), "bell"),
    "UnitSupervised": (_("督办"), "eye"),
    "InterviewCalled": (_("约谈提醒"), "users"),
    "CircularIssued": (_("通报"), "list-details"),
    "AccountabilityReferred": (_("移送问责"), "gavel"),
    "SupervisionAnswered": (_("单位回应督办"), "message-2"),
    "SupervisionNoted": (_("督办补记"), "edit"),
    "SupervisedUnitChanged": (_("督办随件转单位"), "arrow-right"),
    "OverdueWorkDone": (_("督办事项已办结"), "flag"),
    "SupervisionLifted": (_("解除督办"), "circle-check"),
}


def fact_words(name: str) -> str:
    """Return what a fact is called; its own name where this version does not know it."""
    known = FACT_WORDS.get(name)
    return str(known[0]) if known else name


def fact_icon(name: str) -> str:
    """Return the icon of a fact."""
    known = FACT_WORDS.get(name)
    return known[1] if known else "info-circle"


def kind_words(kind: str) -> str:
    """Return what a kind of record is called."""
    return str(KIND_WORDS.get(kind, kind))

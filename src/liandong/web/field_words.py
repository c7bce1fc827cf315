"""What a field of a command is called on screens, and what its choices are called; from the tables, in one place."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liandong.application.world import MACHINES
from liandong.domain.journal.machine import Field
from liandong.web.domain_english import capital

__all__ = ["CHOICE_WORDS", "choice_words", "field_words"]

#: (field, choice) -> words; a choice that is not here is its own words.
CHOICE_WORDS = {
    ("side", "police"): _("110 公安"),
    ("side", "hotline"): _("12345 热线"),
    ("side", "joint"): _("双方联合"),
    ("side", "neither"): _("均不受理"),
    ("side", "unclear"): _("尚不明确"),
    ("channel", "phone"): _("电话"),
    ("channel", "text"): _("短信"),
    ("channel", "video"): _("视频"),
    ("channel", "web"): _("网页"),
    ("channel", "wechat"): _("微信"),
    ("channel", "alipay"): _("支付宝"),
    ("channel", "doorplate"): _("门牌码"),
    ("channel", "linkage"): _("110联动"),
    ("channel", "feed"): _("导入"),
    ("outcome", "connected"): _("已接通"),
    ("outcome", "no_answer"): _("无人接听"),
    ("outcome", "refused"): _("对方不接"),
    ("outcome", "failed"): _("呼叫失败"),
    ("code", "not_in_scope"): _("不属于受理范围"),
    ("code", "other_side_in_hand"): _("对方已在办"),
    ("code", "duplicate"): _("重复移交"),
    ("code", "neither_side"): _("双方均不受理"),
    ("code", "wrong_place"): _("不属本地管辖"),
    ("code", "police_matter"): _("属公安管辖"),
    ("code", "hotline_matter"): _("属热线受理"),
    ("keeper", "S"): _("首接方"),
    ("keeper", "R"): _("接收方"),
    ("satisfaction", "1"): _("非常满意"),
    ("satisfaction", "2"): _("满意"),
    ("satisfaction", "3"): _("基本满意"),
    ("satisfaction", "4"): _("不满意"),
    ("satisfaction", "5"): _("非常不满意"),
    ("way", "phone"): _("电话"),
    ("way", "message"): _("短信"),
    ("way", "web"): _("网页"),
    ("cause", "scope"): _("属对方受理范围"),
    ("cause", "source"): _("源头化解"),
    ("cause", "non_police"): _("非警务"),
    ("cause", "danger"): _("险情"),
    ("cause", "escalation"): _("矛盾激化"),
    ("cause", "quick_service"): _("快速服务"),
    ("cause", "ruling"): _("会商裁定"),
    ("occasion", "by_rule"): _("同类争议反复发生，系统召集"),
    ("occasion", "by_hand"): _("人工召集"),
    ("occasion", "monthly"): _("月研判"),
    ("occasion", "quarterly"): _("季会商"),
    ("occasion", "annual"): _("年总结"),
    ("trigger", "frequent"): _("同地同类多人反映"),
    ("trigger", "repeated"): _("重复反映"),
    ("trigger", "many_units"): _("涉及多部门"),
    ("trigger", "risk"): _("含风险苗头"),
    ("trigger", "by_hand"): _("人工吹哨"),
    ("vote", "yes"): _("同意"),
    ("vote", "no"): _("不同意"),
    ("vote", "abstain"): _("弃权"),
    ("way", "vote"): _("表决通过"),
    ("way", "agreement"): _("协商一致"),
    ("way", "decision"): _("领导裁定"),
    ("then_side", "police"): _("110 公安"),
    ("then_side", "hotline"): _("12345 热线"),
    ("cause", "overdue"): _("逾期未办"),
    ("cause", "about_to_be"): _("即将到期"),
    ("cause", "buck_passing"): _("推诿"),
    ("cause", "chased"): _("首接方催办"),
    ("cause", "by_hand"): _("人工督办"),
    ("cause", "unanswered"): _("督办逾期未回应"),
    ("form", "written"): _("书面督办"),
    ("form", "special"): _("专项督办"),
    ("form", "instructed"): _("批示督办"),
    ("purpose", "danger"): _("险情"),
    ("purpose", "search"): _("查找走失人员"),
    ("purpose", "support"): _("现场支援"),
    ("cause", "harassment"): _("恶意骚扰移送"),
    ("cause", "territory"): _("属地"),
    ("finding", "pass"): _("合格"),
    ("finding", "fault"): _("一般问题"),
    ("finding", "grave"): _("严重问题"),
    ("fault", "late"): _("超时"),
    ("fault", "wrong_item"): _("类别错误"),
    ("fault", "not_answered"): _("答非所问"),
    ("fault", "no_facts"): _("没有事实"),
    ("fault", "no_next_step"): _("没有下一步"),
    ("fault", "not_visited"): _("应回访未回访"),
    ("fault", "false_closing"): _("虚假办结"),
    ("fault", "rude"): _("用语不当"),
    ("fault", "particulars_missing"): _("要素缺失"),
    ("fault", "other"): _("其他"),
    ("of", "workorder"): _("工单"),
    ("of", "alarm"): _("警单"),
    ("of", "handover"): _("联动单"),
    ("visit_for", "danger"): _("险情"),
    ("visit_for", "major"): _("重大类别"),
    ("visit_for", "reopened"): _("曾经重办"),
    ("visit_for", "joint"): _("联合办理"),
    ("visit_for", "drawn"): _("抽取"),
    ("suspension", "等待诉求人补充材料"): _("等待诉求人补充材料"),
    ("suspension", "等待检验检测鉴定"): _("等待检验检测鉴定"),
    ("suspension", "不可抗力"): _("不可抗力"),
    ("suspension", "进入诉讼仲裁复议程序"): _("进入诉讼仲裁复议程序"),
    ("suspension", "诉求人要求暂缓"): _("诉求人要求暂缓"),
}


def choice_words(name: str, choice: str) -> str:
    """Return what a choice of a field is called."""
    return str(CHOICE_WORDS.get((name, choice), choice))


def field_words(name: str, language: str, kind: str = "") -> str:
    """Return what a field is called in ``zh`` or ``en``; its own name where no table knows it.

    Parameters:
        kind: of the record whose table is asked first: a unit is one thing to police and another to the hotline.
    """
    for machine in sorted(MACHINES.values(), key=lambda each: each.kind != kind):
        spec: Field | None = machine.fields.get(name)
        if spec is not None:
            return capital(spec.en) if language.startswith("en") else spec.zh
    return name

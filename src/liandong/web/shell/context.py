"""What every template knows: this node, this person, the menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.web.rights import MENUS, role_of
from liandong.web.shell.words import role_words
from liandong.web.world import world

__all__ = ["desk"]


def _entries() -> tuple[tuple[str, str, str], ...]:
    """Return desk, icon and words of the menu, in order."""
    own = world().desk.side
    return (
        ("overview", "layout-dashboard", _("总览")),
        ("desk", "headset", _("接警") if own == "police" else _("受理来电")),
        ("orders", "clipboard-text", _("警单与联动") if own == "police" else _("工单与联动")),
        ("review", "eye", _("待审核")),
        ("unit", "device-mobile", _("我的任务")),
        ("supervision", "hourglass", _("督办")),
        ("visits", "star", _("回访与质检")),
        ("consultations", "users", _("会商与双哨")),
        ("records", "archive", _("记录")),
        ("triage_errors", "scale", _("研判误差")),
        ("absences", "users", _("离岗与替班")),
        ("proof", "shield-check", _("日志核对")),
        ("practice", "star", _("练习")),
        ("exchange", "arrows-exchange", _("平台交换")),
    )


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return the names that every template may use."""
    node = world().desk
    shown: dict[str, Any] = {
        "node": node,
        "side": node.side,
        "other_side": {"police": "12345", "hotline": "110"}.get(node.side, ""),
        "demonstration": getattr(settings, "DEMONSTRATION", False),
        "languages": settings.LANGUAGES,
        "menu": [],
    }
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        role = role_of(user)
        shown["role"] = role
        shown["role_words"] = role_words(role.value, node.side)
        shown["desks"] = [name for name, roles in MENUS.items() if role in roles]
        shown["menu"] = [
            {"name": name, "icon": icon, "words": words, "url": reverse(f"{name}:home"), "here": request.path.startswith(reverse(f"{name}:home"))}
            for name, icon, words in _entries()
            if role in MENUS[name]
        ]
    return shown

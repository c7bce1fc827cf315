"""Tags and filters of the screens: icons, names, times, numbers hidden from who may not see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from liandong.adapters.postgres.models import Stream
from liandong.application.world import MACHINES
from liandong.domain.journal.facts import StreamKind
from liandong.web import field_words, rights
from liandong.web.acts import Act
from liandong.web.domain_english import capital
from liandong.web.reading import pack_words
from liandong.web.reading.fact_words import fact_words, kind_words
from liandong.web.shell import words
from liandong.web.shell.gate import language

__all__ = ["register"]

register = template.Library()

#: phase -> Tabler colour; quiet where nothing is asked of anybody.
COLOURS = {
    "taken": "azure", "received": "azure", "offered": "orange", "drafted": "secondary", "under_review": "yellow", "dispatch_review": "yellow",
    "feedback_review": "yellow", "non_police_stated": "yellow", "objected": "red", "negotiating": "red", "refused": "red", "reopened": "red",
    "ordered": "blue", "dispatched": "blue", "signed": "cyan", "departed": "cyan", "arrived": "cyan", "working": "cyan", "accepted": "cyan",
    "kept": "blue", "handed": "indigo", "shared": "purple", "handed_over": "indigo", "handled": "teal", "reported": "teal", "replied": "teal",
    "answered": "teal", "closed": "green", "visited": "green", "confirmed": "green", "guided": "secondary", "suspended": "secondary",
    "withdrawn": "secondary", "cancelled": "secondary", "returned": "secondary", "turned_back": "secondary", "kept_by_first": "orange",
    "warned": "yellow", "reminded": "orange", "supervised": "red", "interview": "red", "circular": "red", "referred": "purple", "lifted": "green",
}  # fmt: skip


#: state of an assistant's part -> colour.
PART_COLOURS = {"called": "blue", "signed": "cyan", "arrived": "cyan", "reported": "teal", "lapsed": "red"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Return an icon of the sprite."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', extra, static("vendor/icons.svg"), name)


@register.simple_tag
def phase(kind: str, name: str) -> SafeString:
    """Return the badge of a state."""
    machine = MACHINES.get(StreamKind(kind))
    title = capital(machine.title(name, language())) if machine is not None and name in machine.titles else name
    return format_html('<span class="badge phase bg-{}-lt">{}</span>', COLOURS.get(name, "secondary"), title)


@register.filter
def item(code: object) -> str:
    """Return the name of an item."""
    return pack_words.item_name(str(code or ""))


@register.filter
def clause(code: object) -> str:
    """Return document and place of a clause of the list; the words themselves where it is none of it."""
    found = pack_words.clause_of(str(code or ""))
    return f"{found.document}{found.place}" if found is not None else str(code or "—")


@register.filter
def unit(code: object) -> str:
    """Return the name of a unit."""
    return pack_words.unit_name(str(code or ""))


@register.filter
def person(account: object) -> str:
    """Return the name of a person known by the account; other words are returned as they are."""
    return pack_words.people_of_pack().get(str(account), str(account))


@register.filter
def part_state(state: object) -> SafeString:
    """Return the badge of where an assistant's part stands."""
    return format_html('<span class="badge phase bg-{}-lt">{}</span>', PART_COLOURS.get(str(state), "secondary"), words.part_words(str(state)))


@register.filter
def kind_title(kind: object) -> str:
    """Return what a kind of record is called."""
    return kind_words(str(kind))


@register.filter
def side_title(side: object) -> str:
    """Return what a side is called."""
    return words.side_words(str(side or ""))


@register.filter
def repeat_why(why: object) -> str:
    """Return what two appeals have in common."""
    return words.repeat_words(str(why))


@register.filter
def choice(value: object, field: str) -> str:
    """Return what a choice of a field is called."""
    return field_words.choice_words(field, str(value))


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """Return a time as the desk reads it: the clock today, the date before, the whole in the title."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    today = timezone.localtime(datetime.now(UTC)).date()
    if local.date() == today:
        shown = local.strftime("%H:%M:%S")
    elif local.year == today.year:
        shown = local.strftime("%m-%d %H:%M")
    else:
        shown = local.strftime("%Y-%m-%d %H:%M")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S"), shown)


@register.filter
def iso_moment(text: object) -> SafeString | str:
    """Return a time written in a journal as the desk reads it."""
    try:
        return moment(datetime.fromisoformat(str(text)))
    except ValueError:
        return ""


@register.simple_tag
def fact_title(name: object) -> str:
    """Return what a fact is called."""
    return fact_words(str(name))


@register.filter
def waited(at: datetime | None) -> str:
    """Return how long ago a time is, in one unit."""
    if at is None:
        return ""
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    if seconds < 60:
        return _("%(count)d 秒") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)d 分钟") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("%(count)d 小时") % {"count": seconds // 3600}
    return _("%(count)d 天") % {"count": seconds // 86_400}


@register.filter
def clock_words(ahead_ms: int) -> str:
    """Return how far a peer's clock is from ours, in words; below a second it is none."""
    seconds = abs(ahead_ms) / 1000
    if seconds < 1:
        return _("一致（差不到 1 秒）")
    told = _("%(count)d 秒") % {"count": round(seconds)} if seconds < 120 else _("%(count)d 分钟") % {"count": round(seconds / 60)}
    return (_("对方快 %(time)s") if ahead_ms > 0 else _("对方慢 %(time)s")) % {"time": told}


@register.simple_tag
def touch(row: Stream) -> SafeString:
    """Return since when a row waits and who has looked at it since; nobody stands out."""
    seen = getattr(row, "touch", None)
    words = _("等了 %(time)s") % {"time": waited(row.updated_at)}
    if seen is None:
        return format_html('<span class="untouched" title="{}">{} · {}</span>', _("变化之后还没有人看过"), _("无人看过"), words)
    return format_html('<span class="touched" title="{}">{} · {}</span>', _("最近看过的人"), seen.who, words)


@register.simple_tag(takes_context=True)
def phone(context: template.Context, data: Mapping[str, Any]) -> str:
    """Return a citizen's number as the reader may see it."""
    return rights.phone_for(context["request"].user, data)


@register.simple_tag(takes_context=True)
def said(context: template.Context, data: Mapping[str, Any], text: object) -> str:
    """Return words as the reader may see them."""
    return rights.masked_text(context["request"].user, data, str(text or ""))


@register.filter
def permille(value: object) -> int:
    """Return per mille as per cent."""
    return round(value / 10) if isinstance(value, int) else 0


@register.simple_tag(takes_context=True)
def said_short(context: template.Context, text: object) -> str:
    """Return a line of a list as the reader may see it; lists do not read whole records, so confidentiality counts as asked for."""
    return rights.masked_text(context["request"].user, {"confidential": True}, str(text or ""))


@register.simple_tag(takes_context=True)
def peer(context: template.Context, name: object) -> str:
    """Return what people call a node."""
    return pack_words.peer_title(context["node"], str(name or ""))


@register.filter
def words_list(text: str) -> list[str]:
    """Return the words of a text, to loop over."""
    return text.split()


@register.filter
def reasons_list(why: str) -> list[str]:
    """Return the reasons for a unit, one by one."""
    return why.split("、")


@register.simple_tag
def particular(name: object) -> str:
    """Return what a particular is called."""
    return words.particular_words(str(name))


@register.filter
def seldom(acts: list[Act]) -> list[Act]:
    """Return the acts that stand behind “more”."""
    return [each for each in acts if each.seldom]

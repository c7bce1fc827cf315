"""The list of records, and one appeal with its whole time line from both sides."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look, Stream, User
from liandong.application.find_repeats import find_repeats, keys_of_appeal
from liandong.application.guidance import door_named, guidance_text
from liandong.application.orders import is_open
from liandong.application.ports import Desk, Earlier
from liandong.application.world import MACHINES
from liandong.domain.assistants.parts import open_parts
from liandong.domain.handovers.handover import OPEN as OPEN_HANDOVERS
from liandong.domain.journal.facts import Role, StreamKind
from liandong.web.acts import Act, open_acts, state_of
from liandong.web.domain_english import capital
from liandong.web.reading.clocks import attach_clocks
from liandong.web.reading.fact_words import KIND_WORDS
from liandong.web.reading.negotiations import negotiation_of
from liandong.web.reading.patrols import Near, near_of
from liandong.web.reading.sending import Sending, sending_of
from liandong.web.reading.streams import COLUMNS, Wanted, find, home_of_stream, one, page_of, together
from liandong.web.reading.timeline import timeline
from liandong.web.reading.verdicts import shown_verdict
from liandong.web.records.onward import banners
from liandong.web.rights import EVIDENCE_ROLES, masked_text, role_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.shell.words import SIDE_WORDS
from liandong.web.world import world

__all__ = ["guidance", "home", "parts", "record"]

#: Who begins the ladder by hand.
SUPERVISING = frozenset({Role.SUPERVISOR, Role.LEADER})
#: Kinds that have records today.
KINDS = ("appeal", "alarm", "workorder", "handover", "quickservice")


@require_GET
@gate("records")
def home(request: HttpRequest) -> HttpResponse:
    """Show the list with its filters; a number goes straight to its record."""
    words = str(request.GET.get("q", ""))[:200]
    hit = find(request.user, words)
    if hit is not None and not request.headers.get("HX-Request"):
        return redirect("records:record", ref=str(hit.id))
    wanted = _wanted(request, words)
    page = page_of(request.user, wanted, str(request.GET.get("after", "")))
    kept = request.GET.copy()
    kept["after"] = page.after
    shown = {"page": page, "more": kept.urlencode(), "wanted": wanted, "words": words, "kinds": _kinds(), "phases": _phases(wanted.kind), "sides": list(SIDE_WORDS.items())[:5]}
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "records/rows.html" if part else "records/list.html", shown)


def _wanted(request: HttpRequest, words: str) -> Wanted:
    kind = str(request.GET.get("kind", "appeal"))
    phase = str(request.GET.get("phase", ""))
    side = str(request.GET.get("side", ""))
    return Wanted(
        kind=kind if kind in KINDS else "",
        phases=(phase,) if phase.isidentifier() and len(phase) <= 24 else (),
        side=side if side in SIDE_WORDS else "",
        urgent=request.GET.get("urgent") == "1",
        words=words,
    )


def _kinds() -> list[tuple[str, str]]:
    return [("all", _("全部"))] + [(each, str(KIND_WORDS[each])) for each in KINDS]


def _phases(kind: str) -> list[tuple[str, str]]:
    machine = MACHINES.get(StreamKind(kind)) if kind else None
    return [(each.value, capital(machine.title(each.value, language()))) for each in machine.states if each.value] if machine else []


@require_GET
@gate("records")
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one appeal; the number or id of any record of it will do."""
    stream = one(request.user, ref[:80])
    if stream is None:
        raise Http404
    if stream.kind != StreamKind.APPEAL:
        whole = home_of_stream(request.user, stream)
        if whole is not None:
            return redirect("records:record", ref=str(whole.id))
    Look.objects.create(person=request.user.get_username(), stream=stream.id)
    return render(request, "records/record.html", whole_record(request, stream))


@require_GET
@gate("records", "unit")
def parts(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the living part of the page anew: states, acts, time line."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    return render(request, "records/parts.html", whole_record(request, found))


@require_GET
@gate("records")
def guidance(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Show what a guided citizen can keep: the message to send, and the same to print."""
    found = one(request.user, str(stream))
    if found is None or not found.data.get("guidance"):
        raise Http404
    text = guidance_text(world().doors, world().desk.side, found.data)
    door = door_named(world().doors, str(found.data.get("door", "")))
    return render(request, "records/guidance.html", {"appeal": found, "text": text, "door": door})


def whole_record(request: HttpRequest, stream: Stream) -> dict[str, Any]:
    """Return everything the page shows; the queries are counted in a test."""
    desk, user = world().desk, request.user
    streams = together(user, stream)
    appeal = next((each for each in streams if each.kind == StreamKind.APPEAL), stream)
    # Before an offer is accepted there is no appeal here: what the citizen said came with the handover.
    alone = appeal.kind != StreamKind.APPEAL
    told = {**appeal.data, **(appeal.data.get("record") or {})} if alone else appeal.data
    verdict = shown_verdict(told.get("verdict") or {})
    attach_clocks(streams, only_open=False)
    # What has to be done next stands first: this side's orders, the chosen one before others, then handovers.
    others = sorted((each for each in streams if alone or each.id != appeal.id), key=lambda each: (each.kind == StreamKind.HANDOVER, each.id != stream.id))
    happenings = timeline(user, desk, streams)
    followed = {(str(each.data.get("order")), str(each.data.get("assistant") or "")) for each in streams if each.kind == StreamKind.SUPERVISION}
    for each in streams:
        each.supervisable = _supervisable(user, each) and any((str(each.id), code) not in followed for code in ("", *open_parts(each.data)))  # type: ignore[attr-defined]
        if each.kind == StreamKind.HANDOVER:
            each.room = negotiation_of(each, happenings)  # type: ignore[attr-defined]
        elif each.kind == StreamKind.ALERT:
            each.told = _told(each)  # type: ignore[attr-defined]
    own = [] if alone else open_acts(user, desk, appeal, language())
    return {
        "appeal": appeal,
        "told": told,
        "said_marked": _marked(masked_text(user, told, str(told.get("text", ""))), verdict.marks),
        "verdict": verdict,
        "records": [_shown(user, desk, each, told) for each in others],
        "repeats": _repeats(request, appeal),
        "related": _related(request, appeal),
        "earlier": _earlier(appeal, own),
        "acts": _behind(own) if others else own,
        "happenings": happenings,
        **banners(user, appeal, streams),
        "heard": [each.id for each in streams],
        "may_prove": role_of(user) in EVIDENCE_ROLES,
    }


def _supervisable(user: User, row: Stream) -> bool:
    """Tell whether this person may begin the ladder on a record: it is open, and nothing has begun."""
    still = row.phase in OPEN_HANDOVERS if row.kind == StreamKind.HANDOVER else row.kind in ("alarm", "workorder") and is_open(state_of(row))
    return role_of(user) in SUPERVISING and still


def _shown(user: Any, desk: Desk, each: Stream, told: dict[str, Any]) -> tuple[Stream, list[Act], Sending | None, Near | None]:
    """Return a record with its acts, whom one key would send, and who is near, where this person sends somebody now."""
    now = world().clock.now()
    acts = open_acts(user, desk, each, language())
    return each, acts, sending_of(user, desk, each, told, now), near_of(user, desk, each, told, acts, now)


def _told(alert: Stream) -> dict[str, Any]:
    """Return how many an alert told, how many answered and are there, and the names of those that are silent."""
    lines = list((alert.data.get("lines") or {}).values())
    silent = [str(each.get("name", "")) for each in lines if not (each.get("acknowledged_at") or each.get("unable_at"))]
    return {"all": len(lines), "answered": len(lines) - len(silent), "there": sum(1 for each in lines if each.get("on_scene_at")), "silent": silent}


def _behind(acts: list[Act]) -> list[Act]:
    """Return the acts of an appeal that has an order: all behind “more”, since the next step is the order's."""
    return [replace(each, seldom=True) for each in acts]


def _repeats(request: HttpRequest, appeal: Stream) -> dict[str, Any]:
    """Return the appeal this one repeats, and those that repeat it, newest first; no query where there are none."""
    first = (appeal.data.get("links") or [None])[0]
    later = [str(each) for each in (appeal.data.get("repeats") or [])][-20:]
    if not first and not later:
        return {}
    found = {str(each.id): each for each in visible(request.user).filter(id__in=[*later, *([first] if first else [])])}
    return {"first": found.get(str(first)), "later": [found[each] for each in reversed(later) if each in found]}


def _earlier(appeal: Stream, acts: list[Act]) -> Sequence[Earlier]:
    """Return what may be the same matter, for whoever may link it: a matter that nobody heard being told was compared with nothing yet.

    What came by telephone was looked at while the caller spoke.
    """
    data = appeal.data
    if data.get("links") or data.get("channel") == "phone" or not any(each.command == "link" for each in acts):
        return ()
    with world().work() as unit:
        said = {"phone": str(data.get("phone", "")), "item": str(data.get("item", ""))}
        found = find_repeats(unit, world().desk.switches, world().clock.now(), str(data.get("text", "")), keys_of_appeal(data), **said, but=str(appeal.id))
    known = {str(each) for each in data.get("repeats") or ()}
    return [each for each in found if each.id not in known]


def _related(request: HttpRequest, appeal: Stream) -> list[tuple[Stream, dict[str, Any]]]:
    """Return the appeals that belong to this one and close apart, as far as this person may see them, with what is known of each; no query where there are none."""
    told = {str(each.get("appeal")): each for each in appeal.data.get("related_to") or () if isinstance(each, dict)}
    if not told:
        return []
    found = visible(request.user).filter(id__in=list(told), kind="appeal").only(*COLUMNS)
    return sorted(((each, told[str(each.id)]) for each in found), key=lambda pair: list(told).index(str(pair[0].id)))


def _marked(text: str, marks: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return the text in pieces, the words that decided marked; marks that touch or overlap become one."""
    places: list[tuple[int, int]] = []
    for mark in {each for each in marks if each}:
        start = text.find(mark)
        while start >= 0 and len(places) < 100:
            places.append((start, start + len(mark)))
            start = text.find(mark, start + len(mark))
    pieces, at = [], 0
    for start, end in _joined(places):
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [each for each in (*pieces, (text[at:], False)) if each[0]]


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

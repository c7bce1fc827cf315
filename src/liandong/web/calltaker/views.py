"""The desk where a call is taken: typing, the living verdict, the one key, the three-way call, own calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liandong.adapters.postgres.models import Draft, Stream
from liandong.application.abusive_calls import abusive_calls_of
from liandong.application.belonging import belonging
from liandong.application.find_repeats import find_repeats, keys_of_words
from liandong.application.ports import Earlier
from liandong.domain.errors import LiandongError
from liandong.web.calltaker import drafts
from liandong.web.calltaker.correcting import SIDES, finished_parts
from liandong.web.calltaker.taking import Step, finish_call, proposed_course, take_call
from liandong.web.calltaker.transcripts import pieces_after, with_heard
from liandong.web.problems import sentence_of, status_of
from liandong.web.reading.pack_words import door_choices
from liandong.web.reading.rerouting import as_corrected, item_candidates, item_classes, station_of
from liandong.web.reading.verdicts import shown_verdict
from liandong.web.rights import visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["calls", "draft", "finish", "home", "new", "sheet", "take", "transcript", "verdict"]

#: Course, icon; in the order of Alt+1 … Alt+7. The words are in the template; the last shows when an earlier appeal is chosen.
COURSES = (("auto", "bolt"), ("keep", "check"), ("hand_over", "arrow-right"), ("share", "arrows-exchange"), ("guide", "route"), ("join", "link"), ("transfer", "map-pin"))
#: Most of the words that are judged while typing.
JUDGED = 20_000


@require_GET
@gate("desk")
def home(request: HttpRequest) -> HttpResponse:
    """Go on with the newest call that is not finished, or begin one."""
    open_calls = drafts.slots_of(request.user)
    return redirect("desk:sheet", slot=open_calls[0].slot if open_calls else drafts.fresh_slot())


@require_GET
@gate("desk")
def new(request: HttpRequest) -> HttpResponse:
    """Begin a call; the one on the desk stays as a draft."""
    return redirect("desk:sheet", slot=drafts.fresh_slot())


@require_GET
@gate("desk")
def sheet(request: HttpRequest, slot: str) -> HttpResponse:
    """Show the sheet of one call with what was typed so far."""
    _checked(slot)
    kept = drafts.take_up(request.user, slot)
    pending = _pending(request, kept)
    if kept is None and Stream.objects.filter(key=f"desk:{request.user.pk}:{slot}").exists():
        # This call was placed; its sheet is not used twice.
        return redirect("desk:new")
    shown: dict[str, Any] = {
        "slot": slot,
        "fields": kept.fields if kept else {},
        "version": drafts.version_of(kept),
        "tabs": [each for each in drafts.slots_of(request.user) if each.slot != slot],
        "courses": COURSES,
        "doors": door_choices(),
        "adviser": world().adviser is not None,
        "sides": SIDES,
        "items": item_classes(),
        "pending": pending,
        "call": kept.fields.get("_call", "") if kept and pending else "",
        "rows": _own_calls(request),
    }
    return render(request, "calltaker/sheet.html", shown)


def _checked(slot: str) -> None:
    if not drafts.SLOT.fullmatch(slot):
        raise Http404


def _pending(request: HttpRequest, kept: Draft | None) -> Stream | None:
    """Return the appeal of a draft whose three-way call has no outcome yet."""
    appeal = kept.fields.get("_appeal") if kept else None
    return visible(request.user).filter(id=appeal, phase="taken").first() if appeal else None


@require_POST
@gate("desk")
def verdict(request: HttpRequest) -> HttpResponse:
    """Judge the words typed so far; nothing is recorded."""
    text = str(request.POST.get("text", "")).replace("\x00", "")[:JUDGED]
    shown: dict[str, Any] = {"empty": not text.strip()}
    said: Mapping[str, Any] = {}
    if text.strip():
        said = world().triage(text)
        judged = shown_verdict(said)
        said = as_corrected(said, str(request.POST.get("said_side", "")), str(request.POST.get("said_item", "")))
        shown["verdict"] = judged
        shown["course"] = proposed_course(world(), text, said)
        shown["marks"] = json.dumps(judged.marks, ensure_ascii=False)
        shown["read"] = json.dumps({name: values[0] for name, values in judged.particulars if values}, ensure_ascii=False)
        shown["corrected"] = said if said.get("corrected") else None
        shown["candidates"] = " ".join(item_candidates(said))
    shown["earlier"] = _earlier(request, text, said)
    shown["belongs"] = belonging(world(), {"place": str(request.POST.get("place", "")).strip()[:300], "verdict": said})
    shown["station"] = None if shown["belongs"] else station_of(said, str(request.POST.get("place", "")).strip()[:300])
    shown["abusive"] = _abusive(request)
    shown["linked"] = str(request.POST.get("linked", ""))[:60]
    return render(request, "calltaker/verdict.html", shown)


def _abusive(request: HttpRequest) -> int:
    """Return how many calls of this number were marked as abusive lately."""
    phone = str(request.POST.get("phone", "")).replace("\x00", "").strip()[:40]
    if not phone:
        return 0
    with world().work() as unit:
        return abusive_calls_of(unit, world().desk.switches, world().clock.now(), phone)


def _earlier(request: HttpRequest, text: str, verdict: Mapping[str, Any]) -> Sequence[Earlier]:
    """Return what may be the same matter, from the words and fields as they stand."""
    phone, place = (str(request.POST.get(name, "")).replace("\x00", "").strip()[:300] for name in ("phone", "place"))
    keys = keys_of_words(text, verdict, phone=phone, place=place)
    if not keys:
        return ()
    with world().work() as unit:
        return find_repeats(unit, world().desk.switches, world().clock.now(), text, keys, phone=phone, item=str(verdict.get("item") or ""))


@require_http_methods(["POST", "DELETE"])
@gate("desk")
def draft(request: HttpRequest, slot: str) -> HttpResponse:
    """Put away what is typed, or forget it on wish; answers the new version."""
    _checked(slot)
    if request.method == "DELETE":
        drafts.drop(request.user, slot)
        return JsonResponse({"version": ""})
    try:
        fields = drafts.cleaned(drafts.from_body(request.body))
    except LiandongError as error:
        return JsonResponse({"code": error.code, "sentence": sentence_of(error, language())}, status=status_of(error.code))
    if Stream.objects.filter(key=f"desk:{request.user.pk}:{slot}").exclude(phase="taken").exists():
        return JsonResponse({"version": "", "placed": True})
    return JsonResponse({"version": drafts.version_of(drafts.put_away(request.user, slot, fields))})


@require_GET
@gate("desk")
def transcript(request: HttpRequest, slot: str) -> HttpResponse:
    """Return what was heard of this call behind the number the browser has."""
    _checked(slot)
    after = str(request.GET.get("after", "0"))
    return JsonResponse({"pieces": pieces_after(request.user, slot, int(after) if after.isdigit() and len(after) < 9 else 0)})


@require_POST
@gate("desk")
def take(request: HttpRequest, slot: str) -> HttpResponse:
    """The one key."""
    _checked(slot)
    try:
        fields = with_heard(request.user, slot, drafts.cleaned(request.POST.dict()))
        step = take_call(world(), request.user, slot, fields)
    except LiandongError as error:
        return _refused(request, error)
    drafts.note_call(request.user, str(step.appeal.id))
    if step.call:
        drafts.put_away(request.user, slot, {**fields, "_appeal": str(step.appeal.id), "_call": step.call})
        return render(request, "calltaker/calling.html", {"slot": slot, "call": step.call, "number": step.appeal.data.get("number", "")})
    return _finished(request, slot, step)


@require_POST
@gate("desk")
def finish(request: HttpRequest, slot: str) -> HttpResponse:
    """How the three-way call went; the order goes."""
    _checked(slot)
    kept = drafts.take_up(request.user, slot)
    appeal = _pending(request, kept)
    if appeal is None or kept is None:
        placed = Stream.objects.filter(key=f"desk:{request.user.pk}:{slot}").first()
        if placed is None:
            raise Http404
        appeal = placed
    given = {**(kept.fields if kept else {}), "words": str(request.POST.get("words", ""))}
    try:
        step = finish_call(world(), request.user, str(appeal.id), str(request.POST.get("outcome", "")), given)
    except LiandongError as error:
        return _refused(request, error)
    return _finished(request, slot, step)


def _finished(request: HttpRequest, slot: str, step: Step) -> HttpResponse:
    drafts.drop(request.user, slot)
    response = render(request, "calltaker/finished.html", {"step": step, **finished_parts(request.user, step.appeal.id)})
    response["HX-Trigger"] = json.dumps({"placed": {"slot": slot}})
    return response


def _refused(request: HttpRequest, error: LiandongError) -> HttpResponse:
    names = error.data.get("names", []) if error.code == "input.required" else []
    return render(request, "calltaker/refused.html", {"sentence": sentence_of(error, language()), "code": error.code, "names": json.dumps(names)}, status=422)


@require_GET
@gate("desk")
def calls(request: HttpRequest) -> HttpResponse:
    """Return the person's own calls with their live state."""
    return render(request, "calltaker/calls.html", {"rows": _own_calls(request)})


def _own_calls(request: HttpRequest) -> list[Stream]:
    ids = drafts.own_calls(request.user)[:20]
    found = {each.id: each for each in visible(request.user).filter(id__in=ids)} if ids else {}
    return [found[each] for each in ids if each in found]

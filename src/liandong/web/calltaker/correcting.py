"""Correcting the verdict on the sheet: before the one key with the form, after it with one key of its own; routing runs again."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from liandong.adapters.postgres.follow_codes import give_code
from liandong.adapters.postgres.models import Stream, User
from liandong.application.act import act
from liandong.application.perform import Session
from liandong.domain.errors import CommandRefused, LiandongError, Refusal
from liandong.domain.journal.facts import Actor, StreamId, StreamKind, StreamState
from liandong.web.problems import sentence_of
from liandong.web.reading.pack_words import item_of
from liandong.web.reading.rerouting import KEYED_ITEMS, as_corrected, item_candidates, reroute_of
from liandong.web.records.onward import do_reroute
from liandong.web.rights import actor_of, visible
from liandong.web.shell.gate import gate, language
from liandong.web.world import world

__all__ = ["SIDES", "correct", "correct_said", "finished_parts", "reroute"]

SIDES = ("police", "hotline", "joint", "neither")


def correct_said(session: Session, appeal: StreamState, actor: Actor, side: str, item: str) -> StreamState:
    """Correct an appeal to what the call-taker said before recording; return it as it is then.

    Raises:
        CommandRefused: no such side or item.
    """
    given = _given(appeal.data, side, item)
    return session.perform(appeal.kind, appeal.id, "correct", actor, given) if given else appeal


def _given(data: dict[str, Any] | Any, side: str, item: str) -> dict[str, Any]:
    """Return what ``correct`` is given; empty where nothing changes."""
    if (side and side not in SIDES) or (item and item_of(item) is None):
        raise CommandRefused(Refusal("input.invalid", {"detail": "归属"}))
    said = as_corrected({"side": data.get("side"), "item": data.get("item")}, side, item)
    if "corrected" not in said:
        return {}
    given: dict[str, Any] = {"side": said["side"], "reason": said["corrected"]}
    return {**given, "item": said["item"]} if said.get("item") else given


@require_POST
@gate("desk")
def correct(request: HttpRequest, appeal: uuid.UUID) -> HttpResponse:
    """Correct a recorded call with one key; answers what follows from it."""
    found = _appeal(request.user, appeal)
    try:
        given = _given(found.data, str(request.POST.get("side", "")), str(request.POST.get("item", "")))
        if given:
            act(world(), actor_of(request.user, world()), StreamKind.APPEAL, StreamId(str(appeal)), "correct", given)
    except LiandongError as error:
        return _again(request, appeal, error)
    return _again(request, appeal)


@require_POST
@gate("desk")
def reroute(request: HttpRequest, appeal: uuid.UUID) -> HttpResponse:
    """Do what was proposed after a correction: another unit, or the other side, with the reason of the correction."""
    found = _appeal(request.user, appeal)
    try:
        do_reroute(request.user, finished_parts(request.user, found.id)["reroute"])
    except LiandongError as error:
        return _again(request, appeal, error)
    return _again(request, appeal)


def finished_parts(user: User, appeal: uuid.UUID | str) -> dict[str, Any]:
    """Return what the end of a call shows: the record, the keys that correct it, what a correction leads to."""
    found = _appeal(user, uuid.UUID(str(appeal)))
    orders = list(visible(user).filter(appeal=found.id, kind__in=("alarm", "workorder")).order_by("-opened_at")[:4])
    side, item = str(found.data.get("side") or ""), str(found.data.get("item") or "")
    corrected = found.phase not in ("guided", "closed")
    items = item_candidates({**(found.data.get("verdict") or {}), "side": side, "item": item})[:KEYED_ITEMS]
    return {
        "appeal": found,
        "follow_code": give_code(StreamId(str(found.id)), settings.SECRET_KEY),
        "messages": world().messages,
        "data": found.data,
        "keys": [(digit, each) for digit, each in enumerate(SIDES, 1) if each != side] if corrected else [],
        "item_keys": list(enumerate(items, 5)) if corrected else [],
        "reroute": reroute_of(user, world().desk, found, orders, world().clock.now()),
        "other_unit": orders[0].unit if orders else "",
    }


def _appeal(user: User, appeal: uuid.UUID) -> Stream:
    found = visible(user).filter(id=appeal, kind="appeal").first()
    if found is None:
        raise Http404
    return found


def _again(request: HttpRequest, appeal: uuid.UUID, error: LiandongError | None = None) -> HttpResponse:
    shown = finished_parts(request.user, appeal)
    if error is not None:
        shown["refused"] = sentence_of(error, language())
    return render(request, "calltaker/finished.html", shown, status=422 if error else 200)

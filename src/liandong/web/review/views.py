"""The review desk: the list, and the record behind the chosen row."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look
from liandong.web.reading.streams import one
from liandong.web.records.views import whole_record
from liandong.web.review.waiting import waiting_reviews
from liandong.web.shell.gate import gate
from liandong.web.world import world

__all__ = ["home", "one_review", "waiting"]


@require_GET
@gate("review")
def home(request: HttpRequest) -> HttpResponse:
    """Show the desk."""
    return render(request, "review/desk.html", _list(request))


@require_GET
@gate("review")
def waiting(request: HttpRequest) -> HttpResponse:
    """Return the list anew."""
    return render(request, "review/list.html", _list(request))


@require_GET
@gate("review")
def one_review(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the record behind a row."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return render(request, "agent/order.html", {**whole_record(request, found), "chosen": found})


def _list(request: HttpRequest) -> dict[str, Any]:
    return {"waiting": waiting_reviews(request.user, world().desk)}

"""A handover in the words of other standards, to be taken along as a file: EIDO and UCRI2."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look, Stream
from liandong.adapters.standards.eido import eido_document
from liandong.adapters.standards.ucri2 import MESSAGES, ucri2_message
from liandong.domain.errors import InvalidInput
from liandong.web.reading.handover_told import handover_told, is_masked
from liandong.web.reading.streams import one
from liandong.web.shell.gate import gate
from liandong.web.world import world

__all__ = ["eido", "ucri2"]


@require_GET
@gate("records")
def eido(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return a handover as an EIDO document. Who looked is written down."""
    found = _handover(request, stream)
    return _file(eido_document(handover_told(world().desk, found, masked=is_masked(request.user, found))), f"{found.number}.eido.json")


@require_GET
@gate("records")
def ucri2(request: HttpRequest, stream: uuid.UUID, message: str) -> HttpResponse:
    """Return one UCRI2 message of a handover; a refusal where it has not come so far."""
    if message not in MESSAGES:
        raise Http404
    found = _handover(request, stream)
    told = ucri2_message(handover_told(world().desk, found, masked=is_masked(request.user, found)), message)
    if told is None:
        raise InvalidInput("handover.not_so_far", message=message)
    return _file(told, f"{found.number}.ucri2-{message}.json")


def _handover(request: HttpRequest, stream: uuid.UUID) -> Stream:
    found = one(request.user, str(stream))
    if found is None or found.kind != "handover":
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    return found


def _file(document: dict[str, Any], name: str) -> HttpResponse:
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer

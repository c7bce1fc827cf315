"""A handover in the words of other standards, by API: EIDO and UCRI2 (docs/reference/standards.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from liandong.adapters.postgres.models import Look
from liandong.adapters.standards.eido import eido_document
from liandong.adapters.standards.handover_told import HandoverTold
from liandong.adapters.standards.ucri2 import ucri2_message
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import StreamKind
from liandong.web.api.access import token_of
from liandong.web.api.showing import find
from liandong.web.reading.handover_told import handover_told, is_masked
from liandong.web.world import world

__all__ = ["Ucri2Message", "router"]

router = Router(tags=["standards"])


class Ucri2Message(StrEnum):
    """The messages of an incident transfer."""

    INCIDENT = "incident"
    ACKNOWLEDGEMENT = "acknowledgement"
    COMPLETION = "completion"


@router.get("/handovers/{named}/eido", response={200: dict[str, Any]}, summary="A handover as an EIDO document")
def eido(request: HttpRequest, named: str) -> Status[Any]:
    """Return the document (NENA EIDO 1.0). Tokens that see no numbers get it without the citizen. Who looked is written down."""
    return Status(200, eido_document(_told(request, named)))


@router.get("/handovers/{named}/ucri2/{message}", response={200: dict[str, Any]}, summary="A handover as a UCRI2 message")
def ucri2(request: HttpRequest, named: str, message: Ucri2Message) -> Status[Any]:
    """Return the message (UCRI2 incident transfer 1.0); 409 where the handover has not come so far. Who looked is written down."""
    told = ucri2_message(_told(request, named), message.value)
    if told is None:
        raise InvalidInput("handover.not_so_far", message=message.value)
    return Status(200, told)


def _told(request: HttpRequest, named: str) -> HandoverTold:
    token = token_of(request)
    row = find(token, StreamKind.HANDOVER, named)
    Look.objects.create(person=f"api:{token.name}"[:150], stream=row.id)
    return handover_told(world().desk, row, masked=is_masked(token, row))  # type: ignore[arg-type]

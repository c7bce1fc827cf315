"""Where a peer posts its batches: ``/exchange/v1/batches``. Signatures are the only way in; receipts the only way out."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liandong.adapters.crypto.session import answer, open_batch
from liandong.adapters.postgres.inbox import take_batch
from liandong.adapters.transports.http import RECEIPTS_TYPE
from liandong.domain.errors import LocalProtocolError, PeerError, StreamConflict
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope
from liandong.domain.exchange.receipts import Receipt
from liandong.web.world import keyring, world

__all__ = ["batches"]

log = logging.getLogger("liandong.exchange")


@csrf_exempt
@require_POST
def batches(request: HttpRequest) -> HttpResponse:
    """Take a batch and answer each envelope of it with a signed receipt, once what it says is on disk."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > DEFAULT_LIMITS.batch_bytes:
        return _problem(413, "exchange.too_large", f"at most {DEFAULT_LIMITS.batch_bytes} bytes")
    raw = request.read(DEFAULT_LIMITS.batch_bytes + 1)
    try:
        opened = open_batch(raw, keyring())
    except PeerError as error:
        log.warning("batch refused", extra={"action": "exchange.refused", "code": error.code})
        return _problem(422, error.code, error.sentence("en"))
    try:
        receipts = _receipts(opened)
        return HttpResponse(answer(receipts, keyring()), content_type=RECEIPTS_TYPE)
    except (StreamConflict, DatabaseError, LocalProtocolError) as error:
        log.warning("batch put off: %s", type(error).__name__, extra={"action": "exchange.busy"})
        return _problem(503, "peer.unavailable", "busy", {"Retry-After": "1"})


def _receipts(opened: list[Envelope | Receipt]) -> list[Receipt]:
    """Return a receipt for each line, in order; lines that could not be opened already have theirs."""
    taken = iter(take_batch(world(), [each for each in opened if isinstance(each, Envelope)]))
    for each in opened:
        if isinstance(each, Receipt):
            log.warning("envelope refused", extra={"action": "exchange.refused", "code": each.code})
    return [each if isinstance(each, Receipt) else next(taken) for each in opened]


def _problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JsonResponse:
    body = {"type": f"urn:liandong:{code}", "title": code, "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)

"""Where a peer posts its batches and asks for files: ``/exchange/v1``. Signatures are the only way in; receipts the only way out."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from liandong.adapters.transports.http import RECEIPTS_TYPE
from liandong.adapters.transports.receiving import receive_batch
from liandong.adapters.transports.serving import serve_piece
from liandong.domain.errors import InvalidInput, LocalProtocolError, PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.envelope import DEFAULT_LIMITS
from liandong.web.world import files, keyring, world

__all__ = ["batches", "pieces"]

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
        return HttpResponse(receive_batch(world(), keyring(), raw), content_type=RECEIPTS_TYPE)
    except RemoteProtocolError as error:
        log.warning("batch refused", extra={"action": "exchange.refused", "code": error.code})
        return _problem(422, error.code, error.sentence("en"))
    except PeerUnavailable as error:
        return _problem(503, error.code, "busy", {"Retry-After": "1"})


@csrf_exempt
@require_POST
def pieces(request: HttpRequest) -> HttpResponse:
    """Answer a signed wish for a piece of a file with the piece, sealed for who wished."""
    try:
        sealed = serve_piece(files(), keyring(), request.read(8192))
        return HttpResponse(sealed, content_type="application/octet-stream")
    except InvalidInput as error:
        return _problem(404, error.code, error.sentence("en"))
    except RemoteProtocolError as error:
        log.warning("wish refused", extra={"action": "exchange.refused", "code": error.code})
        return _problem(422, error.code, error.sentence("en"))
    except (LocalProtocolError, DatabaseError, OSError):
        return _problem(503, "peer.unavailable", "busy", {"Retry-After": "1"})


def _problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JsonResponse:
    body = {"type": f"urn:liandong:{code}", "title": code, "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)

"""Files of a form: sent up in pieces by the screen, and shown to who may see the record."""

from __future__ import annotations

import json
import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liandong.adapters.postgres.models import Look
from liandong.domain.errors import InvalidInput
from liandong.web.attachments import finish_upload
from liandong.web.file_view import file_of
from liandong.web.problems import sentence_of, status_of
from liandong.web.reading.streams import one
from liandong.web.shell.gate import gate, language
from liandong.web.world import files

__all__ = ["begin", "file", "send"]


@require_POST
@gate("records", "unit", "orders")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an upload: ``{name, size, media_type}`` -> ``{upload, offset}``."""
    try:
        body = json.loads(request.body)
        upload = files().begin(body["name"], body["size"], body["media_type"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refused(InvalidInput("request.not_json"))
    except InvalidInput as error:
        return _refused(error)
    return JsonResponse({"upload": upload.id, "offset": 0, "attachment": None}, status=201)


@require_http_methods(["GET", "PUT"])
@gate("records", "unit", "orders")
def send(request: HttpRequest, upload: str) -> HttpResponse:
    """Take a piece, or say where to go on; the last one answers with the attachment."""
    try:
        found = files().upload(upload)
        if request.method == "PUT":
            said = request.headers.get("Upload-Offset", "")
            if not said.isascii() or not said.isdigit() or len(said) > 15:
                raise InvalidInput(detail="Upload-Offset")
            found = files().append(upload, int(said), request)
        return JsonResponse(finish_upload(found))
    except InvalidInput as error:
        return _refused(error)


@require_GET
@gate("records", "unit", "orders")
def file(request: HttpRequest, stream: uuid.UUID, digest: str) -> HttpResponse | StreamingHttpResponse:
    """Show a file that a fact of the record names."""
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=stream)
    return file_of(request, found, digest)


def _refused(error: InvalidInput) -> HttpResponse:
    return JsonResponse({"code": error.code, "detail": sentence_of(error, language()), **dict(error.data)}, status=status_of(error.code))

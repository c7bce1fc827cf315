"""Attachments through the API: sent in pieces that can be resumed, fetched whole or in ranges.

    POST /files                     {name, size, media_type}      -> {upload, offset}
    PUT  /files/uploads/{upload}    Upload-Offset: n, bytes       -> {upload, offset}, or the attachment when it is complete
    GET  /files/uploads/{upload}                                  -> {upload, offset}: where to go on
    GET  /{kind}/{record}/files/{digest}                          -> the bytes (see ``web.file_view``)

The attachment goes into the ``attachments`` of an act as it is.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from liandong.domain.errors import InvalidInput
from liandong.web.api.shapes import FileOut, NewFile
from liandong.web.attachments import finish_upload
from liandong.web.world import files

__all__ = ["router"]

router = Router(tags=["files"])


@router.post("/files", response={201: FileOut}, summary="Begin to send a file")
def begin(request: HttpRequest, body: NewFile) -> Status[dict[str, Any]]:
    """Return the upload to send pieces to."""
    upload = files().begin(body.name, body.size, body.media_type)
    return Status(201, finish_upload(upload) if body.size == 0 else {"upload": upload.id, "offset": 0, "attachment": None})


@router.get("/files/uploads/{upload}", response={200: FileOut}, summary="Where to go on")
def look(request: HttpRequest, upload: str) -> Status[dict[str, Any]]:
    """Return how many bytes are here."""
    found = files().upload(upload)
    return Status(200, {"upload": found.id, "offset": found.offset, "attachment": None})


@router.put("/files/uploads/{upload}", response={200: FileOut}, summary="Send a piece")
def send(request: HttpRequest, upload: str) -> Status[dict[str, Any]]:
    """Add the body at ``Upload-Offset``; the last piece answers with the attachment."""
    said = request.headers.get("Upload-Offset", "")
    if not said.isascii() or not said.isdigit() or len(said) > 15:
        raise InvalidInput(detail="Upload-Offset")
    return Status(200, finish_upload(files().append(upload, int(said), request)))

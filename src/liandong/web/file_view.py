"""The bytes of an attachment, for who may see a record that names it. Never run, never shown as a page, never unpacked."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from liandong.adapters.postgres.models import JournalEntry, Stream
from liandong.web.world import files

__all__ = ["file_of"]

#: First bytes -> a picture that a browser may show in place; everything else is handed over as a download.
PICTURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"), (b"RIFF", "image/webp"))
RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


def file_of(request: HttpRequest, stream: Stream, digest: str) -> HttpResponse | StreamingHttpResponse:
    """Return a file that a fact of this record names, whole or the range asked for; 404 for any other."""
    entry = JournalEntry.objects.filter(stream=stream.id, data__attachments__contains=[{"digest": digest}]).first()
    size = files().size(digest) if entry is not None and re.fullmatch(r"sha256:[0-9a-f]{64}", digest) else None
    if entry is None or size is None:
        raise Http404
    named: dict[str, Any] = next(each for each in entry.data["attachments"] if isinstance(each, dict) and each.get("digest") == digest)
    begin, end = 0, size
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is not None:
        begin, end = int(asked[1]), min(size, int(asked[2]) + 1 if asked[2] else size)
        if begin >= end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(files().blocks(digest, begin, end - begin), status=206 if asked else 200)
    kind = _picture(files().piece(digest, 0, 12))
    answer["Content-Type"] = kind or "application/octet-stream"
    answer["Content-Length"] = str(end - begin)
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = f'"{digest}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Content-Disposition"] = f"{'inline' if kind else 'attachment'}; filename*=UTF-8''{quote(str(named.get('name', 'file')))}"
    if asked:
        answer["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    return answer


def _picture(first: bytes) -> str:
    return next((kind for begins, kind in PICTURES if first.startswith(begins) and (kind != "image/webp" or first[8:12] == b"WEBP")), "")

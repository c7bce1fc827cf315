"""Addresses of static files change with what is in them, so that a browser may keep each for a year and never shows an old one."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

__all__ = ["KeptStaticFiles", "NamedStaticFiles"]

#: Set for addresses that carry the mark of their content.
KEPT = "public, max-age=31536000, immutable"


@lru_cache(maxsize=256)
def _mark(path: str, changed_ns: int) -> str:
    """Return the first letters of a file's SHA-256; ``changed_ns`` makes a changed file a new question."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


class NamedStaticFiles(StaticFilesStorage):
    """Addresses with the mark of the content behind them: ``/static/screens.css?v=3f2a…``."""

    def url(self, name: str | None) -> str:
        """Return the address of a file; one that is not there keeps its plain address."""
        address = str(super().url(name))
        found = finders.find(name) if name else None
        return f"{address}?v={_mark(found, Path(found).stat().st_mtime_ns)}" if isinstance(found, str) else address


class KeptStaticFiles(StaticFilesHandler):
    """Serves the files and tells browsers to keep what carries a mark."""

    def serve(self, request: HttpRequest) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: there is none, or the path leads out of them: that is no failure of this program.
        """
        try:
            answer: HttpResponse = super().serve(request)
        except (SuspiciousOperation, ValueError) as error:
            raise Http404 from error
        if "v" in request.GET and answer.status_code in (200, 304):
            answer.headers["Cache-Control"] = KEPT
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        return answer

"""The evidence of a record as one page to keep, for those who answer to courts and auditors."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from liandong.adapters.postgres.models import Look
from liandong.domain.errors import LiandongError
from liandong.web.evidence.blocks import as_html
from liandong.web.evidence.gathering import gather
from liandong.web.evidence.report import court_report, title_of
from liandong.web.reading.streams import one, together
from liandong.web.rights import EVIDENCE_ROLES, role_of
from liandong.web.shell.gate import gate
from liandong.web.world import keyring, world

__all__ = ["report"]


@require_GET
@gate("records")
def report(request: HttpRequest, stream: uuid.UUID) -> HttpResponse:
    """Return the page as a file. Who took it is written down."""
    if role_of(request.user) not in EVIDENCE_ROLES:
        raise LiandongError("access.forbidden")
    found = one(request.user, str(stream))
    if found is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=found.id)
    desk = world().desk
    blocks = court_report(desk, gather(desk.node, keyring(), together(request.user, found)), world().clock.now())
    answer = HttpResponse(as_html(title_of(found.number), blocks), content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title_of(found.number))}.html"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return answer

"""Whether a node can work: what a supervisor and a load balancer ask."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from liandong.web.world import world

__all__ = ["health"]


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False, "node": world().desk.node, "database": False}, status=503)
    return JsonResponse({"ok": True, "node": world().desk.node, "side": world().desk.side, "database": True})

"""Answers written straight to JSON, for what is asked most.

Their shape is documented like any other (``response=`` names it), and the tests of the OpenAPI document hold them to it;
checking each answer again while calls wait would cost more than taking the call.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from ninja.responses import Status

__all__ = ["written"]


def written(told: Status[dict[str, Any]]) -> HttpResponse:
    """Return an answer of plain values as JSON."""
    return HttpResponse(orjson.dumps(told.value), status=told.status_code, content_type="application/json; charset=utf-8")

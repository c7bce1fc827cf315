"""Answers written straight to JSON, for what is asked most.

Their shape is documented like any other (``response=`` names it), and the tests of the OpenAPI document hold them to it;
checking each answer again while calls wait would cost more than taking the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpResponse

__all__ = ["written"]


def written(status: int, told: Mapping[str, Any]) -> HttpResponse:
    """Return an answer of plain values as JSON."""
    return HttpResponse(orjson.dumps(told), status=status, content_type="application/json; charset=utf-8")

"""The judged matters of a span of time, in one bounded query over an index of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from liandong.domain.triage.error_table import Judged, decided_side

__all__ = ["MOST", "SPANS", "judged_since"]

#: Days a page may look back.
SPANS = (7, 30, 90, 365)
#: Matters that are looked at, the newest: enough for a per cent of every cell, and a second of work at most.
MOST = 20_000

QUERY = """
    SELECT id::text, phase, side, item, data->'verdict'->>'side', data->'verdict'->>'item',
           data->'verdict'->>'confidence_permille', data->'verdict'->>'confidence', data->'times', data->>'division'
      FROM stream WHERE kind = 'appeal' AND opened_at >= %s ORDER BY opened_at DESC LIMIT %s
"""


def judged_since(own: str, now: datetime, days: int) -> Sequence[Judged]:
    """Return the matters opened in the last days that had a verdict and a decision, the newest first, ``MOST`` at most.

    Parameters:
        own: side of this node. now: aware. days: one of ``SPANS``.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [now - timedelta(days=days), MOST])
        rows = cursor.fetchall()
    return [found for row in rows if (found := _judged(own, *row)) is not None]


def _judged(
    own: str, stream: str, phase: str, side: str, item: str, said: str | None, said_item: str | None, permille: str | None, plain: str | None, times: Any, division: str | None
) -> Judged | None:
    happened: Mapping[str, object] = _object(times)
    corrected = "VerdictCorrected" in happened
    decided = decided_side(own, phase, happened, side if corrected else "")
    if not said or not decided:
        return None
    return Judged(stream, said, said_item or "", _confidence(permille, plain), decided, item, division or "", corrected)


def _object(value: Any) -> Mapping[str, object]:
    if isinstance(value, str):
        value = json.loads(value)
    return value if isinstance(value, Mapping) else {}


def _confidence(permille: str | None, plain: str | None) -> float:
    try:
        return min(max(int(permille) / 1000 if permille else float(plain or 0), 0.0), 1.0)
    except ValueError:
        return 0.0

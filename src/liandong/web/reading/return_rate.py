"""The return rate of handovers, read from the records of five weeks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from liandong.domain.handovers.return_rate import EARLIER_DAYS, WINDOW_DAYS, ReturnRate

__all__ = ["return_rate"]

# ``updated_at`` has the index; what was offered in the window was changed in it.
COUNT = """
SELECT count(*) FILTER (WHERE offered >= %(begin)s), count(*) FILTER (WHERE returned >= %(begin)s),
       count(*) FILTER (WHERE offered >= %(earlier)s AND offered < %(begin)s), count(*) FILTER (WHERE returned >= %(earlier)s AND returned < %(begin)s)
FROM (SELECT (data->'times'->>'HandoverOffered')::timestamptz AS offered,
             CASE WHEN phase = 'returned' THEN coalesce(data->'times'->>'HandoverReturned', data->'times'->>'NegotiationSettledForSender')::timestamptz END AS returned
      FROM stream WHERE kind = 'handover' AND updated_at >= %(earlier)s) AS recent"""


def return_rate(now: datetime) -> ReturnRate:
    """Return what was offered and returned in the last week, and in the four weeks before it."""
    begin = now - timedelta(days=WINDOW_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"begin": begin, "earlier": begin - timedelta(days=EARLIER_DAYS)})
        return ReturnRate(*cursor.fetchone())

"""Rows of ``ruling``: written in the transaction of the fact that makes a ruling bind, read by the triage of every process of the node."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection
from psycopg.types.json import Jsonb

from liandong.adapters.postgres.prepared import ask
from liandong.domain.consultations.rulings import KeptRuling

__all__ = ["keep_ruling", "read_rulings", "rulings_revision"]

UPSERT = """
INSERT INTO ruling (code, consultation, data, revoked_on, revision) VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (code) DO UPDATE SET data = EXCLUDED.data, revoked_on = EXCLUDED.revoked_on, revision = ruling.revision + 1"""


def keep_ruling(ruling: KeptRuling) -> None:
    """Write a ruling in the open transaction; its revision grows, so that every process sees that something changed."""
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [ruling.code, ruling.consultation, Jsonb(dict(ruling.data)), ruling.revoked_on])


def read_rulings() -> Sequence[KeptRuling]:
    """Return every ruling of this node, by code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, consultation, data, revoked_on FROM ruling ORDER BY code")
        return [KeptRuling(code, str(stream), data if isinstance(data, dict) else json.loads(data), revoked) for code, stream, data, revoked in cursor.fetchall()]


def rulings_revision() -> int:
    """Return a number that grows with every ruling made, replaced or revoked; one look at a table of some dozen rows."""
    return int(ask("SELECT coalesce(sum(revision), 0) FROM ruling", ())[0][0])

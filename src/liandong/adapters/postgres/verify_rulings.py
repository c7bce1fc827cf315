"""Prove the table ``ruling``, which triage reads: each row is what the journals of consultations say, and none is missing or added.

The rows are a projection: in force with ``RulingConfirmed``, replaced by the one that names it, revoked with ``RulingRevoked``. Told here anew from the
journal in the order in which it was written.
"""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from liandong.adapters.postgres.rulings import read_rulings
from liandong.domain.consultations.rulings import RULING_FIELDS, KeptRuling, day_of
from liandong.domain.journal.chain import Break

__all__ = ["ruling_breaks", "rulings_told"]

TOLD = """
SELECT stream, seq, name, at, data FROM journal WHERE kind = 'consultation' AND name IN ('RulingMade', 'RulingConfirmed', 'RulingRevoked') ORDER BY position"""


def rulings_told(zone: ZoneInfo) -> dict[str, tuple[KeptRuling, int]]:
    """Return every ruling as the journals tell it, by code, with the entry that told it last.

    Parameters:
        zone: of the city: a ruling is revoked on a local day.
    """
    made: dict[str, dict[str, Any]] = {}
    told: dict[str, tuple[KeptRuling, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        rows = cursor.fetchall()
    for stream, seq, name, at, raw in rows:
        consultation, data = str(stream), raw if isinstance(raw, dict) else json.loads(raw)
        if name == "RulingMade":
            made[consultation] = data
            continue
        ruling = made.get(consultation)
        if ruling is None:
            continue
        code, said = str(ruling["code"]), {each: ruling[each] for each in RULING_FIELDS if each in ruling}
        if name == "RulingConfirmed":
            replaced = told.get(str(said.get("replaces", "")))
            if replaced is not None:
                begins = day_of(said.get("effective_from")) or at.astimezone(zone).date()
                told[replaced[0].code] = (KeptRuling(replaced[0].code, replaced[0].consultation, replaced[0].data, begins), replaced[1])
            told[code] = (KeptRuling(code, consultation, said), seq)
        else:
            told[code] = (KeptRuling(code, consultation, said, at.astimezone(zone).date()), seq)
    return told


def ruling_breaks(zone: ZoneInfo) -> list[tuple[str, Break]]:
    """Return (code of the ruling, where it breaks) for each row that is not what the journals tell."""
    told, kept = rulings_told(zone), {each.code: each for each in read_rulings()}
    breaks = []
    for code in sorted(told.keys() | kept.keys()):
        wanted, found = told.get(code), kept.get(code)
        if wanted is None:
            assert found is not None
            breaks.append((code, Break(found.consultation, 0, "ruling_differs")))
        elif found is None or (found.consultation, dict(found.data), found.revoked_on) != (wanted[0].consultation, dict(wanted[0].data), wanted[0].revoked_on):
            breaks.append((code, Break(wanted[0].consultation, wanted[1], "ruling_differs")))
    return breaks

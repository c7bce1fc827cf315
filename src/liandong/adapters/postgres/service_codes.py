"""Codes that open a quick service without an account, and counts of visits, in the node's database."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.db import connection

from liandong.adapters.postgres.models import ServiceCode, SimulatedNotice
from liandong.domain.journal.facts import StreamId

__all__ = ["code_for", "digest_of", "keep_notice", "opened_by", "visits"]

LONGEST_CODE = 60
COUNT = """
INSERT INTO visit_count AS v (bucket, count, until) VALUES (%s, 1, %s)
ON CONFLICT (bucket) DO UPDATE SET count = v.count + 1 RETURNING count"""


def digest_of(code: str) -> str:
    """Return what of a code is kept."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def code_for(service: StreamId, who: str) -> str:
    """Return a fresh code for a service and keep its digest, in the open transaction."""
    code = secrets.token_urlsafe(12)
    ServiceCode.objects.create(digest=digest_of(code), service=service, who=who)
    return code


def keep_notice(reference: str, service: StreamId, owner: str, code: str, words: str) -> None:
    """Keep a simulated message with its link."""
    ServiceCode.objects.create(digest=digest_of(code), service=service, who="owner")
    SimulatedNotice.objects.create(reference=reference, service=service, owner=owner, code=code, words=words[:300])


def opened_by(code: str) -> tuple[StreamId, str] | None:
    """Return the service a code opens and for whom, or None."""
    if not 8 <= len(code) <= LONGEST_CODE:
        return None
    found = ServiceCode.objects.filter(digest=digest_of(code)).first()
    return None if found is None else (StreamId(str(found.service)), found.who)


def visits(who: str, salt: str, minutes: int) -> int:
    """Count a visit and return how many there were in this span of ``minutes``; spans that ended are swept now and then."""
    now = datetime.now(UTC)
    span = int(now.timestamp()) // (minutes * 60)
    bucket = hashlib.sha256(f"{salt}|{who}|{span}".encode("utf-8", "replace")).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [bucket, now + timedelta(minutes=minutes)])
        count = int(cursor.fetchone()[0])
        if secrets.randbelow(100) == 0:
            cursor.execute("DELETE FROM visit_count WHERE until < %s", [now])
    return count

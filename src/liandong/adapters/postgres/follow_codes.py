"""Codes by which citizens follow their own case: short enough to be said on the telephone, too many to be guessed.

A code is 50 bits of a keyed hash of the appeal, so that a desk can tell the same one again and nobody can work it out.
Letters that look alike are one (Crockford's alphabet).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from liandong.adapters.postgres.models import FollowCode
from liandong.domain.journal.facts import StreamId

__all__ = ["appeal_of", "give_code", "give_codes", "plain_code"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("OIL", "011")
LENGTH = 10


def plain_code(typed: str) -> str:
    """Return a code as it is kept, from what somebody typed; "" where it can be none."""
    text = "".join(typed[:40].upper().replace("-", "").split()).translate(ALIKE)
    return text if len(text) == LENGTH and all(each in ALPHABET for each in text) else ""


def give_code(appeal: StreamId, secret: str) -> str:
    """Return the code of an appeal, as people read it (``7K2QF-9M4PT``), and keep its digest.

    Concurrency: the same for everybody who asks; harmless when run twice.
    """
    return give_codes([appeal], secret)[0]


def give_codes(appeals: Sequence[StreamId], secret: str) -> list[str]:
    """Return the codes of appeals in order, and keep what is not kept yet: one query; see ``give_code``."""
    codes = [_code(each, secret) for each in appeals]
    kept = [FollowCode(digest=_digest(code), appeal=appeal) for code, appeal in zip(codes, appeals, strict=True)]
    FollowCode.objects.bulk_create(kept, ignore_conflicts=True)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _code(appeal: StreamId, secret: str) -> str:
    bits = int.from_bytes(hmac.new(secret.encode(), f"follow|{appeal}".encode(), hashlib.sha256).digest()[:8], "big")
    return "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in range(LENGTH))


def appeal_of(typed: str) -> StreamId | None:
    """Return the appeal a code opens, or None."""
    code = plain_code(typed)
    found = FollowCode.objects.filter(digest=_digest(code)).first() if code else None
    return None if found is None else StreamId(str(found.appeal))


def _digest(code: str) -> str:
    return hashlib.sha256(f"follow|{code}".encode()).hexdigest()

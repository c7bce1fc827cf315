"""Tokens of organisations, and the idempotency of what they send."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from ninja.responses import Status
from ninja.security import HttpBearer

from liandong.adapters.postgres.models import ApiToken, IdempotencyKey
from liandong.adapters.postgres.prepared import ask
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Actor, Role
from liandong.web.world import world

__all__ = ["TokenAuth", "actor", "once", "token_of"]

LONGEST_KEY = 120
FIND_TOKEN = "SELECT id, name, role, unit FROM api_token WHERE digest = %s AND revoked_at IS NULL"


class TokenAuth(HttpBearer):
    """``Authorization: Bearer ld_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token's row, or None: unknown or revoked."""
        if len(token) > 200:
            return None
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return next((ApiToken(id=row[0], digest=digest, name=row[1], role=row[2], unit=row[3]) for row in ask(FIND_TOKEN, [digest])), None)


def token_of(request: HttpRequest) -> ApiToken:
    """Return the token a request came in with."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def actor(request: HttpRequest) -> Actor:
    """Return who acts through a token: its role and unit, its name as the person."""
    token = token_of(request)
    return Actor(Role(token.role), person=f"api:{token.name}"[:150], unit=token.unit, node=world().desk.node)


def once(request: HttpRequest, act: Callable[[], tuple[int, dict[str, Any]]]) -> Status[dict[str, Any]]:
    """Do something once for an ``Idempotency-Key``; a second time give the first answer.

    The answer is kept in the same transaction as the effect: after a crash there are both or neither.

    Raises:
        InvalidInput: ``idempotency.reused`` when the key came with another request, ``input.too_long``.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return Status(*act())
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise InvalidInput("input.too_long", field="Idempotency-Key", limit=LONGEST_KEY, length=len(key))
    token = token_of(request).digest
    fingerprint = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    try:
        with transaction.atomic():
            # Two with the same key at once: the second waits here for the first to commit.
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [token + key])
            known = IdempotencyKey.objects.filter(token=token, key=key).first()
            if known is not None:
                if known.fingerprint != fingerprint:
                    raise InvalidInput("idempotency.reused")
                return Status(known.status, known.answer)
            status, answer = act()
            IdempotencyKey.objects.create(token=token, key=key, fingerprint=fingerprint, status=status, answer=answer)
            return Status(status, answer)
    except IntegrityError as error:
        raise InvalidInput("idempotency.reused") from error

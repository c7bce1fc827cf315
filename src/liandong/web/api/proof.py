"""The proof of a record by API, for those who audit."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from liandong.adapters.postgres.models import Look
from liandong.domain.errors import LiandongError, StreamNotFound
from liandong.domain.journal.facts import Role
from liandong.web.api.access import token_of
from liandong.web.proof.views import proof_of
from liandong.web.reading.streams import one
from liandong.web.rights import MENUS

__all__ = ["router"]

router = Router(tags=["journal"])


@router.get("/proof/{named}", response={200: dict[str, Any]}, summary="What proves a record, and where it was changed")
def proof(request: HttpRequest, named: str) -> tuple[int, dict[str, Any]]:
    """Return entries with their seals and roots, the peers' word for the roots, and ``found``: the first entry that does not hold, or null.

    ``named``: id or number of a record of any kind. Who asked is written down.
    """
    token = token_of(request)
    if Role(token.role) not in MENUS["proof"]:
        raise LiandongError("access.forbidden")
    stream = one(token, named[:80])  # type: ignore[arg-type]
    if stream is None:
        raise StreamNotFound(id=named[:60])
    Look.objects.create(person=f"api:{token.name}"[:150], stream=stream.id)
    proved = proof_of(stream)
    found = None if proved.found is None else {"entry": proved.found.seq, "reason": proved.found.reason}
    entries = [{**asdict(each), "at": each.at.isoformat()} for each in proved.entries]
    roots = [{**asdict(each), "at": each.at.isoformat(), "witnesses": [{**asdict(word), "at": word.at.isoformat()} for word in each.witnesses]} for each in proved.roots]
    return 200, {"number": stream.number, "kind": stream.kind, "found": found, "uncovered": proved.uncovered, "entries": entries, "roots": roots}

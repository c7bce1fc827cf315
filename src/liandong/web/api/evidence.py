"""The evidence of a record by API: the page of ``liandong journal report``."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

from liandong.adapters.postgres.models import Look
from liandong.domain.errors import LiandongError, StreamNotFound
from liandong.domain.journal.facts import Role
from liandong.web.api.access import token_of
from liandong.web.evidence.blocks import as_html, as_markdown
from liandong.web.evidence.gathering import gather
from liandong.web.evidence.report import court_report, title_of
from liandong.web.reading.streams import one, together
from liandong.web.rights import EVIDENCE_ROLES
from liandong.web.world import keyring, world

__all__ = ["router"]

router = Router(tags=["evidence"])


class EvidenceOut(Schema):
    """The evidence of one record and all that belongs to it."""

    number: str
    #: Whether every chain and every signature of it holds.
    holds: bool
    #: Entries of the journal.
    entries: int
    html: str
    markdown: str


@router.get("/evidence/{named}", response={200: EvidenceOut}, summary="The evidence of a record, for courts and auditors")
def evidence(request: HttpRequest, named: str) -> Status[dict[str, object]]:
    """Return who said what when, with hashes, roots and signatures; for supervisors, leaders, administrators. Who took it is written down."""
    token = token_of(request)
    if Role(token.role) not in EVIDENCE_ROLES:
        raise LiandongError("access.forbidden")
    found = None if "\x00" in named else one(token, named[:80])  # type: ignore[arg-type]
    if found is None:
        raise StreamNotFound(id=named[:60])
    Look.objects.create(person=f"api:{token.name}"[:150], stream=found.id)
    desk = world().desk
    told = gather(desk.node, keyring(), together(token, found))  # type: ignore[arg-type]
    blocks = court_report(desk, told, world().clock.now())
    holds = not told.breaks and not any(each.signed is not None and each.signed.fault for each in told.sealed)
    return Status(200, {"number": found.number, "holds": holds, "entries": len(told.sealed), "html": as_html(title_of(found.number), blocks), "markdown": as_markdown(blocks)})

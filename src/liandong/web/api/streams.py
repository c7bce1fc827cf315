"""Lists, single records, their journals, and acts on them."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from liandong.adapters.postgres.models import JournalEntry, Look
from liandong.application.act import act as act_on
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import StreamId
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.appeals import PROBLEMS
from liandong.web.api.shapes import Act, EntryOut, PageOut, StreamOut
from liandong.web.api.showing import KINDS, find, show, show_state
from liandong.web.rights import visible
from liandong.web.world import world

__all__ = ["router"]

router = Router(tags=["records"])
Kind = Literal["appeals", "alarms", "workorders", "handovers"]
LONGEST_JOURNAL = 2000


@router.get("/{kind}", response={200: PageOut, **PROBLEMS}, summary="List, newest first")
def listing(
    request: HttpRequest,
    kind: Kind,
    phase: Annotated[str, Field(max_length=24)] = "",
    unit: Annotated[str, Field(max_length=40)] = "",
    cursor: Annotated[str, Field(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> tuple[int, dict[str, Any]]:
    """Return a page; ``next`` is the cursor of the following one."""
    token = token_of(request)
    if "\x00" in phase + unit + cursor:
        raise InvalidInput("input.not_text", field="query")
    rows = visible(token).filter(kind=KINDS[kind].value)  # type: ignore[arg-type]
    if phase:
        rows = rows.filter(phase=phase)
    if unit:
        rows = rows.filter(unit=unit)
    if cursor:
        at, last = _read_cursor(cursor)
        rows = rows.filter(Q(updated_at__lt=at) | Q(updated_at=at, id__lt=last))
    found = list(rows.order_by("-updated_at", "-id")[: limit + 1])
    more = found[limit - 1] if len(found) > limit else None
    items = [show(token, row, whole=False) for row in found[:limit]]
    return 200, {"items": items, "next": _write_cursor(more.updated_at, more.id) if more else ""}


@router.get("/{kind}/{named}", response={200: StreamOut, **PROBLEMS}, summary="One record, by id or number")
def single(request: HttpRequest, kind: Kind, named: str) -> tuple[int, dict[str, Any]]:
    """Return where it stands, with all that its facts said. Who looked is written down."""
    token = token_of(request)
    row = find(token, KINDS[kind], named)
    Look.objects.create(person=f"api:{token.name}"[:150], stream=row.id)
    return 200, show(token, row)


@router.get("/{kind}/{named}/journal", response={200: list[EntryOut], **PROBLEMS}, summary="Its journal, oldest first")
def journal(request: HttpRequest, kind: Kind, named: str) -> tuple[int, list[dict[str, Any]]]:
    """Return every fact with its hash."""
    row = find(token_of(request), KINDS[kind], named)
    entries = JournalEntry.objects.filter(stream=row.id).order_by("seq")[:LONGEST_JOURNAL]
    return 200, [
        {"seq": each.seq, "name": each.name, "at": each.at.isoformat(), "actor": each.actor, "data": each.data, "hash": each.hash}
        for each in entries
    ]


@router.post("/{kind}/{named}/acts/{command}", response={200: StreamOut, **PROBLEMS}, summary="Do something with it")
def act(request: HttpRequest, kind: Kind, named: str, command: str, body: Act) -> tuple[int, dict[str, Any]]:
    """Give a command of the record's transition table."""
    token, who = token_of(request), actor(request)
    row = find(token, KINDS[kind], named)

    def do() -> tuple[int, dict[str, Any]]:
        state = act_on(world(), who, KINDS[kind], StreamId(str(row.id)), command[:60], body.data, body.expected_seq)
        return 200, show_state(token, state)

    return once(request, do)


def _write_cursor(at: datetime, last: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{last}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, _, last = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").partition("|")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment, UUID(last)
    except (ValueError, binascii.Error, OverflowError) as error:
        raise InvalidInput(detail="cursor") from error

"""Lists, single records, their journals, and acts on them."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status

from liandong.adapters.postgres.models import ApiToken, JournalEntry, Look
from liandong.application.act import act as act_on
from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import StreamId, StreamKind
from liandong.web.api.access import actor, once, token_of
from liandong.web.api.appeals import router
from liandong.web.api.shapes import Act, EntryOut, PageOut, StreamOut
from liandong.web.api.showing import find, masked, show, show_state
from liandong.web.attachments import check_attachments
from liandong.web.file_view import file_of
from liandong.web.reading.clocks import clocks_of
from liandong.web.rights import visible
from liandong.web.world import world

__all__ = ["register"]

LONGEST_JOURNAL = 2000


def register(router: Router, address: str, kind: StreamKind, words: str) -> None:
    """Give a kind of record its addresses: list, one, journal, acts.

    Parameters:
        router: takes them.
        address: ``appeals`` and so on.
        kind: what is found there.
        words: one of them, for the OpenAPI document.
    """

    @router.get(f"/{address}", response={200: PageOut}, summary=f"List {address}, newest first", operation_id=f"list_{address}")
    def listing(
        request: HttpRequest,
        phase: Annotated[str, Query(max_length=24)] = "",
        unit: Annotated[str, Query(max_length=40)] = "",
        cursor: Annotated[str, Query(max_length=200)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Status[dict[str, Any]]:
        """Return a page; ``next`` is the cursor of the following one."""
        return Status(200, _page(token_of(request), kind, phase, unit, cursor, limit))

    @router.get(
        f"/{address}/{{named}}",
        response={200: StreamOut},
        summary=f"One {words}, by id or number",
        operation_id=f"get_{address}",
    )
    def single(request: HttpRequest, named: str) -> Status[dict[str, Any]]:
        """Return where it stands, with all that its facts said. Who looked is written down."""
        token = token_of(request)
        row = find(token, kind, named)
        Look.objects.create(person=f"api:{token.name}"[:150], stream=row.id)
        return Status(200, show(token, row))

    @router.get(
        f"/{address}/{{named}}/journal",
        response={200: list[EntryOut]},
        summary=f"Journal of one {words}",
        operation_id=f"journal_{address}",
    )
    def journal(request: HttpRequest, named: str) -> Status[list[dict[str, Any]]]:
        """Return every fact with its hash, oldest first."""
        token = token_of(request)
        row = find(token, kind, named)
        Look.objects.create(person=f"api:{token.name}"[:150], stream=row.id)
        return Status(200, [_entry(token, each) for each in JournalEntry.objects.filter(stream=row.id).order_by("seq")[:LONGEST_JOURNAL]])

    @router.get(
        f"/{address}/{{named}}/files/{{digest}}",
        response={200: bytes},
        summary=f"A file that a fact of the {words} names",
        operation_id=f"file_{address}",
    )
    def file(request: HttpRequest, named: str, digest: str) -> Any:
        """Return the bytes, or the ``Range`` of them that is asked for. Who looked is written down."""
        token = token_of(request)
        row = find(token, kind, named)
        Look.objects.create(person=f"api:{token.name}"[:150], stream=row.id)
        return file_of(request, row, digest)

    @router.post(
        f"/{address}/{{named}}/acts/{{command}}",
        response={200: StreamOut},
        summary=f"Act on one {words}",
        operation_id=f"act_{address}",
    )
    def act(request: HttpRequest, named: str, command: str, body: Act) -> Status[dict[str, Any]]:
        """Give a command of the record's transition table."""
        token, who = token_of(request), actor(request)
        row = find(token, kind, named)

        check_attachments(body.data)

        def do() -> tuple[int, dict[str, Any]]:
            state = act_on(world(), who, kind, StreamId(str(row.id)), command[:60], body.data, body.expected_seq)
            return 200, show_state(token, state)

        return once(request, do)


for _address, _kind, _words in (
    ("appeals", StreamKind.APPEAL, "appeal"),
    ("alarms", StreamKind.ALARM, "alarm"),
    ("workorders", StreamKind.WORK_ORDER, "work order"),
    ("handovers", StreamKind.HANDOVER, "handover"),
    ("quickservices", StreamKind.QUICK_SERVICE, "quick service"),
    ("calls", StreamKind.CALL, "three-way call"),
    ("supervisions", StreamKind.SUPERVISION, "supervision"),
    ("alerts", StreamKind.ALERT, "alert"),
    ("whistles", StreamKind.WHISTLE, "whistle"),
    ("consultations", StreamKind.CONSULTATION, "consultation"),
    ("inspections", StreamKind.INSPECTION, "inspection"),
):
    register(router, _address, _kind, _words)


def _page(token: ApiToken, kind: StreamKind, phase: str, unit: str, cursor: str, limit: int) -> dict[str, Any]:
    if "\x00" in phase + unit + cursor:
        raise InvalidInput("input.not_text", field="query")
    rows = visible(token).filter(kind=kind.value)  # type: ignore[arg-type]
    if phase:
        rows = rows.filter(phase=phase)
    if unit:
        rows = rows.filter(unit=unit)
    if cursor:
        at, last = _read_cursor(cursor)
        rows = rows.filter(Q(updated_at__lt=at) | Q(updated_at=at, id__lt=last))
    found = list(rows.order_by("-updated_at", "-id")[: limit + 1])
    last_shown = found[limit - 1] if len(found) > limit else None
    clocks = clocks_of([row.id for row in found[:limit]], only_open=True)
    items = [show(token, row, whole=False, clocks=clocks.get(str(row.id), ())) for row in found[:limit]]
    return {"items": items, "next": _write_cursor(last_shown.updated_at, last_shown.id) if last_shown else ""}


def _entry(token: ApiToken, entry: JournalEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "name": entry.name,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "data": masked(token, entry.data),
        "hash": entry.hash,
    }


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

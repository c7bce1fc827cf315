"""Lists of streams: newest first, by keyset, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from liandong.adapters.postgres.models import Stream, User
from liandong.web.reading.clocks import attach_clocks
from liandong.web.rights import visible

__all__ = ["Page", "Wanted", "find", "home_of_stream", "one", "page_of", "together"]

#: Rows of a list.
ROWS = 30
#: Columns of a row: the data of a stream may be long, lists do not read it.
COLUMNS = ("id", "kind", "number", "phase", "seq", "appeal", "urgent", "side", "item", "unit", "summary", "place", "opened_at", "updated_at")
#: A kind, for what other nodes hold too the mark of the node that gave it, the day and the count.
NUMBER = re.compile(r"[诉警工联话协挪商哨督检](?:[A-Z][A-Z0-9]{0,5})?\d{6,20}")
#: Longest words looked for.
LONGEST_QUERY = 60


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    rows: Sequence[Stream]
    #: Where the next page begins; ``""`` at the end.
    after: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; empty means no wish."""

    kind: str = ""
    phases: tuple[str, ...] = ()
    unit: str = ""
    side: str = ""
    urgent: bool = False
    words: str = ""


def page_of(user: User, wanted: Wanted, after: str = "", rows: int = ROWS) -> Page:
    """Return a page of what a person may see, newest change first.

    Parameters:
        after: from the page before; anything else begins at the top.
    """
    found = _wanted(visible(user), wanted)
    start = _position(after)
    if start is not None:
        at, last = start
        found = found.filter(Q(updated_at__lt=at) | Q(updated_at=at, id__lt=last))
    taken = attach_clocks(list(found.only(*COLUMNS).order_by("-updated_at", "-id")[: rows + 1]))
    more = len(taken) > rows
    return Page(taken[:rows], _token(taken[rows - 1]) if more else "")


def _wanted(found: QuerySet[Stream], wanted: Wanted) -> QuerySet[Stream]:
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.phases:
        found = found.filter(phase__in=wanted.phases)
    if wanted.unit:
        found = found.filter(unit=wanted.unit)
    if wanted.side:
        found = found.filter(side=wanted.side)
    if wanted.urgent:
        found = found.filter(urgent=True)
    words = wanted.words.replace("\x00", "").strip()[:LONGEST_QUERY]
    if not words:
        return found
    if NUMBER.fullmatch(words):
        return found.filter(number=words)
    if re.fullmatch(r"(?:[A-Z][A-Z0-9]{0,5})?\d{6,20}", words):
        return found.filter(Q(number__endswith=words) | Q(phone=words))
    return found.filter(Q(summary__icontains=words) | Q(place__icontains=words))


def find(user: User, words: str) -> Stream | None:
    """Return the one record of a number, or None."""
    words = words.replace("\x00", "").strip()
    return visible(user).filter(number=words).first() if NUMBER.fullmatch(words) else None


def one(user: User, ref: str) -> Stream | None:
    """Return the stream of an id or a number, when this person may see it."""
    try:
        wanted = uuid.UUID(ref)
    except ValueError:
        return find(user, ref)
    return visible(user).filter(id=wanted).first()


def together(user: User, stream: Stream) -> list[Stream]:
    """Return what belongs together, as far as this person may see it: the appeal first, its orders and handovers.

    On the receiving side a handover bears the other side's appeal; this side's own is known by the handover's key.
    """
    appeal = home_of_stream(user, stream)
    if appeal is None:
        return [stream]
    came_by = [each for each in (appeal.data.get("handover"), (appeal.data.get("source") or {}).get("handover")) if each]
    found = visible(user).filter(Q(id=appeal.id) | Q(appeal=appeal.id) | Q(id__in=came_by, kind="handover"))
    return sorted(found, key=lambda each: (each.kind != "appeal", each.opened_at, each.number))


def home_of_stream(user: User, stream: Stream) -> Stream | None:
    """Return the appeal of this node that a record belongs to, when this person may see it; itself for an appeal."""
    if stream.kind == "appeal":
        return stream
    wanted = Q(id=stream.appeal, kind="appeal")
    if stream.kind == "handover":
        wanted |= Q(key=f"handover:{stream.id}")
    return visible(user).filter(wanted).first()


def _token(row: Stream) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.updated_at.isoformat(), str(row.id)]).encode()).decode()


def _position(token: str) -> tuple[datetime, uuid.UUID] | None:
    if not token or len(token) > 200:
        return None
    try:
        at, last = json.loads(base64.urlsafe_b64decode(token.encode()))
        return datetime.fromisoformat(at), uuid.UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error, UnicodeDecodeError):
        return None



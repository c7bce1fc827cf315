"""Drafts on the node: what somebody is typing, put away at every pause, so that a dead browser costs nothing."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from liandong.adapters.postgres.models import Draft, User
from liandong.domain.errors import InvalidInput

__all__ = ["FIELDS", "SLOT", "cleaned", "drop", "note_call", "own_calls", "put_away", "slots_of", "take_up", "version_of"]

SLOT = re.compile(r"[a-z0-9][a-z0-9-]{0,35}")
#: What a form of a call holds; anything else that is sent is left out.
FIELDS = (
    "text", "phone", "place", "citizen", "happened", "demand", "confidential", "recording", "channel", "course", "reason", "guidance", "door",
    "words", "typed_at", "linked", "abusive", "heard", "said_side", "said_item",
)  # fmt: skip
#: Longest draft of one field in characters: five times what a record takes, since a paste may be cut down afterwards.
LONGEST = 100_000
#: Drafts a person may have at a time; the oldest goes when there are more.
MOST = 30
#: Slot under which a person's own calls are remembered, newest first; no form has this name.
OWN_CALLS = "_calls"
CALLS_KEPT = 40


def fresh_slot() -> str:
    """Return a slot that was not used before."""
    return f"call-{secrets.token_hex(5)}"


def cleaned(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the known fields as text that the database can hold.

    Raises:
        InvalidInput: ``input.too_long``: it is not cut, the browser keeps the whole.
    """
    kept: dict[str, str] = {}
    for name in FIELDS:
        value = given.get(name)
        if not isinstance(value, str | int | bool) or value == "":
            continue
        text = str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        if len(text) > LONGEST:
            raise InvalidInput("input.too_long", field="草稿", limit=LONGEST, length=len(text))
        kept[name] = text
    return kept


def put_away(user: User, slot: str, fields: Mapping[str, str]) -> Draft:
    """Keep a draft; what the node itself noted in it (an appeal under way) stays.

    Concurrency: the row is locked; of two windows with one slot the last word stays.
    """
    with transaction.atomic():
        draft, _created = Draft.objects.select_for_update().get_or_create(user=user, slot=slot)
        noted = {name: value for name, value in draft.fields.items() if name.startswith("_")}
        draft.fields = {**noted, **fields}
        draft.save()
        surplus = list(Draft.objects.filter(user=user).exclude(slot=OWN_CALLS).order_by("-updated_at").values_list("pk", flat=True)[MOST:])
        if surplus:
            Draft.objects.filter(pk__in=surplus).delete()
    return draft


def take_up(user: User, slot: str) -> Draft | None:
    """Return a draft, or None."""
    return Draft.objects.filter(user=user, slot=slot).first()


def slots_of(user: User) -> Sequence[Draft]:
    """Return a person's drafts with words in them, newest first."""
    found = Draft.objects.filter(user=user).exclude(slot=OWN_CALLS).order_by("-updated_at")[:MOST]
    return [each for each in found if any(each.fields.get(name) for name in ("text", "phone", "place", "_appeal", "_transcript"))]


def version_of(draft: Draft | None) -> str:
    """Return the name of a draft's state: the browser says which one its words began from."""
    return draft.updated_at.isoformat() if draft else ""


def drop(user: User, slot: str) -> None:
    """Forget a draft: the appeal has been placed, or the call-taker put it away for good."""
    Draft.objects.filter(user=user, slot=slot).delete()


def note_call(user: User, appeal: str) -> None:
    """Remember that this person took an appeal."""
    with transaction.atomic():
        draft, _created = Draft.objects.select_for_update().get_or_create(user=user, slot=OWN_CALLS)
        known = [each for each in draft.fields.get("ids", []) if each != appeal]
        draft.fields = {"ids": [appeal, *known][:CALLS_KEPT]}
        draft.save()


def own_calls(user: User) -> list[uuid.UUID]:
    """Return the ids of the appeals a person took last, newest first."""
    draft = take_up(user, OWN_CALLS)
    ids = draft.fields.get("ids", []) if draft else []
    return [uuid.UUID(each) for each in ids]


def from_body(raw: bytes) -> dict[str, Any]:
    """Return the object of a JSON body. Raises ``InvalidInput`` for anything else."""
    try:
        body = json.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidInput("request.not_json") from None
    if not isinstance(body, dict):
        raise InvalidInput("request.not_json")
    return body

"""Words that a speech recogniser pushes into the call a person is taking: kept with the draft, shown as they come, never lost.

The browser adds the pieces to the words behind what is typed and says up to which it has; what it has not got when the one key is
pressed, or when it dies, is added by the node.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from liandong.adapters.postgres.bell import bell
from liandong.adapters.postgres.models import Draft, Stream, User
from liandong.adapters.postgres.unit_of_work import CHANGED
from liandong.domain.errors import CommandRefused, InvalidInput, Refusal, StreamNotFound
from liandong.domain.journal.machine import clean_text
from liandong.web.calltaker import drafts
from liandong.web.rights import may_open

__all__ = ["NOTED", "hear", "pieces_after", "with_heard"]

#: Field of the draft the pieces are noted in; no form has this name.
NOTED = "_transcript"
#: Most pieces and characters of one call.
MOST_PIECES, LONGEST = 2000, 20_000


def hear(person: str, slot: str, words: str, seq: int | None) -> tuple[int, bool]:
    """Add a piece to a person's call; return its number and whether it was known before.

    Parameters:
        seq: the recogniser's number of the piece, from 1; None takes the next. The same number is taken once.

    Raises:
        StreamNotFound: nobody of this name takes calls here. CommandRefused: the call has been placed.
        InvalidInput: the words cannot be kept, or there are too many.

    Concurrency: the draft's row is locked; pieces that come at once are added one after the other.
    """
    user = User.objects.filter(username=person, is_active=True).first()
    if user is None or not may_open(user, "desk") or not drafts.SLOT.fullmatch(slot):
        raise StreamNotFound(id=slot[:40])
    try:
        said = clean_text(words)
    except ValueError:
        raise InvalidInput("input.not_text", field="words") from None
    if Stream.objects.filter(key=f"desk:{user.pk}:{slot}").exclude(phase="taken").exists():
        raise CommandRefused(Refusal("call.placed"))
    with transaction.atomic():
        draft, _created = Draft.objects.select_for_update().get_or_create(user=user, slot=slot)
        pieces: list[dict[str, Any]] = list(draft.fields.get(NOTED, []))
        number = seq if seq is not None else max((each["seq"] for each in pieces), default=0) + 1
        if any(each["seq"] == number for each in pieces):
            return number, True
        if len(pieces) >= MOST_PIECES or sum(len(each["words"]) for each in pieces) + len(said) > LONGEST:
            raise InvalidInput("input.too_long", field="words", limit=LONGEST, length=LONGEST + len(said))
        draft.fields = {**draft.fields, NOTED: sorted([*pieces, {"seq": number, "words": said}], key=lambda each: each["seq"])}
        draft.save()
        bell.after_commit([(CHANGED, json.dumps({"kind": "transcript", "id": slot, "person": person}))])
    return number, False


def pieces_after(user: User, slot: str, after: int) -> list[dict[str, Any]]:
    """Return the pieces of a call behind the number a browser has, in order."""
    draft = drafts.take_up(user, slot)
    return [each for each in (draft.fields.get(NOTED, []) if draft else []) if each["seq"] > after]


def with_heard(user: User, slot: str, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields of a call with the pieces its browser had not got yet."""
    heard = fields.get("heard", "0")
    missed = pieces_after(user, slot, int(heard) if heard.isdigit() and len(heard) < 9 else 0)
    if not missed:
        return fields
    text = fields.get("text", "") + "".join(str(each["words"]) for each in missed)
    return {**fields, "text": text, "heard": str(missed[-1]["seq"])}

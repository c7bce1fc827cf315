"""Whom the ladder can still be begun for on a record: its lead, and each assistant that owes a part."""

from __future__ import annotations

from collections.abc import Sequence

from liandong.adapters.postgres.models import Stream
from liandong.domain.assistants.parts import open_parts
from liandong.domain.journal.facts import StreamKind
from liandong.domain.supervision.supervision import key_of

__all__ = ["followable"]


def followable(record: Stream) -> Sequence[str]:
    """Return ``""`` for the lead and the codes of assistants, without those that are followed up already; all of them where everybody is."""
    everybody = ["", *open_parts(record.data)]
    keys = {key_of(str(record.id), code): code for code in everybody}
    begun = {keys[key] for key in Stream.objects.filter(kind=StreamKind.SUPERVISION.value, key__in=list(keys)).values_list("key", flat=True)}
    return [code for code in everybody if code not in begun] or everybody

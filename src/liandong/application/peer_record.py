"""The record of what a citizen said, as a peer sends it: looked at before it is taken, so that it can be worked on when it is accepted.

The table takes a record as a map and no more, for it is the appeal's to say what is in one. A peer's record that the appeal of this side
could not start with would be refused at the desk that accepts it, who can do nothing about it; so it is set aside on arrival,
where a person sees it with the reason. Names that are unknown here belong to a newer version and are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liandong.domain.appeals.appeal import APPEAL
from liandong.domain.errors import CommandRefused, Refusal
from liandong.domain.journal.machine import Field, check_field

__all__ = ["check_peer_record"]

#: Words that were added, beside the fields that an appeal itself starts with.
SUPPLEMENTS = Field("supplements", "补充内容", "words added", form="list", limit=200)


def check_peer_record(record: Mapping[str, Any]) -> None:
    """Look at a record.

    Raises:
        CommandRefused: ``input.*``, with the field that is not what it should be.
    """
    for name, value in record.items():
        spec = SUPPLEMENTS if name == SUPPLEMENTS.name else APPEAL.fields.get(name)
        if spec is None or value in (None, ""):
            continue
        checked = check_field(spec, value)
        if isinstance(checked, Refusal):
            raise CommandRefused(checked)
    if not str(record.get("text") or "").strip():
        raise CommandRefused(Refusal("input.required", {"fields": [APPEAL.fields["text"].zh], "names": ["text"]}))
    for each in record.get(SUPPLEMENTS.name) or ():
        # They are joined to the text when it is accepted.
        checked = check_field(APPEAL.fields["words"], each) if isinstance(each, str) else Refusal("input.invalid", {"detail": f"{SUPPLEMENTS.zh}格式不对"})
        if isinstance(checked, Refusal):
            raise CommandRefused(checked)

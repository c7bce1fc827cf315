"""Names of database constraints, and what each means when it is broken."""

from __future__ import annotations

from django.db import IntegrityError

from liandong.domain.errors import LiandongError, StreamConflict

__all__ = ["translated"]

#: constraint -> the error it means.
MEANING: dict[str, tuple[type[LiandongError], str]] = {
    "journal_stream_seq_unique": (StreamConflict, "stream.conflict"),
    "stream_pkey": (StreamConflict, "stream.conflict"),
    "stream_key_unique": (StreamConflict, "stream.conflict"),
    "stream_number_unique": (StreamConflict, "number.taken"),
    "exchange_position_unique": (StreamConflict, "stream.conflict"),
    "outbox_place_unique": (StreamConflict, "stream.conflict"),
}


def translated(error: IntegrityError) -> LiandongError | None:
    """Return what a broken constraint means, or None when it is not one of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    meaning = MEANING.get(getattr(diagnosis, "constraint_name", None) or "")
    return None if meaning is None else meaning[0](meaning[1])

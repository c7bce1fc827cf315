"""The one door through which facts, rows, clocks, look-up keys and messages are written: ``liandong_write`` in the database (ADR 0023)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from liandong.adapters.postgres.ids import uuid7
from liandong.application.ports import Message

__all__ = ["message_row", "write"]

WRITE = "SELECT liandong_write(%s::jsonb)"


def write(work: Mapping[str, Sequence[Any]]) -> None:
    """Write rows by kind (``clocks``, ``streams``, ``journal``, ``keys``, ``messages``) in the transaction of this thread's connection.

    Raises:
        DatabaseError: as a cursor would; a serialization failure where a stream has moved on.
    """
    if any(work.values()):
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [orjson.dumps(work, default=_mapping, option=orjson.OPT_NON_STR_KEYS).decode()])


def message_row(message: Message, at: datetime) -> dict[str, Any]:
    """Return a message as a row; its place among those of its stream is given by the database."""
    return {"id": uuid7(), "peer": message.peer, "stream": message.stream, "type": message.type, "body": message.body, "at": at}


def _mapping(value: Any) -> Any:
    """Return what the JSON writer does not know as what it knows."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)

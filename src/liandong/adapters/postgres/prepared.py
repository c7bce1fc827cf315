"""Questions that every request asks, prepared: PostgreSQL reads and plans their words once for each connection, not every time.

Django's cursors bind parameters on this side, so that nothing can be prepared; what is asked once in a while may stay so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import Cursor
from psycopg.types.datetime import TimestamptzLoader

__all__ = ["array", "ask"]

#: Connection -> its cursor, for as long as the connection lives.
CURSORS: WeakKeyDictionary[Any, Cursor[Any]] = WeakKeyDictionary()


def array(plain: Iterable[int | str]) -> str:
    """Return whole numbers, or ids of this program, as an array in PostgreSQL's own words, where the question has the cast.

    Parameters:
        plain: what needs no quotes: anything but digits, letters and hyphens would be read as something else, and refused by the cast.
    """
    return "{" + ",".join(map(str, plain)) + "}"


def ask(question: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a constant question with the values bound by the server.

    Parameters:
        question: SQL that is the same text every time; parameters whose type does not show have a cast.

    Raises:
        DatabaseError: as Django's cursors do.

    Concurrency: runs on this thread's connection, in its transaction where one is open.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return _cursor(connection.connection).execute(question, values, prepare=True).fetchall()


def _cursor(link: Any) -> Cursor[Any]:
    """Return the one cursor of a connection for these questions: making one costs as much as a short answer."""
    cursor = CURSORS.get(link)
    if cursor is None:
        cursor = CURSORS[link] = Cursor(link)
        # Django's own reader of times does the same, step by step in Python: a record has many times.
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
    return cursor

"""Statements gathered and sent to PostgreSQL in one message: a transaction's writes cost one round trip, however many tables.

Parameters are bound by psycopg on this side (Django's cursors do so too), so several statements may travel together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

from django.db import connection

__all__ = ["Gathered"]


class Gathered:
    """Takes statements like a cursor that is never asked for rows, and runs them in order, together, at the end of its context."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._checks: dict[int, Callable[[], BaseException]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Run what was gathered, unless an error passes through."""
        if error is None:
            self.run()

    def execute(self, statement: str, values: Sequence[Any], otherwise: Callable[[], BaseException] | None = None) -> None:
        """Add a statement.

        Parameters:
            otherwise: makes the error that is raised when the statement touched other than one row; None asks nothing.
        """
        if otherwise is not None:
            self._checks[len(self._statements)] = otherwise
        connection.ensure_connection()
        self._statements.append(connection.connection.cursor().mogrify(statement, values))

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add a statement for each row of values."""
        for values in rows:
            self.execute(statement, values)

    def run(self) -> None:
        """Send everything gathered and forget it.

        Raises:
            DatabaseError: as a cursor would; and what an ``otherwise`` makes. The transaction has to be rolled back.
        """
        statements, self._statements = self._statements, []
        checks, self._checks = self._checks, {}
        if not statements:
            return
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(statements))
            # Walking through the answers costs more than sending: no further than to the last that is looked at.
            for index in range(max(checks, default=-1) + 1):
                if index in checks and cursor.rowcount != 1:
                    raise checks[index]()
                cursor.nextset()

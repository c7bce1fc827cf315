"""The running triage: the pack's list with the rulings that bind today, without a restart.

Source: 相政办〔2023〕55号 四（三）3: the outcome of a consultation updates the list. Every process of a node asks the database for one number
before it judges; when that number or the day has changed, it builds its triage anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from liandong.domain.catalogue.items import Clause, Ruling
from liandong.domain.consultations.rulings import KeptRuling, as_catalogue_ruling

__all__ = ["LiveTriage"]


class _Judge(Protocol):
    def __call__(self, text: str) -> Mapping[str, Any]: ...

    def many(self, texts: Sequence[str]) -> Sequence[Mapping[str, Any]]: ...


class LiveTriage:
    """The port ``Triage`` over rulings that come and go.

    Parameters:
        build: makes a judge of the pack's list with more rulings, for a day.
        revision: returns a number that grows whenever a ruling is made, replaced or revoked.
        rulings: returns those kept.
        today: the local day.
        clauses: of the city's list, by code: a ruling cites one.

    Concurrency: one instance serves all threads; the first that sees a change builds, the others wait for it (about half a second).
    """

    def __init__(
        self,
        build: Callable[[tuple[Ruling, ...], date], _Judge],
        revision: Callable[[], int],
        rulings: Callable[[], Sequence[KeptRuling]],
        today: Callable[[], date],
        clauses: Mapping[str, Clause],
    ) -> None:
        self._build = build
        self._revision = revision
        self._rulings = rulings
        self._today = today
        self._clauses = clauses
        self._lock = threading.Lock()
        self._known: tuple[int, date] | None = None
        self._in_force: tuple[str, ...] | None = None
        self._judge: _Judge | None = None

    def __call__(self, text: str) -> Mapping[str, Any]:
        """Return the verdict by the rulings in force now, in its JSON form."""
        return self._current()(text)

    def many(self, texts: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return the verdict on each text, in order, all by the same rulings."""
        return self._current().many(texts)

    def _current(self) -> _Judge:
        wanted = self._revision(), self._today()
        judge = self._judge
        if judge is not None and wanted == self._known:
            return judge
        with self._lock:
            if self._judge is None or wanted != self._known:
                self._take(*wanted)
            assert self._judge is not None, "it was just built"
            return self._judge

    def _take(self, revision: int, day: date) -> None:
        kept = [each for each in self._rulings() if each.in_force(day)]
        codes = tuple(sorted(f"{each.code}@{each.ends}" for each in kept))
        # A new day on which the same rulings bind needs no new triage; the pack's own rulings carry their dates themselves.
        if self._judge is None or codes != self._in_force or (self._known is not None and day != self._known[1]):
            self._judge = self._build(tuple(as_catalogue_ruling(each, self._clauses.get(str(each.data.get("clause", "")))) for each in kept), day)
        self._in_force, self._known = codes, (revision, day)

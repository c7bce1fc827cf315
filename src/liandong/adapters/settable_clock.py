"""The clock of a demonstration: the machine's, moved ahead by what a small file of the node says.

Weeks of deadlines cannot be waited for on a stage or in a test. Web and worker are processes of their own, so that what they share is a
file. It only ever moves ahead: a journal whose time runs back would be worth nothing. Production has no such clock at all; the
exchange, sessions and logs keep real time everywhere.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from liandong.domain.errors import MESSAGES, InvalidInput, Message

__all__ = ["SettableClock"]

MESSAGES.update(
    {
        "demonstration.only": Message(
            "只有演示环境可以拨快时钟；正式运行的时间不能改。", "Only a demonstration's clock can be moved; the time of a running city cannot."
        ),
        "demonstration.backwards": Message(
            "演示时钟只能往后拨，不能往回拨（现在是 {now}）。", "The demonstration's clock moves ahead only, never back (it is {now})."
        ),
    }
)
#: The furthest it may be moved, in days.
FURTHEST_DAYS = 366


class SettableClock:
    """The port ``Clock`` of a demonstration.

    Parameters:
        file: says how many seconds ahead; absent: none.

    Concurrency: many processes read it; the last writer stands.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = -1
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the moved time now, in UTC."""
        return datetime.now(UTC) + self.ahead()

    def ahead(self) -> timedelta:
        """Return how far it is moved."""
        try:
            stamp = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return self._ahead
        if stamp != self._seen:
            self._ahead = timedelta(seconds=float(json.loads(self._file.read_text(encoding="utf-8"))["ahead_seconds"]))
            self._seen = stamp
        return self._ahead

    def move_to(self, at: datetime) -> datetime:
        """Move it to an aware time, never back; return the time now.

        Raises:
            InvalidInput: ``demonstration.backwards``; or too far ahead.
        """
        now = self.now()
        if at < now:
            raise InvalidInput("demonstration.backwards", now=now.isoformat(timespec="seconds"))
        ahead = at - datetime.now(UTC)
        if ahead > timedelta(days=FURTHEST_DAYS):
            raise InvalidInput("input.invalid", detail=f"最多拨快 {FURTHEST_DAYS} 天")
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps({"ahead_seconds": ahead.total_seconds()}), encoding="utf-8")
        fresh.replace(self._file)
        return self.now()

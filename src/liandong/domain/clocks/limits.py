"""How long something may take: a number and a unit that says how it is counted.

A limit in ``workdays`` or ``days`` runs to the end of a day; a limit in seconds, minutes or hours runs on without
stopping at night; a limit in ``working_hours`` runs only while the office is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from liandong.domain.errors import MESSAGES, InvalidInput, Message

__all__ = ["Limit", "LimitUnit"]

MESSAGES.setdefault(
    "clocks.bad_limit",
    Message(
        "时限写法有误：{text}。应为“5 workdays”“30 minutes”这样的写法。", "Not a limit: {text}. Write it like “5 workdays” or “30 minutes”."
    ),
)


class LimitUnit(StrEnum):
    """How time is counted."""

    #: Without stopping.
    SECONDS = "seconds"
    #: Without stopping.
    MINUTES = "minutes"
    #: Without stopping, nights and holidays included.
    HOURS = "hours"
    #: Only while the office is open on working days.
    WORKING_HOURS = "working_hours"
    #: Calendar days; the day it starts is not counted; ends at 24:00.
    DAYS = "days"
    #: Working days; the day it starts is not counted; ends at 24:00.
    WORKDAYS = "workdays"

    @property
    def in_chinese(self) -> str:
        """The word that people read."""
        return _WORDS[self]


_WORDS = {
    LimitUnit.SECONDS: "秒",
    LimitUnit.MINUTES: "分钟",
    LimitUnit.HOURS: "小时",
    LimitUnit.WORKING_HOURS: "个工作小时",
    LimitUnit.DAYS: "天",
    LimitUnit.WORKDAYS: "个工作日",
}
_ELAPSED = {LimitUnit.SECONDS: 1, LimitUnit.MINUTES: 60, LimitUnit.HOURS: 3600}
_PATTERN = re.compile(r"([1-9][0-9]{0,4}) (seconds?|minutes?|hours?|working_hours?|days?|workdays?)")


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time and how it is counted.

    Raises:
        InvalidInput: ``clocks.bad_limit`` where the amount is not from 1 to 99,999.
    """

    amount: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or not 1 <= self.amount <= 99_999:
            raise InvalidInput("clocks.bad_limit", text=f"{self.amount} {self.unit}")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Return the limit written as ``5 workdays`` or ``1 hour``.

        Raises:
            InvalidInput: ``clocks.bad_limit``.
        """
        match = _PATTERN.fullmatch(text)
        if match is None:
            raise InvalidInput("clocks.bad_limit", text=text[:40])
        word = match[2] if match[2].endswith("s") else match[2] + "s"
        return cls(int(match[1]), LimitUnit(word))

    @property
    def elapsed(self) -> timedelta | None:
        """The length where it runs without stopping, else None."""
        seconds = _ELAPSED.get(self.unit)
        return None if seconds is None else timedelta(seconds=self.amount * seconds)

    @property
    def in_chinese(self) -> str:
        """The words people read: ``5个工作日``."""
        return f"{self.amount}{self.unit.in_chinese}"

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}"

"""A row of a file as what really happened to an order: who had it, and when which step was written down.

Only what a row says is taken. A step without a time in the file has no time here, and nobody is held to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

__all__ = ["STEPS", "Recorded", "read_time", "recorded_of"]

#: Steps whose times a file may carry, each in a column ``<step>_at``, in the order of the loop.
STEPS = ("accepted", "dispatched", "signed", "refused", "asked", "supplied", "reported", "closed", "visited")
#: Columns in which people wrote how it ended; the last moment they name, day and minute, is when it ended.
NOTES = ("feedback", "closing_note", "approval_note")
#: Words that go with a step: column -> name.
WORDS = {"refused": "refusal", "asked": "question", "supplied": "supplement", "reported": "result", "visited": "satisfaction"}
FORMS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")
MOMENT = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日[^\d]{0,4}(\d{1,2})[:：时](\d{1,2})")
#: A moment in a note that lies further off than this is about something else.
FARTHEST = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a row says about its order."""

    #: Name of the unit that had it; ``""`` where none is written.
    unit: str
    #: step -> aware; only those the row tells.
    times: Mapping[str, datetime]
    #: step -> the words that go with it.
    words: Mapping[str, str] = field(default_factory=dict)
    #: True where the end was read from the words of a note, not from a column.
    end_from_note: bool = False
    #: True where the row says that it was sent before it was taken; it is then sent when it is taken.
    sent_before_taken: bool = False

    @property
    def taken_at(self) -> datetime:
        """When it was accepted."""
        return self.times["accepted"]

    @property
    def ended(self) -> bool:
        """Whether the row says when the unit was done."""
        return "reported" in self.times or "closed" in self.times


def read_time(text: str, zone: tzinfo) -> datetime | None:
    """Return a moment as files write it, aware; one without a zone is the city's. None where it is none."""
    text = text.strip()
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def recorded_of(row: Mapping[str, str], zone: tzinfo) -> Recorded | None:
    """Return what a row says happened, or None where it does not say when it was accepted.

    Parameters:
        row: as read.
        zone: the city's.
    """
    times = {step: at for step in STEPS if (at := read_time(row.get(f"{step}_at", ""), zone)) is not None}
    taken = times.get("accepted")
    if taken is None:
        return None
    early = times.get("dispatched", taken) < taken
    times = {step: max(at, taken) for step, at in times.items()}
    note = None
    if "reported" not in times and "closed" not in times:
        note = _last_moment(row, times.get("dispatched", taken), taken + FARTHEST, zone)
        if note is not None:
            times["closed"] = note
    words = {step: row[column].strip()[:2000] for step, column in WORDS.items() if row.get(column, "").strip()}
    return Recorded(row.get("unit", "").strip()[:40], times, words, note is not None, early)


def _last_moment(row: Mapping[str, str], first: datetime, last: datetime, zone: tzinfo) -> datetime | None:
    found = []
    for column in NOTES:
        for match in MOMENT.finditer(row.get(column, "")):
            try:
                at = datetime(*map(int, match.groups()), tzinfo=zone)  # type: ignore[misc, arg-type]
            except ValueError:
                continue
            # A note knows minutes, a column seconds.
            if first - timedelta(minutes=1) < at <= last:
                found.append(max(at, first))
    return max(found, default=None)

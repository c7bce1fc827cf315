"""离岗与替班: who is away from when to when, and who stands in; it holds from the moment it is said.

Rules:
    1. A person is away with a person of the same unit standing in, or somebody named with a telephone; a whole unit with another unit.
    2. Nobody is away without a substitute who is there in that time: a post is never left empty by a note (首接负责; 24 小时值守, 004).
    3. Own people say so for themselves and for colleagues; a whole unit is closed by an administrator alone, for else it could write itself out of its duty (推诿).
    4. What was said is ended, never wiped: who was away when, and who said so, stays.
    5. The roster's own substitute stands in where the one that was named is away too.

Theory of operation: absences are kept beside the roster of the pack, which does not change. ``Away`` are those in force at one instant; what asks the
roster, the directory or the patrols asks it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from liandong.domain.clocks import aware
from liandong.domain.errors import MESSAGES, Message, Refusal
from liandong.domain.routing.roster import Turn

__all__ = ["DUTY_SOURCE", "LONGEST", "MOST_AHEAD", "Absence", "Away", "refusal_of"]

MESSAGES.update(
    {
        "absence.not_yours": Message(
            "只能登记本单位人员离岗。整个单位停岗、其他单位的人员，请联系管理员登记。",
            "You register people of your own unit. For a whole unit, or people of another, ask an administrator.",
        ),
        "absence.times": Message(
            "离岗时间不对：结束要晚于开始、晚于现在，最长{days}天；开始不早于昨天，最多提前{ahead}天登记。请改时间。",
            "These times cannot be: the end is after the start and after now, at most {days} days later; the start is not before yesterday, at most {ahead} days ahead. Change them.",
        ),
        "absence.unknown_person": Message(
            "{unit}没有“{person}”。请从本单位人员或值班表中选择。", "{unit} has no “{person}”. Choose one of its people or of its roster."
        ),
        "absence.no_substitute": Message(
            "离岗要有人替班。请写替班人；不在本单位名册上的，还要写电话。整个单位停岗请写替班单位。",
            "Somebody must stand in. Name the substitute, with a telephone where the unit does not know them; for a whole unit, another unit.",
        ),
        "absence.self": Message("不能由本人替班。请另选一位。", "Nobody stands in for themselves. Choose another."),
        "absence.substitute_away": Message(
            "{substitute}在这段时间也离岗，不能替班。请另选一位，或改时间。", "{substitute} is away then too. Choose another, or other times."
        ),
        "absence.overlaps": Message(
            "{name}在{since}至{until}已登记离岗。请先结束原来的登记，再登记新的。",
            "{name} is registered as away from {since} to {until} already. End that first.",
        ),
        "absence.over": Message("这条离岗登记已经结束。不用再操作。", "This absence is over. There is nothing left to do."),
        "absence.not_found": Message("没有这条离岗登记。请刷新列表。", "There is no such absence. Load the list again."),
        "absence.still_away": Message(
            "您登记了离岗，{name}替班，还不能派您。请先在“离岗与替班”中结束登记，再报可派。",
            "You are registered as away and {name} stands in, so you cannot be sent. End the absence first, then report as available.",
        ),
        "unit.away": Message(
            "{unit}停岗，由{substitute}代办。请改派{substitute}。", "{unit} is closed; {substitute} stands in. Send it to {substitute}."
        ),
        "person.away": Message(
            "{person}已登记离岗，由{substitute}替班。请改派{substitute}，或另选在岗人员。",
            "{person} is away; {substitute} stands in. Send {substitute}, or choose somebody who is there.",
        ),
    }
)

#: Longest absence in one entry, and how far ahead one may begin.
LONGEST, MOST_AHEAD = timedelta(days=190), timedelta(days=370)
#: How long afterwards somebody may say when it began.
AFTERWARDS = timedelta(days=1)
DUTY_SOURCE = "济政办字〔2023〕51号 四（二）：24小时值守，专人负责"


@dataclass(frozen=True, slots=True)
class Absence:
    """One entry: a person of a unit, or a whole unit, away from one instant to another."""

    id: str
    unit: str
    #: Account of the person where there is one; "" for a name of the roster and for a whole unit.
    person: str
    #: Name of the person; "" for a whole unit.
    name: str
    #: Aware; the end does not belong to it.
    since: datetime
    until: datetime
    #: Name of who stands in; of a whole unit, the code of the unit that does.
    substitute: str
    substitute_phone: str = ""
    reason: str = ""
    marked_by: str = ""
    marked_at: datetime | None = None
    ended_by: str = ""
    ended_at: datetime | None = None

    @property
    def whole_unit(self) -> bool:
        """Whether nobody of the unit is there."""
        return not self.name

    def covers(self, at: datetime) -> bool:
        """Tell whether it is in force at an instant."""
        return self.since <= aware(at) < self.until and (self.ended_at is None or aware(at) < self.ended_at)

    def meets(self, other: Absence) -> bool:
        """Tell whether two have an instant in common."""
        return self.ended_at is None and other.ended_at is None and self.since < other.until and other.since < self.until


class Away:
    """Who is away at one instant.

    Parameters:
        absences: any; those that are not in force at ``at`` do not count.
        at: aware.
    """

    def __init__(self, absences: Iterable[Absence], at: datetime) -> None:
        self.now = tuple(each for each in absences if each.covers(at))
        self._units = {each.unit: each for each in self.now if each.whole_unit}
        self._names = {(each.unit, each.name): each for each in self.now if not each.whole_unit}
        self._accounts = {each.person: each for each in self.now if each.person}

    def unit(self, code: str) -> Absence | None:
        """Return why a whole unit is away, None where it is there."""
        return self._units.get(code)

    def account(self, person: str) -> Absence | None:
        """Return why the person of an account is away, None where nobody said so."""
        return self._accounts.get(person)

    def of_unit(self, code: str) -> tuple[Absence, ...]:
        """Return who of a unit is away."""
        return tuple(each for each in self.now if each.unit == code and not each.whole_unit)

    def stand_in(self, code: str) -> str:
        """Return the code of the unit that answers for a unit now: itself where it is there, "" where a ring of notes leaves nobody."""
        seen: set[str] = set()
        while (found := self._units.get(code)) is not None:
            if code in seen:
                return ""
            seen.add(code)
            code = found.substitute
        return code

    def turn(self, turn: Turn | None) -> Turn | None:
        """Return a turn of the roster as it is now: with who stands in where its person is away; None where nobody of it is there."""
        if turn is None or turn.unit in self._units:
            return None
        first = self._present(turn.unit, turn.name, turn.phone)
        second = self._present(turn.unit, turn.substitute, turn.substitute_phone) if turn.substitute else None
        answers = first or second
        if answers is None:
            return None
        behind = second if second != answers else None
        return replace(turn, name=answers[0], phone=answers[1], substitute=behind[0] if behind else "", substitute_phone=behind[1] if behind else "")

    def _present(self, unit: str, name: str, phone: str) -> tuple[str, str] | None:
        seen: set[str] = set()
        while (found := self._names.get((unit, name))) is not None:
            if name in seen:
                return None
            seen.add(name)
            name, phone = found.substitute, found.substitute_phone
        return name, phone


def refusal_of(wanted: Absence, standing: Iterable[Absence], at: datetime, names: Mapping[str, str], zone: tzinfo) -> Refusal | None:
    """Say why an entry cannot stand beside the others, or None.

    Parameters:
        standing: those that are not over.
        at: aware; now.
        names: code -> name of units, for the words.
        zone: the city's, for the words.
    """
    too_long = wanted.until - wanted.since > LONGEST or wanted.since > at + MOST_AHEAD
    if wanted.since >= wanted.until or wanted.until <= at or wanted.since < at - AFTERWARDS or too_long:
        return Refusal("absence.times", {"days": LONGEST.days, "ahead": MOST_AHEAD.days}, DUTY_SOURCE)
    who, stands_in = (wanted.unit, wanted.substitute) if wanted.whole_unit else (wanted.name, wanted.substitute)
    if who == stands_in:
        return Refusal("absence.self", {}, DUTY_SOURCE)
    for each in standing:
        if not each.meets(wanted) or each.whole_unit != wanted.whole_unit:
            continue
        if each.unit == wanted.unit and each.name == wanted.name:
            called = wanted.name or names.get(wanted.unit, wanted.unit)
            span = {"since": f"{each.since.astimezone(zone):%m-%d %H:%M}", "until": f"{each.until.astimezone(zone):%m-%d %H:%M}"}
            return Refusal("absence.overlaps", {"name": called, **span}, DUTY_SOURCE)
        if stands_in == (each.unit if wanted.whole_unit else each.name) and (wanted.whole_unit or each.unit == wanted.unit):
            return Refusal("absence.substitute_away", {"substitute": names.get(stands_in, stands_in)}, DUTY_SOURCE)
    return None

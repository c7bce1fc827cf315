"""Which limit a record's clock keeps: the city's rules, picked by urgency, item, kind and terrain, as in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from liandong.domain.clocks.calendar import WorkingCalendar, local_day
from liandong.domain.clocks.clock import ClockRule
from liandong.domain.clocks.steps import LIKE

__all__ = ["Rulebook"]

#: Most answers that are kept.
MOST_PICKED = 4096


@dataclass(frozen=True)
class Rulebook:
    """The clock rules of a city and its calendar; without a calendar there are no clocks.

    Parameters:
        rules: every rule of the pack; several versions of a code differ in ``effective_from``.
        calendar: the city's working days.
        country: codes of divisions that count as country; every other place counts as town.
    """

    rules: tuple[ClockRule, ...] = ()
    calendar: WorkingCalendar | None = None
    country: frozenset[str] = frozenset()
    _by_step: Mapping[str, tuple[ClockRule, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _by_code: Mapping[str, ClockRule] = field(init=False, repr=False, compare=False, default_factory=dict)
    #: What was picked before: a city asks the same few questions of a day again and again.
    _picked: dict[tuple[str, tuple[str, ...], str, date], ClockRule | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_step: dict[str, list[ClockRule]] = {}
        for rule in self.rules:
            by_step.setdefault(".".join(rule.code.split(".")[:2]), []).append(rule)
        object.__setattr__(self, "_by_step", {name: tuple(found) for name, found in by_step.items()})

        object.__setattr__(self, "_by_code", {rule.code: rule for rule in reversed(self.rules)})

    def named(self, code: str) -> ClockRule | None:
        """Return the first rule of a code, or None."""
        return self._by_code.get(code)

    def rule(self, machine: str, step: str, data: Mapping[str, Any], at: datetime) -> ClockRule | None:
        """Return the rule for a step of a record on the day of ``at``, or None where the city sets no limit.

        A step of an assistant's part that has no fitting rule keeps that of the lead's step it is like.

        Parameters:
            data: of the record: ``urgent``/``danger``, ``item``, ``kind``, ``division``, ``assistants`` are looked at.
            at: aware.
        """
        if self.calendar is None:
            return None
        asked = (f"{machine}.{step}", self._traits(data), str(data.get("item", "")), local_day(at, self.calendar))
        if asked not in self._picked:
            if len(self._picked) >= MOST_PICKED:
                self._picked.clear()
            self._picked[asked] = self._pick(machine, step, *asked[1:])
        return self._picked[asked]

    def _pick(self, machine: str, step: str, traits: tuple[str, ...], item: str, day: date) -> ClockRule | None:
        for name in (step, LIKE.get(step, "")):
            rule = self._of(self._by_step.get(f"{machine}.{name}", ()), traits, item, day)
            if rule is not None:
                return rule
        return None

    def _of(self, found: Iterable[ClockRule], traits: tuple[str, ...], item: str, day: date) -> ClockRule | None:
        valid = [rule for rule in found if rule.effective_from is None or rule.effective_from <= day]
        named = [rule for rule in valid if rule.items and any(item == each or item.startswith(each + ".") for each in rule.items)]
        for trait in traits:
            fitting = [rule for rule in valid if not rule.items and rule.applies == trait]
            # Danger goes before what the item says; everything else after it.
            if trait != "danger" and named:
                return _newest(named)
            if fitting:
                return _newest(fitting)
        return _newest(named)

    def _traits(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what rules may apply to, the strongest first; ``""`` is for all."""
        traits = ["danger", "urgent"] if data.get("urgent") or data.get("danger") else []
        if len(data.get("assistants") or ()) > 1:
            traits.append("complex")
        if data.get("kind"):
            traits.append(str(data["kind"]))
        traits.append("country" if str(data.get("division", ""))[:9] in self.country else "town")
        return (*traits, "")


def _newest(rules: list[ClockRule]) -> ClockRule | None:
    return max(rules, key=lambda rule: rule.effective_from or date.min) if rules else None

"""The clocks of assistants: each part in a lead's order has its own, beside those of the lead.

Rules:
    1. A unit that is called to assist owes its signature, at an urgent alarm its arrival, and its report, each by a clock of its own.
    2. The limit is that of the lead's step of the same kind and class, unless the pack sets one for parts (``part_sign`` …): nobody is without.
    3. Signed, arrived, reported: done. Declined, released, taken over as lead, lapsed with the order: nobody owes it any more.
    4. A part turned back goes on with its old deadline; a part called once more begins anew.
    5. What holds or lengthens the order's handling holds and lengthens the parts' reports.

Theory of operation: a part's state says what it owes, so the clocks are worked out from the parts as they stand after a fact and not from the
fact's name. Whatever calls, moves or ends a part in time to come, its clocks follow.

Source: 000 谁管理、谁使用、谁负责; 001 主办、协办; ADR 0035.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from liandong.domain.assistants.parts import APART, ENDING, SENDING, PartState, parts_of
from liandong.domain.clocks.calendar import aware
from liandong.domain.clocks.clock import Clock
from liandong.domain.clocks.kept import KeptClock, Outcome
from liandong.domain.clocks.rulebook import Rulebook

__all__ = ["ASSISTANT", "PART_FACTS", "PART_STEPS", "PartStep", "keep_parts"]

#: Who owes a part's clock, where a lead's says ``unit``.
ASSISTANT = "assistant"
#: Facts after which a part may stand elsewhere.
PART_FACTS = (SENDING | ENDING | APART) - {"AssistanceAsked"}

P = PartState


@dataclass(frozen=True, slots=True)
class PartStep:
    """One clock of a part: in which of the part's states it is owed, begun and done."""

    step: str
    owed: frozenset[str]
    #: Of these, in which it begins where none runs.
    begins: frozenset[str]
    done: frozenset[str]
    urgent_only: bool = False
    #: It is held, goes on and is lengthened with the order's handling; turned back, it goes on with its old deadline.
    follows_handling: bool = False


SIGN = PartStep("part_sign", frozenset({P.CALLED}), frozenset({P.CALLED}), frozenset({P.SIGNED, P.ARRIVED, P.REPORTED}))
ARRIVE = PartStep("part_arrive", frozenset({P.CALLED, P.SIGNED}), frozenset({P.CALLED}), frozenset({P.ARRIVED, P.REPORTED}), urgent_only=True)
WORKING = frozenset({P.CALLED, P.SIGNED, P.ARRIVED})
REPORT = PartStep("part_report", WORKING, WORKING, frozenset({P.REPORTED}), follows_handling=True)

#: machine -> the clocks of each part of its records.
PART_STEPS: Mapping[str, tuple[PartStep, ...]] = {"alarm": (SIGN, ARRIVE, REPORT), "workorder": (SIGN, REPORT)}


def keep_parts(kept: list[KeptClock], machine: str, name: str, at: datetime, after: Mapping[str, Any], rulebook: Rulebook, since: datetime) -> list[KeptClock]:
    """Return the clocks of a record with those of its parts as they stand after a fact.

    Parameters:
        kept: all clocks of the record; the lead's are left alone.
        name: of the fact.
        at: aware; when it happened, for what stops.
        since: aware; when what starts is counted from.

    Raises:
        CalendarNotCovered: a deadline lies beyond what the calendar knows.
    """
    steps, parts = PART_STEPS.get(machine, ()), parts_of(after)
    if not steps or not (parts or any(each.assistant for each in kept)):
        return kept
    known = {each.step: each for each in steps}
    now = [_moved(each, known[each.step], str(parts.get(each.assistant, {}).get("state", "")), name, at, after) if each.assistant else each for each in kept]
    for step in steps:
        for code in sorted(parts):
            if str(parts[code].get("state", "")) in step.begins:
                now = list(_begun(now, step, code, str(parts[code]["state"]), machine, after, rulebook, since))
    return now


def _moved(clock: KeptClock, step: PartStep, state: str, name: str, at: datetime, after: Mapping[str, Any]) -> KeptClock:
    """Return an open clock of a part that stands in ``state`` now; what is over stays as it was."""
    if clock.outcome != Outcome.OPEN:
        return clock
    if state not in step.owed:
        return clock.ended(Outcome.DONE if state in step.done else Outcome.VOID, at)
    if not step.follows_handling:
        return clock
    if name == "OrderSuspended":
        return clock.held(at)
    if name == "OrderResumed":
        return clock.going_on(at)
    return clock.lengthened(int(after.get("days", 0))) if name == "ExtensionGranted" else clock


def _begun(
    kept: list[KeptClock], step: PartStep, code: str, state: str, machine: str, after: Mapping[str, Any], rulebook: Rulebook, since: datetime
) -> Iterator[KeptClock]:
    """Yield the clocks with one of this step for this part, unless one runs or the city sets no such limit."""
    rounds = [each for each in kept if each.step == step.step]
    last = max((each for each in rounds if each.assistant == code), key=lambda each: each.round, default=None)
    goes_on = last is not None and last.outcome == Outcome.DONE and step.follows_handling and state != P.CALLED
    for each in kept:
        yield each.again() if goes_on and each is last else each
    if goes_on or (last is not None and last.outcome == Outcome.OPEN) or (step.urgent_only and not (after.get("urgent") or after.get("danger"))):
        return
    rule = rulebook.rule(machine, step.step, after, since)
    if rule is None or rulebook.calendar is None:
        return
    clock = Clock(rule, aware(since))
    clock.due(rulebook.calendar)  # a deadline that the calendar does not know is refused now, not when somebody looks
    yield KeptClock(machine, step.step, max((each.round for each in rounds), default=0) + 1, clock, owed_by=ASSISTANT, assistant=code)

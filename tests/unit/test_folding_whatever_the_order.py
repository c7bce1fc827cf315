"""What is folded from a record that a database gave back is what is folded from the facts alone: no list may take its order from a mapping."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.application.world import MACHINES
from liandong.domain.journal.facts import StreamKind, StreamState
from tests.memory_city import memory_city


def as_stored(value: Any) -> Any:
    """Return a value as ``jsonb`` gives it back: names by length, then by bytes."""
    if isinstance(value, dict):
        return {name: as_stored(value[name]) for name in sorted(value, key=lambda each: (len(each.encode()), each.encode()))}
    return [as_stored(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("reported", [False, True])
def test_an_order_with_assistants_is_the_same_from_its_facts_and_from_its_row(reported: bool) -> None:
    hotline = memory_city().hotline
    order = hotline.now(hotline.place(hotline.take("楼下油烟太大"), "keep").data["order"])
    long, short = "unit-with-a-long-code", "u-2"
    hotline.act(order, "dispatch", unit="lead", assistants=[long, short], assistant_names={long: "甲", short: "乙"})
    for unit in (short, long):
        hotline.act_for(unit, order, "sign_part")
    hotline.act_for("lead", order, "sign")
    hotline.act_for("lead", order, "start")
    if reported:
        hotline.act_for(short, order, "report_part", result="乙已办")
        hotline.act_for("lead", order, "report", result="办好了", without_parts="甲没有来")
    with hotline.world.work() as unit_of_work:
        facts = unit_of_work.facts(hotline.now(order))
    machine = MACHINES[StreamKind.WORK_ORDER]
    alone = kept = StreamState(StreamKind.WORK_ORDER, order.id)
    for fact in facts:
        alone = machine.evolve(alone, fact)
        after = machine.evolve(kept, fact)
        kept = StreamState(after.kind, after.id, after.phase, after.seq, as_stored(dict(after.data)), after.head)
    assert dict(kept.data) == dict(alone.data)
    assert kept.data["assistants"] == sorted([long, short])

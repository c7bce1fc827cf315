"""Clocks that are due are acted on exactly once, whatever dies in between; open ones move when a rule changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from liandong.application.place_appeal import place_appeal
from liandong.application.recalculate import recalculate
from liandong.domain.clocks import Limit
from liandong.domain.journal.facts import Role, StreamId, StreamKind

pytestmark = pytest.mark.database

#: Acts on what is due and dies between writing and committing when it is told to.
DYING = """
import sys, time
from pathlib import Path
from liandong.node.bootstrap import start
world = start(Path(sys.argv[1]))
from liandong.adapters.jobs import timers
real = timers.connection

class Cursor:
    def __init__(self, inner): self.inner = inner
    def __enter__(self): self.open = self.inner.__enter__(); return self
    def __exit__(self, *told): return self.inner.__exit__(*told)
    def fetchone(self): return self.open.fetchone()
    def execute(self, query, values=None):
        if query is timers.LOOK_AGAIN:
            print("written", flush=True)
            time.sleep(60)
        return self.open.execute(query, values)

class Connection:
    def cursor(self): return Cursor(real.cursor())

timers.connection = Connection()
print(timers.tick(world), flush=True)
"""


@pytest.fixture
def late(node: Any) -> Iterator[str]:
    """Return an alarm whose unit has let the limit for signing pass; nothing else is due."""
    node.raw("UPDATE timer SET next_at = NULL")
    appeal = node.take("小区里有人打架", urgent=False)
    order = place_appeal(node.world, node.person(), appeal.id, "keep").data["order"]
    node.act(StreamKind.ALARM, order, "order", Role.DISPATCHER, unit="xc-pcs-yuanhe")
    node.raw("UPDATE timer SET started_at = started_at - interval '1 hour', next_at = now() - interval '59 minutes' WHERE stream = %s AND step = 'sign'", order)
    node.raw("UPDATE timer SET next_at = NULL WHERE stream = %s AND step <> 'sign'", order)
    yield order
    node.raw("UPDATE timer SET next_at = NULL")


def reminders(node: Any, order: str) -> int:
    """Return how often the unit was reminded of an order."""
    return int(node.raw("SELECT count(*) FROM journal j JOIN stream s ON s.id = j.stream WHERE j.name = 'UnitReminded' AND s.data->>'order' = %s", order)[0][0])


def test_a_worker_killed_between_writing_and_committing_acts_once(node: Any, late: str) -> None:
    from liandong.adapters.jobs.timers import tick

    dying = subprocess.Popen([sys.executable, "-c", DYING, str(node.file)], stdout=subprocess.PIPE, text=True, env=os.environ)
    assert dying.stdout is not None
    with dying.stdout as told:
        assert told.readline().strip() == "written"
        assert tick(node.world).handled == 0, "another worker passes over what is claimed"
        assert reminders(node, late) == 0
        dying.send_signal(signal.SIGKILL)
        dying.wait(10)
    for _ in range(100):
        if tick(node.world).handled:
            break
        threading.Event().wait(0.05)
    assert reminders(node, late) == 1
    assert tick(node.world).handled == 0
    assert reminders(node, late) == 1


def test_many_workers_at_once_act_once(node: Any, late: str) -> None:
    from django.db import connection

    from liandong.adapters.jobs.timers import tick

    handled = []

    def work() -> None:
        try:
            for _ in range(5):
                handled.append(tick(node.world).handled)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(handled) == 1
    assert reminders(node, late) == 1


def test_work_done_before_the_worker_looks_is_not_reminded_of(node: Any, late: str) -> None:
    from liandong.adapters.jobs.timers import tick

    node.act(StreamKind.ALARM, late, "sign", Role.OFFICER)
    tick(node.world)
    assert reminders(node, late) == 0


def test_a_changed_rule_moves_open_deadlines_and_the_journal_says_so(node: Any) -> None:
    appeal = node.take("路口红绿灯坏了")
    order = StreamId(place_appeal(node.world, node.person(), appeal.id, "keep").data["order"])
    before = node.raw("SELECT due_at, started_at FROM timer WHERE stream = %s AND step = 'order'", order)[0]
    rules = tuple(replace(each, limit=Limit.parse("5 minutes")) if each.code == "alarm.order" else each for each in node.world.rulebook.rules)
    world = replace(node.world, rulebook=replace(node.world.rulebook, rules=rules))
    moved = recalculate(world, StreamKind.ALARM, order, "下达指令时限改为5分钟")
    assert [each["clock"] for each in moved] == ["alarm.order"]
    after = node.raw("SELECT due_at, started_at FROM timer WHERE stream = %s AND step = 'order'", order)[0]
    assert (after[0] - before[0]).total_seconds() == 240
    assert after[1] == before[1], "the history stays what it was"
    assert node.journal(order)[-1][1] == "DeadlineMoved"
    assert recalculate(world, StreamKind.ALARM, order, "再来一次") == []

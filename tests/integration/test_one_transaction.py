"""Facts, rows, outbox and clocks are written together or not at all, also when the process is killed between any two of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liandong.application.perform import Session
from liandong.domain.errors import CommandRefused
from liandong.domain.journal.facts import Party, StreamId, StreamKind
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

SCRIPT = Path(__file__).with_name("dying.py")


@pytest.fixture(scope="module")
def dying(node: Node) -> Iterator[subprocess.Popen[str]]:
    """The process that has itself killed."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(node.file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    with process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def at(dying: subprocess.Popen[str], handover: str, moment: str) -> tuple[int, int]:
    """Let it dispute a handover and die at a moment; return the signal it died of and the statements it made."""
    assert dying.stdin is not None
    assert dying.stdout is not None
    dying.stdin.write(f"{handover} {moment}\n")
    dying.stdin.flush()
    ended, statements = dying.stdout.readline().split()
    return int(ended), int(statements)


def written(node: Node, handover: str) -> tuple[Any, ...]:
    """Return what the tables hold of a handover."""
    row = node.models.Stream.objects.get(id=handover)
    names = [name for _, name, _, _ in node.journal(handover)]
    timers = node.models.Timer.objects.filter(stream=handover).exclude(outcome="open").count()
    return row.phase, row.seq, names, [body["name"] for _, _, _, body in node.outbox(handover)], node.jobs(handover), timers > 0


NOTHING = ("offered", 1, ["HandoverOffered"], ["HandoverOffered"], 0, False)
ALL = (
    "negotiating", 3, ["HandoverOffered", "HandoverObjected", "HandoverContested"], ["HandoverOffered", "HandoverContested"], 0, True,
)  # fmt: skip


def test_a_process_killed_before_any_statement_has_done_nothing_and_after_the_commit_everything(
    node: Node, dying: subprocess.Popen[str]
) -> None:
    whole = node.offered()
    ended, statements = at(dying, whole, "never")
    assert ended == 0
    assert statements >= 4
    assert written(node, whole) == ALL
    killed = 0
    for moment in (*map(str, range(1, statements + 1)), "commit"):
        handover = node.offered()
        ended, took = at(dying, handover, moment)
        if ended == 0:
            # The dispute that convenes a meeting takes a few statements more than the others: this one had ended before.
            assert moment != "commit" and took < int(moment) and written(node, handover) == ALL
            continue
        killed += 1
        assert ended == signal.SIGKILL
        assert written(node, handover) == NOTHING, f"killed before statement {moment} of {statements}"
    assert killed >= 5, "each of the statements that every dispute takes, and the commit"
    handover = node.offered()
    assert at(dying, handover, "committed")[0] == signal.SIGKILL
    assert written(node, handover) == ALL


@pytest.mark.parametrize(
    ("table", "column"), [("stream", "NEW.id"), ("journal", "NEW.stream"), ("outbox", "NEW.stream"), ("timer", "NEW.stream")]
)
def test_a_connection_cut_after_any_of_the_writes_has_done_nothing(
    node: Node, dying: subprocess.Popen[str], table: str, column: str
) -> None:
    """The writes go to the server in one message; here the server itself cuts the line between two of them."""
    handover = node.offered()
    name = f"cut_{table}"
    node.raw(
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {column}::text = '{handover}' THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(0); END IF; RETURN NULL; END $$"""
    )
    node.raw(f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    try:
        assert at(dying, handover, "never") == (0, 0), "the line was not cut"
    finally:
        node.raw(f"DROP TRIGGER {name} ON {table}")
        node.raw(f"DROP FUNCTION {name}()")
    assert written(node, handover) == NOTHING
    assert at(dying, handover, "never")[1] > 0
    assert written(node, handover) == ALL


def test_what_a_killed_process_left_undone_can_be_done_again(node: Node, dying: subprocess.Popen[str]) -> None:
    handover = node.offered()
    assert at(dying, handover, "commit")[0] == signal.SIGKILL
    assert at(dying, handover, "never")[0] == 0
    assert written(node, handover) == ALL


def test_a_job_deferred_by_procrastinate_is_part_of_the_transaction(node: Node) -> None:
    """Its Django connector writes on the connection of the transaction: nothing is seen before, nothing is left after a rollback."""
    from django.db import transaction

    from liandong.adapters.jobs.timeouts import defer_job

    marks = [node.take().id, node.take().id]
    with pytest.raises(RuntimeError), transaction.atomic():
        defer_job("lapse_negotiation", node.world.clock.now(), {"handover": marks[0]})
        raise RuntimeError
    with transaction.atomic():
        defer_job("lapse_negotiation", node.world.clock.now(), {"handover": marks[1]})
        assert node.jobs(marks[1]) == 0
    assert [node.jobs(each) for each in marks] == [0, 1]


def lapse(node: Node, handover: str) -> None:
    """Let the limit of a negotiation pass."""
    with node.world.work() as unit:
        session = Session(node.world, unit)
        session.perform(StreamKind.HANDOVER, StreamId(handover), "lapse", session.system.standing(Party.SENDER))


def test_a_limit_that_passed_leaves_the_matter_with_the_first_receiver(node: Node, dying: subprocess.Popen[str]) -> None:
    handover = node.offered()
    at(dying, handover, "never")
    lapse(node, handover)
    with pytest.raises(CommandRefused):
        lapse(node, handover)
    appeal = node.models.Stream.objects.get(id=node.models.Stream.objects.get(id=handover).appeal)
    assert (appeal.phase, node.models.Stream.objects.filter(appeal=appeal.id, kind=StreamKind.ALARM).count()) == ("kept", 1)

"""Dies on wish in the middle of one unit of work: started by ``test_one_transaction``, never by a person.

Reads lines ``HANDOVER MOMENT`` and does each in a process of its own: takes the peer's objection and contests it in one unit of
work, and kills itself before statement ``MOMENT``, or at ``commit`` or ``committed``. Answers ``SIGNAL STATEMENTS``.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from liandong.application.perform import Session
from liandong.application.world import World
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId, StreamKind
from liandong.node.bootstrap import start


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dispute(world: World, handover: str, moment: str) -> int:
    """Object and contest; return how many statements that took."""
    from django.db import connections

    connection = connections["default"]
    count = 0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        if str(count) == moment:
            die()
        return execute(sql, params, many, context)

    commit = connection._commit
    if moment == "commit":
        connection._commit = die
    elif moment == "committed":
        connection._commit = lambda: (commit(), die())
    with connection.execute_wrapper(watch), world.work() as unit:
        session = Session(world, unit)
        state = session.load(StreamKind.HANDOVER, StreamId(handover))
        ground = {"code": "not_in_scope", "clause": "XC-4", "reason": "不属受理范围"}
        peer = Actor(Role.AGENT, node="hotline", party=Party.RECEIVER)
        session.accept(state, Fact("HandoverObjected", peer, session.at, ground))
        session.perform(state.kind, state.id, "contest", session.system.standing(Party.SENDER), {"words": "请再看清单"})
    return count


def main() -> None:
    world = start(Path(sys.argv[1]))
    for line in sys.stdin:
        handover, moment = line.split()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(writer, str(dispute(world, handover, moment)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        told = os.read(reader, 20).decode()
        os.close(reader)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, told or "0", flush=True)


if __name__ == "__main__":
    main()

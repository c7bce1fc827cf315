"""What the tests of the nursery let a forked process do."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from multiprocessing import forkserver
from pathlib import Path

from liandong.node.nursery import Forked
from tests.city import eventually

__all__ = ["be_killed", "kill_the_nursery", "main"]


def main() -> None:
    """Say who one is, then end as ``LIANDONG_TEST_END`` says: ``0``, ``3``, or stay."""
    print(os.environ.get("LIANDONG_TEST_WORDS"), os.environ.get("HOME"), Path("/proc/self/comm").read_text(encoding="utf-8").strip(), "liandong.node.worker" in sys.modules, flush=True)
    atexit.register(print, "last words", flush=True)
    end = os.environ["LIANDONG_TEST_END"]
    if end == "stay":
        time.sleep(60)
    sys.exit(int(end))


def kill_the_nursery(place: str) -> None:
    """Kill the nursery under a child that stays, and have the next one work; print how far it went."""
    log = Path(place) / "log"
    surroundings = {"LIANDONG_TEST_END": "stay"}
    orphan = Forked("tests.nursery_child", "test orphan", surroundings, log)
    eventually(lambda: log.exists() and log.read_text(encoding="utf-8"), what="it lives")
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
    if orphan.wait(30) != 0:
        print("ended")
    stat = Path(f"/proc/{orphan.pid}/stat")
    eventually(lambda: not stat.exists() or " Z " in stat.read_text(encoding="utf-8"), what="it is gone")
    print("gone")

    def next_one() -> bool:
        try:
            return Forked("tests.nursery_child", "test next", {"LIANDONG_TEST_END": "0"}, log).wait(60) == 0
        except OSError:
            return False

    eventually(next_one, what="a new nursery")
    print("works")


def be_killed(place: str) -> None:
    """Have two children stay, say their ids and the nursery's, and die as by ``kill -9``."""
    log = Path(place) / "log"
    children = [Forked("tests.nursery_child", "test child", {"LIANDONG_TEST_END": "stay"}, log) for _ in range(2)]
    eventually(lambda: log.exists() and log.read_text(encoding="utf-8").count("test child") == 2, what="they live")
    print(*(each.pid for each in children), forkserver._forkserver._forkserver_pid, flush=True)  # type: ignore[attr-defined]
    os.kill(os.getpid(), signal.SIGKILL)

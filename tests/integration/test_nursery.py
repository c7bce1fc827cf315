"""Processes from the nursery: their own surroundings, how they end, and that a dead nursery is followed by a new one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from liandong.node.nursery import Forked
from tests.city import eventually

MODULE = "tests.nursery_child"
ROOT = Path(__file__).resolve().parents[2]


def child(log: Path, end: str, title: str = "test child") -> Forked:
    """Return a forked process that ends so."""
    return Forked(MODULE, title, {"LIANDONG_TEST_END": end, "LIANDONG_TEST_WORDS": "一二三", "PYTHONIOENCODING": "utf-8"}, log)


def test_a_process_has_its_own_surroundings_and_what_the_nursery_has_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n", encoding="utf-8")
    process = child(log, "0")
    assert process.wait(60) == 0
    assert log.read_text(encoding="utf-8").splitlines() == ["before", "一二三 None test child True", "last words"]
    assert (process.poll(), process.returncode) == (0, 0)


def test_how_it_ended_is_told(tmp_path: Path) -> None:
    assert child(tmp_path / "three", "3").wait(60) == 3
    killed, asked = child(tmp_path / "killed", "stay"), child(tmp_path / "asked", "stay")
    assert killed.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        killed.wait(0.05)
    killed.kill()
    asked.terminate()
    assert (killed.wait(30), asked.wait(30)) == (-signal.SIGKILL, -signal.SIGTERM)


def test_a_dead_nursery_takes_its_children_along_and_the_next_one_works(tmp_path: Path) -> None:
    # In a process of its own: other cities of this one have their nursery, too.
    code = "import sys; from tests.nursery_child import kill_the_nursery; kill_the_nursery(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert (done.returncode, done.stdout.split()) == (0, ["ended", "gone", "works"]), done.stderr[-2000:]


def test_when_who_started_them_is_killed_the_children_and_the_nursery_end(tmp_path: Path) -> None:
    code = "import sys; from tests.nursery_child import be_killed; be_killed(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    left = [Path(f"/proc/{pid}") for pid in done.stdout.split()]
    assert len(left) == 3
    eventually(lambda: not any(each.exists() and ") Z " not in (each / "stat").read_text(encoding="utf-8") for each in left), what="all have ended")

"""Where the processes of nodes come from: one process reads code, model and rules once, and each process of a node is forked from it.

A forked process answers in a fraction of the time a fresh interpreter takes to import the same, so one that was killed is back
before most callers notice; what all read alike lies in memory once. The fork server is the standard library's; it holds no
thread, no connection and no setting of any node when it forks (ADR 0034).
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import multiprocessing
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path

__all__ = ["Forked", "die_with_parent"]

#: What a terminal shows for a process: the kernel keeps so many bytes.
_NAME_BYTES = 15
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["liandong.node.nursery_content"])
#: One child is made at a time; the supervisor's threads may ask together.
_MAKING = threading.Lock()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_with_starter() -> None:
    """End this process when the one that asked for it dies: its parent, the nursery, lives on as long as any child does."""
    starter = multiprocessing.parent_process()
    assert starter is not None, "only a forked process has one"

    def watch() -> None:
        wait([starter.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="starter", daemon=True).start()


class Forked:
    """A process that runs a module's ``main`` without arguments, with the handles of ``subprocess.Popen``.

    Parameters:
        module: ``liandong.node.worker``.
        title: what ``ps -o comm`` shows of it.
        environment: all of it.
        log_file: where its output goes, appended.

    Raises:
        OSError: it could not be made now; the next one is made by a new nursery.
    """

    def __init__(self, module: str, title: str, environment: Mapping[str, str], log_file: Path) -> None:
        # A daemon: should the supervisor end without stopping it, it is ended too.
        self._process = _CONTEXT.Process(target=_live, args=(module, title, dict(environment), str(log_file)), name=title, daemon=True)
        with _MAKING:
            try:
                self._process.start()
            except EOFError as error:
                raise OSError(f"{title}: the nursery ended while it was forked") from error
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Exit code as far as known; negative for a signal."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when it ended. Raises ``subprocess.TimeoutExpired`` when it did not within ``timeout`` seconds."""
        self._process.join(timeout)
        code = self.returncode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.terminate()

    def kill(self) -> None:
        """Stop it with SIGKILL."""
        self._process.kill()


def _live(module: str, title: str, environment: dict[str, str], log_file: str) -> None:
    """Become the process: its own environment, output and name, then ``main``, and at the end what was registered for it, as any interpreter does."""
    die_with_parent()
    _end_with_starter()
    os.environ.clear()
    os.environ.update(environment)
    with Path(log_file).open("ab") as output, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, title.encode()[:_NAME_BYTES], 0, 0, 0)
    try:
        import_module(module).main()
    finally:
        # The standard library's children end without: the last news of a process would never be told.
        atexit._run_exitfuncs()

"""``liandong`` in a forked process: the same command with the same surroundings, without reading all code anew each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from liandong.node.nursery import Forked

__all__ = ["main", "run_cli"]

ARGUMENTS, ERRORS = "LIANDONG_TEST_ARGUMENTS", "LIANDONG_TEST_ERRORS"


def run_cli(arguments: tuple[str, ...], environment: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; return what it said. Raises ``subprocess.TimeoutExpired`` when it takes longer, and ends it."""
    with tempfile.TemporaryDirectory(prefix="liandong-cli-") as place:
        said, errors = Path(place) / "said", Path(place) / "errors"
        process = Forked("tests.forked_cli", "liandong", {**environment, ARGUMENTS: json.dumps(arguments), ERRORS: str(errors)}, said)
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, said.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8"))


def main() -> None:
    """Be the command."""
    with Path(os.environ.pop(ERRORS)).open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    sys.argv = ["liandong", *json.loads(os.environ.pop(ARGUMENTS))]
    from liandong.cli import main as command

    command()

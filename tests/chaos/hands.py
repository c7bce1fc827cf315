"""A driver process in hand: give it orders, hear what it did."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from liandong.node.settings import NODE_FILE
from tests.city import City

__all__ = ["Hands"]


class Hands:
    """The people of one node, in a process of their own."""

    def __init__(self, city: City, node: str, seed: int = 1) -> None:
        environment = {**os.environ, NODE_FILE: str(city.file(node))}
        self.node = node
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.driver", str(seed)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.hear() == {"ready": True}

    def order(self, do: str, **what: Any) -> None:
        """Give an order and do not wait."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Wait for the next line; fails when the process died."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the driver of {getattr(self, 'node', '')} died"
        found: dict[str, Any] = json.loads(line)
        return found

    def do(self, do: str, **what: Any) -> dict[str, Any]:
        """Give an order and wait until it is done."""
        self.order(do, **what)
        return self.hear()

    def close(self) -> None:
        """Let the process end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

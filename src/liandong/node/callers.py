"""The callers of a demonstration: now and then somebody invented calls one of the two lines, through the API."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import httpx

from liandong.node.demonstration import calls_of
from liandong.node.prepare import LOCAL_TOKEN_FILE

if TYPE_CHECKING:
    from liandong.node.supervisor import Supervisor

__all__ = ["Callers"]

#: Seconds between two callers, on average.
PAUSE_SECONDS = 45.0


class Callers:
    """Calls in the background until told to stop."""

    def __init__(self, city: Supervisor, stopping: threading.Event) -> None:
        self._city = city
        self._stopping = stopping
        self._chance = Random()

    def start(self) -> None:
        """Begin to call."""
        threading.Thread(target=self._run, name="callers", daemon=True).start()

    def _run(self) -> None:
        with httpx.Client(timeout=10, trust_env=False) as client:
            while not self._stopping.wait(self._chance.expovariate(1 / PAUSE_SECONDS)):
                settings, _ = self._chance.choice([each for each in self._city.nodes if each[0].name in ("police", "hotline")])
                call = self._chance.choice(calls_of(settings.side))
                token = (Path(settings.directory) / LOCAL_TOKEN_FILE).read_text(encoding="ascii").strip()
                body = {"text": call["text"], "place": call["place"], "phone": call["phone"], "channel": "phone", "course": "auto"}
                with contextlib.suppress(httpx.TransportError):
                    client.post(
                        f"http://{settings.host}:{settings.port}/api/v1/appeals", json=body, headers={"Authorization": f"Bearer {token}"}
                    )

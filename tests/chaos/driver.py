"""The people of one node, played without pause: ``python -m tests.chaos.driver`` with ``LIANDONG_NODE`` set.

Offers handovers, adds words to them, accepts those of the other side and asks about them, through the use cases themselves. A database
that is killed under it is waited out; what was not committed is done again. Commands come as JSON lines on stdin, one
line of what was done goes to stdout for each.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind

__all__ = ["Driver", "main"]

T = TypeVar("T")
WORDS = "楼下烧烤摊的油烟天天往窗户里灌，请尽快处理"
#: Sizes of the files that are added: less than a piece, and several.
FILE_BYTES = (1, 3_000_000)
VERDICT = {
    "side": "unclear",
    "item": "",
    "kind": "求助",
    "urgent": False,
    "confidence": 0.5,
    "reasons": [],
    "particulars": {},
    "missing": [],
}


class Driver:
    """Acts at one node.

    Parameters:
        seed: of the choices.
    """

    def __init__(self, seed: int) -> None:
        from liandong.adapters.files.store import FileStore
        from liandong.node.bootstrap import node_settings, start

        self.settings = node_settings()
        # Triage is not what is on trial here.
        self.world = replace(start(), triage=lambda text: VERDICT)
        self.chance = Random(f"{seed} {self.settings.name}")
        role = Role.CALL_TAKER if self.settings.side == "police" else Role.AGENT
        self.desk = Actor(role, person="chaos", node=self.settings.name)
        self.refused = 0
        self.files = FileStore(self.settings.files, FILE_BYTES[1])

    def patiently(self, act: Callable[[], T]) -> T:
        """Return what ``act`` gives, however often the database goes away meanwhile."""
        from django.db import DatabaseError, InterfaceError, connections

        until = time.monotonic() + 300
        while True:
            try:
                return act()
            except (DatabaseError, InterfaceError, OSError) as error:
                connections.close_all()
                if time.monotonic() > until:
                    raise
                logging.getLogger("chaos").warning("waits for the database: %s", type(error).__name__)
                time.sleep(0.1)
            except LiandongError as error:
                if error.code != "stream.conflict":
                    raise

    def offer(self, first: int, count: int, rate: float = 0.0, words: int = 2, files: float = 0.0, **more: Any) -> dict[str, Any]:
        """Offer handovers ``first`` … and add up to ``words`` supplements to each; ``rate`` a second, 0 is as fast as can be.

        Parameters:
            files: share of the supplements that bring a file.
        """
        started = time.monotonic()
        for number in range(first, first + count):
            handover = self.patiently(lambda number=number: self._offer(number))
            for turn in range(self.chance.randint(0, words)):
                brought = self._file() if files and self.chance.random() < files else {}
                self._try(handover, "supplement", {"words": f"补充 {turn}", **brought})
            if rate:
                time.sleep(max(0.0, started + (number - first + 1) / rate - time.monotonic()))
        return {"offered": count, "seconds": time.monotonic() - started}

    def _offer(self, number: int) -> str:
        from liandong.application.place_appeal import place_appeal
        from liandong.application.take_appeal import take_appeal

        key = f"chaos-{self.settings.name}-{number}"
        taken = take_appeal(self.world, self.desk, {"text": WORDS, "channel": "phone", "key": key, "place": f"采莲路{number}号"})
        appeal = taken.appeal
        if not appeal.data.get("handover"):
            appeal = place_appeal(self.world, self.desk, appeal.id, "hand_over")
        return str(appeal.data["handover"])

    def _file(self) -> dict[str, Any]:
        """Return the attachments of an act that brings a file of random bytes; none where the disk has no room for one."""
        content = self.chance.randbytes(self.chance.randint(*FILE_BYTES))
        try:
            upload = self.files.begin("现场.bin", len(content), "application/octet-stream")
            self.files.append(upload.id, 0, io.BytesIO(content))
            return {"attachments": [self.files.finish(upload.id)]}
        except (LiandongError, OSError):
            return {}

    def _try(self, handover: str, command: str, data: dict[str, Any]) -> bool:
        """Give a command that the other side may have made impossible meanwhile."""
        from liandong.application.act import act

        try:
            self.patiently(lambda: act(self.world, self.desk, StreamKind.HANDOVER, StreamId(handover), command, data))
        except LiandongError:
            self.refused += 1
            return False
        return True

    def accept(self, until: int, seconds: float, **more: Any) -> dict[str, Any]:
        """Accept what the other side offers until ``until`` were accepted in all or the time is over."""
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            done = self.patiently(self._accepted)
            if done >= until:
                break
            offered = self.patiently(self._offered)
            for handover in offered:
                self._try(handover, "accept", {})
                if self.chance.random() < 0.3:
                    self._try(handover, "ask", {"question": "请问具体是哪一户？"})
            if not offered:
                time.sleep(0.2)
        return {"accepted": done}

    def _offered(self) -> list[str]:
        from liandong.adapters.postgres.models import Stream

        rows = Stream.objects.filter(kind="handover", phase="offered").exclude(data__origin=self.settings.name).order_by("opened_at")
        return [str(each) for each in rows.values_list("id", flat=True)[:100]]

    def _accepted(self) -> int:
        from liandong.adapters.postgres.models import Stream

        return int(Stream.objects.filter(kind="handover").exclude(data__origin=self.settings.name).exclude(phase="offered").count())

    def speak(self, count: int, streams: int = 100, rate: float = 0.0, **more: Any) -> dict[str, Any]:
        """Say ``count`` things about this node's own accepted handovers; one message to the peer each."""
        from liandong.adapters.postgres.models import Stream

        rows = Stream.objects.filter(kind="handover", data__origin=self.settings.name, phase="accepted").values_list("id", flat=True)
        handovers = [str(each) for each in rows[:streams]]
        started = time.monotonic()
        for number in range(count):
            self._try(handovers[number % len(handovers)], "chase", {"words": f"请尽快 {number}"})
            if rate:
                time.sleep(max(0.0, started + (number + 1) / rate - time.monotonic()))
        return {"said": count, "refused": self.refused, "seconds": time.monotonic() - started}


def main() -> None:
    """Do what stdin says, line by line."""
    driver = Driver(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        name = order.pop("do")
        print(json.dumps({"did": name, **getattr(driver, name)(**order)}), flush=True)


if __name__ == "__main__":
    main()

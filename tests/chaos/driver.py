"""The people of one node, played without pause: ``python -m tests.chaos.driver`` with ``LIANDONG_NODE`` set.

Offers handovers, adds words to them, accepts those of the other side and asks about them, through the use cases themselves: some alone, as
people do, and most of them many in one transaction, as channels and feeds do. A database that is killed under it is waited out; what was not
committed is done again. Commands come as JSON lines on stdin, one line of what was done goes to stdout for each.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any, TypeVar

from liandong.application.ports import UnitOfWork
from liandong.domain.errors import LiandongError, StreamConflict
from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind

__all__ = ["Driver", "main"]

T = TypeVar("T")
WORDS = "楼下烧烤摊的油烟天天往窗户里灌，请尽快处理"
#: Of which streets are named, so that no place hears of the same thing by the thousand; one matter in fifty is told about one street.
NAMES = "春夏秋冬东南西北江河湖海松竹梅兰桃李杏柳金银铜铁红黄蓝紫青白"
OFTEN = 50
#: Sizes of the files that are added: less than a piece, and several.
FILE_BYTES = (1, 3_000_000)
#: How many acts are committed together, and the share of such groups whose acts are done one by one all the same.
TOGETHER, ALONE = 20, 0.2
#: stream, command, what is given with it
Act = tuple[str, str, dict[str, Any]]
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


class Among:
    """The port ``Work`` inside a transaction that is open: each unit of work is one of those committed together."""

    def __init__(self, begin: Callable[[], UnitOfWork]) -> None:
        self._begin = begin

    def __call__(self) -> UnitOfWork:
        """Return the next of them."""
        return self._begin()

    def together(self, appeals: int = 0, keys: Sequence[str] = ()) -> AbstractContextManager[Callable[[], UnitOfWork]]:
        """Return those that are together already."""
        return nullcontext(self._begin)


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
        started, many = time.monotonic(), 1 if rate else TOGETHER
        for start in range(first, first + count, many):
            numbers = range(start, min(start + many, first + count))
            handovers = self.patiently(partial(self._offer, numbers))
            added: list[Act] = []
            for handover in handovers:
                for turn in range(self.chance.randint(0, words)):
                    brought = self._file() if files and self.chance.random() < files else {}
                    added.append((handover, "supplement", {"words": f"补充 {turn}", **brought}))
            self._all(added)
            if rate:
                time.sleep(max(0.0, started + (start - first + 1) / rate - time.monotonic()))
        return {"offered": count, "seconds": time.monotonic() - started}

    def _offer(self, numbers: Sequence[int]) -> list[str]:
        """Take and hand over, and return the handovers; those that were offered before are found again."""
        from liandong.application.ports import NotTogether
        from liandong.application.take_many import take_together

        told = [
            {"text": WORDS, "channel": "phone", "key": f"chaos-{self.settings.name}-{number}", "place": _place(number)} for number in numbers
        ]
        if len(told) == 1 or self.chance.random() < ALONE:
            return [self._offer_one(each) for each in told]
        try:
            came = take_together(self.world, self.desk, [({**each, "course": "hand_over"}, VERDICT) for each in told])
        except NotTogether:
            return [self._offer_one(each) for each in told]
        # One that is taken again under its key, or refused, is looked at by itself.
        return [
            self._offer_one(each) if isinstance(one, LiandongError) or not one[0].data.get("handover") else str(one[0].data["handover"])
            for each, one in zip(told, came, strict=True)
        ]

    def _offer_one(self, told: dict[str, Any]) -> str:
        from liandong.application.place_appeal import place_appeal
        from liandong.application.take_appeal import take_appeal

        appeal = take_appeal(self.world, self.desk, told).appeal
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

    def _all(self, acts: Sequence[Act]) -> None:
        """Give commands in their order, most of them many in one transaction."""
        for start in range(0, len(acts), TOGETHER):
            some = acts[start : start + TOGETHER]
            if len(some) == 1 or self.chance.random() < ALONE or not self.patiently(partial(self._together, some)):
                for handover, command, data in some:
                    self._try(handover, command, data)

    def _together(self, acts: Sequence[Act]) -> bool:
        """Give commands in one transaction; False where they are to be given one by one."""
        from liandong.application.act import act
        from liandong.application.ports import NotTogether

        refused = 0
        try:
            with self.world.work.together() as begin:
                world = replace(self.world, work=Among(begin))
                for handover, command, data in acts:
                    try:
                        act(world, self.desk, StreamKind.HANDOVER, StreamId(handover), command, data)
                    except StreamConflict:
                        raise NotTogether from None
                    except LiandongError:
                        refused += 1
        except NotTogether:
            return False
        self.refused += refused
        return True

    def accept(self, until: int, seconds: float, **more: Any) -> dict[str, Any]:
        """Accept what the other side offers until ``until`` were accepted in all or the time is over."""
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            offered = self.patiently(self._offered)
            acts: list[Act] = []
            for handover in offered:
                acts.append((handover, "accept", {}))
                if self.chance.random() < 0.3:
                    acts.append((handover, "ask", {"question": "请问具体是哪一户？"}))
            self._all(acts)
            if not offered:
                done = self.patiently(self._accepted)
                if done >= until:
                    break
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


def _place(number: int) -> str:
    if number % OFTEN == 0:
        return f"采莲路{number}号"
    return f"{''.join(NAMES[number // len(NAMES) ** place % len(NAMES)] for place in range(3))}路{number}号"


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

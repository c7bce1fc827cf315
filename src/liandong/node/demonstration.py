"""Three weeks of past for a demonstration city, told through the same use cases as everything else.

``python -m liandong.node.demonstration told`` makes a node's own appeals and works on their orders;
``… received`` accepts and works on what the other side has offered by then. A node that has a history is left alone.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from liandong.domain.journal.facts import Actor, Role, StreamId, StreamKind, StreamState
from liandong.node.bootstrap import SystemClock, load_city_pack, node_settings, start
from liandong.node.settings import NODE_FILE

if TYPE_CHECKING:
    from liandong.adapters.packs import Pack
    from liandong.application.world import World
    from liandong.node.supervisor import Supervisor

__all__ = ["calls_of", "tell_the_past"]

CALLS = Path(__file__).with_name("demonstration.csv")
DAYS = 20


def calls_of(side: str) -> list[dict[str, str]]:
    """Return the invented calls of a side."""
    with CALLS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["side"] == side]


def tell_the_past(city: Supervisor, stopping: threading.Event) -> int:
    """Give each node of a new city its past; return how many appeals were told, 0 when there was a past already."""
    told = 0
    for part in ("told", "received"):
        for settings, file in city.nodes:
            if stopping.is_set() or settings.name not in ("police", "hotline"):
                continue
            answer = subprocess.run(
                [sys.executable, "-m", "liandong.node.demonstration", part],
                env={**os.environ, NODE_FILE: str(file)},
                capture_output=True,
                text=True,
                check=False,
            )
            told += int(answer.stdout.strip() or 0) if answer.returncode == 0 else 0
        stopping.wait(2)
    return told


class PastClock:
    """The port ``Clock``, set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at


class Teller:
    """Acts as the people of a node, at times of the past."""

    def __init__(self, world: World, pack: Pack, chance: Random) -> None:
        self.now = SystemClock().now()
        self.clock = PastClock(self.now)
        self.world = replace(world, clock=self.clock)
        self.pack = pack
        self.chance = chance

    def actor(self, role: Role, unit: str = "") -> Actor:
        """Return a demonstration person of a role."""
        people = [each for each in self.pack.users if each.role == role.value and (not unit or each.unit == unit)]
        person = people[0].username if people else role.value
        return Actor(role, person=person, unit=unit, node=self.world.desk.node)

    def later(self, minutes: int) -> bool:
        """Move the clock on by up to ``minutes``; tell whether that still is the past."""
        self.clock.at += timedelta(minutes=self.chance.uniform(0.3, 1) * minutes)
        return self.clock.at < self.now

    def tell(self, call: dict[str, str], at: datetime) -> None:
        """Take a call and place it as its verdict says; work on what this side keeps."""
        from liandong.application.place_appeal import place_appeal
        from liandong.application.take_appeal import take_appeal

        self.clock.at = at
        desk = self.actor(Role.CALL_TAKER if self.world.desk.side == "police" else Role.AGENT)
        taken = take_appeal(self.world, desk, {"text": call["text"], "place": call["place"], "phone": call["phone"], "channel": "phone"})
        self.later(2)
        appeal = place_appeal(self.world, desk, taken.appeal.id, "auto")
        if appeal.data.get("order"):
            self.work(StreamId(appeal.data["order"]))

    def accept(self, handover: StreamId, offered_at: datetime) -> None:
        """Accept an offer and work on it."""
        from liandong.adapters.postgres.models import Stream
        from liandong.application.accept_handover import accept_handover

        self.clock.at = offered_at
        self.later(6)
        desk = self.actor(Role.CALL_TAKER if self.world.desk.side == "police" else Role.AGENT)
        if "accept" in self.allowed(handover):
            accept_handover(self.world, desk, handover)
        order = Stream.objects.filter(data__handover=str(handover), kind__in=("alarm", "workorder")).first()
        if order is not None:
            self.work(StreamId(str(order.id)))

    def allowed(self, handover: StreamId) -> list[str]:
        """Return the state's open commands for the desk."""
        from liandong.adapters.postgres.models import Stream

        row = Stream.objects.filter(id=handover).first()
        return ["accept"] if row is not None and row.phase == "offered" else []

    def work(self, order: StreamId) -> None:
        """Go through the loop of an order as far as the past and chance allow."""
        from liandong.adapters.postgres.models import Stream
        from liandong.application.act import act
        from liandong.application.world import MACHINES

        row = Stream.objects.get(id=order)
        steps = POLICE_STEPS if row.kind == "alarm" else HOTLINE_STEPS
        unit = self.unit(row)
        for command, role, minutes, data in steps:
            if not self.later(minutes) or self.chance.random() < 0.06:
                return
            given = {**data, **({"unit": unit} if command in ("order", "dispatch") else {})}
            row.refresh_from_db()
            state = StreamState(StreamKind(row.kind), order, row.phase, row.seq, row.data)
            if command not in MACHINES[state.kind].allowed(state, role):
                return
            act(self.world, self.actor(role, unit if role in (Role.OFFICER, Role.UNIT_STAFF) else ""), state.kind, order, command, given)

    def unit(self, row: Any) -> str:
        """Return a unit of this side that has demonstration people and fits the matter, the first that does."""
        item = self.pack.catalogue.item(row.item[:2])
        wanted = set(item.functions) if item else set()
        role = "officer" if row.kind == "alarm" else "unit_staff"
        units = [unit for each in self.pack.users if each.role == role and (unit := self.pack.unit(each.unit)) is not None]
        fitting = [unit for unit in units if wanted & set(unit.functions)]
        chosen = (fitting or units)[0] if units else None
        return chosen.code if chosen else "unit"


POLICE_STEPS = (
    ("order", Role.CALL_TAKER, 1, {}),
    ("sign", Role.OFFICER, 1, {}),
    ("depart", Role.OFFICER, 3, {}),
    ("arrive", Role.OFFICER, 8, {}),
    ("handle", Role.OFFICER, 40, {"situation": "到场后了解情况，双方已劝开，现场秩序正常。"}),
    ("report", Role.OFFICER, 30, {"result": "已现场处置，告知当事人后续途径。"}),
    ("close", Role.CALL_TAKER, 60, {}),
)
HOTLINE_STEPS = (
    ("dispatch", Role.AGENT, 40, {}),
    ("sign", Role.UNIT_STAFF, 90, {}),
    ("start", Role.UNIT_STAFF, 180, {}),
    ("report", Role.UNIT_STAFF, 2400, {"result": "已派人到现场查看并处理，问题已解决。", "solved": True}),
    ("reply_citizen", Role.AGENT, 240, {"reply": "您反映的问题已经派人到现场处理，如有反复请再联系我们。"}),
    ("close", Role.AGENT, 60, {}),
    ("visit", Role.AGENT, 1440, {"satisfaction": "2", "way": "phone"}),
)


def _offered() -> Iterator[tuple[StreamId, datetime]]:
    from liandong.adapters.postgres.models import Stream

    for row in Stream.objects.filter(kind="handover", phase__in=("offered", "accepted")).order_by("opened_at"):
        yield StreamId(str(row.id)), row.opened_at


def main(part: str) -> int:
    """Tell one part of this node's past; return how many appeals were told."""
    world = start()
    from liandong.adapters.postgres.models import Stream

    settings = node_settings()
    teller = Teller(world, load_city_pack(settings.pack), Random(settings.name))
    calls = calls_of(settings.side)
    if part == "told":
        if Stream.objects.filter(kind="appeal", key=None).exists():
            return 0
        for number, call in enumerate(calls):
            teller.tell(call, teller.now - timedelta(days=DAYS * (1 - number / len(calls)), minutes=teller.chance.uniform(5, 600)))
        return len(calls)
    if Stream.objects.filter(kind="appeal").count() > 4 * len(calls):
        return 0
    for handover, offered_at in list(_offered()):
        teller.accept(handover, offered_at)
    return 0


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1])}\n")

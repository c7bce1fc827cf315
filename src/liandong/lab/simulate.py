"""Let a file's orders happen again on two nodes in memory, each step at its recorded time, months in seconds.

Rules:
    1. The code is that of the real nodes: triage, placing, handing over, orders, clocks, supervision. Only the ports are in memory.
    2. What the file says happens when the file says. What it does not say does not happen: no signing, refusal, question or closing is invented,
       and nobody is warned, reminded or counted late over a step whose time the file does not tell.
    3. Two acts have no column and are done at once, as in a feed: the desk follows the verdict, and the other side accepts.

Theory of operation: one heap holds what is due, steps of rows and timers, in order of time; the clock is set to each and it is done.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from liandong.application.fire_timer import fire_timer
from liandong.application.perform import Session
from liandong.application.place_appeal import place_appeal
from liandong.application.take_appeal import take_appeal
from liandong.domain.errors import LiandongError
from liandong.domain.journal.facts import StreamId, StreamKind, StreamState
from liandong.lab.figures import figures_of
from liandong.lab.pair import City, Pair, Side
from liandong.lab.played import PLAY, accept_offers, orders_of
from liandong.lab.recorded import STEPS, Recorded

__all__ = ["Simulation"]

#: A timer acts when its time has passed, not at the moment itself.
TICK = timedelta(microseconds=1)
#: step of a clock -> steps of a row, all of which have to be there. What is not named is not answerable:
#: a first progress report (``feedback``), an arrival, a departure have no column.
TOLD_BY: Mapping[tuple[StreamKind, str], tuple[str, ...]] = {
    (StreamKind.ALARM, "order"): ("dispatched",),
    (StreamKind.WORK_ORDER, "dispatch"): ("dispatched",),
    (StreamKind.ALARM, "sign"): ("signed",),
    (StreamKind.WORK_ORDER, "sign"): ("signed",),
    (StreamKind.WORK_ORDER, "handle"): ("end",),
    (StreamKind.WORK_ORDER, "reply"): ("reported", "closed"),
    (StreamKind.WORK_ORDER, "visit"): ("visited",),
    (StreamKind.HANDOVER, "report"): ("end",),
    (StreamKind.HANDOVER, "chase"): ("end",),
    (StreamKind.HANDOVER, "answer"): ("supplied",),
}
#: Steps of the ladder that the system takes by itself; what a unit answers to it, no file says.
LADDER_STEPS = ("supervise", "interview", "circulate", "refer")


@dataclass(slots=True)
class Simulation:
    """One run; ``play`` does it, ``as_json`` tells it.

    Parameters:
        city: what both nodes know.
        first: number of a row from 0 -> ``police`` or ``hotline``: who is told.
    """

    city: City
    first: Callable[[int], str]
    rows: int = 0
    pair: Pair | None = None
    told: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    timers: int = 0
    _heap: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _taken: dict[StreamId, Recorded] = field(default_factory=dict)

    def play(self, rows: Iterable[tuple[Mapping[str, Any], Recorded | None]]) -> None:
        """Let the rows happen: body of an appeal, and what the file says became of it; a row without a time of acceptance is only counted."""
        for number, (body, recorded) in enumerate(rows):
            self.rows += 1
            if recorded is None:
                self.told["no_time"] += 1
                continue
            self._count(recorded)
            self._push(recorded.taken_at, lambda number=number, body=body, recorded=recorded: self._take(number, body, recorded))  # type: ignore[misc]
        if not self._heap:
            return
        self.pair = Pair(self.city, self._heap[0][0])
        while self._heap:
            at, _, act = heapq.heappop(self._heap)
            self.pair.clock.set(max(at, self.pair.clock.now()))
            act()
            self._follow_clocks()

    def as_json(self) -> dict[str, Any]:
        """Return everything as one object."""
        figures = figures_of(self.pair, self._answerable) if self.pair else {"total": {}, "units": {}, "handovers": {}}
        wire = self.pair.wire.set_aside.values() if self.pair else ()
        return {
            "rows": self.rows,
            "taken": len(self._taken),
            "refused_at_intake": dict(sorted(self.refused.items())),
            "placed": dict(sorted(self.places.items())),
            **figures,
            "timers_fired": self.timers,
            "told_by_file": {name: self.told[name] for name in (*STEPS, "end_from_note", "sent_before_taken", "no_time")},
            "not_told": sorted(set(STEPS) - {name for name in STEPS if self.told[name]}),
            "not_playable": dict(sorted((self.problems + Counter(f"wire:{code}" for code in wire)).items())),
        }

    def _count(self, recorded: Recorded) -> None:
        self.told.update(list(recorded.times))
        self.told["end_from_note"] += recorded.end_from_note
        self.told["sent_before_taken"] += recorded.sent_before_taken

    def _push(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (at.astimezone(UTC), next(self._order), act))

    def _take(self, number: int, body: Mapping[str, Any], recorded: Recorded) -> None:
        """Take a row at its desk, place it by its verdict, let the other side accept; its later steps wait for their times."""
        assert self.pair is not None, "play made it"
        side = self.pair.sides[self.first(number)]
        try:
            appeal = take_appeal(side.world, side.person(), body).appeal
            self._taken[appeal.id] = recorded
            appeal = place_appeal(side.world, side.person(), appeal.id, "auto")
        except LiandongError as error:
            self.refused[error.code] += 1
            return
        accept_offers(self.pair, side, appeal)
        self.places[str(side.now(appeal.id).phase)] += 1
        for step in STEPS[1:]:
            if step in recorded.times:
                self._push(recorded.times[step], lambda step=step: self._step(side, appeal.id, step, recorded))  # type: ignore[misc]

    def _step(self, side: Side, appeal: StreamId, step: str, recorded: Recorded) -> None:
        assert self.pair is not None, "play made it"
        for holder, order in orders_of(self.pair, side, appeal):
            try:
                PLAY[step](self.pair, holder, order, recorded)
            except LiandongError as error:
                self.problems[f"{step}:{error.code}"] += 1
        self.pair.wire.carry()

    def _follow_clocks(self) -> None:
        """Put every clock that was just moved where its time is."""
        assert self.pair is not None, "play made it"
        for side in self.pair.sides.values():
            calendar = side.world.rulebook.calendar
            moved, side.database.clocks_moved = side.database.clocks_moved, set()
            for stream in sorted(moved):
                for kept in side.database.clocks[stream]:
                    due = kept.next_at(calendar) if calendar is not None else None
                    if due is not None and self._answerable(side, side.now(stream), kept.step, kept.round):
                        self._push(due + TICK, lambda side=side, stream=stream, key=kept.key, due=due: self._fire(side, stream, key, due))  # type: ignore[misc]

    def _fire(self, side: Side, stream: StreamId, key: tuple[str, int], due: datetime) -> None:
        """Act on a clock unless it has moved since."""
        calendar = side.world.rulebook.calendar
        kept = next((each for each in side.database.clocks[stream] if each.key == key), None)
        if kept is None or calendar is None or kept.next_at(calendar) != due:
            return
        try:
            with side.world.work() as unit:
                fire_timer(Session(side.world, unit), side.now(stream).kind, stream, *key)
        except LiandongError as error:
            self.problems[f"timer:{error.code}"] += 1
            return
        self.timers += 1
        assert self.pair is not None, "play made it"
        self.pair.wire.carry()

    def _answerable(self, side: Side, record: StreamState, step: str, round_: int) -> bool:
        """Tell whether the file says when what a clock asks for was done; ``end`` asks for the end of an order itself."""
        if record.kind == StreamKind.SUPERVISION:
            return step in LADDER_STEPS
        recorded = self._of(side, record)
        wanted = ("end",) if step == "end" else TOLD_BY.get((record.kind, step))
        # Who is sent a second time, after a refusal or for a dissatisfied citizen, and when, no column tells.
        if recorded is None or wanted is None or round_ > 1 or ("end" in wanted and "refused" in recorded.times):
            return False
        return all(recorded.ended if each == "end" else each in recorded.times for each in wanted)

    def _of(self, side: Side, record: StreamState) -> Recorded | None:
        """Return what the file says about the row that a record came from."""
        appeal = StreamId(str(record.data.get("appeal", "")))
        if appeal in self._taken:
            return self._taken[appeal]
        row = side.database.rows.get(appeal)
        source = (row.state.data.get("source") or {}) if row else {}
        return self._taken.get(StreamId(str(source.get("appeal", ""))))

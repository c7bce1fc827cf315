"""Run a feed: each row told to one of two nodes, handovers accepted by the other, and everything counted at the end.

Every call carries a key, so whatever dies on the way (this program, a node, the database) the feed goes on where it was and
nothing is taken twice. What is counted at the end is asked of both nodes, not remembered.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from liandong.domain.errors import LiandongError

__all__ = ["FeedError", "FeedNode", "FeedReport", "run_feed"]

#: How long a node may be away before the feed gives up, in seconds.
PATIENCE_SECONDS = 180.0
#: Rows told in one request where no rate is asked for.
AT_ONCE = 20
#: Characters after which a request is long enough.
LONG = 100_000

#: Which node, and the rows told to it in one request.
Told = tuple[int, list[dict[str, Any]]]


class FeedError(LiandongError):
    """The feed cannot go on."""

    code = "server.not_started"


@dataclass(frozen=True, slots=True)
class FeedNode:
    """A node that rows are told to."""

    name: str
    side: str
    url: str
    token: str


@dataclass(slots=True)
class FeedReport:
    """What came of a feed; see ``as_json``."""

    rows: int = 0
    taken: int = 0
    again: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    handed_over: int = 0
    accepted: int = 0
    lost: int = 0
    doubled: int = 0
    waiting: int = 0
    milliseconds: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the summary as one object."""
        return {
            "rows": self.rows,
            "taken": self.taken,
            "again": self.again,
            "refused": sum(self.refused.values()),
            "refused_by_code": dict(sorted(self.refused.items())),
            **{side: self.sides[side] for side in ("police", "hotline", "joint", "neither", "unclear")},
            "states": dict(sorted(self.phases.items())),
            "handed_over": self.handed_over,
            "accepted": self.accepted,
            "lost": self.lost,
            "doubled": self.doubled,
            "waiting": self.waiting,
            "milliseconds": self.milliseconds,
        }


class Line:
    """A connection to a node that outlives the node's restarts."""

    def __init__(self, node: FeedNode, client: httpx.AsyncClient) -> None:
        self.node = node
        self._client = client

    async def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, params: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Return the answer; a node that is away or busy is waited for. Raises ``FeedError`` when patience ends."""
        until = time.monotonic() + PATIENCE_SECONDS
        pause = 0.05
        while True:
            try:
                answer = await self._client.request(
                    method,
                    self.node.url + "/api/v1" + path,
                    json=body,
                    params=params,
                    headers={"Authorization": f"Bearer {self.node.token}"},
                )
                if answer.status_code < 500 and not (answer.status_code == 409 and answer.json().get("retry_helps")):
                    return answer
                reason = f"HTTP {answer.status_code}"
            except httpx.TransportError as error:
                reason = type(error).__name__
            if time.monotonic() > until:
                raise FeedError(what=self.node.name, detail=reason)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)


async def run_feed(
    rows: Iterator[dict[str, Any]],
    nodes: tuple[FeedNode, FeedNode],
    *,
    first_node: Callable[[int], int],
    rate: float = 0.0,
    callers: int = 8,
    progress: Callable[[int], None] = lambda done: None,
) -> FeedReport:
    """Tell rows to the nodes and return what came of it.

    Parameters:
        rows: bodies of appeals, each with a key.
        nodes: the two sides.
        first_node: row number (from 0) -> 0 or 1: who is told.
        rate: rows a second; 0 is as fast as possible.
        callers: rows under way at once.
        progress: is told how many rows are done.

    Raises:
        FeedError: a node stayed away longer than ``PATIENCE_SECONDS``.
    """
    report = FeedReport()
    started = time.monotonic()
    limits = httpx.Limits(max_connections=callers * 2 + 4)
    async with httpx.AsyncClient(timeout=30.0, limits=limits, trust_env=False) as client:
        lines = [Line(node, client) for node in nodes]
        told: dict[str, int] = {}
        queue: asyncio.Queue[Told | None] = asyncio.Queue(callers * 2)
        over = asyncio.Event()
        accepting = [asyncio.create_task(_accept(line, over)) for line in lines]
        workers = [asyncio.create_task(_caller(queue, lines, report, told, progress)) for _ in range(callers)]
        try:
            gathered: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
            for number, row in enumerate(rows):
                if rate > 0:
                    await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                which = first_node(number)
                gathered[which].append(row)
                if rate > 0 or len(gathered[which]) == AT_ONCE or sum(len(str(each.get("text", ""))) for each in gathered[which]) > LONG:
                    await _put(queue, (which, gathered[which][:]), workers)
                    gathered[which].clear()
            for which in (0, 1):
                if gathered[which]:
                    await _put(queue, (which, gathered[which]), workers)
            for _ in workers:
                await _put(queue, None, workers)
            await asyncio.gather(*workers)
            await _settle(lines, report)
            over.set()
            await asyncio.gather(*accepting)
            await _count(lines, report, told)
        finally:
            for task in (*workers, *accepting):
                task.cancel()
            await asyncio.gather(*workers, *accepting, return_exceptions=True)
    report.milliseconds = round((time.monotonic() - started) * 1000)
    return report


async def _put(queue: asyncio.Queue[Any], what: Any, workers: list[asyncio.Task[None]]) -> None:
    """Put into the queue, or raise what ended a worker instead of waiting for ever."""
    while True:
        try:
            return await asyncio.wait_for(queue.put(what), timeout=5)
        except TimeoutError:
            for worker in workers:
                if worker.done():
                    worker.result()


async def _caller(
    queue: asyncio.Queue[Told | None],
    lines: list[Line],
    report: FeedReport,
    told: dict[str, int],
    progress: Callable[[int], None],
) -> None:
    """Tell rows from the queue until it says no more."""
    while (found := await queue.get()) is not None:
        which, rows = found
        report.rows += len(rows)
        until, pause = time.monotonic() + PATIENCE_SECONDS, 0.1
        while rows:
            answer = await lines[which].call("POST", "/appeals/batch", {"appeals": [{**row, "course": "auto"} for row in rows]})
            if answer.status_code != 200:
                report.refused[str(answer.json().get("code", answer.status_code))] += len(rows)
                break
            came = answer.json()["results"]
            late = time.monotonic() > until
            for each in came:
                if late or not _passes(each):
                    _note(report, told, which, each)
            rows = [] if late else [row for row, each in zip(rows, came, strict=True) if _passes(each)]
            if rows:
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
        progress(report.rows)


def _passes(came: dict[str, Any]) -> bool:
    """Tell whether a row was refused by something that passes: a database that is away, or others who were quicker."""
    return bool((came.get("problem") or {}).get("retry_helps"))


def _note(report: FeedReport, told: dict[str, int], which: int, came: dict[str, Any]) -> None:
    """Count what came of one row."""
    if came.get("problem"):
        report.refused[str(came["problem"]["code"])] += 1
        return
    report.taken += 1
    report.again += came["status"] == 200
    report.sides[came["side"] or "unclear"] += 1
    told[came["id"]] = which


async def _accept(line: Line, over: asyncio.Event) -> None:
    """Sit at a node and accept what the other side offers, until the feed is over."""
    while not over.is_set():
        page = (await line.call("GET", "/handovers", params={"phase": "offered", "limit": 200})).json()
        mine = [each for each in page["items"] if "accept" in each["allowed"]]
        for start in range(0, len(mine), 8):
            await asyncio.gather(
                *(line.call("POST", f"/handovers/{each['id']}/acts/accept", {"data": {}}) for each in mine[start : start + 8])
            )
        if not mine:
            await asyncio.sleep(0.1)


async def _waiting(line: Line) -> int:
    waits = (await line.call("GET", "/exchange")).json()
    offered = (await line.call("GET", "/handovers", params={"phase": "offered", "limit": 1})).json()
    return int(waits["outbox"]) + int(waits["quarantined"]) + len(offered["items"])


async def _settle(lines: list[Line], report: FeedReport) -> None:
    """Wait until nothing is under way between the nodes, twice in a row."""
    until = time.monotonic() + PATIENCE_SECONDS
    quiet = 0
    while quiet < 2 and time.monotonic() < until:
        report.waiting = sum([await _waiting(line) for line in lines])
        quiet = quiet + 1 if report.waiting == 0 else 0
        await asyncio.sleep(0.1)


async def _all(line: Line, kind: str, wanted: Callable[[list[dict[str, Any]]], bool] = lambda page: True) -> list[dict[str, Any]]:
    """Return a node's records of a kind, newest first, for as long as ``wanted`` says go on."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await line.call("GET", f"/{kind}", params={"limit": 200, "cursor": cursor})).json()
        found += page["items"]
        cursor = page["next"]
        if not cursor or not wanted(page["items"]):
            return found


async def _count(lines: list[Line], report: FeedReport, told: dict[str, int]) -> None:
    """Ask both nodes what they have of the rows that were told, and hold it against each other."""
    missing = set(told)

    def still(page: list[dict[str, Any]]) -> bool:
        missing.difference_update(each["id"] for each in page)
        return bool(missing)

    for which, line in enumerate(lines):
        for appeal in await _all(line, "appeals", still):
            missing.discard(appeal["id"])
            if told.get(appeal["id"]) == which:
                report.phases[appeal["phase"]] += 1
    report.lost = len(missing)
    for which, line in enumerate(lines):
        sent = [each for each in await _all(line, "handovers") if each["appeal"] in told and told[each["appeal"]] == which]
        there = {each["id"]: each for each in await _all(lines[1 - which], "handovers")}
        report.handed_over += len(sent)
        report.lost += sum(each["id"] not in there for each in sent)
        report.accepted += sum(
            each["phase"] not in NOT_ACCEPTED and there.get(each["id"], {}).get("phase") == each["phase"] for each in sent
        )
    for line in lines:
        made = [*await _all(line, "alarms"), *await _all(line, "workorders")]
        orders = Counter(each["appeal"] for each in made if each["phase"] not in ("cancelled", "withdrawn"))
        report.doubled += sum(count - 1 for count in orders.values() if count > 1)


#: States of a handover that nobody on the other side has said yes to.
NOT_ACCEPTED = frozenset(
    {"drafted", "under_review", "offered", "objected", "negotiating", "returned", "withdrawn", "kept_by_first", "turned_back"}
)

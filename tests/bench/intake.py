"""Measure intake: appeals a second through the API, each with triage, journal and repeat look-up, committed; and how long one takes.

First as fast as possible by some callers at once, then at 100 a second. Load generator, both nodes and PostgreSQL share the machine.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.line import Line
from tests.bench.measure import cpu_seconds, family, load, percentiles, postmaster, say, texts
from tests.city import City, running_city

__all__ = ["main"]

CALLERS = 16
FULL_SECONDS = 15.0
STEADY_RATE, STEADY_SECONDS = 100, 20.0
WARM = 300


def bodies(count: int) -> list[dict[str, Any]]:
    """Return appeals of the project's corpus; a third of the numbers and places have called before."""
    chance, said = random.Random(7), texts()
    return [
        {"text": said[number % len(said)], "channel": "phone", "phone": f"139{chance.randrange(10_000):08d}", "place": f"安元路{chance.randrange(5000)}号"}
        for number in range(count)
    ]


def main() -> None:
    """Run the measurements on a city of its own."""
    with running_city() as city:
        uvloop.run(_measure(city))


async def _measure(city: City) -> None:
    api = city.api("police", "call_taker")
    port = int(api.url.rpartition(":")[2])
    given = bodies(60_000)
    lines = [await Line(port, api.token).open() for _ in range(CALLERS)]
    await _full(lines, given[:WARM], 60.0)
    for course in ("", "auto"):
        rows = [{**each, "course": course} if course else each for each in given]
        await _fast(city, lines, rows, course)
    await _steady(lines, given)
    for line in lines:
        line.close()


async def _fast(city: City, lines: list[Line], rows: list[dict[str, Any]], course: str) -> None:
    what = "full_speed" if not course else "full_speed_placed"
    parts = {"web": _web(city), "postgres": family(postmaster(Path(city.supervisor.home)))}
    before, own = {name: cpu_seconds(pids) for name, pids in parts.items()}, time.process_time()
    started = time.perf_counter()
    taken = await _full(lines, rows, FULL_SECONDS)
    spent = time.perf_counter() - started
    cpu = {name: round(1000 * (cpu_seconds(pids) - before[name]) / len(taken), 2) for name, pids in parts.items()}
    cpu["caller"] = round(1000 * (time.process_time() - own) / len(taken), 2)
    say("intake", what, len(taken) / spent, "appeals/s", load=load(), callers=CALLERS, cpu_ms_each=cpu)
    for name, value in percentiles(taken).items():
        say("intake", f"{what}_{name}", value, "ms", load=load())


async def _full(lines: list[Line], rows: list[dict[str, Any]], seconds: float) -> list[float]:
    """Tell rows until they or the time are over; return how long each took."""
    waiting, taken, until = iter(rows), [], time.perf_counter() + seconds

    async def caller(line: Line) -> None:
        for row in waiting:
            started = time.perf_counter()
            if started > until:
                return
            status, body = await line.post("/api/v1/appeals", row)
            assert status == 201, body[:300]
            taken.append(time.perf_counter() - started)

    await asyncio.gather(*(caller(line) for line in lines))
    return taken


async def _steady(lines: list[Line], rows: list[dict[str, Any]]) -> None:
    """Tell rows at a fixed rate whatever the node does: a slow answer delays nobody's start, and waiting counts."""
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    taken: list[float] = []

    async def tell(due: float, row: dict[str, Any]) -> None:
        line = await free.get()
        status, body = await line.post("/api/v1/appeals", row)
        free.put_nowait(line)
        assert status == 201, body[:300]
        taken.append(time.perf_counter() - due)

    started, under_way = time.perf_counter(), []
    for number in range(int(STEADY_RATE * STEADY_SECONDS)):
        due = started + number / STEADY_RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(tell(due, rows[number])))
    await asyncio.gather(*under_way)
    say("intake", "steady", len(taken) / (time.perf_counter() - started), "appeals/s", load=load())
    for name, value in percentiles(taken).items():
        say("intake", f"steady_{name}", value, "ms", load=load())


def _web(city: City) -> list[int]:
    """Return the processes that answer for the police node."""
    process = city.supervisor.children["police", "web"].process
    assert process is not None
    return family(process.pid)

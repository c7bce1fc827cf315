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
WEB_PROCESSES = 2
FULL_SECONDS = 15.0
STEADY_RATE, STEADY_SECONDS = 100, 20.0
WARM = 600
BATCH, BATCH_CALLERS = 20, 4
#: Share of calls about a matter that was told before, and among how many of the last ones that matter is.
TOLD_BEFORE, RECENT = 1 / 3, 5000
AGAIN = ("我又打来了", "还是上次那个事", "前两天反映过", "没有人来处理")
#: Two of these and a kind name a road; there are 3,200, as in a city of a million.
NAMES = ("采", "莲", "安", "元", "华", "阳", "澄", "春", "申", "湖", "文", "灵", "永", "昌", "广", "济", "富", "元和", "嘉", "御窑")
KINDS = ("路", "街", "巷", "大道", "东路", "西路", "南街", "北街")


def bodies(count: int) -> list[dict[str, Any]]:
    """Return calls as a city hears them: words of their own in most, and a third about what was told before.

    The words of a new matter are the beginning of one text of the corpus and the end of another, so that twenty thousand calls are
    twenty thousand stories; who calls again says most of it again, from the same number, about the same place.
    """
    chance, said = random.Random(7), texts(10_000)
    made: list[dict[str, Any]] = []
    for _ in range(count):
        if made and chance.random() < TOLD_BEFORE:
            before = made[-chance.randrange(1, min(len(made), RECENT) + 1)]
            made.append({**before, "text": f"{chance.choice(AGAIN)}，{before['text'][: int(0.8 * len(before['text']))]}"})
            continue
        one, other = chance.choice(said), chance.choice(said)
        text = f"{one[: len(one) // 2]}，{other[len(other) // 2 :]}"
        place = f"{chance.choice(NAMES)}{chance.choice(NAMES)}{chance.choice(KINDS)}{chance.randrange(1, 400)}号"
        made.append({"text": text, "channel": "phone", "phone": f"139{chance.randrange(100_000_000):08d}", "place": place})
    return made


def main() -> None:
    """Run the measurements on a city of its own."""
    with running_city(web_processes=WEB_PROCESSES) as city:
        uvloop.run(_measure(city))


async def _measure(city: City) -> None:
    api = city.api("police", "call_taker")
    port = int(api.url.rpartition(":")[2])
    given = bodies(60_000)
    await _all_listen(port, WEB_PROCESSES)
    lines = [await Line(port, api.token).open() for _ in range(CALLERS)]
    await _full(lines, given[:WARM], 60.0)
    for course in ("", "auto"):
        rows = [{**each, "course": course} if course else each for each in given]
        await _fast(city, lines, rows, course)
    await _many(city, lines, given)
    # Most lines were still for longer than a node keeps them.
    fresh = [await Line(port, api.token).open() for _ in range(CALLERS)]
    await _steady(fresh, given)
    for line in (*lines, *fresh):
        line.close()


async def _all_listen(port: int, processes: int) -> None:
    """Wait until each web process listens: connections made before would all be the first one's."""
    wanted = f":{port:04X} 00000000:0000 0A"
    for _ in range(600):
        if Path("/proc/net/tcp").read_text().count(wanted) >= processes:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("a web process does not listen")


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


async def _many(city: City, lines: list[Line], rows: list[dict[str, Any]]) -> None:
    """Tell rows in batches, as a feed does: each is judged, looked up, recorded and committed as if alone."""
    parts = {"web": _web(city), "postgres": family(postmaster(Path(city.supervisor.home)))}
    before, own = {name: cpu_seconds(pids) for name, pids in parts.items()}, time.process_time()
    batches = iter([rows[start : start + BATCH] for start in range(0, len(rows), BATCH)])
    taken, started = 0, time.perf_counter()

    async def caller(line: Line) -> None:
        nonlocal taken
        for batch in batches:
            if time.perf_counter() - started > FULL_SECONDS:
                return
            status, body = await line.post("/api/v1/appeals/batch", {"appeals": batch})
            assert status == 200, body[:300]
            assert body.count(b'"status":201') == len(batch), body[:300]
            taken += len(batch)

    await asyncio.gather(*(caller(line) for line in lines[:BATCH_CALLERS]))
    spent = time.perf_counter() - started
    cpu = {name: round(1000 * (cpu_seconds(pids) - before[name]) / taken, 2) for name, pids in parts.items()}
    cpu["caller"] = round(1000 * (time.process_time() - own) / taken, 2)
    say("intake", "batches_of_twenty", taken / spent, "appeals/s", load=load(), callers=BATCH_CALLERS, cpu_ms_each=cpu)


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
    children = [child for (node, part), child in city.supervisor.children.items() if node == "police" and part.startswith("web")]
    return [pid for child in children if child.process is not None for pid in family(child.process.pid)]

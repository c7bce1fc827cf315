"""Measure a handover: the key pressed at the police node to the news on an open screen of the hotline node.

The screen is a real one: signed in, listening to server-sent events as the browser does.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import uvloop

from tests.bench.intake import bodies
from tests.bench.line import Line
from tests.bench.measure import load, percentiles, say
from tests.city import City, running_city

__all__ = ["main"]

RATE, SECONDS = 50, 20.0
CALLERS = 16
#: How long the last ones may take, in seconds.
PATIENCE_SECONDS = 60.0


def main() -> None:
    """Run the measurements on a city of its own."""
    with running_city(web_processes=2) as city:
        uvloop.run(_measure(city))


async def _measure(city: City) -> None:
    api = city.api("police", "call_taker")
    port = int(api.url.rpartition(":")[2])
    seen: dict[str, float] = {}
    screen = asyncio.create_task(_screen(city, seen))
    lines: asyncio.Queue[Line] = asyncio.Queue()
    for _ in range(CALLERS):
        lines.put_nowait(await Line(port, api.token).open())
    await _press(lines, bodies(100), seen)
    pressed = await _press(lines, bodies(int(RATE * SECONDS) + 100)[100:], seen)
    shown = [seen[each] - at for each, at in pressed.items()]
    say("handover", "pressed", len(pressed), "handovers", rate=RATE, load=load())
    for name, value in percentiles(shown).items():
        say("handover", f"visible_{name}", value, "ms", rate=RATE, load=load())
    screen.cancel()
    while not lines.empty():
        lines.get_nowait().close()


async def _press(lines: asyncio.Queue[Line], rows: list[dict[str, Any]], seen: dict[str, float]) -> dict[str, float]:
    """Press the key for each row at the rate; return handover -> when, once all were seen."""
    pressed: dict[str, float] = {}

    async def press(at: float, row: dict[str, Any]) -> None:
        line = await lines.get()
        status, body = await line.post("/api/v1/appeals", {**row, "course": "hand_over"})
        lines.put_nowait(line)
        assert status == 201, body[:300]
        pressed[json.loads(body)["appeal"]["data"]["handover"]] = at

    started, under_way = time.perf_counter(), []
    for number, row in enumerate(rows):
        due = started + number / RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(press(due, row)))
    await asyncio.gather(*under_way)
    until = time.perf_counter() + PATIENCE_SECONDS
    while not pressed.keys() <= seen.keys():
        assert time.perf_counter() < until, f"{len(pressed.keys() - seen.keys())} of {len(pressed)} were never shown"
        await asyncio.sleep(0.05)
    return pressed


async def _screen(city: City, seen: dict[str, float]) -> None:
    """Listen as the agent's screen does; note when a handover is first heard of."""
    cookies = "; ".join(f"{name}={value}" for name, value in city.screen("hotline", "agent").client.cookies.items())
    port = int(city.url("hotline").rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\r\n".encode())
    async for line in reader:
        if line.startswith(b"data: "):
            news = json.loads(line[6:])
            if news.get("kind") == "handover":
                seen.setdefault(news["id"], time.perf_counter())

"""Measure the exchange: messages a second each way with receipts, processor and bytes of a message, and how a backlog clears.

Every message is a real fact of a real handover, written by the use cases, taken by the peer's journal, answered with a signed receipt.
``EXCHANGE_TRANSPORTS`` and the sizes below bound it; a figure taken beside other work is no figure, so each line says the load.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from liandong.adapters.crypto.session import Session
from liandong.domain.exchange.envelope import Envelope
from liandong.node.keys import node_keyring
from tests.bench.measure import cpu_seconds, family, load, percentiles, postmaster, say
from tests.chaos.hands import Hands
from tests.city import City, running_city

__all__ = ["main", "measure"]

#: Messages each way; handovers they are about, so that each has ten as a long case has; messages of the backlog; live messages a second meanwhile.
MESSAGES, HANDOVERS, BACKLOG, LIVE = 5000, 500, 30_000, 50
NODES = ("police", "hotline")


def main() -> None:
    """Measure http and the bus, then the backlog over http."""
    for transport in ("http", "nats"):
        measure(transport)
    measure("http", messages=0, backlog=BACKLOG)


def measure(transport: str, messages: int = MESSAGES, backlog: int = 0) -> None:
    """Measure one transport in a city of its own."""
    with running_city(transport=transport) as city:
        hands = {node: Hands(city, node) for node in NODES}
        try:
            _make_handovers(hands)
            _until_sent(city)
            if messages:
                _both_ways(city, hands, transport, messages)
            if backlog:
                _backlog(city, hands, transport, backlog)
        finally:
            for each in hands.values():
                each.close()


def _make_handovers(hands: dict[str, Hands]) -> None:
    for each in hands.values():
        each.order("offer", first=1, count=HANDOVERS, words=0)
    for each in hands.values():
        each.hear()
    for each in hands.values():
        each.order("accept", until=HANDOVERS, seconds=120)
    for each in hands.values():
        each.hear()


def _unsent(city: City, node: str) -> int:
    with city.database(node) as database:
        row = database.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def _until_sent(city: City, seconds: float = 600.0) -> None:
    until = time.monotonic() + seconds
    while any(_unsent(city, node) for node in NODES):
        assert time.monotonic() < until, "messages are left"
        time.sleep(0.1)


def _stop(city: City, node: str, *parts: str) -> None:
    for part in parts:
        child = city.supervisor.children[node, part]
        process, child.process = child.process, None
        if process is not None:
            process.terminate()
            process.wait(20)


def _parts(city: City) -> dict[str, list[int]]:
    """Return the processes of both nodes and their databases by what they do."""
    parts: dict[str, list[int]] = {"database": family(postmaster(city.supervisor.home))}
    for (_, part), child in city.supervisor.children.items():
        if child.process is not None:
            parts.setdefault(part.split()[0], []).append(child.process.pid)
    return parts


def _both_ways(city: City, hands: dict[str, Hands], transport: str, messages: int) -> None:
    for node in NODES:
        _stop(city, node, "worker")
    for each in hands.values():
        each.order("speak", count=messages, streams=HANDOVERS)
    for each in hands.values():
        each.hear()
    for node in NODES:
        city.supervisor.children[node, "worker"].start()
    while all(_unsent(city, node) > messages - 200 for node in NODES):
        time.sleep(0.02)
    parts = _parts(city)
    before = {name: cpu_seconds(pids) for name, pids in parts.items()}
    began, left = time.perf_counter(), sum(_unsent(city, node) for node in NODES)
    _until_sent(city)
    seconds = time.perf_counter() - began
    used = {name: cpu_seconds(pids) - before[name] for name, pids in parts.items()}
    say("exchange", "each_way", left / 2 / seconds, "messages/s", transport=transport, messages=messages, load=load())
    say("exchange", "cpu", 1000 * sum(used.values()) / left, "ms/message", transport=transport, load=load())
    for name, value in used.items():
        say("exchange", f"cpu_{name}", 1000 * value / left, "ms/message", transport=transport, load=load())
    say("exchange", "wire", _bytes(city), "bytes/message", transport=transport)


def _bytes(city: City) -> float:
    """Return the mean size of a sealed and signed message on the wire."""
    settings = next(each for each, _ in city.supervisor.nodes if each.name == "police")
    session = Session(node_keyring(settings))
    with city.database("police") as database:
        rows = database.execute("SELECT id, stream, seq, type, body FROM outbox ORDER BY position DESC LIMIT 500").fetchall()
    made = [
        Envelope(id=str(row[0]), sender="police", recipient="hotline", stream=str(row[1]), seq=row[2], type=row[3], at="2026-11-24T08:00:00.000Z", body=row[4])
        for row in rows
    ]
    return sum(len(session.protect(each).to_bytes()) + 1 for each in made) / len(made)


def _backlog(city: City, hands: dict[str, Hands], transport: str, backlog: int) -> None:
    city.supervisor.pause("hotline")
    hands["police"].do("speak", count=backlog, streams=HANDOVERS)
    assert _unsent(city, "police") >= backlog
    city.supervisor.resume("hotline")
    began = time.perf_counter()
    seconds = 0.0
    hands["hotline"].order("speak", count=LIVE * 10, streams=HANDOVERS, rate=LIVE)
    hands["police"].order("offer", first=10_001, count=LIVE * 60, rate=LIVE, words=0)
    while True:
        with city.database("police") as database:
            row: Any = database.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL AND type = 'handover.fact' AND body->>'name' = 'HandoverChased'").fetchone()
        if row[0] == 0:
            seconds = time.perf_counter() - began
            break
        assert time.perf_counter() - began < 600, f"{row[0]} of the backlog are left"
        time.sleep(0.1)
    hands["hotline"].hear()
    hands["police"].hear()
    _until_sent(city)
    with city.database("police") as database:
        late = [
            float(row[0])
            for row in database.execute(
                "SELECT extract(epoch FROM sent_at - created_at) FROM outbox WHERE body->>'name' = 'HandoverOffered' ORDER BY position DESC LIMIT %s", [LIVE * 60]
            ).fetchall()
        ]
    say("exchange", "backlog_clears", seconds, "s", transport=transport, backlog=backlog, live=LIVE, load=load())
    for name, value in percentiles(late).items():
        say("exchange", f"live_{name}_while_it_clears", value, "ms", transport=transport, live=LIVE, load=load())


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else MESSAGES, int(sys.argv[3]) if len(sys.argv) > 3 else 0)

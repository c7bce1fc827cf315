"""Bad cables between two nodes, one for each transport, all outside the nodes: the program under trial knows nothing of them.

http: a proxy in front of each node. middledb: a carrier of rows between two middle databases. ferry: a gatekeeper between
drop folders. nats: a carrier of messages between two prefixes of the bus.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from liandong.adapters.transports.middledb import SCHEMA, make_middle_database, table_name
from liandong.node.between import MIDDLE, Between, role_of
from liandong.node.embedded import Server
from tests.chaos.faults import Faults
from tests.city import free_ports

__all__ = ["CABLES", "BadCable", "Every"]

NODES = ("police", "hotline")


def other(node: str) -> str:
    """Return the other of the two nodes."""
    return NODES[1 - NODES.index(node)]


class BadCable(Between):
    """What lies between the nodes, and the faults of it; ``run`` until cancelled."""

    faults: Faults
    #: How often ``change`` may be called.
    changes = 0

    def __init__(self, transport: str, home: Path, server: Server, ports: Mapping[str, int]) -> None:
        super().__init__(transport, home, server, ports)
        #: Transport -> batches, pieces and answers that it carried whole.
        self.crossed: Counter[str] = Counter()

    @property
    def now(self) -> str:
        """The transport that the nodes use now."""
        return self.transport

    def change(self) -> None:
        """Take the next transport; the nodes have to be told."""
        raise NotImplementedError

    def passed(self, fault: str) -> None:
        """Count what crosses, unless it never arrives as it was."""
        if fault not in ("lose", "parted", "cut", "flip", "leave"):
            self.crossed[self.transport] += 1

    async def run(self) -> None:
        """Carry, badly."""
        raise NotImplementedError


class BadHttp(BadCable):
    """A proxy before each node."""

    def __init__(self, transport: str, home: Path, server: Server, ports: Mapping[str, int]) -> None:
        super().__init__(transport, home, server, ports)
        self._proxies = dict(zip(NODES, free_ports(2), strict=True))
        self._old: list[tuple[str, bytes]] = []

    def url(self, of: str, peer: str) -> str:
        return f"http://127.0.0.1:{self._proxies[peer]}"

    async def run(self) -> None:
        servers = [
            await asyncio.start_server(lambda reader, writer, node=node: self._serve(node, reader, writer), "127.0.0.1", port)
            for node, port in self._proxies.items()
        ]
        try:
            await asyncio.Event().wait()
        finally:
            for each in servers:
                each.close()

    async def _serve(self, node: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._carry(node, reader, writer)
        finally:
            writer.close()

    async def _carry(self, node: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry questions and answers of one connection until it is cut."""
        while True:
            head, body = await _message(reader)
            kind = self.faults.pick(
                "lose", "double", "delay", "cut", "flip", "shuffle", "lose_answer", "cut_answer", "flip_answer", "replay"
            )
            if kind in ("lose", "parted"):
                break
            if kind == "delay":
                await self.faults.delay()
            if kind == "replay" and self._old:
                # Something said long ago is said again; nobody waits for its answer.
                await self._ask(*self.faults.chance.choice(self._old))
            if kind == "double":
                await self._ask(node, _request(head, body))
            if self.faults.chance.random() < 0.05:
                self._old = [*self._old[-20:], (node, _request(head, body))]
            answer = await self._ask(node, _request(head, self.faults.spoilt(body, kind)))
            self.passed(kind if answer else "lose")
            if kind == "lose_answer" or not answer:
                break
            writer.write(self.faults.spoilt(answer, kind.removesuffix("_answer")) if kind.endswith("_answer") else answer)
            await writer.drain()
            if kind.endswith("_answer"):
                break

    async def _ask(self, node: str, request: bytes) -> bytes:
        """Return the answer of a node, ``b""`` where there was none."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._ports[node])
            with contextlib.closing(writer):
                writer.write(request)
                head, body = await asyncio.wait_for(_message(reader), 30)
            return head + body
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            return b""


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    return head, await reader.readexactly(int(lines.get(b"content-length", b"0")))


def _request(head: bytes, body: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith((b"content-length:", b"connection:"))]
    return b"\r\n".join([*lines, b"content-length: %d" % len(body), b"connection: close", b"", body])


class BadMiddle(BadCable):
    """A middle database for each side, and a carrier of rows between them who is not to be trusted."""

    def __init__(self, transport: str, home: Path, server: Server, ports: Mapping[str, int]) -> None:
        super().__init__(transport, home, server, ports)
        self._middles = {"police": self._middle, "hotline": server.database(MIDDLE + "_2")}
        make_middle_database(self._middles["hotline"], ("police", role_of("police")), ("hotline", role_of("hotline")))

    def url(self, of: str, peer: str) -> str:
        self._middle = self._middles[of]
        return super().url(of, peer)

    async def run(self) -> None:
        reached = dict.fromkeys(NODES, 0)
        while True:
            try:
                for sender in NODES:
                    reached[sender] = await self._carry(sender, reached[sender])
            except (psycopg.Error, OSError):
                await asyncio.sleep(0.2)
            await asyncio.sleep(0.02)

    async def _carry(self, sender: str, reached: int) -> int:
        table = sql.Identifier(SCHEMA, table_name(sender, other(sender)))
        async with await psycopg.AsyncConnection.connect(self._middles[sender], autocommit=True) as here:
            query = sql.SQL("SELECT position, ref, kind, status, payload FROM {} WHERE position > %s ORDER BY position LIMIT 50").format(
                table
            )
            rows: list[Any] = await (await here.execute(query, (reached,))).fetchall()
        if not rows or self.faults.parted:
            return reached
        last = rows[-1][0]
        if self.faults.chance.random() < self.faults.share:
            self.faults.chance.shuffle(rows)
            self.faults.counts["shuffle"] += 1
        insert = sql.SQL("INSERT INTO {} (ref, kind, status, payload) VALUES (%s, %s, %s, %s)").format(table)
        async with await psycopg.AsyncConnection.connect(self._middles[other(sender)], autocommit=True) as there:
            for _, ref, kind, status, payload in rows:
                fault = self.faults.pick("lose", "double", "delay", "cut", "flip")
                if fault == "delay":
                    await self.faults.delay()
                self.passed(fault)
                for _ in range({"lose": 0, "parted": 0, "double": 2}.get(fault, 1)):
                    await there.execute(insert, (ref, kind, status, self.faults.spoilt(bytes(payload), fault)))
        return int(last)


class BadGate(BadCable):
    """A gatekeeper who moves files one way at a time, not always whole and not always once."""

    def _make_folders(self) -> None:
        for node in NODES:
            for folder in ("out", "in"):
                (self._home / "ferry" / node / other(node) / folder).mkdir(parents=True, exist_ok=True)

    async def run(self) -> None:
        while True:
            for sender in NODES:
                with contextlib.suppress(OSError):
                    await self._carry(
                        self._home / "ferry" / sender / other(sender) / "out", self._home / "ferry" / other(sender) / sender / "in"
                    )
            await asyncio.sleep(0.05)

    async def _carry(self, out: Path, into: Path) -> None:
        found = sorted(path for path in out.iterdir() if not path.name.startswith("."))
        if self.faults.chance.random() < self.faults.share:
            self.faults.chance.shuffle(found)
        for path in found:
            kind = self.faults.pick("lose", "delay", "cut", "flip", "leave", "double")
            self.passed(kind)
            if kind in ("leave", "parted"):
                continue
            if kind == "delay":
                await self.faults.delay()
            if kind in ("cut", "flip"):
                path.write_bytes(self.faults.spoilt(path.read_bytes(), kind))
            if kind != "lose":
                draft = into / f".{path.name}"
                shutil.copyfile(path, draft)
                draft.replace(into / path.name)
            if kind != "double":
                path.unlink()


class BadBus(BadCable):
    """Two prefixes on one bus, and a carrier between them."""

    def url(self, of: str, peer: str) -> str:
        return f"nats://127.0.0.1:{self._bus_port}/{of}"

    async def run(self) -> None:
        import nats
        import nats.errors

        async def quiet(_: Exception) -> None:
            """The bus may be away."""

        client = await nats.connect(
            f"nats://127.0.0.1:{self._bus_port}", max_reconnect_attempts=-1, reconnect_time_wait=0.2, error_cb=quiet
        )
        try:
            await asyncio.gather(*(self._way(client, sender) for sender in NODES))
        finally:
            await client.close()

    async def _way(self, client: Any, sender: str) -> None:
        import nats.errors
        import nats.js.api

        stream, reader = client.jetstream(), None
        while True:
            try:
                if reader is None:
                    for prefix in NODES:
                        await stream.add_stream(
                            name=f"{prefix}-{sender}-to-{other(sender)}",
                            subjects=[f"{prefix}.{sender}.{other(sender)}"],
                            retention=nats.js.api.RetentionPolicy.WORK_QUEUE,
                        )
                    reader = await stream.pull_subscribe(f"{sender}.{sender}.{other(sender)}", durable="reader")
                messages = await reader.fetch(10, timeout=0.5)
            except (nats.errors.Error, TimeoutError, OSError):
                await asyncio.sleep(0.05)
                continue
            if self.faults.chance.random() < self.faults.share:
                self.faults.chance.shuffle(messages)
            for message in messages:
                with contextlib.suppress(nats.errors.Error, TimeoutError, OSError):
                    await self._pass_on(stream, message, f"{other(sender)}.{sender}.{other(sender)}")

    async def _pass_on(self, stream: Any, message: Any, subject: str) -> None:
        while self.faults.parted:
            await asyncio.sleep(0.1)
        kind = self.faults.pick("lose", "double", "delay", "cut", "flip")
        self.passed(kind)
        if kind == "delay":
            await self.faults.delay()
        headers = {name: value for name, value in message.headers.items() if name != "Nats-Msg-Id"}
        for _ in range({"lose": 0, "double": 2}.get(kind, 1)):
            await stream.publish(subject, self.faults.spoilt(message.data, kind), headers=headers, timeout=2)
        await message.ack()


#: transport -> what lies between.
CABLES: dict[str, type[BadCable]] = {"http": BadHttp, "middledb": BadMiddle, "ferry": BadGate, "nats": BadBus}


class Every(BadCable):
    """All of them beside each other; the nodes use one after the other, beginning with the one they are laid out with."""

    changes = len(CABLES) - 1

    def __init__(self, transport: str, home: Path, server: Server, ports: Mapping[str, int]) -> None:
        super().__init__(transport, home, server, ports)
        self._order = sorted(CABLES, key=lambda each: (each != transport, each))
        self._each = {name: CABLES[name](name, home, server, ports) for name in self._order}
        for one in self._each.values():
            one.crossed = self.crossed

    @property
    def now(self) -> str:
        return self._order[0]

    def change(self) -> None:
        self._order = [*self._order[1:], self._order[0]]

    def url(self, of: str, peer: str) -> str:
        return self._each[self.now].url(of, peer)

    def bus_command(self) -> Sequence[str] | None:
        return self._each["nats"].bus_command()

    async def run(self) -> None:
        for one in self._each.values():
            one.faults = self.faults
        await asyncio.gather(*(one.run() for one in self._each.values()))

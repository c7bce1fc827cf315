"""What lies between the nodes of one machine: their addresses for each other, and the middle database, folders or bus behind them."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from liandong.adapters.transports.middledb import make_middle_database
from liandong.node.embedded import Server, ServerError

__all__ = ["MIDDLE", "Between"]

#: Name of the middle database on the city's own server.
MIDDLE = "liandong_middle"
BUS_CONFIGURATION = """# Written by liandong run. The bus of a demonstration city.
host: 127.0.0.1
port: {port}
max_payload: 8MB
jetstream {{ store_dir: {store}, max_file: 8GB }}
"""


class Between:
    """The cable of a demonstration city.

    Parameters:
        transport: ``http``, ``middledb``, ``ferry`` or ``nats``.
        home: of the city.
        server: on which a middle database can be made.
        ports: name of each node -> its port.
        middle: name of the middle database.
    """

    def __init__(self, transport: str, home: Path, server: Server, ports: Mapping[str, int], *, middle: str = MIDDLE) -> None:
        self.transport = transport
        self._home = home
        self._server = server
        self._ports = ports
        self._bus_port = 0
        if transport == "middledb":
            self._middle = server.database(middle)
            self._make_middle()
        if transport == "ferry":
            self._make_folders()
        if transport == "nats":
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._bus_port = probe.getsockname()[1]

    def url(self, of: str, peer: str) -> str:
        """Return the address under which the node ``of`` reaches ``peer``."""
        if self.transport == "middledb":
            return self._as_role(role_of(of))
        if self.transport == "ferry":
            return (self._home / "ferry" / of / peer).resolve().as_uri()
        if self.transport == "nats":
            return f"nats://127.0.0.1:{self._bus_port}/liandong"
        return f"http://127.0.0.1:{self._ports[peer]}"

    def bus_command(self) -> Sequence[str] | None:
        """Return how the bus is started; None where there is none.

        Raises:
            ServerError: ``server.no_bus``: nats-server is not installed.
        """
        if self.transport != "nats":
            return None
        binary = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
        if binary is None:
            raise ServerError("server.no_bus")
        configuration = self._home / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(port=self._bus_port, store=self._home / "bus"), encoding="utf-8")
        return [binary, "-c", str(configuration)]

    def _make_middle(self) -> None:
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            for name in self._ports:
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_of(name)]).fetchone()
                if known is None:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(sql.Identifier(role_of(name))))
        for one, other in combinations(self._ports, 2):
            make_middle_database(self._middle, (one, role_of(one)), (other, role_of(other)))

    def _as_role(self, role: str) -> str:
        """Return the middle database's address for a role: its socket directory and port stay, the user changes."""
        parts = urlsplit(self._middle)
        host = parts.netloc.rpartition("@")[2]
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "user"]
        return urlunsplit((parts.scheme, f"{quote(role)}@{host}", parts.path, urlencode(query), ""))

    def _make_folders(self) -> None:
        """Make a folder for each end; what one puts into ``out`` lies in the other's ``in`` at once: a gatekeeper without walls."""
        for one, other in combinations(self._ports, 2):
            ends = [self._home / "ferry" / each for each in (f"{one}/{other}", f"{other}/{one}")]
            for end in ends:
                end.mkdir(parents=True, exist_ok=True)
            for here, there in (ends, ends[::-1]):
                (there / "in").mkdir(exist_ok=True)
                if not (here / "out").exists():
                    (here / "out").symlink_to(there / "in", target_is_directory=True)


def role_of(node: str) -> str:
    """Return the database role of a node on the middle database."""
    return f"liandong_{node.replace('-', '_')}"

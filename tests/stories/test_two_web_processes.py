"""A node answers from several processes at one port: killed with SIGKILL, one takes nothing but the requests in its hands with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.city import City, eventually, running_city

pytestmark = pytest.mark.nodes

CALLS = 60
#: State of a socket that listens, in /proc/net/tcp.
LISTENS = "0A"


@pytest.fixture(scope="module")
def wide_city() -> Iterator[City]:
    """A city whose nodes have two web processes each."""
    with running_city(web_processes=2) as city:
        eventually(lambda: doors(city) == 2, what="both processes listen")
        yield city


def doors(city: City) -> int:
    """Return how many sockets listen at the police node's port."""
    port = int(city.url("police").rpartition(":")[2])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return sum(1 for row in rows if row[3] == LISTENS and int(row[1].rpartition(":")[2], 16) == port)


def told(city: City, number: int) -> Any:
    """Tell a call on a connection of its own until it was answered; the same key is taken once."""
    api = city.api("police", "call_taker")
    body = {"text": f"第{number}盏路灯不亮了", "channel": "phone", "key": f"two:{number}", "course": "hand_over"}

    def tell() -> Any:
        try:
            answer = httpx.post(f"{api.url}/api/v1/appeals", json=body, headers={"Authorization": f"Bearer {api.token}"}, timeout=20, trust_env=False)
        except httpx.TransportError:
            return None
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    return eventually(tell, what=f"call {number} is answered")


def test_a_killed_web_process_loses_and_doubles_nothing_and_comes_back(wide_city: City) -> None:
    with ThreadPoolExecutor(4) as callers:
        begun = [callers.submit(told, wide_city, number) for number in range(CALLS // 2)]
        begun[5].result()
        wide_city.supervisor.kill("police", "web")
        begun += [callers.submit(told, wide_city, number) for number in range(CALLS // 2, CALLS)]
        ids = {each.result()["appeal"]["id"] for each in begun}
    assert len(ids) == CALLS
    appeals = [each for each in wide_city.api("police", "call_taker").all("appeals") if each["summary"].startswith("第")]
    assert {each["id"] for each in appeals} == ids
    eventually(lambda: len(wide_city.api("hotline", "agent").all("handovers")) == CALLS, what="each crossed once")
    eventually(lambda: doors(wide_city) == 2, what="the killed one listens again")


def test_the_node_answers_at_once_while_one_of_its_processes_is_dead(wide_city: City) -> None:
    eventually(lambda: doors(wide_city) == 2, what="both processes listen")
    wide_city.supervisor.kill("police", "web 2")
    eventually(lambda: doors(wide_city) == 1, what="one process is dead")
    for _ in range(10):
        assert httpx.get(f"{wide_city.url('police')}/health", timeout=20, trust_env=False).status_code == 200


def test_a_paused_node_with_several_processes_refuses_connections(wide_city: City) -> None:
    wide_city.supervisor.pause("hotline")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{wide_city.url('hotline')}/health", timeout=20, trust_env=False)
    wide_city.supervisor.resume("hotline")
    assert httpx.get(f"{wide_city.url('hotline')}/health", timeout=20, trust_env=False).status_code == 200

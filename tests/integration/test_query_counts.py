"""A list costs the same number of queries however long it is; the numbers are pinned so that they cannot creep up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from liandong.adapters.postgres.ids import uuid7
from liandong.application.place_appeal import place_appeal
from liandong.domain.journal.facts import Role, StreamKind
from tests.integration.conftest import Node

#: The API framework deprecates how our handlers answer; that it does must not fail what is tested here.
pytestmark = pytest.mark.database

#: A list of the API -> most queries: the token, the page, its clocks.
API = {"appeals": 3, "alarms": 3, "workorders": 3, "handovers": 3}
#: Role and list page -> most queries, session and user included.
PAGES = {
    ("call_taker", "/records/"): 12,
    ("call_taker", "/records/?kind=handover"): 12,
    ("call_taker", "/orders/"): 12,
    ("call_taker", "/orders/?tab=sent"): 12,
    ("call_taker", "/desk/calls/"): 10,
    ("call_taker", "/exchange/"): 14,
    ("dispatcher", "/orders/?tab=working"): 12,
    ("officer", "/unit/"): 10,
}


def queries(get: Callable[[], Any]) -> int:
    """Return how many queries a GET takes that succeeds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = get()
    assert answer.status_code == 200, (answer.status_code, answer.content[:300])
    return len(captured)


def more(node: Node, count: int, unit: str = "") -> None:
    """Add records of every kind."""
    for _ in range(count):
        node.offered()
        kept = place_appeal(node.world, node.person(), node.take(f"有人打架 {uuid7()}", place="采莲路8号").id, "keep")
        if unit:
            # What sounds like danger was ordered by itself, to whom the directory names.
            node.act(StreamKind.ALARM, kept.data["order"], "redirect", Role.DISPATCHER, unit=unit, reason="就近")


@pytest.mark.parametrize("address", API)
def test_a_list_of_the_api_takes_the_same_queries_however_long(node: Node, address: str) -> None:
    from django.test import Client

    from liandong.node.prepare import make_token

    client = Client(headers={"Host": "127.0.0.1", "Authorization": f"Bearer {make_token(f'counting {address}', 'call_taker')}"})
    more(node, 2)
    few = queries(lambda: client.get(f"/api/v1/{address}?limit=200"))
    more(node, 8)
    assert queries(lambda: client.get(f"/api/v1/{address}?limit=200")) == few
    assert few <= API[address]


@pytest.mark.parametrize(("role", "address"), PAGES)
def test_a_list_page_takes_the_same_queries_however_long(node: Node, role: str, address: str) -> None:
    from django.test import Client

    user = node.models.User.objects.filter(role=role, demonstration=True).first()
    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(user)
    more(node, 3, user.unit)
    few = queries(lambda: client.get(address))
    more(node, 8, user.unit)
    many = queries(lambda: client.get(address))
    assert many == few
    assert many <= PAGES[role, address]

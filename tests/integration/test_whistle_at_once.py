"""Many call about one place at the same moment while a whistle stands there: every call is taken, every case is added."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from tests.contracts.unit_of_work import close_connections
from tests.integration.conftest import Node

pytestmark = [pytest.mark.database, pytest.mark.filterwarnings("ignore:Returning tuple:DeprecationWarning")]

WORDS = "塑料厂机器半夜轰鸣，吵得全家睡不着"


def test_calls_at_the_same_moment_about_what_is_whistled_are_all_taken(node: Node) -> None:
    place = f"安元路{uuid4().int % 9000 + 100}号"

    def call(number: int) -> Any:
        try:
            return node.take(WORDS, place=place, phone=f"1390000{number:04}")
        finally:
            close_connections()

    first = [call(number) for number in range(3)]
    whistle = node.models.Stream.objects.get(kind="whistle", place=place)
    with ThreadPoolExecutor(6) as pool:
        later = list(pool.map(call, range(10, 28)))
    whistle.refresh_from_db()
    assert {each["appeal"] for each in whistle.data["cases"]} >= {each.id for each in first}
    assert {each["appeal"] for each in whistle.data["cases"]} & {each.id for each in later}
    assert node.models.Stream.objects.filter(kind="whistle", place=place).count() == 1

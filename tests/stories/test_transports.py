"""A city on each transport and suite: told on one side, taken on the other, the end seen where it began."""

from __future__ import annotations

from pathlib import Path

import pytest

from liandong.adapters.crypto.registry import NATIONAL_SUITE
from tests.city import City, eventually, running_city

pytestmark = [pytest.mark.nodes, pytest.mark.slow]

SMOKE = "我住采莲路{number}号，楼下烧烤摊的油烟天天往窗户里灌，电话13900000031"


def hand_over(city: City, number: int) -> str:
    """Tell a matter to 110 and hand it over; return the handover."""
    police = city.api("police", "call_taker")
    taken = police.take(SMOKE.format(number=number), place=f"采莲路{number}号", phone="13900000031")
    placed = police.post(f"/appeals/{taken['appeal']['id']}/place", {"course": "hand_over"})
    handover: str = placed["data"]["handover"]
    return handover


def works(city: City) -> None:
    """Show that a matter crosses and its acceptance comes back."""
    handover = hand_over(city, 12)
    hotline = city.api("hotline", "agent")
    hotline.until("handovers", handover, "offered")
    hotline.act("handovers", handover, "accept")
    city.api("police", "call_taker").until("handovers", handover, "accepted")


@pytest.mark.parametrize("transport", ["middledb", "ferry", "nats"])
def test_a_matter_crosses_and_its_acceptance_comes_back(transport: str) -> None:
    with running_city(transport=transport) as city:
        works(city)


def test_a_city_runs_on_the_national_suite_by_one_setting() -> None:
    with running_city(suite=NATIONAL_SUITE) as city:
        works(city)
        with city.database("hotline") as database:
            (suite,) = database.execute("SELECT DISTINCT envelope->>'suite' FROM inbox").fetchone() or ("",)
        assert suite == NATIONAL_SUITE


def test_messages_that_wait_leave_over_the_transport_that_is_chosen_next(tmp_path: Path) -> None:
    chosen = ("http", "ferry", "middledb", "nats")
    told: list[str] = []
    for number, transport in enumerate(chosen, 1):
        with running_city(transport=transport, home=tmp_path) as city:
            hotline = city.api("hotline", "agent")
            for handover in told[-1:]:
                hotline.until("handovers", handover, "offered")
            if number == len(chosen):
                break
            city.supervisor.pause("hotline")
            told.append(hand_over(city, number))
            waiting = eventually(lambda: city.api("police", "call_taker").get("/exchange")["outbox"])
            assert waiting == 1
    assert len(set(told)) == len(chosen) - 1

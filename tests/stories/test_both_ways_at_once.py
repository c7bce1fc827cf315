"""Both sides hand over on the same day: each number is one matter's on both nodes."""

from __future__ import annotations

import pytest

from tests.city import City

pytestmark = pytest.mark.nodes


def test_handovers_from_both_sides_never_share_a_number(own_city: City) -> None:
    police, hotline = own_city.api("police", "call_taker"), own_city.api("hotline", "agent")
    there = police.take("楼下烧烤油烟太大", place="采莲路88号", course="hand_over")["appeal"]["data"]["handover"]
    back = hotline.take("广场上有人摆摊挡住消防通道，和城管打起来了", place="采莲路99号", course="hand_over")["appeal"]["data"]["handover"]
    hotline.until("handovers", there, "offered")
    police.until("handovers", back, "accepted")
    numbers = [api.one("handovers", each)["number"] for api in (police, hotline) for each in (there, back)]
    assert numbers[:2] == numbers[2:]
    assert len(set(numbers)) == 2

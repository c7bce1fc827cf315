"""A place that was only said reaches whoever is sent."""

from __future__ import annotations

from typing import Any

import pytest

from liandong.adapters.packs import load_pack
from liandong.adapters.packs.team import PackDirectory
from liandong.application.place_said import place_said
from tests.memory_city import MORNING


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"place": "采莲路1号", "verdict": {"particulars": {"place": ["采莲路2号"]}}}, "采莲路1号"),
        ({"verdict": {"particulars": {"place": ["元和街道采莲路66号"]}}}, "元和街道采莲路66号"),
        ({"verdict": {"particulars": {}}}, ""),
        ({"verdict": {"particulars": {"place": "x"}}}, ""),
        ({}, ""),
    ],
)
def test_the_written_place_comes_first_and_the_said_one_next(said: dict[str, Any], place: str) -> None:
    assert place_said(said) == place


def test_the_station_of_a_place_that_was_only_said_is_ordered() -> None:
    directory = PackDirectory(load_pack("xiangcheng"))
    said = {"item": "P6", "verdict": {"particulars": {"place": ["黄埭镇康阳路3号"]}, "reasons": [{"item": "P6.04"}]}}
    assert directory.police_unit(said, MORNING) == "xc-pcs-huangdai"

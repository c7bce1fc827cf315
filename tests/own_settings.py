"""Settings of their own for the nodes of a test city: an adviser at the police node, a model of units at the hotline's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liandong.adapters.classifier.training import train
from tests.adviser_stub import Stub

__all__ = ["LAMPS_UNIT", "own_settings"]

#: Who has always handled broken lamps here, whatever the list says: the list names the lamp office of the district.
LAMPS_UNIT = "xc-zj"
ROADS = "甲乙丙丁戊己庚辛壬癸"


def own_settings(adviser: Stub, directory: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return node -> settings; trains the model of units into ``directory``."""
    lamps = [f"{road}路的路灯不亮了，晚上一片黑" for road in ROADS]
    smoke = [f"{road}路烧烤摊油烟太大，呛人" for road in ROADS]
    model = train([*lamps, *smoke], [LAMPS_UNIT] * len(lamps) + ["xc-cg-yuanhe"] * len(smoke), seed=0, source="test", column="unit", progress=lambda _: None)
    model.save(directory / "units")
    police = {"adviser_url": adviser.base, "adviser_key": "secret-key", "adviser_model": "small", "adviser_seconds": 2, "adviser_per_minute": 600}
    return {"police": police, "hotline": {"unit_model": str(directory / "units")}}

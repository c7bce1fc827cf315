"""Settings of their own for the nodes of a test city: an adviser at the police node, models of units and of triage at the hotline's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liandong.adapters.classifier.shipped import SHIPPED
from liandong.adapters.classifier.training import train
from tests.adviser_stub import Stub

__all__ = ["DECISIONS", "LAMPS_UNIT", "own_settings"]

#: What the hotline's triage model says of itself: the shipped one under another name, so that verdicts are the same.
DECISIONS = 123_456

#: Who has always handled broken lamps here, whatever the list says: the list names the lamp office of the district.
LAMPS_UNIT = "xc-zj"
ROADS = "甲乙丙丁戊己庚辛壬癸"


def own_settings(adviser: Stub, directory: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return node -> settings; puts the models into ``directory``."""
    lamps = [f"{road}路的路灯不亮了，晚上一片黑" for road in ROADS]
    smoke = [f"{road}路烧烤摊油烟太大，呛人" for road in ROADS]
    model = train([*lamps, *smoke], [LAMPS_UNIT] * len(lamps) + ["xc-cg-yuanhe"] * len(smoke), seed=0, source="test", column="unit", progress=lambda _: None)
    model.save(directory / "units")
    shutil.copytree(SHIPPED, directory / "triage", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    told = json.loads((directory / "triage" / "model.json").read_text(encoding="utf-8"))
    told["about"]["decisions"] = DECISIONS
    (directory / "triage" / "model.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    police = {"adviser_url": adviser.base, "adviser_key": "secret-key", "adviser_model": "small", "adviser_seconds": 4, "adviser_per_minute": 600}
    return {"police": police, "hotline": {"unit_model": str(directory / "units"), "triage_model": str(directory / "triage")}}

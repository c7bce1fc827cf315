"""CAP 1.2 documents against the published schema, where the machine has it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from liandong.adapters.standards.cap import NAMESPACE, cap_document

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GAS: dict[str, Any] = {
    "origin": "police",
    "summary": "采莲路一带有煤气味，报警人13900000077\x07",
    "place": "采莲路88号",
    "division": "320507001",
    "longitude": "120.64",
    "latitude": "31.37",
    "item": "P6",
    "lines": {"xc-rq": {"name": "燃气公司", "function": "燃气", "acknowledged_at": "2026-11-22T08:00:20+00:00"}, "desk:hotline": {"name": "12345"}},
}


def test_document_says_who_is_alerted_and_hides_the_number() -> None:
    said = ElementTree.fromstring(cap_document(GAS, "01a2", AT, "燃气设施险情", "110"))
    text = "".join(said.itertext())
    assert "xc-rq" in text
    assert "acknowledged_at" in text
    assert "13900000077" not in text
    assert said.find(f"{{{NAMESPACE}}}addresses").text == "xc-rq desk:hotline"  # type: ignore[union-attr]


@pytest.mark.parametrize("data", [GAS, {"lines": {}}, {**GAS, "times": {"AlertStoodDown": "x"}, "longitude": ""}], ids=["gas", "bare", "ended"])
def test_document_validates_against_the_published_schema(data: dict[str, Any]) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    source = Path(os.environ.get("LIANDONG_DATA", "../shared/data")) / "standards" / "cap12" / "CAP-v1.2.xsd"
    if not source.is_file():
        pytest.skip(f"no schema at {source}: set LIANDONG_DATA to the folder that has it")
    assert list(xmlschema.XMLSchema(source).iter_errors(cap_document(data, "01a2", AT, "", "110").decode())) == []

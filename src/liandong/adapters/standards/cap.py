"""An alert as a Common Alerting Protocol 1.2 document.

Source: OASIS CAP 1.2. What CAP has no place for (who acknowledged, when, with how many people) goes into ``parameter`` elements,
one for each recipient; nothing of an alert is left out. The citizen's name and number never enter it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

__all__ = ["NAMESPACE", "cap_document"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
#: Class of the list -> CAP category.
CATEGORIES = {"P1": "Security", "P2": "Security", "P3": "Transport", "P4": "Safety", "P5": "Rescue", "P6": "Infra", "P7": "Security", "P8": "Rescue"}
_UNFIT = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"(?<!\d)\d{7,}(?!\d)")


def cap_document(data: Mapping[str, Any], identifier: str, raised_at: datetime, event: str, sender_title: str, *, exercise: bool = False) -> bytes:
    """Return the document in UTF-8.

    Parameters:
        data: of the alert's stream.
        identifier: the stream's id.
        raised_at: aware.
        event: the item in words; ``""`` becomes 紧急情况.
        sender_title: what people call the platform that raised it.
        exercise: True for drills and demonstrations.
    """
    lines: Mapping[str, Mapping[str, Any]] = data.get("lines", {})
    alert = ElementTree.Element("alert", {"xmlns": NAMESPACE})
    ended = data.get("times", {}).get("AlertStoodDown")
    for name, value in (
        ("identifier", _token(identifier)),
        ("sender", _token(str(data.get("origin", "")) or "liandong")),
        ("sent", _time(raised_at)),
        ("status", "Exercise" if exercise else "Actual"),
        ("msgType", "Cancel" if ended else "Alert"),
        ("scope", "Private"),
        ("addresses", " ".join(_token(code) for code in lines) or "none"),
    ):
        _add(alert, name, value)
    info = ElementTree.SubElement(alert, "info")
    _add(info, "language", "zh-CN")
    _add(info, "category", CATEGORIES.get(str(data.get("item", ""))[:2], "Other"))
    _add(info, "event", event or "紧急情况")
    _add(info, "responseType", "Execute")
    _add(info, "urgency", "Immediate")
    _add(info, "severity", "Severe")
    _add(info, "certainty", "Likely")
    _add(info, "senderName", sender_title)
    _add(info, "headline", f"{event or '紧急情况'} {data.get('place', '')}".strip()[:160])
    _add(info, "description", _masked(str(data.get("summary", ""))))
    for code, line in lines.items():
        parameter = ElementTree.SubElement(info, "parameter")
        _add(parameter, "valueName", f"recipient:{code}")
        _add(parameter, "value", _standing(line))
    area = ElementTree.SubElement(info, "area")
    _add(area, "areaDesc", str(data.get("place") or data.get("division") or "地点待查"))
    if data.get("longitude") and data.get("latitude"):
        _add(area, "circle", f"{_degrees(data['latitude'])},{_degrees(data['longitude'])} 0.1")
    if data.get("division"):
        geocode = ElementTree.SubElement(area, "geocode")
        _add(geocode, "valueName", "GB/T 2260")
        _add(geocode, "value", str(data["division"]))
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(alert, encoding="utf-8")


def _standing(line: Mapping[str, Any]) -> str:
    said = [f"{name}={line[name]}" for name in ("function", "acknowledged_at", "set_out_at", "on_scene_at", "unable_at", "people", "due_at") if line.get(name)]
    return "; ".join([str(line.get("name", "")), *said])


def _add(parent: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(parent, name).text = _UNFIT.sub("", value)


def _token(value: str) -> str:
    """Return an identifier without blanks, commas and the signs CAP forbids."""
    return re.sub(r"[\s,<&]", "_", value)


def _masked(text: str) -> str:
    """Return the words without telephone and identity numbers."""
    return _NUMBER.sub(lambda found: found.group()[:3] + "*" * (len(found.group()) - 3), text)


def _degrees(value: object) -> str:
    return f"{float(str(value)):.6f}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")

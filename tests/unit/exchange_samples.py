"""Envelopes for the exchange's tests, and the ids they carry."""

from __future__ import annotations

from typing import Any

from liandong.domain.exchange.envelope import Envelope

__all__ = ["envelope", "uuid7"]


def uuid7(number: int) -> str:
    """Return a well-formed UUIDv7 that depends on ``number`` only."""
    text = f"{(0x019AB000 << 96) | (7 << 76) | (2 << 62) | number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def envelope(number: int = 1, **changes: Any) -> Envelope:
    """Return an unsigned envelope from the police node to the hotline node."""
    fields: dict[str, Any] = {
        "id": uuid7(number),
        "sender": "city-110",
        "recipient": "city-12345",
        "stream": "handover/019ab000-0000-7000-8000-000000000001",
        "seq": 1,
        "type": "HandoverOffered",
        "at": "2026-11-22T08:00:00.123Z",
        "body": {"words": "楼下烧烤店油烟呛人 🔥", "item": "H1.03", "times": 3, "urgent": False},
    }
    return Envelope(**{**fields, **changes})

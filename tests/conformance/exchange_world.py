"""What the conformance tests share: the vectors, two nodes of the program, and the independent peer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from independent_peer import Peer

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import OwnKey, PeerKey, generate_key, key_id_of
from liandong.adapters.crypto.registry import DEFAULT_SUITE
from liandong.adapters.crypto.session import Session
from liandong.adapters.crypto.suites import from_text
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
POLICE, HOTLINE = "city-110", "city-12345"
STREAM = "019ab000-0000-7000-8000-0000000000aa"


def vectors(name: str) -> Any:
    """Return the content of a vector file."""
    return json.loads((Path(__file__).parent / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


def uuid7(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012x}"


def fields(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the wire form of a good message from the police node, not yet signed."""
    message = {
        "id": uuid7(number),
        "version": "1.0",
        "from": POLICE,
        "to": HOTLINE,
        "stream": STREAM,
        "seq": number,
        "type": "handover.fact",
        "at": "2026-11-22T08:00:00.5Z",
        "body": {"words": "楼下烧烤店油烟呛人"},
        "attachments": [],
        "key_id": "",
        "suite": "",
        "signature": "",
    }
    return {name: value for name, value in {**message, **changes}.items() if value is not ...}


def raw(number: int = 1, **changes: Any) -> bytes:
    """Return it as bytes; ``...`` leaves a member out."""
    return json.dumps(fields(number, **changes)).encode("utf-8", "surrogatepass")


def message(number: int = 1, **changes: Any) -> Envelope:
    """Return an envelope of the program."""
    wire = fields(number, **changes)
    names = {"from": "sender", "to": "recipient"}
    return Envelope(**{names.get(name, name): tuple(value) if name == "attachments" else value for name, value in wire.items()})


@dataclass
class Nodes:
    """The program as police node and as hotline node; the time is set by hand."""

    now: datetime = NOW
    suite: str = DEFAULT_SUITE
    police_key: OwnKey = field(init=False)
    hotline_key: OwnKey = field(init=False)

    def __post_init__(self) -> None:
        self.police_key, self.hotline_key = generate_key(POLICE, self.suite, NOW), generate_key(HOTLINE, self.suite, NOW)
        self.police = KeyRing(POLICE, [self.police_key], [self.hotline_key.public], lambda: self.now)
        self.hotline = KeyRing(HOTLINE, [self.hotline_key], [self.police_key.public], lambda: self.now)
        self.session = Session(self.police)
        self.clear = Session(self.police, seal=False)


def stranger(node: str) -> tuple[Peer, PeerKey]:
    """Return an independent peer and its public key as the program would enter it."""
    made = generate_key(node, DEFAULT_SUITE, NOW)
    peer = Peer(node, made.signing, made.agreement)
    assert peer.key_id == made.public.key_id == key_id_of(DEFAULT_SUITE, peer.signing_public, peer.agreement_public)
    return peer, made.public


def keys_of(vector: dict[str, Any]) -> tuple[KeyRing, KeyRing]:
    """Return the rings of both nodes of a vector of protected.json."""
    police, hotline = (_own(vector[name]) for name in ("sender_key", "recipient_key"))
    return KeyRing(POLICE, [police], [hotline.public], lambda: NOW), KeyRing(HOTLINE, [hotline], [police.public], lambda: NOW)


def _own(wire: dict[str, Any]) -> OwnKey:
    instants = {name: datetime.fromisoformat(wire[name]) for name in ("created", "not_before", "not_after")}
    publics = {name: from_text(wire[name]) for name in ("signing_public", "agreement_public")}
    public = PeerKey(node=wire["node"], key_id=wire["key_id"], suite=wire["suite"], **instants, **publics)
    return OwnKey(public=public, signing=from_text(wire["signing"]), agreement=from_text(wire["agreement"]))


def code(item: Envelope | Receipt) -> str:
    """Return the code of a refusal, or ``"opened"``."""
    return item.code if isinstance(item, Receipt) else "opened"

"""Signatures of envelopes that were kept: whether a peer's word still is the peer's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.session import prove_kept
from liandong.domain.errors import LiandongError
from liandong.domain.exchange.wire import parse_envelope

__all__ = ["fault_by"]


def fault_by(ring: KeyRing, node: str) -> Callable[[str, Mapping[str, Any]], str | None]:
    """Return what tells the code of the fault of an envelope kept in the inbox, None where its signature holds.

    Parameters:
        node: this node's name: to whom a word has to have been said.
    """

    def fault(peer: str, envelope: Mapping[str, Any]) -> str | None:
        try:
            kept = parse_envelope(json.dumps(envelope, ensure_ascii=False).encode())
            prove_kept(kept, ring)
        except LiandongError as error:
            return error.code
        return None if (kept.sender, kept.recipient) == (peer, node) else "exchange.wrong_sender"

    return fault

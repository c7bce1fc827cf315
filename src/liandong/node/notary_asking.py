"""Ask a peer what it keeps, over whatever cable there is, and check signatures of what it said: for commands run by hand."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction

from liandong.adapters.crypto.kept_envelopes import fault_by
from liandong.adapters.postgres.notary import PostgresNotary
from liandong.application.current import current_world
from liandong.application.notary import QUESTION, questions_stream
from liandong.domain.errors import PeerUnavailable
from liandong.node.keys import node_keyring
from liandong.node.settings import NodeSettings

__all__ = ["ask_for_root", "ask_peer", "signature_fault"]


def signature_fault(settings: NodeSettings) -> Callable[[str, Mapping[str, Any]], str | None]:
    """Return what tells the code of the fault of an envelope kept in the inbox, None where its signature holds."""
    return fault_by(node_keyring(settings), settings.name)


def ask_for_root(settings: NodeSettings, wait_seconds: float) -> Callable[[str, int], Mapping[str, Any]]:
    """Return what asks a peer for one root of ours as it keeps it."""

    def ask(peer: str, number: int) -> Mapping[str, Any]:
        kept = ask_peer(settings, peer, {"root": number}, wait_seconds).get("kept", {})
        return kept if isinstance(kept, dict) else {}

    return ask


def ask_peer(settings: NodeSettings, peer: str, question: Mapping[str, Any], wait_seconds: float) -> dict[str, Any]:
    """Return the answer of a peer to a question; the worker carries both.

    Raises:
        PeerUnavailable: ``notary.no_answer`` within ``wait_seconds``.
    """
    ref = secrets.token_hex(16)
    with transaction.atomic():
        PostgresNotary(settings.name, current_world().clock).say(peer, questions_stream(settings.name), QUESTION, {"ref": ref, **question})
    until = time.monotonic() + wait_seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM notary_answer WHERE peer = %s AND ref = %s", [peer, ref])
            row = cursor.fetchone()
        if row is not None:
            return dict(json.loads(row[0]) if isinstance(row[0], str) else row[0])
        time.sleep(0.1)
    raise PeerUnavailable("notary.no_answer", peer=peer, seconds=int(wait_seconds))

"""Whom ``journal verify --with-peer`` asks: every peer of the settings, whatever this database says of it, and for one root more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.conftest import Node
from tests.integration.test_evidence import crossed

pytestmark = pytest.mark.database


class Peer:
    """A peer that keeps some roots and remembers what it was asked."""

    def __init__(self, kept: Mapping[int, Mapping[str, Any]]) -> None:
        self.kept = kept
        self.asked: list[tuple[str, int]] = []

    def __call__(self, peer: str, number: int) -> Mapping[str, Any]:
        self.asked.append((peer, number))
        return self.kept.get(number, {})


def roots(node: Node) -> dict[int, dict[str, Any]]:
    """Return number -> what a peer keeps of a root that is as it was."""
    return {row[0]: {"hash": row[1], "marks": ""} for row in node.raw("SELECT number, hash FROM journal_root ORDER BY number")}


def test_every_peer_is_asked_for_every_root_and_for_the_next_one(node: Node) -> None:
    from liandong.adapters.postgres.verify_roots import verify_roots

    crossed(node)
    node.raw("DELETE FROM outbox WHERE type = 'notary.root'")
    kept = roots(node)
    last = max(kept)
    peer = Peer(kept)
    found = verify_roots("police", None, peer, ["hotline"])
    assert peer.asked == [("hotline", number) for number in range(1, last + 2)]
    assert found.breaks == ()

    more = verify_roots("police", None, Peer({**kept, last + 1: {"hash": "0" * 64, "marks": ""}}), ["hotline"])
    assert [each.reason for _, each in more.breaks] == ["root_missing"]

    changed = verify_roots("police", None, Peer({**kept, last: {"hash": "0" * 64, "marks": ""}}), ["hotline"])
    assert [each.reason for _, each in changed.breaks] == ["root_differs"]


def test_nobody_is_asked_where_it_was_not_asked_for(node: Node) -> None:
    from liandong.adapters.postgres.verify_roots import verify_roots

    crossed(node)
    assert [each.reason for _, each in verify_roots("police", None, None, ["hotline"]).breaks] == []

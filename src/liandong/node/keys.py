"""A node's keys on disk: made once, exchanged by file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.node.settings import NodeSettings

__all__ = ["ensure_keys", "introduce", "node_keyring"]


def now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def node_keyring(settings: NodeSettings) -> KeyRing:
    """Return the keys of a node and its peers as they are on disk."""
    offset = timedelta(seconds=settings.clock_offset_seconds)
    return KeyRing.load(settings.keys, settings.name, lambda: now() + offset)


def ensure_keys(settings: NodeSettings) -> KeyRing:
    """Return a node's keys; make its own where there is none of its suite yet."""
    ring = node_keyring(settings)
    if not any(key.suite == settings.suite and key.revoked is None for key in ring.public_keys()):
        ring.add_own(generate_key(settings.name, settings.suite, ring.clock()))
        ring.save(settings.keys)
    return ring


def introduce(one: NodeSettings, other: NodeSettings) -> None:
    """Give each of two nodes of one machine the other's public keys."""
    first, second = ensure_keys(one), ensure_keys(other)
    for public in first.public_keys():
        second.add_peer(public)
    for public in second.public_keys():
        first.add_peer(public)
    first.save(one.keys)
    second.save(other.keys)

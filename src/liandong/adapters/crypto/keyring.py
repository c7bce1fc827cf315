"""The key ring: this node's keys, its peers' public keys, and what holds when.

Rules:
    - The newest own key in force signs. An older one stays for opening what was sealed for it.
    - A peer may have several keys at once: they rotate by overlap. A key is accepted until ``overlap_days`` after its last day,
      so that what waited in an outbox still arrives.
    - A revoked key is accepted for nothing new, whatever the date of the message: its thief can write any date. What was taken before
      stays proved by it.
    - A refusal says who and why: the key, its owner, the day, the reason.
    - A ring that came from a directory looks there again every two seconds: a key entered or revoked by another process counts
      without a restart. What is in the files is added; a file taken away is not, a key is ended by revoking it.

Concurrency:
    A ring is read by many and changed by replacing entries of its dicts; no lock is needed within one event loop.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from liandong.adapters.crypto.keys import OwnKey, PeerKey, Revocation, load_own_key, load_peer_key, revoked, save_own_key, save_peer_key
from liandong.adapters.crypto.registry import SUITES
from liandong.adapters.crypto.suites import Suite
from liandong.domain.errors import InvalidInput, LocalProtocolError, RemoteProtocolError

__all__ = ["KeyRing"]

#: How long a key is still accepted after its last day.
OVERLAP_DAYS = 7

#: How long a look at the key directory counts.
LOOK_AGAIN_SECONDS = 2.0

log = logging.getLogger(__name__)


class KeyRing:
    """Keys of one node and of the peers it knows.

    Parameters:
        node: this node's id, as it stands in ``from`` and ``to``.
        own: this node's keys.
        peers: the peers' public keys.
        clock: returns now, aware.
        overlap_days: how long a key is accepted after its last day.
    """

    def __init__(
        self,
        node: str,
        own: Iterable[OwnKey],
        peers: Iterable[PeerKey],
        clock: Callable[[], datetime],
        *,
        overlap_days: int = OVERLAP_DAYS,
    ) -> None:
        self.node = node
        self.clock = clock
        self._overlap = timedelta(days=overlap_days)
        self._own: dict[str, OwnKey] = {}
        self._peers: dict[str, PeerKey] = {}
        self._secrets: dict[tuple[str, str], bytes] = {}
        self._directory: Path | None = None
        self._seen: frozenset[tuple[Path, int]] = frozenset()
        self._look_again_at = 0.0
        for key in own:
            self.add_own(key)
        for public in peers:
            self.add_peer(public)

    @classmethod
    def load(cls, directory: Path, node: str, clock: Callable[[], datetime]) -> KeyRing:
        """Return the ring kept in ``directory`` (``own/*.json``, ``peers/*.json``); raises InvalidInput for a broken file."""
        ring = cls(node, [], [], clock)
        ring._directory = directory
        ring._read(_files(directory))
        return ring

    def _read(self, files: frozenset[tuple[Path, int]]) -> None:
        """Take every key of the files; nothing is changed when one is broken."""
        paths = sorted(path for path, _ in files)
        own = [load_own_key(path) for path in paths if path.parent.name == "own"]
        peers = [load_peer_key(path) for path in paths if path.parent.name == "peers"]
        for key in own:
            self.add_own(key)
        for public in peers:
            self.add_peer(public)
        self._seen = files
        self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS

    def _freshen(self) -> None:
        """Take what changed in the directory since the last look; a broken file is told and leaves the ring as it was."""
        if self._directory is None or time.monotonic() < self._look_again_at:
            return
        self._look_again_at = time.monotonic() + LOOK_AGAIN_SECONDS
        try:
            files = _files(self._directory)
            if files != self._seen:
                self._read(files)
        except (InvalidInput, OSError) as error:
            log.error(
                "The keys on disk cannot be read; those known are used on: %s",
                error,
                extra={"action": "keys.unreadable", "node": self.node},
            )

    def save(self, directory: Path) -> None:
        """Write every key to ``directory``, each file in one step."""
        for key in self._own.values():
            save_own_key(directory / "own" / f"{key.public.key_id}.json", key)
        for public in self._peers.values():
            save_peer_key(directory / "peers" / f"{public.key_id}.json", public)

    def add_own(self, key: OwnKey) -> None:
        """Take a key of this node; raises InvalidInput when it is another node's."""
        if key.public.node != self.node:
            raise InvalidInput(detail=f"{key.public.key_id} belongs to {key.public.node}, not to {self.node}")
        self._own[key.public.key_id] = key

    def add_peer(self, key: PeerKey) -> None:
        """Take a peer's public key; one that is known as revoked stays so."""
        known = self._peers.get(key.key_id)
        if known is None or known.revoked is None:
            self._peers[key.key_id] = key

    def revoke(self, key_id: str, reason: str) -> PeerKey:
        """Accept a key no more, from now on; return it with the reason. Raises InvalidInput when it is not known."""
        known = self._peers.get(key_id)
        if known is not None:
            self._peers[key_id] = known = revoked(known, self.clock(), reason)
            return known
        own = self._own.get(key_id)
        if own is None:
            raise InvalidInput(detail=f"no key {key_id[:40]}")
        public = revoked(own.public, self.clock(), reason)
        self._own[key_id] = OwnKey(public=public, signing=own.signing, agreement=own.agreement)
        return public

    def public_keys(self) -> list[PeerKey]:
        """Return the public halves of this node's keys: what its peers need."""
        return [key.public for key in self._own.values()]

    def peer_keys(self, node: str) -> list[PeerKey]:
        """Return what is known of a peer's keys, newest first."""
        return sorted((key for key in self._peers.values() if key.node == node), key=lambda key: key.not_before, reverse=True)

    def expiring(self, within_days: int) -> list[PeerKey]:
        """Return the keys, own and peers', whose last day is near or past: for a screen that warns in time."""
        until = self.clock() + timedelta(days=within_days)
        known = [*self.public_keys(), *self._peers.values()]
        return [key for key in known if key.revoked is None and key.not_after <= until]

    def signing_key(self, suite: str | None = None) -> OwnKey:
        """Return the newest own key in force, of one suite where asked; the first one to come where none has begun.

        A clock that was set back must not silence a node: its peers take a key from the day they entered it.

        Raises:
            LocalProtocolError: ``exchange.key_expired``: there is none.
        """
        self._freshen()
        now = self.clock()
        usable = [
            key
            for key in self._own.values()
            if key.public.revoked is None
            and now < key.public.not_after + self._overlap
            and suite in (None, key.public.suite)
        ]
        if not usable:
            raise LocalProtocolError("exchange.key_expired", detail=f"{self.node} has no key in force{f' of {suite}' if suite else ''}")
        begun = [key for key in usable if key.public.not_before <= now]
        if not begun:
            return min(usable, key=lambda key: (key.public.not_before, key.public.key_id))
        return max(begun, key=lambda key: (key.public.not_before, key.public.key_id))

    def sealing_key(self, node: str) -> PeerKey:
        """Return the peer's newest key to seal for.

        Raises:
            LocalProtocolError: ``exchange.key_unknown``: no usable key of the peer is known here.
        """
        self._freshen()
        now = self.clock()
        for key in self.peer_keys(node):
            if key.revoked is None and now < key.not_after + self._overlap:
                return key
        raise LocalProtocolError("exchange.key_unknown", detail=f"no key in force of {node} is known at {self.node}")

    def sign(self, data: bytes) -> tuple[str, bytes]:
        """Return (key id, signature) with the newest own key in force; raises LocalProtocolError when there is none."""
        key = self.signing_key()
        return key.public.key_id, suite_of(key.public).sign(key.signing, data)

    def trusted(self, key_id: str) -> PeerKey:
        """Return a peer's key that may be relied on now.

        Raises:
            RemoteProtocolError: ``exchange.key_unknown``, ``exchange.key_revoked`` or ``exchange.key_expired``, with who and why.
        """
        key = self.known(key_id)
        if key.revoked is not None:
            raise RemoteProtocolError("exchange.key_revoked", detail=_why(key, key.revoked))
        if self.clock() >= key.not_after + self._overlap:
            raise RemoteProtocolError("exchange.key_expired", detail=f"{key_id} of {key.node}, last day {key.not_after:%Y-%m-%d}")
        return key

    def known(self, key_id: str) -> PeerKey:
        """Return a peer's key, in force or not: for what was believed when it came and is proved again later.

        Raises:
            RemoteProtocolError: ``exchange.key_unknown``.
        """
        self._freshen()
        key = self._peers.get(key_id)
        if key is None:
            raise RemoteProtocolError("exchange.key_unknown", detail=f"{key_id or 'no key'} at {self.node}")
        return key

    def verify(self, key_id: str, data: bytes, signature: bytes) -> str:
        """Return the node that owns the key.

        Raises:
            RemoteProtocolError: as ``trusted``, or ``exchange.signature``.
        """
        key = self.trusted(key_id)
        if not suite_of(key).verify(key.signing_public, data, signature):
            raise RemoteProtocolError("exchange.signature", detail=f"{key_id} of {key.node}")
        return key.node

    def own_key(self, key_id: str) -> OwnKey:
        """Return an own key by its id, in force or not; raises RemoteProtocolError ``exchange.seal`` when there is none."""
        key = self._own.get(key_id)
        if key is None:
            raise RemoteProtocolError("exchange.seal", detail=f"sealed for {key_id}, which is no key of {self.node}")
        return key

    def secret(self, own: OwnKey, peer: PeerKey) -> bytes:
        """Return the secret of two keys, computed once.

        Raises:
            RemoteProtocolError: ``exchange.suite`` or ``exchange.seal``: the two keys cannot agree.
        """
        pair = (own.public.key_id, peer.key_id)
        if pair not in self._secrets:
            if own.public.suite != peer.suite:
                raise RemoteProtocolError("exchange.suite", detail=f"{own.public.suite} here, {peer.suite} at {peer.node}")
            try:
                self._secrets[pair] = suite_of(peer).agree(own.agreement, peer.agreement_public)
            except ValueError:
                raise RemoteProtocolError("exchange.seal", detail=f"{peer.key_id} of {peer.node} agrees with nothing") from None
        return self._secrets[pair]


def suite_of(key: PeerKey) -> Suite:
    """Return the suite of a key; ``generate_key`` and the loaders let no other in."""
    suite = SUITES.get(key.suite)
    if suite is None:
        raise RemoteProtocolError("exchange.suite", detail=f"{key.suite} of {key.node}")
    return suite


def _why(key: PeerKey, end: Revocation) -> str:
    return f"{key.key_id} of {key.node}, revoked {end.at:%Y-%m-%d}: {end.reason}"


def _files(directory: Path) -> frozenset[tuple[Path, int]]:
    """Return each key file with the time of its last change."""
    return frozenset((path, path.stat().st_mtime_ns) for part in ("own", "peers") for path in (directory / part).glob("*.json"))

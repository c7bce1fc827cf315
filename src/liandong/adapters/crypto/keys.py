"""Key files: one JSON file a key, the private ones readable by the owner of the process only.

Rules:
    - A key id is made of the public keys' digest: nobody can put another key under a known id.
    - A private file that others may read is refused at start, not used with a sigh.
    - Dates are aware UTC; ``not_before`` lets the peers enter a new key before it is used.

Source:
    docs/reference/exchange.md, clause 7.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from liandong.adapters.crypto.registry import SUITES
from liandong.adapters.crypto.suites import from_text, to_text
from liandong.domain.errors import InvalidInput

__all__ = [
    "OwnKey",
    "PeerKey",
    "Revocation",
    "generate_key",
    "key_id_of",
    "load_own_key",
    "load_peer_key",
    "parse_peer_key",
    "revoked",
    "save_own_key",
    "save_peer_key",
]

#: How long a key is in force unless told otherwise.
DEFAULT_DAYS = 365


@dataclass(frozen=True, slots=True)
class Revocation:
    """A key is used no more, from when on and why."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKey:
    """The public half of a node's key: what peers enter."""

    node: str
    key_id: str
    suite: str
    created: datetime
    not_before: datetime
    not_after: datetime
    signing_public: bytes
    agreement_public: bytes
    revoked: Revocation | None = None

    def wire(self) -> dict[str, Any]:
        """Return the content of the public key file."""
        fields: dict[str, Any] = {
            "node": self.node,
            "key_id": self.key_id,
            "suite": self.suite,
            "created": _stamp(self.created),
            "not_before": _stamp(self.not_before),
            "not_after": _stamp(self.not_after),
            "signing_public": to_text(self.signing_public),
            "agreement_public": to_text(self.agreement_public),
        }
        if self.revoked is not None:
            fields["revoked"] = {"at": _stamp(self.revoked.at), "reason": self.revoked.reason}
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """A node's key with its private half."""

    public: PeerKey
    signing: bytes
    agreement: bytes

    def __repr__(self) -> str:
        return f"OwnKey({self.public.key_id} of {self.public.node})"

    def wire(self) -> dict[str, Any]:
        """Return the content of the private key file."""
        return {**self.public.wire(), "signing": to_text(self.signing), "agreement": to_text(self.agreement)}


def generate_key(node: str, suite: str, created: datetime, *, not_before: datetime | None = None, days: int = DEFAULT_DAYS) -> OwnKey:
    """Return a new key of ``node``.

    Parameters:
        node: who it belongs to.
        suite: a name in ``liandong.adapters.crypto.registry.SUITES``.
        created: now, aware.
        not_before: from when on it signs; ``None`` means at once. Give peers time to enter it when it follows another.
        days: in force from ``not_before`` on.

    Raises:
        InvalidInput: the suite is not known or its library is not installed; a naive time.
    """
    chosen = SUITES.get(suite)
    if chosen is None:
        raise InvalidInput(detail=f"suite {suite!r}: known are {', '.join(SUITES)}")
    if created.tzinfo is None:
        raise InvalidInput(detail="a time without its zone")
    signing, agreement = chosen.generate()
    signing_public, agreement_public = chosen.public(signing, agreement)
    begins = not_before or created
    public = PeerKey(
        node=node,
        key_id=key_id_of(suite, signing_public, agreement_public),
        suite=suite,
        created=created,
        not_before=begins,
        not_after=begins + timedelta(days=days),
        signing_public=signing_public,
        agreement_public=agreement_public,
    )
    return OwnKey(public=public, signing=signing, agreement=agreement)


def key_id_of(suite: str, signing_public: bytes, agreement_public: bytes) -> str:
    """Return the id that belongs to these public keys: the suite's prefix and 24 hexadecimal digits of the digest of both."""
    chosen = SUITES[suite]
    return f"{chosen.prefix}-{chosen.digest(signing_public + agreement_public).hex()[:24]}"


def save_own_key(path: Path, key: OwnKey) -> None:
    """Write a private key file, mode 0600, in one step."""
    _write(path, key.wire(), 0o600)


def save_peer_key(path: Path, key: PeerKey) -> None:
    """Write a public key file in one step, replacing an older state of it (a revocation)."""
    _write(path, key.wire(), 0o644)


def _write(path: Path, fields: dict[str, Any], mode: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(fields, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_own_key(path: Path) -> OwnKey:
    """Return the key in a private key file.

    Raises:
        InvalidInput: others may read the file, it is no key file, or its parts do not belong together.
    """
    if path.stat().st_mode & 0o077:
        raise InvalidInput(detail=f"{path.name}: others may read this private key; chmod 600 it, and replace the key if they did")
    fields = _read(path)
    public = _public(path, fields)
    signing, agreement = _key_bytes(path, fields, "signing"), _key_bytes(path, fields, "agreement")
    try:
        belongs = SUITES[public.suite].public(signing, agreement) == (public.signing_public, public.agreement_public)
    except ValueError:
        belongs = False
    if not belongs:
        raise InvalidInput(detail=f"{path.name}: the private and the public half do not belong together")
    return OwnKey(public=public, signing=signing, agreement=agreement)


def load_peer_key(path: Path) -> PeerKey:
    """Return the key in a public key file; raises InvalidInput when it is none or its id is not its own."""
    return _public(path, _read(path))


def parse_peer_key(path: Path, fields: dict[str, Any]) -> PeerKey:
    """Return the key in the fields of a public key; ``path`` is named in InvalidInput when they are none."""
    return _public(path, fields)


def revoked(key: PeerKey, at: datetime, reason: str) -> PeerKey:
    """Return the key as one that is used no more."""
    return replace(key, revoked=Revocation(at, reason))


def _read(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InvalidInput(detail=f"{path.name}: not JSON") from None
    if not isinstance(fields, dict):
        raise InvalidInput(detail=f"{path.name}: not a key file")
    return fields


def _public(path: Path, fields: dict[str, Any]) -> PeerKey:
    node, key_id, suite = (_text(path, fields, name) for name in ("node", "key_id", "suite"))
    if suite not in SUITES:
        raise InvalidInput(detail=f"{path.name}: suite {suite!r} is not known or its library is not installed")
    signing_public, agreement_public = _key_bytes(path, fields, "signing_public"), _key_bytes(path, fields, "agreement_public")
    if key_id != key_id_of(suite, signing_public, agreement_public):
        raise InvalidInput(detail=f"{path.name}: the key id does not belong to this key")
    end = fields.get("revoked")
    return PeerKey(
        node=node,
        key_id=key_id,
        suite=suite,
        created=_instant(path, fields, "created"),
        not_before=_instant(path, fields, "not_before"),
        not_after=_instant(path, fields, "not_after"),
        signing_public=signing_public,
        agreement_public=agreement_public,
        revoked=Revocation(_instant(path, end, "at"), str(end.get("reason", ""))) if isinstance(end, dict) else None,
    )


def _text(path: Path, fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(detail=f"{path.name}: {name} is missing")
    return value


def _key_bytes(path: Path, fields: dict[str, Any], name: str) -> bytes:
    try:
        return from_text(_text(path, fields, name))
    except ValueError:
        raise InvalidInput(detail=f"{path.name}: {name} is not base64url") from None


def _instant(path: Path, fields: dict[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(_text(path, fields, name))
    except ValueError:
        raise InvalidInput(detail=f"{path.name}: {name} is no instant") from None
    if value.tzinfo is None:
        raise InvalidInput(detail=f"{path.name}: {name} has no zone")
    return value.astimezone(UTC)


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

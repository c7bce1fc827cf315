"""The suite port: one set of algorithms that both peers agreed on, behind one shape.

Rules:
    - Keys go in and out as bytes; who owns them and until when is the key ring's business.
    - A suite signs, verifies, agrees on a secret, seals and opens. It invents nothing: every primitive comes from a library.
    - The name of a suite stands in every envelope and under its signature.

Source:
    docs/reference/exchange.md, clause 7; docs/adr/0004-exchange.md.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Protocol

__all__ = ["Suite", "from_text", "to_text"]

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class Suite(Protocol):
    """One set of algorithms."""

    #: As it stands in envelopes, such as ``ed25519+aes-256-gcm``.
    name: str
    #: How key ids of this suite begin.
    prefix: str

    def generate(self) -> tuple[bytes, bytes]:
        """Return new private keys: (signing, agreement)."""
        ...

    def public(self, signing: bytes, agreement: bytes) -> tuple[bytes, bytes]:
        """Return the public keys of two private ones."""
        ...

    def digest(self, data: bytes) -> bytes:
        """Return the suite's 32-byte digest."""
        ...

    def sign(self, signing: bytes, data: bytes) -> bytes:
        """Return the signature of a private key over ``data``."""
        ...

    def verify(self, signing_public: bytes, data: bytes, signature: bytes) -> bool:
        """Return whether the signature holds; never raises for a bad signature."""
        ...

    def agree(self, agreement: bytes, peer_agreement_public: bytes) -> bytes:
        """Return the secret that both owners of the two pairs can compute, and nobody else; ValueError for an impossible key."""
        ...

    def seal(self, secret: bytes, salt: bytes, info: bytes, plaintext: bytes, bound: bytes) -> tuple[bytes, bytes]:
        """Return (nonce, ciphertext with tag) under a key derived from secret, salt and info, bound to the header bytes."""
        ...

    def open(self, secret: bytes, salt: bytes, info: bytes, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        """Return what ``seal`` closed; ValueError when it was altered or closed for another."""
        ...


def to_text(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Return the bytes of base64url without padding; ValueError when it is none.

    Bits of the last sign that belong to no byte must be zero: else one message would have several spellings, and a bit flipped
    on the cable would go unseen.
    """
    if _BASE64URL.fullmatch(text) is None:
        raise ValueError("not base64url")
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None
    if to_text(found) != text:
        raise ValueError("not the one spelling")
    return found

"""The suite ``ed25519+aes-256-gcm``: Ed25519 signatures, X25519 agreement, HKDF-SHA-256, AES-256-GCM.

Source:
    RFC 8032 (Ed25519), RFC 7748 (X25519), RFC 5869 (HKDF), NIST SP 800-38D (GCM).
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["Ed25519Suite"]

_NONCE_BYTES = 12


@lru_cache(maxsize=64)
def _signing_key(private: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(private)


@lru_cache(maxsize=1024)
def _verifying_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


class Ed25519Suite:
    """The international suite."""

    name = "ed25519+aes-256-gcm"
    prefix = "ed25519"

    def generate(self) -> tuple[bytes, bytes]:
        """Return new private keys: (signing, agreement), 32 bytes each."""
        return Ed25519PrivateKey.generate().private_bytes_raw(), X25519PrivateKey.generate().private_bytes_raw()

    def public(self, signing: bytes, agreement: bytes) -> tuple[bytes, bytes]:
        """Return the public keys of two private ones, 32 bytes each."""
        return (
            _signing_key(signing).public_key().public_bytes_raw(),
            X25519PrivateKey.from_private_bytes(agreement).public_key().public_bytes_raw(),
        )

    def digest(self, data: bytes) -> bytes:
        """Return SHA-256."""
        return hashlib.sha256(data).digest()

    def sign(self, signing: bytes, data: bytes) -> bytes:
        """Return the 64-byte signature; the same for the same data."""
        return _signing_key(signing).sign(data)

    def verify(self, signing_public: bytes, data: bytes, signature: bytes) -> bool:
        """Return whether the signature holds."""
        try:
            _verifying_key(signing_public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def agree(self, agreement: bytes, peer_agreement_public: bytes) -> bytes:
        """Return the X25519 secret; ValueError for a key of low order."""
        return X25519PrivateKey.from_private_bytes(agreement).exchange(X25519PublicKey.from_public_bytes(peer_agreement_public))

    def seal(self, secret: bytes, salt: bytes, info: bytes, plaintext: bytes, bound: bytes) -> tuple[bytes, bytes]:
        """Return (12-byte random nonce, ciphertext with its 16-byte tag)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce, AESGCM(_derive(secret, salt, info)).encrypt(nonce, plaintext, bound)

    def open(self, secret: bytes, salt: bytes, info: bytes, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        """Return what ``seal`` closed; ValueError when it was altered or closed for another."""
        if len(nonce) != _NONCE_BYTES:
            raise ValueError("a nonce has 12 bytes")
        try:
            return AESGCM(_derive(secret, salt, info)).decrypt(nonce, ciphertext, bound)
        except InvalidTag:
            raise ValueError("the tag does not fit") from None


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)

"""The national suite ``sm2+sm3+sm4-gcm``: SM2 signatures over SM3, agreement on the SM2 curve, HKDF-SM3, SM4-GCM.

Rules:
    - SM2 comes from Tongsuo, which computes in constant time; SM3 and SM4 from ``cryptography``. Nothing is computed here.
    - Signatures are DER (GM/T 0009), made with the default identity ``1234567812345678``.
    - Public keys are uncompressed points of 65 bytes, private keys 32 bytes.
    - Tongsuo's Python package offers no agreement on this curve; its library's point multiplication is called in its place.

Source:
    GB/T 32918 (SM2), GB/T 32905 (SM3), GB/T 32907 (SM4), RFC 8998 (SM4-GCM), RFC 5869 (HKDF); docs/adr/0004-exchange.md.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tongsuopy.backends.tongsuo.backend import backend
from tongsuopy.crypto import hashes
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.exceptions import InternalError, InvalidSignature
from tongsuopy.crypto.serialization import Encoding, PublicFormat

__all__ = ["SmSuite", "sm4_gcm_seal"]

_NONCE_BYTES = 12
_TAG_BYTES = 16
_SM2_WITH_SM3 = ec.ECDSA(hashes.SM3())


@lru_cache(maxsize=64)
def _private_key(private: bytes) -> Any:
    if len(private) != 32:
        raise ValueError("a private key has 32 bytes")
    return ec.derive_private_key(int.from_bytes(private, "big"), ec.SM2())


@lru_cache(maxsize=1024)
def _public_key(public: bytes) -> Any:
    if len(public) != 65 or public[0] != 4:
        raise ValueError("a public key is an uncompressed point of 65 bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SM2(), public)
    finally:
        backend._consume_errors()


def _encoded(public: Any) -> bytes:
    return bytes(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


class SmSuite:
    """The suite of the national algorithms."""

    name = "sm2+sm3+sm4-gcm"
    prefix = "sm2"

    def generate(self) -> tuple[bytes, bytes]:
        """Return new private keys: (signing, agreement), 32 bytes each."""
        signing, agreement = (ec.generate_private_key(ec.SM2()).private_numbers().private_value.to_bytes(32, "big") for _ in range(2))
        return signing, agreement

    def public(self, signing: bytes, agreement: bytes) -> tuple[bytes, bytes]:
        """Return the public keys of two private ones, 65 bytes each."""
        return _encoded(_private_key(signing).public_key()), _encoded(_private_key(agreement).public_key())

    def digest(self, data: bytes) -> bytes:
        """Return SM3."""
        hasher = Hash(SM3())
        hasher.update(data)
        return hasher.finalize()

    def sign(self, signing: bytes, data: bytes) -> bytes:
        """Return the signature in DER; another one each time."""
        return bytes(_private_key(signing).sign(data, _SM2_WITH_SM3))

    def verify(self, signing_public: bytes, data: bytes, signature: bytes) -> bool:
        """Return whether the signature holds."""
        try:
            _public_key(signing_public).verify(signature, data, _SM2_WITH_SM3)
        except (InvalidSignature, ValueError):
            return False
        except InternalError:
            backend._consume_errors()
            return False
        return True

    def agree(self, agreement: bytes, peer_agreement_public: bytes) -> bytes:
        """Return the x coordinate of the point both can reach, 32 bytes; ValueError for a point that is not on the curve."""
        own, peer = _private_key(agreement), _public_key(peer_agreement_public)
        lib, ffi = backend._lib, backend._ffi
        group = lib.EC_KEY_get0_group(own._ec_key)
        with backend._tmp_bn_ctx() as context:
            shared = ffi.gc(lib.EC_POINT_new(group), lib.EC_POINT_clear_free)
            scalar = lib.EC_KEY_get0_private_key(own._ec_key)
            point = lib.EC_KEY_get0_public_key(peer._ec_key)
            done = lib.EC_POINT_mul(group, shared, ffi.NULL, point, scalar, context)
            backend.openssl_assert(done == 1 and not lib.EC_POINT_is_at_infinity(group, shared))
            room = ffi.new("unsigned char[]", 65)
            written = lib.EC_POINT_point2oct(group, shared, lib.POINT_CONVERSION_UNCOMPRESSED, room, 65, context)
            backend.openssl_assert(written == 65)
        return bytes(ffi.buffer(room)[1:33])

    def seal(self, secret: bytes, salt: bytes, info: bytes, plaintext: bytes, bound: bytes) -> tuple[bytes, bytes]:
        """Return (12-byte random nonce, ciphertext with its 16-byte tag)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce, sm4_gcm_seal(_derive(secret, salt, info), nonce, plaintext, bound)

    def open(self, secret: bytes, salt: bytes, info: bytes, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        """Return what ``seal`` closed; ValueError when it was altered or closed for another."""
        if len(nonce) != _NONCE_BYTES or len(ciphertext) < _TAG_BYTES:
            raise ValueError("a nonce has 12 bytes and a tag 16")
        content, tag = ciphertext[:-_TAG_BYTES], ciphertext[-_TAG_BYTES:]
        opener = Cipher(algorithms.SM4(_derive(secret, salt, info)), modes.GCM(nonce, tag)).decryptor()
        opener.authenticate_additional_data(bound)
        try:
            return opener.update(content) + opener.finalize()
        except InvalidTag:
            raise ValueError("the tag does not fit") from None


def sm4_gcm_seal(key: bytes, nonce: bytes, plaintext: bytes, bound: bytes) -> bytes:
    """Return the ciphertext with its tag (RFC 8998)."""
    sealer = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(bound)
    return sealer.update(plaintext) + sealer.finalize() + sealer.tag


def _derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SM3(), length=16, salt=salt, info=info).derive(secret)

"""A second peer, written from docs/reference/exchange.md alone: nothing of ``liandong`` is imported here.

It can read, sign, seal, open and answer with the first suite, and be a notary: compute seals, trees and roots, keep those of a peer and answer
questions about them. What it and the program agree on is the document, not a shared mistake.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = "ed25519+aes-256-gcm"
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def spell(value: Any) -> str:
    """Canonical JSON by hand (2.6)."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(ESCAPES.get(sign) or (f"\\u{ord(sign):04x}" if sign < " " else sign) for sign in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(spell(item) for item in value) + "]"
    names = sorted(
        value,
        key=lambda name: [int.from_bytes(name.encode("utf-16-be")[i : i + 2], "big") for i in range(0, len(name.encode("utf-16-be")), 2)],
    )
    return "{" + ",".join(spell(name) + ":" + spell(value[name]) for name in names) + "}"


def canonical(value: Any) -> bytes:
    return spell(value).encode("utf-8")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Peer:
    """A node with one key (7.2)."""

    def __init__(self, node: str, signing: bytes, agreement: bytes) -> None:
        self.node = node
        self.signing = Ed25519PrivateKey.from_private_bytes(signing)
        self.agreement = X25519PrivateKey.from_private_bytes(agreement)
        self.signing_public = self.signing.public_key().public_bytes_raw()
        self.agreement_public = self.agreement.public_key().public_bytes_raw()
        self.key_id = "ed25519-" + hashlib.sha256(self.signing_public + self.agreement_public).hexdigest()[:24]

    def envelope(self, message: dict[str, Any], to_key_id: str = "", to_public: bytes = b"") -> bytes:
        """Sign a message, and seal it where a key is given (7.4, 7.6)."""
        header = {"attachments": [], "version": "1.0", **message, "from": self.node, "key_id": self.key_id, "suite": SUITE}
        body = header.pop("body")
        signature = b64(self.signing.sign(canonical({**header, "body": body})))
        if not to_public:
            return json.dumps({**header, "body": body, "signature": signature}).encode()
        nonce = os.urandom(12)
        key = self._key(header, self.key_id, to_key_id, to_public)
        sealed = {
            "to_key_id": to_key_id,
            "nonce": b64(nonce),
            "ciphertext": b64(AESGCM(key).encrypt(nonce, canonical(body), canonical(header))),
        }
        return json.dumps({**header, "sealed": sealed, "signature": signature}).encode()

    def open(self, raw: bytes, signing_public: bytes, agreement_public: bytes) -> Any:
        """Return the body of an envelope of the peer with these public keys; raises when anything does not fit."""
        envelope = json.loads(raw)
        signature = unb64(envelope.pop("signature"))
        sealed = envelope.pop("sealed", None)
        if sealed is not None:
            assert sealed["to_key_id"] == self.key_id
            key = self._key(envelope, envelope["key_id"], self.key_id, agreement_public)
            envelope["body"] = json.loads(AESGCM(key).decrypt(unb64(sealed["nonce"]), unb64(sealed["ciphertext"]), canonical(envelope)))
        Ed25519PublicKey.from_public_bytes(signing_public).verify(signature, canonical(envelope))
        return envelope["body"]

    def answer(self, receipts: list[dict[str, Any]], at: str) -> bytes:
        """Sign receipts (5.1, 5.5)."""
        fields = {"version": "1.0", "from": self.node, "at": at, "receipts": receipts, "key_id": self.key_id, "suite": SUITE}
        return json.dumps({**fields, "signature": b64(self.signing.sign(canonical(fields)))}).encode()

    def read_answer(self, raw: bytes, signing_public: bytes) -> list[dict[str, Any]]:
        fields = json.loads(raw)
        signature = unb64(fields.pop("signature"))
        Ed25519PublicKey.from_public_bytes(signing_public).verify(signature, canonical(fields))
        receipts: list[dict[str, Any]] = fields["receipts"]
        return receipts

    def _key(self, header: dict[str, Any], key_id: str, to_key_id: str, public: bytes) -> bytes:
        secret = self.agreement.exchange(X25519PublicKey.from_public_bytes(public))
        info = canonical(["liandong/1 body", header["from"], header["to"], key_id, to_key_id])
        return HKDF(algorithm=SHA256(), length=32, salt=header["id"].encode("ascii"), info=info).derive(secret)


def seal_of(entry: dict[str, Any]) -> str:
    """The seal of a journal entry (16.1)."""
    return hashlib.sha256(canonical({name: entry[name] for name in ("stream", "seq", "name", "actor", "at", "data", "before")})).hexdigest()


def tree_of(seals: list[str]) -> str:
    """The Merkle tree hash of RFC 6962 §2.1, as the RFC writes it: split at the largest power of two below the length (16.1)."""

    def tree(leaves: list[bytes]) -> bytes:
        if len(leaves) == 0:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        at = 1
        while at * 2 < len(leaves):
            at *= 2
        return hashlib.sha256(b"\x01" + tree(leaves[:at]) + tree(leaves[at:])).digest()

    return tree([bytes.fromhex(each) for each in seals]).hex()


def marks_of(seals: list[str]) -> str:
    """The first six bytes of each seal (16.2)."""
    return base64.urlsafe_b64encode(b"".join(bytes.fromhex(each)[:6] for each in seals)).decode()


def root_hash(node: str, root: dict[str, Any]) -> str:
    """The hash of a root that ``node`` says (16.2)."""
    return hashlib.sha256(canonical({"node": node, **{name: root[name] for name in ("number", "previous", "entries", "tree", "at")}})).hexdigest()


def fact_digest(body: dict[str, Any]) -> str:
    """The digest of a fact's body (16.5)."""
    return hashlib.sha256(canonical(body)).hexdigest()[:32]


def stream_digest(bodies: list[dict[str, Any]]) -> str:
    """The digest of the facts of a stream (16.5)."""
    by_party: dict[str, list[str]] = {}
    for each in bodies:
        by_party.setdefault(each["actor"]["party"], []).append(fact_digest(each))
    return hashlib.sha256(canonical(by_party)).hexdigest()


class Notary:
    """Makes roots of its own journal, keeps those of a peer, asks and answers (16.2 to 16.4)."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.seals: list[str] = []
        self.covered = 0
        self.own: list[dict[str, Any]] = []
        self.kept: dict[int, dict[str, Any]] = {}
        self.shared: dict[str, list[dict[str, Any]]] = {}

    def make_root(self, at: str) -> dict[str, Any]:
        new = self.seals[self.covered :]
        previous = root_hash(self.node, self.own[-1]) if self.own else ""
        root = {"number": len(self.own) + 1, "previous": previous, "entries": len(new), "tree": tree_of(new), "at": at, "marks": marks_of(new)}
        self.covered = len(self.seals)
        self.own.append(root)
        return root

    def hear(self, peer: str, type_: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        """Take a message of the peer; return what is answered. Raises ValueError for what cannot be applied."""
        if type_ == "notary.root":
            known = self.kept.setdefault(body["number"], body)
            if root_hash(peer, known) != root_hash(peer, body):
                raise ValueError("notary.forked")
            return "notary.kept", {"number": body["number"], "hash": root_hash(peer, body)}
        if type_ == "notary.question" and "root" in body:
            kept = self.kept.get(body["root"])
            told = {} if kept is None else {"hash": root_hash(peer, kept), "marks": kept["marks"]}
            return "notary.answer", {"ref": body["ref"], "root": body["root"], "kept": told}
        if type_ == "notary.question":
            asked = body["streams"]
            differing = {
                name: [[each["name"], each["actor"]["party"], fact_digest(each)] for each in self.shared[name]]
                for name, digest in asked.items()
                if name in self.shared and stream_digest(self.shared[name]) != digest
            }
            return "notary.answer", {"ref": body["ref"], "unknown": sorted(set(asked) - set(self.shared)), "differing": differing}
        return None

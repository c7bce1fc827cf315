"""Pieces of files between two nodes: a signed wish, and the piece sealed for who wished.

A wish is a JSON object under a signature; the answer is a line of JSON (the head) and the sealed bytes behind it. The head is bound to the
seal, which only the two nodes can make. What the pieces make is proved by the digest, which is under the envelope's signature.

Source:
    docs/reference/exchange.md, clause 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.adapters.crypto.keyring import KeyRing, suite_of
from liandong.adapters.crypto.suites import from_text, to_text
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.exchange.envelope import VERSION
from liandong.domain.exchange.wire import read_object
from liandong.domain.journal.canonical import canonical

__all__ = ["LONGEST", "Wish", "make_wish", "open_piece", "read_wish", "seal_piece"]

#: Bytes of a piece at most.
LONGEST = 1_048_576
#: A wish older or younger than this is not answered: it may be somebody's copy.
FRESH = timedelta(hours=26)
_HEAD = 4096
_MEMBERS = {"version": str, "from": str, "to": str, "digest": str, "offset": int, "length": int, "at": str, "key_id": str, "suite": str, "signature": str}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a peer wants."""

    peer: str
    digest: str
    offset: int
    length: int


def make_wish(keyring: KeyRing, peer: str, digest: str, offset: int, length: int = LONGEST) -> bytes:
    """Return the signed wish for a piece; raises LocalProtocolError when there is no key."""
    own = keyring.signing_key(keyring.sealing_key(peer).suite)
    wish: dict[str, Any] = {
        "version": VERSION,
        "from": keyring.node,
        "to": peer,
        "digest": digest,
        "offset": offset,
        "length": length,
        "at": keyring.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "key_id": own.public.key_id,
        "suite": own.public.suite,
    }
    signature = suite_of(own.public).sign(own.signing, canonical(wish))
    return canonical({**wish, "signature": to_text(signature)})


def read_wish(raw: bytes, keyring: KeyRing) -> Wish:
    """Return a wish whose signature holds.

    Raises:
        RemoteProtocolError: it is none, is not for us, is stale, or is not signed by a trusted key of who sends it.
    """
    fields = read_object(raw, max_bytes=_HEAD, max_depth=4)
    for name, kind in _MEMBERS.items():
        if type(fields.get(name)) is not kind:
            raise RemoteProtocolError("exchange.malformed", detail=f"wish: {name} is missing or has the wrong type")
    if fields["to"] != keyring.node:
        raise RemoteProtocolError("exchange.wrong_recipient", detail="wish")
    signed = {name: value for name, value in fields.items() if name != "signature"}
    owner = keyring.verify(fields["key_id"], canonical(signed), _bytes(fields["signature"], "exchange.signature"))
    if owner != fields["from"]:
        raise RemoteProtocolError("exchange.wrong_sender", detail="wish")
    if not 0 <= fields["offset"] < 2**53 or not 0 < fields["length"] <= LONGEST or not _fresh(fields["at"], keyring):
        raise RemoteProtocolError("exchange.malformed", detail="wish: its place, length or time is out of bounds")
    return Wish(owner, fields["digest"], fields["offset"], fields["length"])


def seal_piece(keyring: KeyRing, wish: Wish, content: bytes) -> bytes:
    """Return a piece sealed for who wished for it."""
    peer = keyring.sealing_key(wish.peer)
    own = keyring.signing_key(peer.suite)
    head = {"from": keyring.node, "to": wish.peer, "digest": wish.digest, "offset": wish.offset, "key_id": own.public.key_id, "to_key_id": peer.key_id}
    bound = canonical(head)
    nonce, sealed = suite_of(peer).seal(keyring.secret(own, peer), _salt(wish.digest, wish.offset), _info(head), content, bound)
    return canonical({**head, "nonce": to_text(nonce)}) + b"\n" + sealed


def open_piece(raw: bytes, keyring: KeyRing, peer: str, digest: str, offset: int) -> bytes:
    """Return the bytes of the piece that was asked for.

    Raises:
        RemoteProtocolError: it is another piece, another peer's, or its seal does not open.
    """
    line, _, sealed = raw.partition(b"\n")
    head = read_object(line, max_bytes=_HEAD, max_depth=4)
    wanted = {"from": peer, "to": keyring.node, "digest": digest, "offset": offset}
    if any(head.get(name) != value for name, value in wanted.items()) or not all(isinstance(head.get(each), str) for each in ("key_id", "to_key_id", "nonce")):
        raise RemoteProtocolError("exchange.malformed", detail="piece: not the one that was asked for")
    key = keyring.trusted(head["key_id"])
    if key.node != peer:
        raise RemoteProtocolError("exchange.wrong_sender", detail="piece")
    nonce = _bytes(head.pop("nonce"), "exchange.seal")
    try:
        return suite_of(key).open(
            keyring.secret(keyring.own_key(head["to_key_id"]), key), _salt(digest, offset), _info(head), nonce, sealed, canonical(head)
        )
    except ValueError:
        raise RemoteProtocolError("exchange.seal", detail=f"piece of {peer}") from None


def _salt(digest: str, offset: int) -> bytes:
    return f"{digest} {offset}".encode("ascii")


def _info(head: dict[str, Any]) -> bytes:
    return canonical(["liandong/1 piece", head["from"], head["to"], head["key_id"], head["to_key_id"]])


def _fresh(at: str, keyring: KeyRing) -> bool:
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        return False
    return told.tzinfo is not None and abs(told - keyring.clock()) < FRESH


def _bytes(text: str, code: str) -> bytes:
    try:
        return from_text(text)
    except ValueError:
        raise RemoteProtocolError(code, detail="not base64url") from None

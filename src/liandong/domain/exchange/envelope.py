"""The envelope: what one platform says to the other, once, in order, and signed.

Rules:
    - An envelope says nothing about which side wrote it: sender and recipient are data.
    - The signature covers every field except itself, over canonical JSON, with the body in clear: whoever holds the
      message years later can prove it without the key that sealed it.
    - A field this version does not know is kept in ``extra`` and stays under the signature.
    - Numbers are whole numbers; text holds no U+0000 (no database column keeps it).

Source:
    docs/reference/exchange.md, clauses 2 and 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from liandong.domain.errors import LocalProtocolError
from liandong.domain.journal.canonical import MAX_INTEGER, canonical

__all__ = ["DEFAULT_LIMITS", "VERSION", "Envelope", "Limits", "fault_of", "holds_nul", "is_attachment"]

#: What this program writes. Another major number is refused; a greater minor number is read.
VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a receiver is willing to read."""

    #: One envelope as it stands on the wire.
    envelope_bytes: int = 1_048_576
    #: Lists and objects inside each other, the envelope itself being the first.
    depth: int = 32
    #: Envelopes in one batch.
    batch_count: int = 500
    #: One batch as it stands on the wire.
    batch_bytes: int = 8_388_608
    #: Attachments named by one envelope.
    attachments: int = 100


DEFAULT_LIMITS = Limits()

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_VERSION = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{1,3}")
_NODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_STREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_LABEL = re.compile(r"[A-Za-z0-9+._:-]{0,96}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_DIGEST = re.compile(r"(sha256|sm3):[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

#: Fields that are text of one shape: wire name -> pattern.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "id": _UUID7,
    "version": _VERSION,
    "from": _NODE,
    "to": _NODE,
    "stream": _STREAM,
    "type": _TYPE,
    "at": _AT,
    "key_id": _LABEL,
    "suite": _LABEL,
    "signature": _BASE64URL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message. Immutable; ``check`` tells whether it may travel."""

    #: UUIDv7, lower case: the same id is the same message, however often it arrives.
    id: str
    #: Node that says it.
    sender: str
    #: Node it is said to.
    recipient: str
    #: What it is about; order is kept within (sender, recipient, stream).
    stream: str
    #: 1, 2, 3 … within the stream, without holes.
    seq: int
    #: What kind of message; unknown kinds are kept and shown.
    type: str
    #: When it was said: UTC, ``2026-11-22T08:00:00.123Z``.
    at: str
    #: The content in clear; empty while it is sealed.
    body: dict[str, Any] = field(default_factory=dict)
    #: ``{"digest", "name", "size", "media_type"}`` each; the bytes travel apart.
    attachments: tuple[dict[str, Any], ...] = ()
    version: str = VERSION
    #: Key that signed, and that of the pair which sealed.
    key_id: str = ""
    suite: str = ""
    #: base64url without padding; empty while unsigned.
    signature: str = ""
    #: The body as it travels when it is sealed: ``{"to_key_id", "nonce", "ciphertext"}``; ``None`` in clear.
    sealed: dict[str, Any] | None = None
    #: Fields of a newer minor version, as they came.
    extra: Mapping[str, Any] = field(default_factory=dict)

    def header(self) -> dict[str, Any]:
        """Return every wire field except body, sealed and signature: what a seal is bound to."""
        return {
            **self.extra,
            "id": self.id,
            "version": self.version,
            "from": self.sender,
            "to": self.recipient,
            "stream": self.stream,
            "seq": self.seq,
            "type": self.type,
            "at": self.at,
            "attachments": list(self.attachments),
            "key_id": self.key_id,
            "suite": self.suite,
        }

    def signing_bytes(self) -> bytes:
        """Return what the signature is made over: canonical JSON of the header and the body in clear.

        Raises:
            LocalProtocolError: a value that has no canonical spelling.
        """
        return canonical({**self.header(), "body": self.body})

    def wire(self) -> dict[str, Any]:
        """Return the object that travels: ``sealed`` instead of ``body`` where it is sealed."""
        content = {"body": self.body} if self.sealed is None else {"sealed": self.sealed}
        return {**self.header(), **content, "signature": self.signature}

    def to_bytes(self) -> bytes:
        """Return the envelope as one line of JSON in UTF-8, without a line end.

        Raises:
            LocalProtocolError: a value that has no canonical spelling.
        """
        return canonical(self.wire())

    def check(self, limits: Limits = DEFAULT_LIMITS) -> Envelope:
        """Return the envelope itself when a peer that keeps the protocol would read it.

        Call it where an envelope is made, so that a fault shows there and not in the outbox.

        Raises:
            LocalProtocolError: ``exchange.malformed``, ``exchange.too_large``, ``exchange.too_deep`` or ``exchange.version``.
        """
        _checked(self.wire(), limits)
        return self

    def to_sign(self, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """Return ``signing_bytes`` of an envelope that has its key and suite, once it is certain that it may travel; raises as ``check``."""
        return _checked({**self.header(), "body": self.body}, limits, unsigned=True)

    def fitting(self, limits: Limits = DEFAULT_LIMITS) -> Envelope:
        """Return the sealed envelope of one that may travel; raises LocalProtocolError ``exchange.too_large`` when it grew beyond what is read."""
        _check_size(self.to_bytes(), limits)
        return self

    def signed(self, key_id: str, suite: str, signature: str) -> Envelope:
        """Return the envelope with its signature; ``signature`` was made over the bytes with this key id and suite."""
        return replace(self, key_id=key_id, suite=suite, signature=signature)


def _checked(fields: dict[str, Any], limits: Limits, *, unsigned: bool = False) -> bytes:
    """Return the canonical JSON of wire fields that a peer would read."""
    try:
        raw = canonical(fields, max_depth=limits.depth)
    except LocalProtocolError as error:
        code = "exchange.too_deep" if error.data.get("reason") == "depth" else "exchange.malformed"
        raise LocalProtocolError(code, detail=error.data["detail"]) from None
    _check_size(raw, limits)
    shown = {**fields, "signature": ""} if unsigned else fields
    fault = ("exchange.malformed", "text holds U+0000") if holds_nul(raw) else fault_of(shown, limits)
    if fault is not None:
        raise LocalProtocolError(fault[0], detail=fault[1])
    return raw


def _check_size(raw: bytes, limits: Limits) -> None:
    if len(raw) > limits.envelope_bytes:
        raise LocalProtocolError("exchange.too_large", detail=f"{len(raw)} bytes of at most {limits.envelope_bytes}")


def holds_nul(raw: bytes) -> bool:
    """Return whether canonical JSON holds the character U+0000 in a string or key."""
    return b"\\u0000" in raw and _NUL.search(raw) is not None


def fault_of(fields: Mapping[str, Any], limits: Limits) -> tuple[str, str] | None:
    """Return (code, detail) of the first fault in the wire fields of an envelope, or ``None``; details hold no content."""
    for name, shape in _SHAPES.items():
        value = fields.get(name)
        if not isinstance(value, str) or shape.fullmatch(value) is None:
            return "exchange.malformed", f"{name} is missing or has the wrong shape"
    if fields["version"].partition(".")[0] != VERSION.partition(".")[0]:
        return "exchange.version", f"{fields['version']} here, {VERSION} wanted"
    detail = _fault_of_values(fields) or _fault_of_attachments(fields.get("attachments"), limits)
    return None if detail is None else ("exchange.malformed", detail)


def _fault_of_values(fields: Mapping[str, Any]) -> str | None:
    if not _is_whole(fields.get("seq"), 1):
        return "seq is no whole number from 1 on"
    try:
        datetime.fromisoformat(fields["at"])
    except ValueError:
        return "at is no such instant"
    if ("body" in fields) == ("sealed" in fields):
        return "exactly one of body and sealed must be there"
    if not isinstance(fields.get("body", {}), dict):
        return "body is no object"
    return None if "body" in fields else _fault_of_seal(fields["sealed"])


def _fault_of_seal(sealed: object) -> str | None:
    if not isinstance(sealed, dict):
        return "sealed is no object"
    for name, shape in (("to_key_id", _LABEL), ("nonce", _BASE64URL), ("ciphertext", _BASE64URL)):
        value = sealed.get(name)
        if not isinstance(value, str) or not value or shape.fullmatch(value) is None:
            return f"sealed.{name} is missing or has the wrong shape"
    return None


def _fault_of_attachments(attachments: object, limits: Limits) -> str | None:
    if not isinstance(attachments, list) or len(attachments) > limits.attachments:
        return f"attachments is no list of at most {limits.attachments}"
    for number, item in enumerate(attachments):
        if not isinstance(item, dict) or not is_attachment(item):
            return f"attachment {number} has the wrong shape"
    return None


def is_attachment(item: dict[str, Any]) -> bool:
    """Return whether an object names an attachment as clause 3.6 says."""
    name, digest, media_type = item.get("name"), item.get("digest"), item.get("media_type")
    if not isinstance(name, str) or not isinstance(digest, str) or not isinstance(media_type, str):
        return False
    good_name = 0 < len(name) <= 255 and name not in (".", "..") and not any(sign < " " or sign in '/\\:*?"<>|\x7f' for sign in name)
    return good_name and bool(_DIGEST.fullmatch(digest)) and bool(_MEDIA_TYPE.fullmatch(media_type)) and _is_whole(item.get("size"), 0)


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_INTEGER

"""Reading what a peer sent: strict JSON in, an envelope out, and never another kind of error than the peer's own.

Rules:
    - The size is looked at before anything is decoded, the depth before anything is used.
    - Two keys of one name, NaN, a fraction, an exponent, a lone surrogate, U+0000, bytes that are no UTF-8: refused.
    - A field nobody here knows is kept: a newer peer may speak to an older one.
    - The detail of a refusal names the fault, never the content: it goes into logs and receipts.

Source:
    docs/reference/exchange.md, clauses 2 and 3; RFC 7493 (I-JSON).
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from liandong.domain.errors import LocalProtocolError, RemoteProtocolError
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope, Limits, fault_of, holds_nul
from liandong.domain.journal.canonical import MAX_INTEGER, canonical

__all__ = ["join_batch", "parse_envelope", "read_object", "split_batch"]

_KNOWN = frozenset(
    ("id", "version", "from", "to", "stream", "seq", "type", "at", "body", "attachments", "key_id", "suite", "signature", "sealed")
)


class _Unreadable(ValueError):
    """What the JSON hooks raise; never leaves this module."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Unreadable("two keys of one name")
    return value


def _no_constant(_: str) -> NoReturn:
    raise _Unreadable("NaN or an infinity")


def _no_fraction(_: str) -> NoReturn:
    raise _Unreadable("a number that is not whole")


def _whole(text: str) -> int:
    number = int(text)
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise _Unreadable("a whole number beyond ±(2**53 - 1)")
    return number


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_no_fraction, parse_int=_whole).decode


def _may_hide(raw: bytes, max_depth: int) -> bool:
    """Tell whether what was read has to be walked through: it may be too deep, or hold U+0000 or half a character behind an escape."""
    return b"\\u" in raw or raw.count(b"{") + raw.count(b"[") > max_depth


def read_object(raw: bytes, *, max_bytes: int, max_depth: int) -> dict[str, Any]:
    """Return the JSON object in ``raw``.

    Raises:
        RemoteProtocolError: ``exchange.too_large``, ``exchange.too_deep`` or ``exchange.malformed``; nothing else, whatever ``raw`` holds.
    """
    if len(raw) > max_bytes:
        raise RemoteProtocolError("exchange.too_large", detail=f"{len(raw)} bytes of at most {max_bytes}")
    try:
        value = _decode(raw.decode("utf-8"))
        spelled = canonical(value, max_depth=max_depth) if _may_hide(raw, max_depth) else b""
    except UnicodeDecodeError:
        raise RemoteProtocolError("exchange.malformed", detail="not UTF-8") from None
    except _Unreadable as error:
        raise RemoteProtocolError("exchange.malformed", detail=str(error)) from None
    except RecursionError:
        raise RemoteProtocolError("exchange.too_deep", detail=f"more than {max_depth} levels") from None
    except ValueError:  # JSONDecodeError, or a number of thousands of digits
        raise RemoteProtocolError("exchange.malformed", detail="not JSON") from None
    except LocalProtocolError as error:
        code = "exchange.too_deep" if error.data.get("reason") == "depth" else "exchange.malformed"
        raise RemoteProtocolError(code, detail=error.data["detail"]) from None
    if not isinstance(value, dict):
        raise RemoteProtocolError("exchange.malformed", detail="not an object")
    if holds_nul(spelled):
        raise RemoteProtocolError("exchange.malformed", detail="text holds U+0000")
    return value


def parse_envelope(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Envelope:
    """Return the envelope in ``raw``, neither verified nor opened yet.

    Parameters:
        raw: one JSON object in UTF-8.
        limits: what this node is willing to read.

    Raises:
        RemoteProtocolError: ``exchange.malformed``, ``exchange.too_large``, ``exchange.too_deep`` or ``exchange.version``; no other error,
            whatever ``raw`` holds. ``data["id"]`` is the envelope's id where it could be read.
    """
    fields = read_object(raw, max_bytes=limits.envelope_bytes, max_depth=limits.depth)
    fault = fault_of(fields, limits)
    if fault is not None:
        named = fields.get("id")
        raise RemoteProtocolError(fault[0], detail=fault[1], id=named if isinstance(named, str) and len(named) == 36 else "")
    return Envelope(
        id=fields["id"],
        version=fields["version"],
        sender=fields["from"],
        recipient=fields["to"],
        stream=fields["stream"],
        seq=fields["seq"],
        type=fields["type"],
        at=fields["at"],
        body=fields.get("body", {}),
        attachments=tuple(fields["attachments"]),
        key_id=fields["key_id"],
        suite=fields["suite"],
        signature=fields["signature"],
        sealed=fields.get("sealed"),
        extra={name: value for name, value in fields.items() if name not in _KNOWN},
    )


def join_batch(envelopes: list[Envelope], limits: Limits = DEFAULT_LIMITS) -> tuple[bytes, int]:
    """Return a batch (one envelope a line) and how many of the first envelopes it holds: at least one, as many as fit.

    Raises:
        LocalProtocolError: no envelope, or a first one larger than a whole batch may be.
    """
    lines: list[bytes] = []
    size = 0
    for envelope in envelopes[: limits.batch_count]:
        line = envelope.to_bytes()
        size += len(line) + 1
        if size > limits.batch_bytes:
            break
        lines.append(line)
    if not lines:
        raise LocalProtocolError("exchange.too_large", detail=f"a batch of at most {limits.batch_bytes} bytes holds no envelope")
    return b"\n".join(lines) + b"\n", len(lines)


def split_batch(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> list[bytes]:
    """Return the lines of a batch, each to be read by itself: one broken line costs only itself.

    Raises:
        RemoteProtocolError: ``exchange.too_large`` for too many bytes or lines, ``exchange.malformed`` for none.
    """
    if len(raw) > limits.batch_bytes:
        raise RemoteProtocolError("exchange.too_large", detail=f"a batch of {len(raw)} bytes of at most {limits.batch_bytes}")
    lines = [line for line in raw.split(b"\n", limits.batch_count + 1) if line.strip()]
    if not lines:
        raise RemoteProtocolError("exchange.malformed", detail="an empty batch")
    if len(lines) > limits.batch_count:
        raise RemoteProtocolError("exchange.too_large", detail=f"a batch of more than {limits.batch_count} envelopes")
    return lines

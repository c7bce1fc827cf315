"""One value, one spelling: canonical JSON after RFC 8785, the bytes that hashes and signatures are made over.

Rules:
    - Only ``None``, ``bool``, ``int``, ``str``, ``list`` (or ``tuple``) and ``dict`` with ``str`` keys.
    - No floats: their spelling is the one part of RFC 8785 that implementations get wrong. Write money in cents,
      coordinates in 1e-7 degrees, or a string.
    - Whole numbers stay within ±(2**53 - 1), the range every JSON reader keeps exactly (RFC 7493 §2.2).
    - Keys are sorted by UTF-16 code units, not by code points: the two differ beyond the Basic Multilingual Plane.
    - Strings are kept as they are, never normalised; a lone surrogate has no UTF-8 and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from json import JSONEncoder

from liandong.domain.errors import LocalProtocolError

__all__ = ["MAX_DEPTH", "MAX_INTEGER", "canonical"]

#: The largest whole number that is exact in every JSON reader.
MAX_INTEGER = 2**53 - 1

#: How many lists and objects may stand inside each other; also what stops a value that contains itself.
MAX_DEPTH = 128

_in_code_point_order = JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode
_in_given_order = JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=False, separators=(",", ":")).encode


def canonical(value: object, *, max_depth: int = MAX_DEPTH) -> bytes:
    """Return ``value`` as canonical JSON in UTF-8.

    Parameters:
        value: ``None``, a bool, int, str, or lists and dicts of these. A ``tuple`` is spelled as a list.
        max_depth: how many lists and objects may stand inside each other.

    Returns:
        The same bytes for equal values, on every machine and in every language.

    Raises:
        LocalProtocolError: a float, another type, a key that is no string, a number out of range, a lone surrogate,
            or more than ``max_depth`` levels (``data["reason"] == "depth"``). The detail names the kind, never the content.

    Source:
        RFC 8785 §3.2; RFC 7493 §2.
    """
    beyond_bmp = _check(value, max_depth)
    text = _in_given_order(_sorted(value)) if beyond_bmp else _in_code_point_order(value)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise LocalProtocolError(detail="a lone surrogate has no UTF-8") from None


def _check(value: object, levels_left: int) -> bool:
    """Refuse what cannot be spelled; return whether some key needs the UTF-16 order."""
    if isinstance(value, str) or value is None or value is True or value is False:
        return False
    if isinstance(value, int):
        if -MAX_INTEGER <= value <= MAX_INTEGER:
            return False
        raise LocalProtocolError(detail="a whole number beyond ±(2**53 - 1)")
    if levels_left <= 0 and isinstance(value, dict | list | tuple):
        raise LocalProtocolError(detail="too many levels", reason="depth")
    if isinstance(value, dict):
        beyond_bmp = _check_keys(value)
        return _check_each(value.values(), levels_left - 1) or beyond_bmp
    if isinstance(value, list | tuple):
        return _check_each(value, levels_left - 1)
    raise LocalProtocolError(detail=f"a {type(value).__name__}")


def _check_keys(keys: Iterable[object]) -> bool:
    beyond_bmp = False
    for key in keys:
        if not isinstance(key, str):
            raise LocalProtocolError(detail=f"a key of type {type(key).__name__}")
        if not key.isascii() and max(key) > "\uffff":
            beyond_bmp = True
    return beyond_bmp


def _check_each(values: Iterable[object], levels_left: int) -> bool:
    beyond_bmp = False
    for value in values:
        if type(value) is not str and _check(value, levels_left):
            beyond_bmp = True
    return beyond_bmp


def _sorted(value: object) -> object:
    """Return a copy whose keys stand in the order of their UTF-16 code units."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=_utf16)}
    if isinstance(value, list | tuple):
        return [_sorted(inner) for inner in value]
    return value


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")

"""What identifies a person, hidden: enough stays to recognise it, not enough to use it."""

from __future__ import annotations

from collections.abc import Iterable

from liandong.domain.appeals.reading_spans import Span

__all__ = ["mask_text", "mask_value"]

#: name -> characters kept at the start and at the end.
_KEPT = {"phone": (3, 2), "identity": (4, 1), "plate": (2, 1)}
_DOORS = ("号楼", "栋", "幢", "座", "单元", "室", "弄", "号", "楼", "层", "户")


def mask_value(name: str, value: str) -> str:
    """Return ``value`` with its middle as ``*`` for phones, identity numbers and plates, and digits of doors as ``*`` in places."""
    if name == "place":
        return _mask_doors(value)
    if name not in _KEPT:
        return value
    first, last = _KEPT[name]
    if len(value) <= first + last:
        return "*" * len(value)
    return value[:first] + "*" * (len(value) - first - last) + value[len(value) - last :]


def mask_text(text: str, spans: Iterable[Span]) -> str:
    """Return ``text`` with every span that identifies a person hidden; its length stays the same."""
    made = text
    for each in spans:
        if each.name in _KEPT or each.name == "place":
            made = made[: each.start] + mask_value(each.name, text[each.start : each.end]) + made[each.end :]
    return made


def _mask_doors(value: str) -> str:
    """Hide the numbers of buildings and doors; the road or estate stays, for the work needs it."""
    signs = list(value)
    at = 0
    while at < len(signs):
        end = at
        while end < len(signs) and signs[end] in "0123456789一二三四五六七八九十":
            end += 1
        if end > at and (value.startswith(_DOORS, end) or (end == len(signs) and end - at >= 3)):
            signs[at:end] = "*" * (end - at)
        at = max(end, at + 1)
    return "".join(signs)

"""How the columns of a file map to an appeal: presets for known files, or ``field=column`` by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from liandong.domain.errors import InvalidInput

__all__ = ["PRESETS", "Mapping_", "guess_preset", "mapping_of"]


@dataclass(frozen=True, slots=True)
class Mapping_:  # noqa: N801 - ``Mapping`` is taken
    """Which columns make an appeal.

    Parameters:
        text: columns whose words are told, joined by a line end; the first that is there when ``first`` is set.
        key: the column that names a row; "" numbers the rows.
        place: columns joined to the place.
        fields: appeal field -> column.
        first: take the first non-empty text column only.
    """

    text: tuple[str, ...]
    key: str = ""
    place: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    first: bool = True


#: name -> mapping; the name is a part of the file's name.
PRESETS: dict[str, Mapping_] = {
    "haikou_closedloop": Mapping_(("said", "text", "title"), "order_id", ("district", "street", "community")),
    "haikou_orders": Mapping_(("said", "text"), "order_id"),
    "taidi_messages": Mapping_(("title", "text"), "message_id", first=False),
    "taidi_hot": Mapping_(("title", "text"), "message_id", first=False),
    "taidi_replies": Mapping_(("message", "text", "title"), "message_id"),
    "henan_flood": Mapping_(("text",), "", ("address",), {"longitude": "lng", "latitude": "lat", "happened": "at"}),
    "real_labelled": Mapping_(("text",), "id"),
    "montgomery911": Mapping_(
        ("desc", "title"), "", ("addr", "twp"), {"longitude": "lng", "latitude": "lat", "happened": "timeStamp"}, False
    ),
    "baltimore311": Mapping_(("SRType",), "", ("Address",), {"happened": "CreatedDate"}),
    "sf_fire_dispatch": Mapping_(("Call Type", "call_type"), "", ("Address", "address")),
}
#: Columns that usually hold the words, most likely first.
USUAL_TEXT = ("said", "text", "content", "诉求内容", "内容", "message", "description", "desc", "title")
USUAL_KEY = ("order_id", "id", "message_id", "编号", "工单编号", "key")
USUAL_PLACE = ("place", "address", "地点", "地址", "addr")
USUAL_PHONE = ("phone", "电话", "联系电话")


def guess_preset(name: str) -> str:
    """Return the preset whose name is in a file's name, or ``""``."""
    return next((preset for preset in PRESETS if preset in name), "")


def mapping_of(columns: Iterable[str], preset: str = "", given: Mapping[str, str] | None = None) -> Mapping_:
    """Return the mapping for a file.

    Parameters:
        columns: of the file.
        preset: a key of ``PRESETS``; "" guesses by usual names of columns.
        given: appeal field -> column; ``text``, ``key`` and ``place`` too. Wins over everything.

    Raises:
        InvalidInput: the preset or a column is unknown, or no column holds words.
    """
    have = list(columns)
    given = dict(given or {})
    for column in given.values():
        if column not in have:
            raise InvalidInput(detail=f"没有“{column[:40]}”这一列；有：{'、'.join(have)[:300]}")
    if preset and preset not in PRESETS:
        raise InvalidInput(detail=f"没有预设“{preset[:40]}”；有：{'、'.join(PRESETS)}")
    base = PRESETS[preset] if preset else _usual(have)
    text = (given.pop("text"),) if "text" in given else tuple(column for column in base.text if column in have)
    if not text:
        raise InvalidInput(detail=f"找不到诉求内容列；请用 --map text=列名。有：{'、'.join(have)[:300]}")
    key = given.pop("key", base.key if base.key in have else "")
    place = (given.pop("place"),) if "place" in given else tuple(column for column in base.place if column in have)
    kept = {name: column for name, column in base.fields.items() if column in have}
    return Mapping_(text, key, place, {**kept, **given}, base.first)


def _usual(have: list[str]) -> Mapping_:
    def first(names: tuple[str, ...]) -> str:
        return next((name for name in names if name in have), "")

    text, phone, place = first(USUAL_TEXT), first(USUAL_PHONE), first(USUAL_PLACE)
    return Mapping_((text,) if text else (), first(USUAL_KEY), (place,) if place else (), {"phone": phone} if phone else {})

"""What makes bytes at the taking of a message worth trying: real messages to begin with, and changes that leave them readable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from liandong.application.shared_streams import SHARED
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import StreamKind
from tests.fuzz.taking import TYPES
from tests.memory_city import memory_city

__all__ = ["real_messages", "shaped"]

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**53 - 1, "", " ", "\u202e", "\ud7ff", "x" * 3000, "S", "R", "police", "hotline", "both", "county", [], {}, [[]], {"": ""}, ["police"], {"name": 1},
    "2026-11-23T01:00:00.000Z", "0000-00-00", "019aaaaa-0000-7000-8000-000000000001",
)  # fmt: skip


def real_messages() -> list[bytes]:
    """Return what a police node tells in a few plays, each message behind the byte that chooses its type."""
    city = memory_city()
    police = city.police
    for text, course in (("楼下油烟太大", "hand_over"), ("老板欠薪三个月", "share"), ("厨房里燃气味很重", "auto")):
        police.place(police.take(text, phone="13900000000", place="采莲路1号"), course)
    city.wire.carry()
    handover = city.police.database.of_kind(StreamKind.HANDOVER)[0]
    city.hotline.act(handover, "accept")
    city.wire.carry()
    police.act(handover, "supplement", words="又来了两桌")
    police.act(handover, "chase", words="请尽快")
    sent = [each for each in police.database.outbox if each.type in TYPES]
    streams = list(dict.fromkeys(each.stream for each in sent))
    told = [_chosen(each.type, streams.index(each.stream) % 2) + canonical(dict(each.body)) for each in sent]
    offer = dict(sent[0].body)
    # Of what is not played here, something to begin with that has the right name.
    return told + [_chosen(type_, 1) + canonical({**offer, "name": SHARED[type_].opening}) for type_ in TYPES]


def _chosen(type_: str, stream: int) -> bytes:
    """Return the byte that chooses a type and one of the two streams."""
    return bytes([128 * stream + (TYPES.index(type_) - 128 * stream) % len(TYPES)])


def shaped(raw: bytes, most: int, seed: int) -> bytes:
    """Return the bytes with one value of one line changed, now and then the order of lines, or single bytes."""
    chance, lines = Random(seed), raw.split(b"\n")
    at = chance.randrange(len(lines))
    way = chance.random()
    if way < 0.1:
        cut = chance.randrange(len(raw) + 1)
        made = raw[:cut] + chance.randbytes(chance.randrange(3)) + raw[cut + chance.randrange(3) :]
        return made[:most]
    if way < 0.25:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(MESSAGES))
    elif way < 0.3:
        lines[at:] = lines[at + 1 :] or lines[at:]
    else:
        lines[at] = _changed(lines[at], chance)
    made = b"\n".join(lines)
    return made if len(made) <= most else raw


def _changed(line: bytes, chance: Random) -> bytes:
    try:
        body = json.loads(line[1:])
    except ValueError:
        return chance.choice(MESSAGES)
    places = list(_places(body))
    if not places:
        return chance.choice(MESSAGES)
    where, key = chance.choice(places)
    way = chance.random()
    if way < 0.15 and isinstance(where, dict):
        del where[key]
    elif way < 0.35:
        other, name = chance.choice(places)
        where[key] = json.loads(json.dumps(other[name]))
    elif way < 0.5 and isinstance(where, dict):
        where[chance.choice(NAMES)] = chance.choice(ODD)
    else:
        where[key] = chance.choice(ODD)
    return (bytes([chance.randrange(256)]) if chance.random() < 0.1 else line[:1]) + json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(inner):
        yield value, key
        yield from _places(each)


MESSAGES = real_messages()
#: Every name that stands in one of them.
NAMES = sorted({str(key) for each in MESSAGES for where, key in _places(json.loads(each[1:])) if isinstance(where, dict)})

"""What a trusted peer may put under its signature, thrown at the taking of a message: applied, or refused with a code and nothing changed."""

from __future__ import annotations

from liandong.application.receive_message import receive_message
from liandong.application.shared_streams import SHARED
from liandong.domain.errors import MESSAGES, LiandongError, RemoteProtocolError
from liandong.domain.exchange.wire import read_object
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import StreamId
from tests.memory_city import memory_city

__all__ = ["take"]

TYPES = sorted(SHARED)
STREAMS = ("019aaaaa-0000-7000-8000-000000000001", "019aaaaa-0000-7000-8000-000000000002")
MOST_BYTES, MOST_DEPTH = 1_048_576, 31


def take(raw: bytes) -> list[str]:
    """Let a hotline hear the lines of ``raw`` as bodies of messages of the police; return the codes, ``""`` for what was applied.

    The first byte of a line chooses type and stream; a line that no envelope could carry is left out.
    """
    city, codes = memory_city(), []
    for line in raw.split(b"\n")[:8]:
        try:
            body = read_object(line[1:], max_bytes=MOST_BYTES, max_depth=MOST_DEPTH)
        except RemoteProtocolError:
            continue
        type_, stream = TYPES[line[0] % len(TYPES)], StreamId(STREAMS[line[0] // 128])
        before = city.snapshot()
        try:
            with city.hotline.world.work() as unit:
                receive_message(city.hotline.world, unit, "police", stream, type_, body)
        except LiandongError as error:
            assert error.code in MESSAGES
            assert city.snapshot() == before, error.code
            codes.append(error.code)
            continue
        canonical(dict(city.hotline.now(stream).data))
        codes.append("")
    return codes

"""What peers tell us, applied exactly once and in order; what cannot be applied is kept where a person sees it.

The position of a stream moves in the same transaction as the effect, so a crash at any moment leaves either both or
neither, and the peer's next try finds out which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import OperationalError, connection, transaction
from psycopg.types.json import Jsonb

from liandong.adapters.postgres.models import InboxMessage
from liandong.adapters.postgres.prepared import ask
from liandong.application.receive_message import foresee, receive_message, takes
from liandong.application.world import World
from liandong.domain.errors import LiandongError, RemoteProtocolError, StreamConflict
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.inbox import Apply, StreamPosition, quarantine, receive
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from liandong.domain.journal.facts import StreamId

__all__ = ["retry_quarantined", "take_batch"]

#: How often an effect is tried anew when somebody at a desk was faster.
TRIES = 5

# The no-op update locks the row, so that two batches cannot decide on the same position.
LOCK_POSITION = """
INSERT INTO exchange_position AS p (peer, stream, out_seq, in_seq) VALUES (%s, %s, 0, 0)
ON CONFLICT (peer, stream) DO UPDATE SET peer = EXCLUDED.peer RETURNING in_seq"""
KEEP = """
INSERT INTO inbox (id, peer, stream, seq, type, state, envelope, reason, received_at) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s)"""


NOTE_FILE = """
INSERT INTO attachment (digest, peer, name, size, media_type, state, reason, attempts, noted_at)
VALUES (%s, %s, %s, %s, %s, 'coming', '', 0, now()) ON CONFLICT (digest) DO NOTHING"""
# The same for a whole batch at once, in one order for everybody.
LOCK_POSITIONS = """
INSERT INTO exchange_position AS p (peer, stream, out_seq, in_seq)
SELECT peer, stream, 0, 0 FROM json_to_recordset(%s::json) AS asked(peer text, stream uuid) ORDER BY peer, stream
ON CONFLICT (peer, stream) DO UPDATE SET peer = EXCLUDED.peer RETURNING peer, stream, in_seq"""
KNOWN = """
SELECT i.peer, i.stream, i.seq, i.id, i.state FROM json_to_recordset(%s::json) AS asked(peer text, stream uuid, seq int)
JOIN inbox i ON (i.peer, i.stream, i.seq) = (asked.peer, asked.stream, asked.seq)"""
KEEP_ALL = """
WITH kept AS (
    INSERT INTO inbox (id, peer, stream, seq, type, state, envelope, reason, received_at)
    SELECT * FROM json_to_recordset(%s::json) AS r(
        id uuid, peer text, stream uuid, seq int, type text, state text, envelope jsonb, reason text, received_at timestamptz) RETURNING 1)
SELECT count(*) FROM kept"""
ADVANCE_ALL = """
WITH moved AS (
    UPDATE exchange_position p SET in_seq = reached.seq FROM json_to_recordset(%s::json) AS reached(peer text, stream uuid, seq int)
    WHERE p.peer = reached.peer AND p.stream = reached.stream RETURNING 1)
SELECT count(*) FROM moved"""


def take_batch(world: World, envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Return the receipt of each envelope, in order; give them to the peer only after this returned.

    One transaction for the batch. The whole batch is tried in one unit of work first, a few statements for all of it; when
    a message of it cannot be applied, everything is undone and done again message by message, a savepoint for each, so
    that the bad one costs only itself.

    Raises:
        StreamConflict: desks were faster ``TRIES`` times; nothing is written, the peer tries again.
    """
    take = _take_together if len(envelopes) > 1 else _take_singly
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return take(world, envelopes)
        except OperationalError as error:
            if type(error.__cause__).__name__ != "DeadlockDetected" or attempt == TRIES - 1:
                raise
        except LiandongError as error:
            if take is _take_together:
                # Who was only overtaken by a desk tries the whole once more, which costs a fraction of going one by one.
                if attempt or not isinstance(error, StreamConflict) or error.code == "number.taken":
                    take = _take_singly
            elif not isinstance(error, StreamConflict) or attempt == TRIES - 1:
                raise
    raise StreamConflict()


def _take_singly(world: World, envelopes: Sequence[Envelope]) -> list[Receipt]:
    return [_take(world, envelope) for envelope in envelopes]


def _take_together(world: World, envelopes: Sequence[Envelope]) -> list[Receipt]:
    """Take a batch of which every message can be applied; any error of one means that nothing of it was done."""
    positions = _positions(envelopes)
    receipts: list[Receipt] = []
    kept: list[dict[str, Any]] = []
    with world.work() as unit:
        foresee(unit, [(StreamId(each.stream), each.type) for each in envelopes])
        for envelope in envelopes:
            place = (envelope.sender, envelope.stream)
            decision = receive(positions[place], envelope)
            receipts.append(decision.receipt(envelope))
            if not isinstance(decision, Apply):
                continue
            if takes(world, envelope.type):
                receive_message(world, unit, envelope.sender, StreamId(envelope.stream), envelope.type, envelope.body)
                kept.append(_row(envelope, InboxMessage.APPLIED, ""))
            else:
                kept.append(_row(envelope, InboxMessage.KEPT, "newer type"))
            before = positions[place]
            positions[place] = replace(before, next_seq=decision.next_seq, kept={**before.kept, envelope.seq: envelope.id})
    for envelope, receipt in zip(envelopes, receipts, strict=True):
        if receipt.status is ReceiptStatus.ACCEPTED:
            _note_files(envelope)
    if kept:
        moved = {place: positions[place].next_seq - 1 for place in dict.fromkeys((each["peer"], each["stream"]) for each in kept)}
        ask(KEEP_ALL, [orjson.dumps(kept).decode()])
        ask(ADVANCE_ALL, [_places((*place, seq) for place, seq in moved.items())])
    return receipts


def _positions(envelopes: Sequence[Envelope]) -> dict[tuple[str, str], StreamPosition]:
    """Return the locked position of every stream of a batch, with what is kept of the numbers it asks about."""
    places = sorted({(each.sender, each.stream) for each in envelopes})
    found = ask(LOCK_POSITIONS, [_places(places)])
    reached = {(row[0], str(row[1])): row[2] + 1 for row in found}
    asked = {(each.sender, each.stream, each.seq) for each in envelopes} | {(*place, seq) for place, seq in reached.items()}
    rows = ask(KNOWN, [_places(asked)])
    kept: dict[tuple[str, str], dict[int, str]] = {}
    held: set[tuple[str, str]] = set()
    for peer, stream, seq, id_, state in rows:
        place = (peer, str(stream))
        kept.setdefault(place, {})[seq] = str(id_)
        if seq == reached[place] and state == InboxMessage.QUARANTINED:
            held.add(place)
    return {place: StreamPosition(*place, seq, kept.get(place, {}), place in held) for place, seq in reached.items()}


def _places(told: Iterable[tuple[Any, ...]]) -> str:
    """Return places of streams, with a number each or without, as the questions above take them."""
    return orjson.dumps([dict(zip(("peer", "stream", "seq"), each, strict=False)) for each in told]).decode()


def _take(world: World, envelope: Envelope) -> Receipt:
    with connection.cursor() as cursor:
        cursor.execute(LOCK_POSITION, [envelope.sender, envelope.stream])
        next_seq = cursor.fetchone()[0] + 1
        cursor.execute(
            "SELECT seq, id, state FROM inbox WHERE peer = %s AND stream = %s AND seq IN (%s, %s)",
            [envelope.sender, envelope.stream, envelope.seq, next_seq],
        )
        kept = cursor.fetchall()
    held = any(row[0] == next_seq and row[2] == InboxMessage.QUARANTINED for row in kept)
    position = StreamPosition(envelope.sender, envelope.stream, next_seq, {row[0]: str(row[1]) for row in kept}, held)
    decision = receive(position, envelope)
    if not isinstance(decision, Apply):
        return decision.receipt(envelope)
    if not takes(world, envelope.type):
        _keep(envelope, InboxMessage.KEPT, "newer type")
        _advance(envelope)
        return decision.receipt(envelope)
    try:
        _apply(world, envelope)
    except LiandongError as error:
        # A number that was taken stays taken: trying again would hold up everything behind it.
        if isinstance(error, StreamConflict) and error.code != "number.taken":
            raise
        reason = f"{error.code}: {error.sentence('en')}"[:300]
        _keep(envelope, InboxMessage.QUARANTINED, reason)
        return quarantine(envelope, error.code)
    _note_files(envelope)
    _keep(envelope, InboxMessage.APPLIED, "")
    _advance(envelope)
    return decision.receipt(envelope)


def _apply(world: World, envelope: Envelope) -> None:
    with world.work() as unit:
        receive_message(world, unit, envelope.sender, StreamId(envelope.stream), envelope.type, envelope.body)


def _advance(envelope: Envelope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_position SET in_seq = %s WHERE peer = %s AND stream = %s", [envelope.seq, envelope.sender, envelope.stream]
        )


def _note_files(envelope: Envelope) -> None:
    """Write down which files of a message are to be fetched."""
    for each in envelope.attachments:
        with connection.cursor() as cursor:
            cursor.execute(NOTE_FILE, [each["digest"], envelope.sender, each["name"], each["size"], each["media_type"]])


def _keep(envelope: Envelope, state: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, _values(envelope, state, reason))


def _values(envelope: Envelope, state: str, reason: str) -> list[Any]:
    """Return the row of the inbox that keeps an envelope, in the order of ``KEEP``."""
    row = _row(envelope, state, reason)
    return [*(Jsonb(value) if name == "envelope" else value for name, value in row.items())]


def _row(envelope: Envelope, state: str, reason: str) -> dict[str, Any]:
    """Return what the inbox keeps of an envelope, in clear, as evidence and for another try."""
    return {
        "id": envelope.id, "peer": envelope.sender, "stream": envelope.stream, "seq": envelope.seq, "type": envelope.type, "state": state,
        "envelope": envelope.wire(), "reason": reason, "received_at": datetime.now(UTC),
    }  # fmt: skip


def retry_quarantined(world: World, position: int, *, set_aside: bool = False) -> str:
    """Try a quarantined message again, or set it aside so that what follows can go on; return its new state.

    Parameters:
        position: of the inbox row.
        set_aside: a person decided that it will never be applied; its envelope stays as evidence.

    Raises:
        LiandongError: why it still cannot be applied; it stays in quarantine with the new reason.
    """
    with transaction.atomic():
        row = InboxMessage.objects.select_for_update().filter(position=position, state=InboxMessage.QUARANTINED).first()
        if row is None:
            raise RemoteProtocolError("stream.not_found", id=str(position))
        wire = row.envelope
        envelope = Envelope(
            id=wire["id"],
            sender=wire["from"],
            recipient=wire["to"],
            stream=wire["stream"],
            seq=wire["seq"],
            type=wire["type"],
            at=wire["at"],
            body=wire["body"],
        )
        if not set_aside:
            _apply(world, envelope)
        row.state = InboxMessage.KEPT if set_aside else InboxMessage.APPLIED
        row.save(update_fields=["state"])
        _advance(envelope)
    return row.state

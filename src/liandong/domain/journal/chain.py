"""The hash chain: each entry seals the one before it, so that a change shows.

An entry's hash is SHA-256 over the canonical JSON of its stream, its sequence number, its fact and the hash before it.
Whoever changes one entry has to change all that follow, and the last hash of every stream is known elsewhere: in the
stream's row, and at the peer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from liandong.domain.errors import LocalProtocolError
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.facts import Fact, StreamId

__all__ = ["Break", "Entry", "entry_hash", "seal", "verify_chain"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in its place."""

    stream: StreamId
    #: From 1, without gaps.
    seq: int
    fact: Fact
    #: Hex; ``""`` for the first.
    before: str
    #: Hex.
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold."""

    stream: str
    seq: int
    #: ``entry_changed``, ``gap``, ``link_broken``, ``head_differs``, ``state_differs``, ``tail_missing``, ``row_missing`` or ``ruling_differs``.
    reason: str


def at_text(at: datetime) -> str:
    """Return an aware time as ``2026-11-22T01:02:03.000004Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def at_from_text(text: str) -> datetime:
    """Return the aware time of ``at_text``. Raises ValueError for anything else."""
    if len(text) == 27 and text[10] == "T" and text[19] == "." and text[26] == "Z" and text[20:26].isdecimal():
        return datetime.fromisoformat(text[:26]).replace(tzinfo=UTC)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def entry_hash(stream: StreamId, seq: int, fact: Fact, before: str) -> str:
    """Return the hex SHA-256 that seals a fact at its place after ``before``."""
    body = {
        "stream": stream,
        "seq": seq,
        "name": fact.name,
        "actor": fact.actor.as_dict(),
        "at": at_text(fact.at),
        "data": dict(fact.data),
        "before": before,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def seal(stream: StreamId, seq: int, fact: Fact, before: str) -> Entry:
    """Return the entry of a fact: what is written to the journal."""
    return Entry(stream, seq, fact, before, entry_hash(stream, seq, fact, before))


def verify_chain(entries: Iterable[Entry], head: str, length: int) -> Break | None:
    """Return the first break of one stream's entries in order, or None.

    Parameters:
        entries: as read, ordered by ``seq``.
        head: the last hash as the stream's row has it.
        length: how many facts the stream's row says there are.
    """
    before, expected, stream = "", 1, ""
    for entry in entries:
        stream = entry.stream
        if entry.seq != expected:
            return Break(stream, expected, "gap")
        if entry.before != before:
            return Break(stream, entry.seq, "link_broken")
        if not _holds(entry):
            return Break(stream, entry.seq, "entry_changed")
        before, expected = entry.hash, expected + 1
    if expected - 1 != length:
        return Break(stream, expected, "tail_missing")
    return None if before == head else Break(stream, length, "head_differs")


def _holds(entry: Entry) -> bool:
    """Tell whether an entry's seal fits what it holds; a value that no journal can hold was put there by another hand."""
    try:
        return entry_hash(entry.stream, entry.seq, entry.fact, entry.before) == entry.hash
    except LocalProtocolError:
        return False

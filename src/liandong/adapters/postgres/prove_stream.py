"""The proof of one record: its chain, the roots its entries stand under, and the peers' word for these roots.

Theory of operation: each entry is sealed over what it says and the seal before it; the day's root is one hash over all seals of the day and
lies with the peer, under its signature. So an entry that was changed breaks its own seal; one that was sealed anew together with all that
follow no longer bears the mark that was told to the peer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from liandong.adapters.postgres.verify import verify_stream
from liandong.application.notary import KEPT, ROOT
from liandong.domain.errors import LiandongError
from liandong.domain.journal.chain import Break, at_text
from liandong.domain.journal.roots import FIRST, Root, read_marks, tree_of

__all__ = ["ProvedEntry", "ProvedRoot", "StreamProof", "prove_stream"]

#: peer, envelope as kept -> None when its signature holds, else why not.
CheckSignature = Callable[[str, Mapping[str, Any]], str | None]
#: Roots that are computed anew for one record; older ones of a long life are left to ``liandong journal verify``.
MOST_ROOTS = 60

READ = ("seq", "name", "actor", "at", "hash", "position")
ENTRIES = f"SELECT {', '.join(READ)} FROM journal WHERE stream = %s ORDER BY seq"
ROOTS = """
SELECT number, previous, entries, tree, hash, at, upto, coalesce((SELECT upto FROM journal_root b WHERE b.number = r.number - 1), 0)
  FROM journal_root r WHERE upto >= %s AND coalesce((SELECT upto FROM journal_root b WHERE b.number = r.number - 1), 0) < %s ORDER BY number DESC LIMIT %s"""
SEALS = "SELECT position, hash FROM journal WHERE position > %s AND position <= %s ORDER BY position"
WITNESSES = "SELECT peer, hash, received_at FROM root_witness WHERE number = %s ORDER BY peer, received_at"
ENVELOPES = "SELECT peer, envelope FROM inbox WHERE type = %s AND state = 'applied' AND (envelope->'body'->>'number')::int = %s ORDER BY position"
SENT = "SELECT body->>'marks' FROM outbox WHERE type = %s AND (body->>'number')::int = %s ORDER BY position"


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """One fact and what proves it.

    Parameters:
        actor: role, person, unit and node as the journal has them.
        broken: why it does not hold, ``""`` where it does.
        root: number of the root it stands under, None where the next one is still to be made.
    """

    seq: int
    name: str
    at: datetime
    actor: Mapping[str, Any]
    hash: str
    broken: str
    root: int | None


@dataclass(frozen=True, slots=True)
class Witness:
    """A peer's word for a root; ``same`` tells whether it is the hash we have, ``signed`` whether the peer's signature stands under it."""

    peer: str
    at: datetime
    same: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class ProvedRoot:
    """A root over some of the entries; ``whole`` tells whether it still is the hash of what stands under it."""

    number: int
    at: datetime
    hash: str
    entries: int
    whole: bool
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class StreamProof:
    """Everything that proves one record, or shows where it was changed."""

    entries: tuple[ProvedEntry, ...]
    roots: tuple[ProvedRoot, ...]
    #: The first place where it does not hold, None where it does.
    found: Break | None

    @property
    def uncovered(self) -> int:
        """How many entries stand under no root yet."""
        return sum(each.root is None for each in self.entries)


def prove_stream(node: str, stream: str, check: CheckSignature | None = None) -> StreamProof:
    """Return the proof of a record in one snapshot.

    Parameters:
        node: whose journal it is. stream: id.
        check: verifies the signature of a peer's kept word; None leaves signatures out.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(ENTRIES, [stream])
        rows = [dict(zip(READ, row, strict=True)) for row in cursor.fetchall()]
        found = verify_stream(stream)
        positions = [row["position"] for row in rows]
        roots, under, marked = _roots(cursor, node, positions, check)
    entries = tuple(_entry(row, found, under.get(row["position"]), marked) for row in rows)
    if found is None:
        first = next((each for each in entries if each.broken), None)
        found = Break(stream, first.seq, first.broken) if first is not None else None
    return StreamProof(entries, roots, found)


def _entry(row: Mapping[str, Any], found: Break | None, root: int | None, marked: Mapping[int, frozenset[str]]) -> ProvedEntry:
    broken = found.reason if found is not None and found.seq == row["seq"] else ""
    marks = marked.get(root or 0, frozenset())
    if not broken and marks and row["hash"][:12] not in marks:
        broken = "root_differs"
    actor = json.loads(row["actor"]) if isinstance(row["actor"], str) else row["actor"]
    return ProvedEntry(row["seq"], row["name"], row["at"], actor, row["hash"], broken, root)


def _roots(cursor: Any, node: str, positions: Sequence[int], check: CheckSignature | None) -> tuple[tuple[ProvedRoot, ...], dict[int, int], dict[int, frozenset[str]]]:
    """Return the roots over some positions, position -> number of its root, and number -> marks that were told to peers."""
    if not positions:
        return (), {}, {}
    cursor.execute(ROOTS, [min(positions), max(positions), MOST_ROOTS])
    made: list[ProvedRoot] = []
    under: dict[int, int] = {}
    marked: dict[int, frozenset[str]] = {}
    for number, previous, count, tree, hash_, at, upto, begin in reversed(cursor.fetchall()):
        inside = [each for each in positions if begin < each <= upto]
        if not inside:
            continue
        under.update(dict.fromkeys(inside, number))
        cursor.execute(SEALS, [begin, upto])
        seals = [row[1] for row in cursor.fetchall()]
        root = Root(node, number, previous, count, tree, at_text(at))
        whole = (tree_of(seals), len(seals), root.hash()) == (tree, count, hash_) and (number > 1 or previous == FIRST)
        marked[number] = _marks(cursor, number)
        made.append(ProvedRoot(number, at, hash_, count, whole, _witnesses(cursor, number, hash_, check)))
    return tuple(made), under, marked


def _marks(cursor: Any, number: int) -> frozenset[str]:
    cursor.execute(SENT, [ROOT, number])
    for (text,) in cursor.fetchall():
        try:
            return frozenset(read_marks(str(text or "")))
        except (ValueError, LiandongError):
            continue
    return frozenset()


def _witnesses(cursor: Any, number: int, hash_: str, check: CheckSignature | None) -> tuple[Witness, ...]:
    cursor.execute(ENVELOPES, [KEPT, number])
    signed: set[tuple[str, str]] = set()
    for peer, envelope in cursor.fetchall():
        told = json.loads(envelope) if isinstance(envelope, str) else envelope
        if check is None or check(peer, told) is None:
            signed.add((peer, str(told.get("body", {}).get("hash"))))
    cursor.execute(WITNESSES, [number])
    return tuple(Witness(peer, at, said == hash_, (peer, said) in signed) for peer, said, at in cursor.fetchall())

"""Prove a journal against its roots, and the roots against what peers say they keep.

Whoever computes a whole chain anew here leaves a journal that proves itself; its seals are no longer those under the roots. The
marks that went to the peer with each root say which entries these are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from liandong.application.notary import KEPT, ROOT
from liandong.domain.errors import LiandongError
from liandong.domain.journal.chain import Break, at_text
from liandong.domain.journal.roots import FIRST, Root, read_marks, tree_of

__all__ = ["RootsFound", "verify_roots"]

#: peer, number of a root -> {"hash", "marks"} as the peer keeps them, {} where it keeps none.
AskPeer = Callable[[str, int], Mapping[str, Any]]
#: peer, envelope as kept -> None when its signature holds, else why not.
CheckSignature = Callable[[str, Mapping[str, Any]], str | None]

SENT = "SELECT peer, body FROM outbox WHERE type = %s AND (body->>'number')::int = %s ORDER BY position"
WITNESSES = "SELECT peer, number, hash FROM root_witness ORDER BY peer, number"
ENVELOPES = "SELECT peer, envelope FROM inbox WHERE type = %s AND state = 'applied' ORDER BY position"
ENTRIES = """
SELECT j.hash, j.stream, j.seq, coalesce(s.number, j.stream::text) FROM journal j LEFT JOIN stream s ON s.id = j.stream
WHERE j.position > %s AND j.position <= %s ORDER BY j.position"""


@dataclass(frozen=True, slots=True)
class RootsFound:
    """What the roots prove."""

    roots: int
    #: Roots that at least one peer has said to keep.
    witnessed: int
    #: Entries that stand under no root yet.
    uncovered: int
    breaks: tuple[tuple[str, Break], ...]


def verify_roots(node: str, check: CheckSignature | None = None, ask: AskPeer | None = None, peers: Sequence[str] = ()) -> RootsFound:
    """Return what this node's roots prove, in one snapshot.

    Parameters:
        node: whose journal it is.
        check: verifies the signature of a kept envelope; None leaves signatures out.
        ask: asks peers now for what they keep; None relies on what they said when they took a root.
        peers: whom to ask, whatever this database says of them: who empties it must not thereby keep the question from being asked.
    """
    breaks: list[tuple[str, Break]] = []
    witnesses = _witnesses(check, breaks)
    last, previous, upto = 0, FIRST, 0
    for last, row, entries in _roots():
        seals = [each[0] for each in entries]
        root = Root(node, last, previous, row["entries"], row["tree"], at_text(row["at"]))
        kept = _kept(last, witnesses, ask, peers)
        whole = (tree_of(seals), len(seals), root.hash(), row["previous"]) == (row["tree"], row["entries"], row["hash"], previous)
        if not whole or any(each.get("hash") not in (None, row["hash"]) for each in kept.values()):
            breaks += _differing(last, entries, kept)
        previous, upto = row["hash"], row["upto"]
    told = [number for _, number in witnesses]
    if (told and max(told) > last) or (ask is not None and any(ask(peer, last + 1) for peer in peers)):
        breaks.append((f"根 {last + 1}", Break("", last + 1, "root_missing")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal WHERE position > %s", [upto])
        uncovered = cursor.fetchone()[0]
    return RootsFound(last, len({number for number in told if number <= last}), uncovered, tuple(breaks))


def _roots() -> Iterator[tuple[int, dict[str, Any], list[Any]]]:
    """Yield (number, its row, the entries under it); memory holds one root's entries."""
    names = ("previous", "entries", "tree", "hash", "at", "upto")
    begin, number = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(names)} FROM journal_root WHERE number = %s", [number + 1])
            found = cursor.fetchone()
            if found is None:
                return
            row = dict(zip(names, found, strict=True))
            cursor.execute(ENTRIES, [begin, row["upto"]])
            entries = cursor.fetchall()
        number += 1
        yield number, row, entries
        begin = row["upto"]


def _witnesses(check: CheckSignature | None, breaks: list[tuple[str, Break]]) -> dict[tuple[str, int], str]:
    """Return (peer, number) -> hash as peers said it under their signature; a word without its signed envelope is a break."""
    with connection.cursor() as cursor:
        cursor.execute(WITNESSES)
        rows = {(row[0], row[1]): row[2] for row in cursor.fetchall()}
        cursor.execute(ENVELOPES, [KEPT])
        signed: dict[tuple[str, int], str] = {}
        for peer, envelope in cursor.fetchall():
            envelope = json.loads(envelope) if isinstance(envelope, str) else envelope
            body = envelope.get("body", {})
            if check is not None and check(peer, envelope) is not None:
                breaks.append((f"根 {body.get('number')}", Break("", int(body.get("number") or 0), "witness_forged")))
                continue
            signed[peer, int(body["number"])] = str(body["hash"])
    for place, hash_ in rows.items():
        if signed.get(place) != hash_:
            breaks.append((f"根 {place[1]}", Break("", place[1], "witness_forged")))
    return {**rows, **signed}


def _kept(number: int, witnesses: Mapping[tuple[str, int], str], ask: AskPeer | None, peers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what each peer keeps of a root: its hash, and the marks that were sent with it or that the peer says now."""
    with connection.cursor() as cursor:
        cursor.execute(SENT, [ROOT, number])
        sent = {peer: json.loads(body) if isinstance(body, str) else body for peer, body in cursor.fetchall()}
    kept = {}
    for peer in {*sent, *(each for each, of in witnesses if of == number), *(peers if ask is not None else ())}:
        kept[peer] = {"hash": witnesses.get((peer, number)), "marks": sent.get(peer, {}).get("marks", "")}
        if ask is not None:
            kept[peer] |= dict(ask(peer, number))
    return kept


def _differing(number: int, entries: Sequence[Any], kept: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Break]]:
    """Name the first entry of each stream that is not what was told to a peer; the root alone where none can be named."""
    wanted = max((_marks(each.get("marks", "")) for each in kept.values()), key=len, default=[])
    missing = len(wanted) > len(entries)
    known = set(wanted)
    named: dict[str, tuple[str, Break]] = {}
    for hash_, stream, seq, shown in entries:
        if wanted and hash_[:12] not in known:
            before = named.get(str(stream))
            if before is None or before[1].seq > seq:
                named[str(stream)] = (shown, Break(str(stream), seq, "root_differs"))
    if named:
        return list(named.values())
    return [(f"根 {number}", Break("", number, "root_entries_missing" if missing else "root_differs"))]


def _marks(text: Any) -> list[str]:
    try:
        return read_marks(str(text))
    except (ValueError, LiandongError):
        return []

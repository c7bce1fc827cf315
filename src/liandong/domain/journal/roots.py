"""Roots: one hash for everything a journal has grown by, chained to the root before, to be kept by the peer.

Rules:
    1. Roots are numbered 1, 2, 3 … Every entry of the journal stands under exactly one root, in the order it was written.
    2. A root costs what was written since the one before, however long the history.
    3. The hash of a root covers the tree over its entries' seals and the hash of the root before: who holds the newest root
       holds the heads of all chains, for an entry's seal covers its stream, its number and all before it in its stream.
    4. Marks locate, the tree proves: 48 bits of each seal travel along, so that the peer can say *which* entry is not what it was.
       They tell nothing about what an entry says.

Theory of operation: the tree is that of RFC 6962 (Certificate Transparency) over SHA-256: leaves and knots are hashed with
different first bytes, and a list that is no power of two is split at the largest one below its length. An inclusion proof of an
entry is the list of the neighbours on its way up, at most 17 for the longest root.

Source: RFC 6962 §2.1; ``docs/adr`` on roots.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from liandong.domain.journal.canonical import canonical

__all__ = ["FIRST", "MOST_ENTRIES", "Root", "inclusion_proof", "marks_of", "proves_inclusion", "read_marks", "tree_of"]

#: Entries under one root at most: its marks fit into one envelope with room to spare.
MOST_ENTRIES = 80_000
#: ``previous`` of the first root.
FIRST = ""
MARK_BYTES = 6


@dataclass(frozen=True, slots=True)
class Root:
    """What a node says about its journal, once and for ever."""

    #: Whose journal.
    node: str
    #: From 1, without holes.
    number: int
    #: Hash of the root before; ``FIRST`` for the first.
    previous: str
    #: How many entries stand under it.
    entries: int
    #: Hex: the tree over their seals.
    tree: str
    #: When it was made, ``journal.chain.at_text``.
    at: str

    def hash(self) -> str:
        """Return the hex SHA-256 of the root: what is signed, kept, and named by the next one."""
        body = {"node": self.node, "number": self.number, "previous": self.previous, "entries": self.entries, "tree": self.tree, "at": self.at}
        return hashlib.sha256(canonical(body)).hexdigest()


def tree_of(seals: Sequence[str]) -> str:
    """Return the hex root of the tree over the entries' seals (hex), in their order; that of nothing for an empty list."""
    # Reducing pair by pair and lifting a lonely last knot gives the tree that splits at the largest power of two.
    level = [hashlib.sha256(b"\0" + bytes.fromhex(each)).digest() for each in seals]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def inclusion_proof(seals: Sequence[str], index: int) -> list[str]:
    """Return the neighbours from the leaf at ``index`` up to the root, each ``L`` or ``R`` (where it stands) and its hex.

    Raises:
        IndexError: there is no such entry.
    """
    if not 0 <= index < len(seals):
        raise IndexError(index)
    level = [hashlib.sha256(b"\0" + bytes.fromhex(each)).digest() for each in seals]
    proof = []
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            proof.append(("L" if neighbour < index else "R") + level[neighbour].hex())
        level, index = _above(level), index // 2
    return proof


def proves_inclusion(seal: str, proof: Sequence[str], tree: str) -> bool:
    """Tell whether a proof leads from an entry's seal to the tree."""
    try:
        knot = hashlib.sha256(b"\0" + bytes.fromhex(seal)).digest()
        for each in proof:
            other = bytes.fromhex(each[1:])
            if each[:1] not in ("L", "R"):
                return False
            knot = _knot(other, knot) if each[0] == "L" else _knot(knot, other)
    except ValueError:
        return False
    return knot.hex() == tree


def marks_of(seals: Sequence[str]) -> str:
    """Return the marks of entries in their order, eight characters of base64url each."""
    return base64.urlsafe_b64encode(b"".join(bytes.fromhex(each)[:MARK_BYTES] for each in seals)).decode("ascii")


def read_marks(text: str) -> list[str]:
    """Return the marks of ``marks_of``, each as the first twelve hex digits of a seal.

    Raises:
        ValueError: it is no such text.
    """
    raw = base64.b64decode(text, altchars=b"-_", validate=True)
    if len(raw) % MARK_BYTES:
        raise ValueError("marks of another length")
    return [raw[at : at + MARK_BYTES].hex() for at in range(0, len(raw), MARK_BYTES)]


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_knot(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _knot(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()

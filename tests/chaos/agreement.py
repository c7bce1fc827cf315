"""Whether two nodes agree: every shared fact of every handover on both, once, in the order its end said it, and every file that it names."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from liandong.adapters.files.store import FileStore
from liandong.domain.handovers.handover import SHARED_FACTS
from tests.city import City

__all__ = ["Agreement", "Files", "compare", "compare_files"]

FACTS = """
SELECT stream, name, actor->>'party', actor->>'node', at, seq FROM journal
WHERE kind = 'handover' AND name = ANY(%s) ORDER BY stream, seq"""

NAMED = """
SELECT DISTINCT named->>'digest' FROM journal, jsonb_array_elements(data->'attachments') AS named
WHERE kind = 'handover' AND data ? 'attachments' ORDER BY 1"""


@dataclass(slots=True)
class Files:
    """What became of the files that handovers name."""

    #: Named by some fact of a handover, on either node.
    named: int = 0
    #: Not whole on one of the nodes.
    missing: int = 0
    #: Whole, but not what their digest says.
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether each is whole on both nodes, byte by byte."""
        return not (self.missing or self.wrong)


@dataclass(slots=True)
class Agreement:
    """What was compared and what did not agree."""

    handovers: int = 0
    facts: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    #: Handovers whose phase differs.
    apart: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.out_of_order or self.apart)


def compare(city: City, nodes: tuple[str, str] = ("police", "hotline")) -> Agreement:
    """Return how the journals of two nodes compare; call it when nothing waits any more."""
    told = {node: _told(city, node) for node in nodes}
    phases = {node: _phases(city, node) for node in nodes}
    found = Agreement()
    for stream in sorted(told[nodes[0]].keys() | told[nodes[1]].keys()):
        found.handovers += 1
        for party in ("S", "R"):
            one, two = (told[node].get(stream, {}).get(party, []) for node in nodes)
            _judge(found, stream, party, one, two)
        if phases[nodes[0]].get(stream) != phases[nodes[1]].get(stream):
            found.apart += 1
            found.examples.append(f"{stream}: {phases[nodes[0]].get(stream)} and {phases[nodes[1]].get(stream)}")
    return found


def compare_files(city: City) -> Files:
    """Return whether every file that a handover names is on every node, by its bytes."""
    digests: set[str] = set()
    for node in city.names:
        with city.database(node) as database:
            digests |= {str(row[0]) for row in database.execute(NAMED).fetchall()}
    found = Files(named=len(digests))
    for settings, _ in city.supervisor.nodes:
        store = FileStore(settings.files)
        for digest in sorted(digests):
            if store.size(digest) is None:
                found.missing += 1
                found.examples.append(f"{settings.name}: {digest} is missing")
            elif "sha256:" + _sha256(store, digest) != digest:
                found.wrong += 1
                found.examples.append(f"{settings.name}: {digest} is something else")
    return found


def _sha256(store: FileStore, digest: str) -> str:
    made = hashlib.sha256()
    for block in store.blocks(digest):
        made.update(block)
    return made.hexdigest()


def _judge(found: Agreement, stream: str, party: str, one: list[Any], two: list[Any]) -> None:
    found.facts += max(len(one), len(two))
    if one == two:
        doubled = sum(count - 1 for count in Counter(one).values())
        found.doubled += doubled
        if doubled:
            found.examples.append(f"{stream} {party}: doubled on both")
        return
    here, there = Counter(one), Counter(two)
    found.lost += sum(1 for fact in here.keys() ^ there.keys())
    found.doubled += sum(abs(here[fact] - there[fact]) for fact in here.keys() & there.keys())
    found.out_of_order += here == there
    found.examples.append(f"{stream} {party}: {len(one)} and {len(two)} facts")


def _told(city: City, node: str) -> dict[str, dict[str, list[Any]]]:
    with city.database(node) as database:
        rows = database.execute(FACTS, [list(SHARED_FACTS)]).fetchall()
    told: dict[str, dict[str, list[Any]]] = {}
    for stream, facts in groupby(rows, key=lambda row: str(row[0])):
        for _, name, party, said_at, at, _ in facts:
            told.setdefault(stream, {}).setdefault(party, []).append((name, said_at, at))
    return told


def _phases(city: City, node: str) -> dict[str, str]:
    with city.database(node) as database:
        return {str(row[0]): row[1] for row in database.execute("SELECT id, phase FROM stream WHERE kind = 'handover'").fetchall()}

"""Roots: one hash for what a journal has grown by, proofs for each entry, marks that locate."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.application.notary import root_body, root_of
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.journal.roots import FIRST, Root, inclusion_proof, marks_of, proves_inclusion, read_marks, tree_of

SEALS = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=40)


def by_definition(seals: list[str]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not seals:
        return hashlib.sha256(b"").digest()
    if len(seals) == 1:
        return hashlib.sha256(b"\0" + bytes.fromhex(seals[0])).digest()
    split = 1
    while split * 2 < len(seals):
        split *= 2
    return hashlib.sha256(b"\1" + by_definition(seals[:split]) + by_definition(seals[split:])).digest()


@given(SEALS)
def test_the_tree_is_that_of_the_standard(seals: list[str]) -> None:
    assert tree_of(seals) == by_definition(seals).hex()


@given(SEALS.filter(bool), st.data())
def test_every_entry_is_proved_by_its_neighbours_and_another_is_not(seals: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(seals) - 1))
    proof = inclusion_proof(seals, index)
    assert proves_inclusion(seals[index], proof, tree_of(seals))
    assert not proves_inclusion(hashlib.sha256(bytes.fromhex(seals[index])).hexdigest(), proof, tree_of(seals))


@given(SEALS)
def test_marks_are_the_beginnings_of_the_seals(seals: list[str]) -> None:
    assert read_marks(marks_of(seals)) == [each[:12] for each in seals]


def test_every_part_of_a_root_is_under_its_hash() -> None:
    root = Root("police", 1, FIRST, 0, tree_of([]), "2026-11-24T00:00:00.000000Z")
    others = [
        Root("hotline", 1, FIRST, 0, root.tree, root.at),
        Root("police", 2, FIRST, 0, root.tree, root.at),
        Root("police", 1, "0" * 64, 0, root.tree, root.at),
        Root("police", 1, FIRST, 1, root.tree, root.at),
        Root("police", 1, FIRST, 0, "0" * 64, root.at),
        Root("police", 1, FIRST, 0, root.tree, "2026-11-24T00:00:00.000001Z"),
    ]
    assert len({each.hash() for each in (root, *others)}) == 7


@pytest.mark.parametrize(
    "change",
    [{"number": 0}, {"number": True}, {"number": 1.0}, {"previous": "x"}, {"previous": None}, {"tree": ""}, {"entries": 2}, {"entries": -1}, {"at": "now"}, {"marks": "*"}, {"marks": "AAAA"}, {"marks": 7}],
)  # fmt: skip
def test_what_is_no_root_is_refused(change: dict[str, object]) -> None:
    root = Root("police", 1, FIRST, 1, tree_of(["0" * 64]), "2026-11-24T00:00:00.000000Z")
    body = root_body(root, marks_of(["0" * 64]))
    assert root_of("police", body)[0] == root
    with pytest.raises(RemoteProtocolError):
        root_of("police", {**body, **change})

"""Chapter 16: roots, one test for each clause, against a keeper in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import independent_peer as other_peer
import pytest
from exchange_world import vectors

from liandong.application.notary import ANSWER, KEPT, QUESTION, ROOT, fact_digest, receive_notary, root_body, root_of, stream_digest
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import at_from_text, seal
from liandong.domain.journal.facts import Actor, Fact, Party, Role, StreamId
from liandong.domain.journal.roots import Root, marks_of, tree_of

STREAM = "019ab000-0000-7000-8000-000000000001"
FACT = Fact("HandoverAccepted", Actor(Role.AGENT, "a", "", "hotline", Party.RECEIVER), datetime(2026, 11, 24, tzinfo=UTC), {"note": "已收"})
SEAL = seal(StreamId(STREAM), 1, FACT, "").hash
NOTHING = Root("police", 1, "", 1, tree_of([SEAL]), "2026-11-24T00:00:00.000000Z")


class Keeper:
    """What a node keeps for its peers, in memory."""

    def __init__(self) -> None:
        self.roots: dict[tuple[str, int], tuple[Root, str]] = {}
        self.said: list[tuple[str, str, Mapping[str, Any]]] = []
        self.witnessed: list[tuple[str, int, str]] = []
        self.answers: list[Mapping[str, Any]] = []

    def keep_root(self, peer: str, root: Root, marks: str) -> bool:
        known = self.roots.setdefault((peer, root.number), (root, marks))
        if known[0] != root:
            raise RemoteProtocolError("notary.forked", number=root.number)
        return True

    def keep_witness(self, peer: str, number: int, hash_: str) -> None:
        self.witnessed.append((peer, number, hash_))

    def marks_kept(self, peer: str, number: int) -> Mapping[str, Any] | None:
        known = self.roots.get((peer, number))
        return None if known is None else {"hash": known[0].hash(), "marks": known[1]}

    def shared_facts(self, peer: str, streams: Iterable[str]) -> Mapping[str, list[Fact]]:
        return {each: [FACT] for each in streams if each == STREAM}

    def keep_answer(self, peer: str, body: Mapping[str, Any]) -> None:
        self.answers.append(body)

    def say(self, peer: str, stream: StreamId, type_: str, body: Mapping[str, Any]) -> None:
        self.said.append((peer, type_, body))


def test_16_1_a_seal_and_a_tree_are_what_the_document_says() -> None:
    spelled = {
        "stream": STREAM, "seq": 1, "name": FACT.name, "actor": FACT.actor.as_dict(), "at": "2026-11-24T00:00:00.000000Z", "data": {"note": "已收"}, "before": "",
    }  # fmt: skip
    assert hashlib.sha256(canonical(spelled)).hexdigest() == SEAL
    assert NOTHING.tree == hashlib.sha256(b"\0" + bytes.fromhex(SEAL)).hexdigest()


def test_16_2_the_hash_of_a_root_covers_who_says_it_and_marks_are_six_bytes_of_each_seal() -> None:
    spelled = {"node": "police", "number": 1, "previous": "", "entries": 1, "tree": NOTHING.tree, "at": "2026-11-24T00:00:00.000000Z"}
    assert NOTHING.hash() == hashlib.sha256(canonical(spelled)).hexdigest()
    assert len(marks_of([SEAL])) == 8


def test_16_3_a_root_is_kept_and_said_so_and_another_of_its_number_is_refused() -> None:
    keeper, body = Keeper(), root_body(NOTHING, marks_of([SEAL]))
    receive_notary(keeper, "hotline", "police", ROOT, body)
    receive_notary(keeper, "hotline", "police", ROOT, body)
    assert keeper.said == [("police", KEPT, {"number": 1, "hash": NOTHING.hash()})] * 2
    with pytest.raises(RemoteProtocolError) as refused:
        receive_notary(keeper, "hotline", "police", ROOT, {**body, "tree": "0" * 64})
    assert refused.value.code == "notary.forked"
    assert keeper.roots["police", 1][0] == NOTHING
    receive_notary(keeper, "police", "hotline", KEPT, keeper.said[0][2])
    assert keeper.witnessed == [("hotline", 1, NOTHING.hash())]


def test_16_4_a_question_gets_what_is_kept_and_what_differs() -> None:
    keeper, ref = Keeper(), "0" * 32
    receive_notary(keeper, "hotline", "police", ROOT, root_body(NOTHING, marks_of([SEAL])))
    receive_notary(keeper, "hotline", "police", QUESTION, {"ref": ref, "root": 1})
    assert keeper.said[-1] == ("police", ANSWER, {"ref": ref, "root": 1, "kept": {"hash": NOTHING.hash(), "marks": marks_of([SEAL])}})
    other = "019ab000-0000-7000-8000-000000000002"
    receive_notary(keeper, "hotline", "police", QUESTION, {"ref": ref, "streams": {STREAM: "0" * 64, other: "0" * 64}})
    assert keeper.said[-1][2] == {"ref": ref, "unknown": [other], "differing": {STREAM: [[FACT.name, "R", fact_digest(FACT)]]}}
    receive_notary(keeper, "hotline", "police", QUESTION, {"ref": ref, "streams": {STREAM: stream_digest([FACT])}})
    assert keeper.said[-1][2] == {"ref": ref, "unknown": [], "differing": {}}
    receive_notary(keeper, "police", "hotline", ANSWER, keeper.said[-1][2])
    assert keeper.answers == [keeper.said[-1][2]]


@pytest.mark.parametrize("body", [{}, {"ref": "x", "root": 1}, {"ref": "0" * 32}, {"ref": "0" * 32, "root": 0}, {"ref": "0" * 32, "streams": {"x": "0" * 64}}, {"ref": "0" * 32, "streams": {STREAM: 1}}])
def test_16_4_what_is_no_question_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(RemoteProtocolError):
        receive_notary(Keeper(), "hotline", "police", QUESTION, body)


VECTORS = vectors("roots")


def test_16_1_both_peers_seal_every_vector_alike_and_grow_the_same_tree() -> None:
    seals = []
    for each in VECTORS["entries"]:
        entry = each["entry"]
        fact = Fact(entry["name"], Actor.from_dict(entry["actor"]), at_from_text(entry["at"]), entry["data"])
        assert seal(StreamId(entry["stream"]), entry["seq"], fact, entry["before"]).hash == other_peer.seal_of(entry) == each["seal"]
        seals.append(each["seal"])
    for count, tree in enumerate(VECTORS["trees"]):
        assert tree_of(seals[:count]) == other_peer.tree_of(seals[:count]) == tree
    many = [hashlib.sha256(bytes([each])).hexdigest() for each in range(100)]
    assert all(tree_of(many[:count]) == other_peer.tree_of(many[:count]) for count in range(100))


@pytest.mark.parametrize("vector", VECTORS["roots"], ids=lambda vector: str(vector["body"]["number"]))
def test_16_2_both_peers_hash_a_root_alike(vector: dict[str, Any]) -> None:
    root, marks = root_of(vector["node"], vector["body"])
    assert root.hash() == other_peer.root_hash(vector["node"], vector["body"]) == vector["hash"]
    assert root_body(root, marks) == vector["body"]


def test_16_3_and_16_4_the_program_and_the_peer_from_the_document_are_each_others_notary() -> None:
    stranger, keeper = other_peer.Notary("stranger"), Keeper()
    stranger.seals = [each["seal"] for each in VECTORS["entries"]]
    first = stranger.make_root("2026-11-25T00:00:00.000000Z")
    receive_notary(keeper, "hotline", "stranger", ROOT, first)
    assert keeper.said[-1] == ("stranger", KEPT, {"number": 1, "hash": other_peer.root_hash("stranger", first)})
    second = stranger.make_root("2026-11-26T00:00:00.000000Z")
    assert (second["entries"], second["previous"]) == (0, other_peer.root_hash("stranger", first))
    receive_notary(keeper, "hotline", "stranger", ROOT, second)
    receive_notary(keeper, "hotline", "stranger", QUESTION, {"ref": "1" * 32, "root": 1})
    assert keeper.said[-1][2]["kept"] == {"hash": other_peer.root_hash("stranger", first), "marks": first["marks"]}

    told = stranger.hear("police", ROOT, root_body(NOTHING, marks_of([SEAL])))
    assert told == (KEPT, {"number": 1, "hash": NOTHING.hash()})
    receive_notary(keeper, "police", "stranger", *told)
    assert keeper.witnessed == [("stranger", 1, NOTHING.hash())]
    with pytest.raises(ValueError, match="forked"):
        stranger.hear("police", ROOT, {**root_body(NOTHING, marks_of([SEAL])), "tree": "0" * 64})
    assert stranger.hear("police", QUESTION, {"ref": "2" * 32, "root": 1}) == (ANSWER, {"ref": "2" * 32, "root": 1, "kept": {"hash": NOTHING.hash(), "marks": marks_of([SEAL])}})
    assert stranger.hear("police", QUESTION, {"ref": "2" * 32, "root": 9}) == (ANSWER, {"ref": "2" * 32, "root": 9, "kept": {}})


def test_16_5_a_digest_is_of_what_each_end_said_in_its_order() -> None:
    bodies = [each["body"] for each in VECTORS["facts"]]
    facts = [Fact(each["name"], Actor.from_dict(each["actor"]), at_from_text(each["at"]), each["data"]) for each in bodies]
    assert [fact_digest(each) for each in facts] == [other_peer.fact_digest(each) for each in bodies] == [each["digest"] for each in VECTORS["facts"]]
    assert stream_digest(facts) == other_peer.stream_digest(bodies) == VECTORS["stream_digest"] == VECTORS["stream_digest_crossed"]
    swapped = [bodies[0], bodies[2], bodies[1], *bodies[3:]]
    assert other_peer.stream_digest(swapped) != VECTORS["stream_digest"]
    stranger = other_peer.Notary("stranger")
    stranger.shared = {STREAM: bodies}
    ref = "3" * 32
    assert stranger.hear("police", QUESTION, {"ref": ref, "streams": {STREAM: stream_digest(facts)}}) == (ANSWER, {"ref": ref, "unknown": [], "differing": {}})
    answered = stranger.hear("police", QUESTION, {"ref": ref, "streams": {STREAM: "0" * 64}})
    assert answered is not None
    assert answered[1]["differing"] == {STREAM: [[each.name, each.actor.party.value, fact_digest(each)] for each in facts]}

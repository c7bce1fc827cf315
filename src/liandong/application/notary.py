"""Be each other's notary: tell the peer the roots of our journal, keep the peer's, and compare what both hold.

Four messages, none of them about a record; each node sends them on two streams of its own, one for roots and one for questions, so that
a question never waits behind a root that a person has to look at:

``notary.root``      number, previous, entries, tree, at, marks: a root of the sender's journal
``notary.kept``      number, hash: the receiver keeps it; its signature over these words is the sender's evidence
``notary.question``  ref, and ``root`` (a number) or ``streams`` (id -> digest)
``notary.answer``    ref, and what was asked

What is kept is never changed (a trigger); a second root of one number is refused to the quarantine, where people see it.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from liandong.application.shared_streams import fact_body
from liandong.domain.errors import MESSAGES, Message, RemoteProtocolError
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import at_from_text
from liandong.domain.journal.facts import Fact, StreamId
from liandong.domain.journal.roots import MOST_ENTRIES, Root, read_marks

__all__ = [
    "ANSWER", "KEPT", "NOTARY", "QUESTION", "ROOT", "Notary", "fact_digest", "questions_stream", "receive_notary", "root_body", "root_of", "roots_stream",
    "stream_digest",
]  # fmt: skip

ROOT, KEPT, QUESTION, ANSWER = "notary.root", "notary.kept", "notary.question", "notary.answer"
NOTARY = frozenset({ROOT, KEPT, QUESTION, ANSWER})

#: Streams one question may name.
MOST_STREAMS = 2000
_HASH = re.compile(r"[0-9a-f]{64}")
_REF = re.compile(r"[0-9a-f]{32}")

MESSAGES.update(
    {
        "notary.forked": Message(
            "对方就第 {number} 号根又说了另一个值：两个值都已留作证据。请与对方核对其日志（liandong journal verify），不要直接搁置。",
            "The peer now says another value for its root {number}; both are kept as evidence. Ask it to verify its journal before you set this aside.",
        ),
        "notary.no_answer": Message(
            "{peer}在 {seconds} 秒内没有答复。问题已留在发件箱，对方恢复后会到达；请稍后再核对。",
            "{peer} did not answer within {seconds} seconds. The question stays in the outbox; compare again later.",
            retry_helps=True,
        ),
    }
)


class Notary(Protocol):
    """Keeps roots, ours and the peers', and looks things up for comparison. Every method joins the open transaction."""

    def keep_root(self, peer: str, root: Root, marks: str) -> bool:
        """Keep a peer's root; False when this very one is kept already. Raises ``RemoteProtocolError`` for another of its number."""
        ...

    def keep_witness(self, peer: str, number: int, hash_: str) -> None:
        """Keep that a peer says it keeps our root of this number and hash."""
        ...

    def marks_kept(self, peer: str, number: int) -> Mapping[str, Any] | None:
        """Return hash and marks of a peer's root as kept here, or None."""
        ...

    def shared_facts(self, peer: str, streams: Iterable[str]) -> Mapping[str, list[Fact]]:
        """Return the facts that both sides hold of these streams, oldest first; streams unknown here are absent."""
        ...

    def keep_answer(self, peer: str, body: Mapping[str, Any]) -> None:
        """Keep a peer's answer where who asked finds it."""
        ...

    def say(self, peer: str, stream: StreamId, type_: str, body: Mapping[str, Any]) -> None:
        """Write a message for a peer."""
        ...


def roots_stream(node: str) -> StreamId:
    """Return the stream on which a node speaks of roots, its own and those it keeps."""
    return StreamId(str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:liandong:roots:{node}")))


def questions_stream(node: str) -> StreamId:
    """Return the stream on which a node asks and answers."""
    return StreamId(str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:liandong:questions:{node}")))


def root_body(root: Root, marks: str) -> dict[str, Any]:
    """Return a root as an envelope carries it; whose it is, the envelope says."""
    return {"number": root.number, "previous": root.previous, "entries": root.entries, "tree": root.tree, "at": root.at, "marks": marks}


def root_of(node: str, body: Mapping[str, Any]) -> tuple[Root, str]:
    """Return (root, marks) of a body. Raises ``RemoteProtocolError`` for anything that is not one."""
    number, previous, entries, tree, at, marks = (body.get(each) for each in ("number", "previous", "entries", "tree", "at", "marks"))
    if not _whole(number, 1, 2**31 - 1) or not _whole(entries, 0, MOST_ENTRIES) or not isinstance(at, str) or not isinstance(marks, str):
        raise RemoteProtocolError(detail="root: a number, a time or the marks are missing")
    if not isinstance(previous, str) or (previous and not _HASH.fullmatch(previous)) or not isinstance(tree, str) or not _HASH.fullmatch(tree):
        raise RemoteProtocolError(detail="root: a hash has the wrong shape")
    try:
        at_from_text(at)
        count = len(read_marks(marks))
    except ValueError as error:
        raise RemoteProtocolError(detail="root: time or marks cannot be read") from error
    if count != entries:
        raise RemoteProtocolError(detail="root: not one mark for each entry")
    assert isinstance(number, int)
    assert isinstance(entries, int)
    return Root(node, number, previous, entries, tree, at), marks


def receive_notary(notary: Notary, node: str, peer: str, type_: str, body: Mapping[str, Any]) -> None:
    """Take one message of the four inside the open transaction.

    Parameters:
        notary: keeps and looks up.
        node: this node.
        peer: the node it came from, as proved by its signature.
        type_: one of ``NOTARY``.
        body: the envelope's body.

    Raises:
        RemoteProtocolError: it is not what its type says, or contradicts what is kept (``notary.forked``).
    """
    if type_ == ROOT:
        root, marks = root_of(peer, body)
        notary.keep_root(peer, root, marks)
        notary.say(peer, roots_stream(node), KEPT, {"number": root.number, "hash": root.hash()})
    elif type_ == KEPT:
        number, hash_ = body.get("number"), body.get("hash")
        if not _whole(number, 1, 2**31 - 1) or not isinstance(hash_, str) or not _HASH.fullmatch(hash_):
            raise RemoteProtocolError(detail="kept: number or hash has the wrong shape")
        assert isinstance(number, int)
        notary.keep_witness(peer, number, hash_)
    elif type_ == QUESTION:
        notary.say(peer, questions_stream(node), ANSWER, _answer(notary, peer, body))
    else:
        _ref(body)
        notary.keep_answer(peer, body)


def _answer(notary: Notary, peer: str, body: Mapping[str, Any]) -> dict[str, Any]:
    ref = _ref(body)
    if "root" in body:
        number = body["root"]
        if not _whole(number, 1, 2**31 - 1):
            raise RemoteProtocolError(detail="question: no such number of a root")
        return {"ref": ref, "root": number, "kept": dict(notary.marks_kept(peer, number) or {})}
    streams = body.get("streams")
    if not isinstance(streams, Mapping) or len(streams) > MOST_STREAMS or not all(_is_digest(*each) for each in streams.items()):
        raise RemoteProtocolError(detail="question: streams have the wrong shape")
    found = notary.shared_facts(peer, streams)
    differing = {name: _told(found[name]) for name, digest in streams.items() if name in found and stream_digest(found[name]) != digest}
    return {"ref": ref, "unknown": sorted(set(streams) - set(found)), "differing": differing}


def _told(facts: Iterable[Fact]) -> list[list[str]]:
    return [[each.name, each.actor.party.value, fact_digest(each)] for each in facts][:500]


def _is_digest(name: object, digest: object) -> bool:
    try:
        return str(uuid.UUID(str(name))) == name and isinstance(digest, str) and _HASH.fullmatch(digest) is not None
    except ValueError:
        return False


def _ref(body: Mapping[str, Any]) -> str:
    ref = body.get("ref")
    if not isinstance(ref, str) or not _REF.fullmatch(ref):
        raise RemoteProtocolError(detail="a question has a ref of 32 hexadecimal digits")
    return ref


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def fact_digest(fact: Fact) -> str:
    """Return 32 hex digits of a fact that both sides hold: the same on both."""
    return hashlib.sha256(canonical(fact_body(fact))).hexdigest()[:32]


def stream_digest(facts: Iterable[Fact]) -> str:
    """Return the digest of the facts both sides hold of a stream.

    What crossed on the wire stands in another order on the two sides; within one party the order is the same. So the facts
    are taken party by party, each in its order.
    """
    by_party: dict[str, list[str]] = {}
    for each in facts:
        by_party.setdefault(each.actor.party.value, []).append(fact_digest(each))
    return hashlib.sha256(canonical(by_party)).hexdigest()

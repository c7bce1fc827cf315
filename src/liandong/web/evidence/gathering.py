"""Gather what proves a record: its entries with their seals, the roots they stand under, who keeps those, and the signatures of both sides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from liandong.adapters.crypto.keyring import KeyRing, suite_of
from liandong.adapters.crypto.keys import PeerKey
from liandong.adapters.crypto.session import prove_kept
from liandong.adapters.crypto.suites import from_text
from liandong.adapters.postgres.models import InboxMessage, JournalEntry, OutboxMessage, SignedAnswer, Stream
from liandong.adapters.postgres.verify import verify_stream
from liandong.application.notary import KEPT
from liandong.domain.errors import LiandongError
from liandong.domain.exchange.receipts import parse_receipts
from liandong.domain.exchange.wire import parse_envelope
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import Break, at_text
from liandong.domain.journal.roots import Root, inclusion_proof

__all__ = ["Evidence", "RootEvidence", "Sealed", "Signed", "gather"]

ROOT_OF = "SELECT number, previous, entries, tree, hash, at, upto FROM journal_root WHERE upto >= %s ORDER BY number LIMIT 1"
SEALS = "SELECT position, hash FROM journal WHERE position > %s AND position <= %s ORDER BY position"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the other side has signed about one fact.

    Parameters:
        way: ``sent`` (its receipt for what we told) or ``received`` (its own words).
        status: of the receipt; ``""`` for its own words.
        fault: code of why the signature does not hold; ``""`` where it does.
        text: the signed object, as it came.
    """

    way: str
    peer: str
    envelope: str
    key_id: str
    signature: str
    at: str
    status: str
    fault: str
    text: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry in its place.

    Parameters:
        text: the canonical JSON that the hash is made over.
        root: number of the root it stands under; None where it stands under none yet.
        proof: neighbours from its leaf up to the tree of that root.
    """

    stream: Stream
    entry: JournalEntry
    text: str
    root: int | None
    proof: tuple[str, ...]
    signed: Signed | None


@dataclass(frozen=True, slots=True)
class RootEvidence:
    """A root and who has said that it keeps it: (peer, when, key id, fault)."""

    root: Root
    hash: str
    witnesses: tuple[tuple[str, str, str, str], ...]


@dataclass(slots=True)
class Evidence:
    """Everything of one record."""

    streams: Sequence[Stream]
    sealed: list[Sealed] = field(default_factory=list)
    roots: dict[int, RootEvidence] = field(default_factory=dict)
    breaks: list[tuple[Stream, Break]] = field(default_factory=list)
    keys: dict[str, PeerKey] = field(default_factory=dict)


def gather(node: str, ring: KeyRing, streams: Sequence[Stream]) -> Evidence:
    """Return the evidence of streams that belong together, their entries in order of time.

    Parameters:
        node: this node, whose roots they are.
        ring: knows the keys that signatures are checked with.
    """
    found = Evidence(streams)
    known = {each.id: each for each in streams}
    signed = _signed(ring, list(known))
    seals: dict[int, list[tuple[int, str]]] = {}
    for entry in JournalEntry.objects.filter(stream__in=list(known)).order_by("at", "position"):
        root = _root(node, entry.position, found, seals, ring)
        proof: tuple[str, ...] = ()
        if root is not None:
            index = next((at for at, (position, _) in enumerate(seals[root]) if position == entry.position), -1)
            proof = tuple(inclusion_proof([each[1] for each in seals[root]], index)) if index >= 0 else ()
        word = signed.get((str(entry.stream), entry.name, at_text(entry.at), str(entry.actor.get("party", ""))))
        found.sealed.append(Sealed(known[entry.stream], entry, _spelled(entry), root, proof, word))
        if word is not None:
            _note_key(found, ring, word.key_id)
    for each in streams:
        broken = verify_stream(str(each.id))
        if broken is not None:
            found.breaks.append((each, broken))
    return found


def _spelled(entry: JournalEntry) -> str:
    body = {"stream": str(entry.stream), "seq": entry.seq, "name": entry.name, "actor": entry.actor, "at": at_text(entry.at), "data": entry.data, "before": entry.before}
    try:
        return canonical(body).decode("utf-8")
    except LiandongError:
        # Somebody put in what no journal can hold; the chain's check says so.
        return json.dumps(body, ensure_ascii=False, default=str)


def _root(node: str, position: int, found: Evidence, seals: dict[int, list[tuple[int, str]]], ring: KeyRing) -> int | None:
    """Return the number of the root an entry stands under, and note the root with its witnesses once."""
    with connection.cursor() as cursor:
        cursor.execute(ROOT_OF, [position])
        row = cursor.fetchone()
        if row is None:
            return None
        number = int(row[0])
        if number not in found.roots:
            root = Root(node, number, row[1], row[2], row[3], at_text(row[5]))
            cursor.execute("SELECT coalesce((SELECT upto FROM journal_root WHERE number = %s), 0)", [number - 1])
            cursor.execute(SEALS, [cursor.fetchone()[0], row[6]])
            seals[number] = [(each[0], each[1]) for each in cursor.fetchall()]
            found.roots[number] = RootEvidence(root, row[4], _witnesses(number, row[4], found, ring))
    return number


def _witnesses(number: int, hash_: str, found: Evidence, ring: KeyRing) -> tuple[tuple[str, str, str, str], ...]:
    said = []
    for row in InboxMessage.objects.filter(type=KEPT, envelope__body__number=number).order_by("position"):
        key = str(row.envelope.get("key_id", ""))
        fault = _envelope_fault(ring, row.peer, row.envelope)
        if not fault and row.envelope["body"].get("hash") != hash_:
            fault = "notary.forked"
        said.append((row.peer, str(row.envelope.get("at", "")), key, fault))
        _note_key(found, ring, key)
    return tuple(said)


def _note_key(found: Evidence, ring: KeyRing, key_id: str) -> None:
    try:
        found.keys[key_id] = ring.known(key_id)
    except LiandongError:
        return


def _signed(ring: KeyRing, streams: Sequence[Any]) -> dict[tuple[str, str, str, str], Signed]:
    """Return (stream, name, time, party) of a fact -> what the other side has signed about it."""
    words: dict[tuple[str, str, str, str], Signed] = {}
    for row in InboxMessage.objects.filter(stream__in=streams, state=InboxMessage.APPLIED).order_by("position"):
        envelope = row.envelope
        key, signature = str(envelope.get("key_id", "")), str(envelope.get("signature", ""))
        text = json.dumps(envelope, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        word = Signed("received", row.peer, str(row.id), key, signature, str(envelope.get("at", "")), "", _envelope_fault(ring, row.peer, envelope), text)
        words[_place(str(row.stream), envelope.get("body"))] = word
    sent = list(OutboxMessage.objects.filter(stream__in=streams, sent_at__isnull=False).order_by("position"))
    answers = {each.digest: each.answer for each in SignedAnswer.objects.filter(digest__in={_first_receipt(each)["answer"] for each in sent if _first_receipt(each).get("answer")})}
    for message in sent:
        receipt = _first_receipt(message)
        answer = answers.get(str(receipt.get("answer", "")))
        if answer is not None:
            words.setdefault(_place(str(message.stream), message.body), _receipt(ring, message, str(receipt.get("status", "")), answer))
    return words


def _first_receipt(message: OutboxMessage) -> Mapping[str, Any]:
    """Return the receipt that first said it arrived; later ones of a replay stand before it."""
    receipt = message.receipt if isinstance(message.receipt, dict) else {}
    before = receipt.get("before") or ()
    return before[0] if before else receipt


def _place(stream: str, body: Any) -> tuple[str, str, str, str]:
    told = body if isinstance(body, dict) else {}
    actor = told.get("actor") if isinstance(told.get("actor"), dict) else {}
    return stream, str(told.get("name", "")), str(told.get("at", "")), str(actor.get("party", ""))  # type: ignore[union-attr]


def _envelope_fault(ring: KeyRing, peer: str, envelope: Mapping[str, Any]) -> str:
    try:
        kept = parse_envelope(json.dumps(envelope, ensure_ascii=False).encode())
        prove_kept(kept, ring)
    except LiandongError as error:
        return error.code
    return "" if (kept.sender, kept.recipient) == (peer, ring.node) else "exchange.wrong_sender"


def _receipt(ring: KeyRing, message: OutboxMessage, status: str, answer: str) -> Signed:
    """Return the peer's receipt for one of our messages, checked: signed by the peer, and naming this very message."""
    key_id = signature = at = ""
    try:
        batch = parse_receipts(answer.encode())
        key_id, signature, at = batch.key_id, batch.signature, batch.at
        # By the key as it was: one that has ended or was revoked since counted when the answer came.
        key = ring.known(key_id)
        named = any(each.id == str(message.id) and each.delivered for each in batch.receipts)
        if not suite_of(key).verify(key.signing_public, batch.signing_bytes(), from_text(signature)):
            fault = "exchange.signature"
        else:
            fault = "" if key.node == message.peer == batch.sender and named else "exchange.wrong_sender"
    except LiandongError as error:
        fault = error.code
    except ValueError:
        fault = "exchange.signature"
    return Signed("sent", message.peer, str(message.id), key_id, signature, at, status, fault, answer)



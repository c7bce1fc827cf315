"""Write tests/conformance/vectors: run it after a change of the protocol, and read the difference before committing it.

python tests/conformance/make_vectors.py
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import OwnKey, PeerKey, key_id_of
from liandong.adapters.crypto.registry import DEFAULT_SUITE, SUITES
from liandong.adapters.crypto.session import Session, answer
from liandong.application.notary import fact_digest, root_body, stream_digest
from liandong.application.shared_streams import fact_body
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import at_from_text, seal
from liandong.domain.journal.facts import Actor, Fact, StreamId
from liandong.domain.journal.roots import Root, marks_of, tree_of

HERE = Path(__file__).parent / "vectors"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD = {
    "id": "019ab000-0000-7000-8000-000000000001",
    "version": "1.0",
    "from": "city-110",
    "to": "city-12345",
    "stream": "019ab000-0000-7000-8000-0000000000aa",
    "seq": 1,
    "type": "handover.fact",
    "at": "2026-11-22T08:00:00.123456Z",
    "body": {"name": "HandoverOffered", "words": "楼下烧烤店油烟呛人 🔥", "times": 3, "urgent": False, "more": None},
    "attachments": [{"digest": "sha256:" + "0f" * 32, "name": "现场照片.jpg", "size": 81234, "media_type": "image/jpeg"}],
    "key_id": "",
    "suite": "",
    "signature": "",
}

SPELLINGS: list[tuple[str, str]] = [
    (
        "the example of RFC 8785 §3.2.3",
        '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    ),
    ("beyond the basic plane sorts before U+FB33", '{"\\ufb33": 1, "\\ud83d\\ude00": 2}'),
    ("escapes", '"\\u20ac$\\u000F\\nA\'\\u0042\\u0022\\u005c\\\\\\"\\/\\u007f\\u001f\\b\\f\\t"'),
    ("numbers and literals", "[0, -0, -1, 9007199254740991, -9007199254740991, true, false, null, [], {}]"),
    ("nested and spaced", ' { "b" : [ 1 , { "z" : 0 , "a" : "" } ] , "a" : "值" } '),
    ("not normalised", '["\\u00e9", "e\\u0301", "\\uac00"]'),
]

REFUSED: list[tuple[str, dict[str, Any] | str, str]] = [
    ("no object", "[1]", "exchange.malformed"),
    ("no JSON", '{"id": ', "exchange.malformed"),
    ("two members of one name", json.dumps(GOOD)[:-1] + ', "seq": 2}', "exchange.malformed"),
    ("a fraction", {"body": {"a": 0.5}}, "exchange.malformed"),
    ("an exponent", json.dumps(GOOD).replace('"times": 3', '"times": 3e0'), "exchange.malformed"),
    ("not a number", json.dumps(GOOD).replace('"times": 3', '"times": NaN'), "exchange.malformed"),
    ("too great a number", {"seq": 2**53}, "exchange.malformed"),
    ("U+0000", {"body": {"a": "\x00"}}, "exchange.malformed"),
    ("a lone surrogate", {"body": {"a": "\ud800"}}, "exchange.malformed"),
    ("UUID of version 4", {"id": "019ab000-0000-4000-8000-000000000001"}, "exchange.malformed"),
    ("UUID in capitals", {"id": str(GOOD["id"]).upper()}, "exchange.malformed"),
    ("a version of the future", {"version": "2.0"}, "exchange.version"),
    ("a node's name in Chinese", {"from": "公安"}, "exchange.malformed"),
    ("a stream with a space", {"stream": "a b"}, "exchange.malformed"),
    ("seq zero", {"seq": 0}, "exchange.malformed"),
    ("seq as text", {"seq": "1"}, "exchange.malformed"),
    ("seq as a truth", {"seq": True}, "exchange.malformed"),
    ("a time of the city", {"at": "2026-11-22T16:00:00+08:00"}, "exchange.malformed"),
    ("a day that is not", {"at": "2026-02-29T08:00:00Z"}, "exchange.malformed"),
    ("body and sealed", {"sealed": {"to_key_id": "k", "nonce": "bg", "ciphertext": "Yw"}}, "exchange.malformed"),
    ("body as a list", {"body": []}, "exchange.malformed"),
    ("no attachments", {"attachments": None}, "exchange.malformed"),
    ("an attachment that climbs", {"attachments": [{**GOOD["attachments"][0], "name": "../a"}]}, "exchange.malformed"),  # type: ignore[index]
    ("an attachment with MD5", {"attachments": [{**GOOD["attachments"][0], "digest": "md5:00"}]}, "exchange.malformed"),  # type: ignore[index]
    ("33 levels", {"body": {"a": json.loads("[" * 31 + "]" * 31)}}, "exchange.too_deep"),
]

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("plain", {}),
    ("an unknown member", {"priority": {"level": 2}}),
    ("a newer minor version", {"version": "1.9"}),
    ("an unknown type", {"type": "consultation.of-next-year"}),
    ("32 levels", {"body": {"a": json.loads("[" * 30 + "]" * 30)}}),
    ("a backslash before u0000", {"body": {"a": "\\u0000"}}),
    ("no fraction of a second", {"at": "2026-11-22T08:00:00Z"}),
]


def key(node: str, suite: str) -> OwnKey:
    """Return a key made from the node's name: for vectors only."""
    signing, agreement = (hashlib.sha256(f"{node} {suite} {part}".encode()).digest() for part in ("signing", "agreement"))
    publics = SUITES[suite].public(signing, agreement)
    public = PeerKey(
        node=node,
        key_id=key_id_of(suite, *publics),
        suite=suite,
        created=NOW,
        not_before=NOW,
        not_after=datetime(2036, 11, 22, tzinfo=UTC),
        signing_public=publics[0],
        agreement_public=publics[1],
    )
    return OwnKey(public=public, signing=signing, agreement=agreement)


def protected(suite: str) -> dict[str, Any]:
    police, hotline = key("city-110", suite), key("city-12345", suite)
    ring = KeyRing("city-110", [police], [hotline.public], lambda: NOW)
    fields = {("sender" if name == "from" else "recipient" if name == "to" else name): value for name, value in GOOD.items()}
    message = Envelope(**{**fields, "attachments": tuple(GOOD["attachments"])})  # type: ignore[arg-type]
    clear, sealed = Session(ring, seal=False).protect(message), Session(ring).protect(message)
    other = KeyRing("city-12345", [hotline], [police.public], lambda: NOW)
    receipts = [Receipt(message.id, ReceiptStatus.ACCEPTED), Receipt("", ReceiptStatus.REFUSED, "exchange.malformed", detail="not JSON")]
    return {
        "suite": suite,
        "sender_key": {**police.wire()},
        "recipient_key": {**hotline.wire()},
        "secret_hex": ring.secret(police, hotline.public).hex(),
        "salt": message.id,
        "info": canonical(["liandong/1 body", "city-110", "city-12345", police.public.key_id, hotline.public.key_id]).decode(),
        "signing_bytes": clear.signing_bytes().decode(),
        "additional_data": canonical(sealed.header()).decode(),
        "signature": clear.signature,
        "envelope_in_clear": clear.to_bytes().decode(),
        "envelope_sealed": sealed.to_bytes().decode(),
        "answer": answer(receipts, other).decode(),
    }


ENTRIES: list[dict[str, Any]] = [
    {"stream": "019ab000-0000-7000-8000-0000000000aa", "name": name, "at": at, "data": data, "actor": {"role": role, "person": person, "unit": "", "node": node, "party": party}}
    for name, at, data, role, person, node, party in (
        ("HandoverOffered", "2026-11-24T00:00:00.000000Z", {"number": "联JA202611240001", "record": {"text": "楼下油烟 🔥"}, "danger": False}, "call_taker", "p1", "city-110", "S"),
        ("HandoverAccepted", "2026-11-24T00:00:01.000002Z", {"order_number": "工202611240001"}, "agent", "h1", "city-12345", "R"),
        ("QuestionAsked", "2026-11-24T00:00:02.500000Z", {"question": "哪一家？"}, "agent", "h1", "city-12345", "R"),
        ("QuestionAnswered", "2026-11-24T00:01:00.000000Z", {"answer": "拐角那家"}, "citizen", "", "city-110", "S"),
        ("HandoverReported", "2026-11-24T02:00:00.000000Z", {"result": "已整改"}, "system", "", "city-12345", "R"),
    )
]


def roots() -> dict[str, Any]:
    """Return entries with their seals, trees of the first so many, two roots in a chain, digests of the facts and of the stream."""
    entries, before = [], ""
    facts = [Fact(each["name"], Actor.from_dict(each["actor"]), at_from_text(each["at"]), each["data"]) for each in ENTRIES]
    for seq, (spelled, fact) in enumerate(zip(ENTRIES, facts, strict=True), 1):
        sealed = seal(StreamId(spelled["stream"]), seq, fact, before)
        entries.append({"entry": {**spelled, "seq": seq, "before": before}, "seal": sealed.hash})
        before = sealed.hash
    seals = [each["seal"] for each in entries]
    one = Root("city-110", 1, "", 3, tree_of(seals[:3]), "2026-11-25T00:00:00.000000Z")
    two = Root("city-110", 2, one.hash(), 2, tree_of(seals[3:]), "2026-11-26T00:00:00.000000Z")
    return {
        "entries": entries,
        "trees": [tree_of(seals[:count]) for count in range(len(seals) + 1)],
        "roots": [{"node": "city-110", "body": root_body(root, marks_of(under)), "hash": root.hash()} for root, under in ((one, seals[:3]), (two, seals[3:]))],
        "facts": [{"body": fact_body(fact), "digest": fact_digest(fact)} for fact in facts],
        "stream_digest": stream_digest(facts),
        "stream_digest_crossed": stream_digest([facts[0], facts[1], facts[3], facts[2], facts[4]]),
    }


def write(name: str, value: object) -> None:
    HERE.mkdir(exist_ok=True)
    (HERE / name).write_text(json.dumps(value, ensure_ascii=True, indent=1) + "\n", encoding="ascii")


def main() -> None:
    write("canonical.json", [{"name": name, "json": text, "canonical_hex": canonical(json.loads(text)).hex()} for name, text in SPELLINGS])
    write(
        "envelopes.json",
        {
            "accepted": [{"name": name, "raw": json.dumps({**GOOD, **change})} for name, change in ACCEPTED],
            "refused": [
                {"name": name, "raw": change if isinstance(change, str) else json.dumps({**GOOD, **change}), "code": code}
                for name, change, code in REFUSED
            ],
        },
    )
    write("roots.json", roots())
    write("protected.json", [protected(suite) for suite in [DEFAULT_SUITE, *(name for name in SUITES if name != DEFAULT_SUITE)]])
    write(
        "streams.json",
        [
            {
                "next_seq": next_seq,
                "kept": kept,
                "quarantined": quarantined,
                "seq": seq,
                "id": id_,
                "status": status,
                "code": code,
                "expected_seq": expected,
            }
            for next_seq, kept, quarantined, seq, id_, status, code, expected in (
                (1, {}, False, 1, "a", "accepted", "", None),
                (3, {"1": "a", "2": "b"}, False, 3, "c", "accepted", "", None),
                (3, {"1": "a", "2": "b"}, False, 2, "b", "duplicate", "", None),
                (3, {"1": "a", "2": "b"}, False, 2, "x", "refused", "exchange.seq_taken", None),
                (3, {}, False, 1, "a", "refused", "exchange.seq_behind", None),
                (3, {"1": "a", "2": "b"}, False, 4, "d", "waiting", "exchange.gap", 3),
                (1, {}, False, 9007199254740991, "z", "waiting", "exchange.gap", 1),
                (3, {"3": "c"}, True, 3, "c", "duplicate", "", None),
                (3, {"3": "c"}, True, 3, "x", "refused", "exchange.seq_taken", None),
                (3, {"3": "c"}, True, 4, "d", "waiting", "exchange.behind_quarantine", 3),
            )
        ],
    )


if __name__ == "__main__":
    main()

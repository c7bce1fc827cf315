"""Signed, sealed, opened, refused: what passes between two key rings, for every suite that is installed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from exchange_nodes import HOTLINE, POLICE, SUNDAY, Clock, pair, rings
from exchange_samples import envelope, uuid7
from hypothesis import given, settings
from hypothesis import strategies as st

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE, SUITES
from liandong.adapters.crypto.session import Session, answer, open_batch, open_envelope, prove_kept
from liandong.adapters.crypto.suites import from_text, to_text
from liandong.domain.errors import InvalidInput, LocalProtocolError, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from liandong.domain.exchange.wire import join_batch, parse_envelope


def refused(sealed: Envelope, ring: KeyRing) -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        open_envelope(sealed, ring)
    assert caught.value.sentence("zh") != caught.value.sentence("en")
    return caught.value


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("seal", [True, False])
def test_what_one_node_protects_the_other_opens(suite: str, seal: bool) -> None:
    police, hotline = rings(Clock(), suite)
    sent = envelope()
    protected = Session(police, seal=seal).protect(sent)
    assert ("油烟".encode() in protected.to_bytes()) is not seal
    opened = open_envelope(parse_envelope(protected.to_bytes()), hotline)
    assert (opened.body, opened.stream, opened.suite, opened.sealed) == (sent.body, sent.stream, suite, None)
    assert hotline.verify(opened.key_id, opened.signing_bytes(), from_text(opened.signature)) == POLICE


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("field", ["stream", "seq", "type", "at", "attachments", "id", "extra"])
@pytest.mark.parametrize("seal", [True, False])
def test_no_field_can_be_changed_on_the_way(suite: str, field: str, seal: bool) -> None:
    police, hotline = rings(Clock(), suite)
    others = {
        "stream": "other",
        "seq": 2,
        "type": "HandoverAccepted",
        "at": "2026-11-22T09:00:00Z",
        "attachments": ({"digest": "sha256:" + "00" * 32, "name": "a", "size": 1, "media_type": "a/b"},),
        "id": uuid7(99),
        "extra": {"more": 1},
    }
    protected = Session(police, seal=seal).protect(envelope())
    assert refused(replace(protected, **{field: others[field]}), hotline).code == ("exchange.seal" if seal else "exchange.signature")


def test_a_body_cannot_be_moved_between_envelopes_nor_a_signature_kept_over_another_body() -> None:
    police, hotline = rings(Clock())
    one, two = (Session(police).protect(envelope(number, seq=number)) for number in (1, 2))
    assert refused(replace(one, sealed=two.sealed), hotline).code == "exchange.seal"
    clear = Session(police, seal=False).protect(envelope())
    assert refused(replace(clear, body={"words": "其他"}), hotline).code == "exchange.signature"


def test_a_message_for_another_node_is_refused_even_with_a_good_signature() -> None:
    police, hotline = rings(Clock())
    meant = Session(police, seal=False).protect(envelope(recipient="other-city"))
    assert refused(meant, hotline).code == "exchange.wrong_recipient"
    assert refused(replace(meant, recipient=HOTLINE), hotline).code == "exchange.signature"


def test_a_node_cannot_speak_in_the_name_of_another() -> None:
    police, hotline = rings(Clock())
    third = generate_key("county-110", DEFAULT_SUITE, SUNDAY)
    hotline.add_peer(third.public)
    thief = KeyRing("county-110", [third], [*hotline.public_keys()], Clock())
    forged = Session(thief).protect(envelope(sender=POLICE))
    error = refused(forged, hotline)
    assert error.code == "exchange.wrong_sender"
    assert "county-110" in str(error)
    assert police.node == POLICE


def test_a_key_nobody_entered_is_refused_by_its_id() -> None:
    police, _ = rings(Clock())
    _, stranger = rings(Clock())
    error = refused(Session(police, seal=False).protect(envelope()), stranger)
    assert (error.code, police.signing_key().public.key_id in str(error)) == ("exchange.key_unknown", True)


def test_a_revoked_key_is_refused_with_who_and_why_and_cannot_come_back() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    protected = Session(police).protect(envelope())
    key = police.public_keys()[0]
    hotline.revoke(key.key_id, "笔记本遗失")
    hotline.add_peer(key)
    error = refused(protected, hotline)
    assert error.code == "exchange.key_revoked"
    assert all(words in str(error) for words in (POLICE, "2026-11-22", "笔记本遗失", key.key_id))


def test_what_was_kept_is_proved_after_its_key_was_revoked_or_has_ended() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    kept = open_envelope(Session(police).protect(envelope()), hotline)
    clock.forward(days=400)
    hotline.revoke(kept.key_id, "笔记本遗失")
    prove_kept(kept, hotline)
    for changed in (replace(kept, body={"words": "其他"}), replace(kept, sender=HOTLINE), replace(kept, suite="other"), replace(kept, key_id="ed25519-none")):
        with pytest.raises(RemoteProtocolError):
            prove_kept(changed, hotline)


def test_an_own_revoked_key_signs_no_more() -> None:
    police, _ = rings(Clock())
    police.revoke(police.public_keys()[0].key_id, "演练")
    with pytest.raises(LocalProtocolError):
        Session(police).protect(envelope())
    with pytest.raises(InvalidInput):
        police.revoke("ed25519-nothing", "演练")


def test_keys_rotate_with_overlap_and_what_waited_still_arrives() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    waited = Session(police).protect(envelope(1))
    new = generate_key(POLICE, DEFAULT_SUITE, clock(), not_before=clock() + timedelta(days=3))
    police.add_own(new)
    assert Session(police).protect(envelope(2)).key_id == waited.key_id
    clock.forward(days=3)
    after = Session(police).protect(envelope(2, seq=2))
    assert after.key_id == new.public.key_id
    assert refused(after, hotline).code == "exchange.key_unknown"
    hotline.add_peer(new.public)
    assert open_envelope(after, hotline).seq == 2
    assert open_envelope(waited, hotline).seq == 1


def test_what_was_sealed_for_an_older_key_can_still_be_opened() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    sealed = Session(police).protect(envelope())
    hotline.add_own(generate_key(HOTLINE, DEFAULT_SUITE, clock()))
    assert open_envelope(sealed, hotline).body == envelope().body


@pytest.mark.parametrize(("days", "works"), [(364, True), (365, True), (371, True), (372, False)])
def test_a_key_is_accepted_until_the_overlap_after_its_last_day_is_over(days: int, works: bool) -> None:
    clock = Clock()
    police, hotline = rings(clock)
    protected = Session(police, seal=False).protect(envelope())
    clock.forward(days=days)
    if works:
        assert open_envelope(protected, hotline)
    else:
        assert refused(protected, hotline).code == "exchange.key_expired"
    with nullcontext() if works else pytest.raises(LocalProtocolError):
        Session(police).protect(envelope())


def test_keys_near_their_end_are_named_in_time() -> None:
    clock = Clock()
    police, _ = rings(clock)
    assert police.expiring(30) == []
    clock.forward(days=340)
    assert {key.node for key in police.expiring(30)} == {POLICE, HOTLINE}


def test_an_envelope_that_breaks_the_protocol_is_not_signed() -> None:
    police, _ = rings(Clock())
    for broken in (envelope(seq=0), envelope(body={"a": 1.5}), envelope(body={"a": "字" * 300_000})):
        with pytest.raises(LocalProtocolError):
            Session(police).protect(broken)


def test_a_batch_is_opened_line_by_line_and_answered_in_its_order() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    session = Session(police)
    protected = [session.protect(envelope(number, seq=number)) for number in (1, 2, 3)]
    protected[1] = replace(protected[1], seq=9)
    raw, _ = join_batch(protected)
    opened = open_batch(raw + b"{broken\n", hotline)
    assert [type(item).__name__ for item in opened] == ["Envelope", "Receipt", "Envelope", "Receipt"]
    assert opened[1] == Receipt(uuid7(2), ReceiptStatus.REFUSED, "exchange.seal", detail=opened[1].detail)
    assert (opened[3].id, opened[3].code) == ("", "exchange.malformed")
    receipts = [item if isinstance(item, Receipt) else Receipt(item.id, ReceiptStatus.ACCEPTED) for item in opened]
    read = session.read_answer(answer(receipts, hotline), HOTLINE, [uuid7(1), uuid7(2), uuid7(3), uuid7(4)])
    assert [receipt.status for receipt in read] == ["accepted", "refused", "accepted", "refused"]


def test_an_answer_is_believed_only_from_the_peer_for_this_batch_unaltered() -> None:
    clock = Clock()
    police, hotline = rings(clock)
    session = Session(police)
    taken = [Receipt(uuid7(1), ReceiptStatus.ACCEPTED)]
    good = answer(taken, hotline)
    assert session.read_answer(good, HOTLINE, [uuid7(1)]) == taken
    wrong = {
        "another batch": (good, HOTLINE, [uuid7(2)]),
        "a longer batch": (good, HOTLINE, [uuid7(1), uuid7(2)]),
        "another peer": (good, "county-110", [uuid7(1)]),
        "altered": (good.replace(b"accepted", b"duplicate"), HOTLINE, [uuid7(1)]),
        "unsigned": (json.dumps({**json.loads(good), "signature": ""}).encode(), HOTLINE, [uuid7(1)]),
        "our own": (answer(taken, police), HOTLINE, [uuid7(1)]),
        "nameless success": (answer([Receipt("", ReceiptStatus.ACCEPTED)], hotline), HOTLINE, [uuid7(1)]),
    }
    for raw, peer, ids in wrong.values():
        with pytest.raises(RemoteProtocolError):
            session.read_answer(raw, peer, ids)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_to_a_protected_envelope_is_always_noticed(data: st.DataObject) -> None:
    sent, raw, ring = _protected()
    place = data.draw(st.integers(0, len(raw) - 1))
    damaged = raw[:place] + data.draw(st.binary(max_size=2)) + raw[place + data.draw(st.integers(0, 2)) :]
    (opened,) = open_batch(damaged.replace(b"\n", b" ") or b"x", ring)
    if isinstance(opened, Envelope):
        assert opened.signing_bytes() == sent.signing_bytes()


_PROTECTED: list[tuple[Envelope, bytes, KeyRing]] = []


def _protected() -> tuple[Envelope, bytes, KeyRing]:
    if not _PROTECTED:
        police, hotline = rings(Clock())
        protected = Session(police).protect(envelope())
        _PROTECTED.append((open_envelope(protected, hotline), protected.to_bytes(), hotline))
    return _PROTECTED[0]


@pytest.mark.parametrize("suite", SUITES)
def test_sealing_the_same_words_twice_looks_different_each_time(suite: str) -> None:
    police, _ = rings(Clock(), suite)
    session = Session(police)
    assert session.protect(envelope()).sealed != session.protect(envelope()).sealed


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_never_raises_for_a_bad_signature_or_key(suite: str) -> None:
    chosen = SUITES[suite]
    police, _ = pair(suite)
    for signature in (b"", b"\x00" * 64, b"\xff" * 64, b"\x30\x06\x02\x01\x00\x02\x01\x00", b"x" * 500):
        assert not chosen.verify(police.public.signing_public, b"data", signature)
    assert not chosen.verify(b"\x00" * 5, b"data", b"\x00" * 64)
    for public in (b"", b"\x00" * 32, b"\x04" + b"\x00" * 64, b"\x04" + b"\x11" * 64):
        with pytest.raises(ValueError):
            chosen.agree(police.agreement, public)


@given(st.binary())
def test_base64url_goes_there_and_back(data: bytes) -> None:
    assert from_text(to_text(data)) == data


@pytest.mark.parametrize("text", ["a", "ab=", "a b", "é", "+/+/"])
def test_what_is_no_base64url_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        from_text(text)

"""Key files: readable by their owner only, and only as a whole."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from exchange_nodes import POLICE, SUNDAY, Clock, pair, rings
from exchange_samples import envelope

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key, load_own_key, load_peer_key, save_own_key, save_peer_key
from liandong.adapters.crypto.registry import DEFAULT_SUITE, SUITES
from liandong.adapters.crypto.session import Session, open_envelope
from liandong.domain.errors import InvalidInput, RemoteProtocolError


@pytest.mark.parametrize("suite", SUITES)
def test_a_key_survives_its_file(tmp_path: Path, suite: str) -> None:
    key, _ = pair(suite)
    save_own_key(tmp_path / "own.json", key)
    save_peer_key(tmp_path / "public.json", key.public)
    assert load_own_key(tmp_path / "own.json") == key
    assert load_peer_key(tmp_path / "public.json") == key.public
    assert (tmp_path / "own.json").stat().st_mode & 0o777 == 0o600


def test_the_public_file_and_the_printed_key_hold_nothing_private(tmp_path: Path) -> None:
    key, _ = pair()
    save_peer_key(tmp_path / "public.json", key.public)
    private = json.loads(json.dumps(key.wire()))
    for secret in (private["signing"], private["agreement"]):
        assert secret not in (tmp_path / "public.json").read_text()
        assert secret not in repr(key)


def test_a_private_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    save_own_key(tmp_path / "own.json", pair()[0])
    (tmp_path / "own.json").chmod(0o640)
    with pytest.raises(InvalidInput, match="others may read"):
        load_own_key(tmp_path / "own.json")


@pytest.mark.parametrize(
    "change",
    [
        {"key_id": "ed25519-000000000000000000000000"},
        {"signing_public": "AAAA"},
        {"signing": "AAAA"},
        {"agreement": None},
        {"suite": "rot13"},
        {"node": ""},
        {"not_after": "2027-11-22"},
        {"not_after": "soon"},
        {"created": 5},
    ],
    ids=repr,
)
def test_a_file_whose_parts_do_not_belong_together_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "own.json"
    save_own_key(path, pair()[0])
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(InvalidInput, match=r"own\.json"):
        load_own_key(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "\x00", '{"node": "a"}'])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(InvalidInput):
        load_peer_key(tmp_path / "x.json")


def test_a_ring_survives_its_directory_with_its_revocations(tmp_path: Path) -> None:
    clock = Clock()
    police, hotline = rings(clock)
    hotline.revoke(police.public_keys()[0].key_id, "演练")
    police.save(tmp_path / "police")
    hotline.save(tmp_path / "hotline")
    hotline.save(tmp_path / "hotline")
    again = KeyRing.load(tmp_path / "hotline", hotline.node, clock)
    protected = Session(KeyRing.load(tmp_path / "police", POLICE, clock)).protect(envelope())
    with pytest.raises(RemoteProtocolError, match="演练"):
        open_envelope(protected, again)


def test_an_own_revocation_survives_too(tmp_path: Path) -> None:
    police, _ = rings(Clock())
    police.save(tmp_path)
    police.revoke(police.public_keys()[0].key_id, "演练")
    police.save(tmp_path)
    assert [key.revoked.reason for key in KeyRing.load(tmp_path, POLICE, Clock()).public_keys() if key.revoked] == ["演练"]


def test_a_key_entered_or_revoked_by_another_process_counts_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liandong.adapters.crypto.keyring.LOOK_AGAIN_SECONDS", 0.0)
    clock = Clock()
    police, hotline = rings(clock)
    empty = KeyRing(hotline.node, [], [], clock)
    for key in rings(clock)[1]._own.values():
        empty.add_own(key)
    empty.save(tmp_path)
    running = KeyRing.load(tmp_path, hotline.node, clock)
    sent = Session(police, seal=False).protect(envelope())
    with pytest.raises(RemoteProtocolError, match="key_unknown"):
        open_envelope(sent, running)
    empty.add_peer(police.public_keys()[0])
    empty.save(tmp_path)
    assert open_envelope(sent, running)
    empty.revoke(police.public_keys()[0].key_id, "笔记本遗失")
    empty.save(tmp_path)
    with pytest.raises(RemoteProtocolError, match="笔记本遗失"):
        open_envelope(sent, running)


def test_a_broken_file_beside_good_ones_changes_nothing_for_a_running_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("liandong.adapters.crypto.keyring.LOOK_AGAIN_SECONDS", 0.0)
    police, hotline = rings(Clock())
    hotline.save(tmp_path)
    running = KeyRing.load(tmp_path, hotline.node, Clock())
    (tmp_path / "peers" / "half.json").write_text('{"node": "x"')
    assert open_envelope(Session(police).protect(envelope()), running)
    assert "half.json" in caplog.text
    with pytest.raises(InvalidInput, match="half"):
        KeyRing.load(tmp_path, hotline.node, Clock())


def test_a_key_of_another_node_is_no_own_key() -> None:
    with pytest.raises(InvalidInput):
        KeyRing("city-12345", [pair()[0]], [], Clock())


def test_a_key_needs_a_known_suite_and_an_aware_time() -> None:
    with pytest.raises(InvalidInput, match="rot13"):
        generate_key(POLICE, "rot13", SUNDAY)
    with pytest.raises(InvalidInput):
        generate_key(POLICE, DEFAULT_SUITE, datetime(2026, 11, 22))  # noqa: DTZ001 - the naive time is the point

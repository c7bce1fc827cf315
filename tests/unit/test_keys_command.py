"""``liandong keys``: two organisations that give each other keys by file, rotate with overlap, and revoke."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from liandong.adapters.crypto.registry import NATIONAL_SUITE, SUITES
from liandong.adapters.crypto.session import Session, answer, open_batch
from liandong.domain.errors import InvalidInput, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope
from liandong.domain.exchange.receipts import Receipt, ReceiptStatus
from liandong.node.commands.keys import keys
from liandong.node.keys import node_keyring
from liandong.node.settings import NODE_FILE, NodeSettings, read_node

OTHER = {"police": "hotline", "hotline": "police"}


class Office:
    """An organisation with a node's file and a keyboard."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory = directory / name
        self.directory.mkdir()
        self.file = self.directory / "node.toml"
        self.file.write_text(
            f'name = "{name}"\nside = "{name}"\ntitle = "{name}"\npack = "xiangcheng"\ndatabase = "postgresql://nowhere"\nport = 1\n'
            f'secret = "{"s" * 40}"\ndirectory = "{self.directory}"\n[[peers]]\nname = "{OTHER[name]}"\nside = "{OTHER[name]}"\n'
            f'relation = "counterpart"\nurl = "http://127.0.0.1:1"\n'
        )

    @property
    def settings(self) -> NodeSettings:
        return read_node(self.file)

    def run(self, *arguments: str, answers: str = "") -> str:
        """Type a command, return what it says; a refusal is raised."""
        result = CliRunner().invoke(keys, list(arguments), env={NODE_FILE: str(self.file)}, input=answers, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def rotate(self, *more: str) -> str:
        return self.run("rotate", *more).splitlines()[0]

    def give_to(self, other: Office) -> None:
        self.run("export", str(self.directory / "public.json"))
        other.run("import", str(self.directory / "public.json"), "--yes")

    def session(self) -> Session:
        return Session(node_keyring(self.settings))


@pytest.fixture
def offices(tmp_path: Path) -> tuple[Office, Office]:
    police, hotline = Office(tmp_path, "police"), Office(tmp_path, "hotline")
    for one, other in ((police, hotline), (hotline, police)):
        one.rotate()
        one.give_to(other)
    return police, hotline


def message(number: int) -> Envelope:
    return Envelope(
        id=f"019ab000-0000-7000-8000-{number:012x}", sender="police", recipient="hotline", stream="s", seq=number, type="t", at="2026-11-22T08:00:00Z"
    )


def read(line: Envelope, office: Office) -> Envelope | Receipt:
    return open_batch(line.to_bytes(), node_keyring(office.settings))[0]


def test_after_both_gave_each_other_their_keys_messages_flow(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    assert isinstance(read(police.session().protect(message(1)), hotline), Envelope)


def test_what_was_signed_before_a_rotation_is_read_after_it(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    old = police.session().protect(message(1))
    new_id = police.rotate()
    police.give_to(hotline)
    new = police.session().protect(message(2))
    assert new.key_id == new_id != old.key_id
    assert isinstance(read(old, hotline), Envelope)
    assert isinstance(read(new, hotline), Envelope)


def test_a_new_key_that_begins_later_does_not_sign_before(offices: tuple[Office, Office]) -> None:
    police, _ = offices
    later = police.rotate("--in-days", "3")
    assert police.session().protect(message(1)).key_id != later


def test_a_revoked_key_is_refused_with_whose_and_why(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    stolen = police.session().protect(message(1))
    police.rotate()
    police.run("revoke", stolen.key_id, "--reason", "laptop stolen")
    police.give_to(hotline)
    receipt = read(stolen, hotline)
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.code) == (ReceiptStatus.REFUSED, "exchange.key_revoked")
    assert all(words in receipt.detail for words in (stolen.key_id, "police", "laptop stolen"))
    assert police.session().protect(message(1)).key_id != stolen.key_id
    with pytest.raises(RemoteProtocolError):
        hotline.session().read_answer(answer([Receipt("x", ReceiptStatus.ACCEPTED)], node_keyring(police.settings)), "hotline", ["x"])


def test_the_last_key_cannot_be_revoked(offices: tuple[Office, Office]) -> None:
    police, _ = offices
    only = police.session().protect(message(1)).key_id
    with pytest.raises(InvalidInput):
        police.run("revoke", only, "--reason", "by mistake")
    assert police.session().protect(message(1)).key_id == only


def test_a_revocation_cannot_be_taken_back_by_an_older_file(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    old = police.directory / "old.json"
    police.run("export", str(old))
    hotline.run("revoke", police.session().protect(message(1)).key_id, "--reason", "seen in a shop")
    hotline.run("import", str(old), "--yes")
    receipt = read(police.session().protect(message(1)), hotline)
    assert isinstance(receipt, Receipt)
    assert receipt.code == "exchange.key_revoked"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"keys": []}', b'{"keys": [1]}', b'{"keys": [{"node": "police"}]}', b"\xff"])
def test_a_file_that_is_none_is_refused_and_nothing_changes(offices: tuple[Office, Office], content: bytes) -> None:
    _, hotline = offices
    (hotline.directory / "bad.json").write_bytes(content)
    before = hotline.run("show", "--json")
    with pytest.raises(InvalidInput):
        hotline.run("import", str(hotline.directory / "bad.json"), "--yes")
    assert hotline.run("show", "--json") == before


def test_keys_of_a_node_that_is_no_peer_are_refused(offices: tuple[Office, Office]) -> None:
    police, _ = offices
    police.run("export", str(police.directory / "own.json"))
    with pytest.raises(InvalidInput):
        police.run("import", str(police.directory / "own.json"), "--yes")


def test_the_export_holds_no_private_half_and_the_private_files_are_the_owners(offices: tuple[Office, Office]) -> None:
    police, _ = offices
    exported = json.loads(police.run("export", "-"))
    assert all(not {"signing", "agreement"} & set(key) for key in exported["keys"])
    for file in (police.settings.keys / "own").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_importing_asks_whether_the_ids_were_compared(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    police.rotate()
    police.run("export", str(police.directory / "new.json"))
    result = CliRunner().invoke(keys, ["import", str(police.directory / "new.json")], env={NODE_FILE: str(hotline.file)}, input="n\n")
    assert result.exit_code == 1
    assert len(json.loads(hotline.run("show", "--json"))["keys"]) == 2


@pytest.mark.skipif(NATIONAL_SUITE not in SUITES, reason="the national suite's library is not installed on this machine")
def test_two_offices_move_to_the_national_suite_while_messages_wait(offices: tuple[Office, Office]) -> None:
    police, hotline = offices
    for one, other in ((police, hotline), (hotline, police)):
        one.rotate("--suite", NATIONAL_SUITE)
        one.give_to(other)
    opened = read(police.session().protect(message(1)), hotline)
    assert isinstance(opened, Envelope)
    assert opened.suite == NATIONAL_SUITE

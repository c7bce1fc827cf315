"""Clause 15: wishes and pieces between two nodes, the digest that proves a file, and what is never believed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from exchange_media import HOTLINE, POLICE
from test_transport_contract import NOW

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.pieces import LONGEST, make_wish, open_piece, read_wish, seal_piece
from liandong.adapters.crypto.registry import SUITES
from liandong.adapters.files.store import FileStore
from liandong.adapters.transports.fetcher import Fetcher
from liandong.adapters.transports.http import PIECE_PATH
from liandong.adapters.transports.parcels import PIECE
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.journal.canonical import canonical

CONTENT = os.urandom(LONGEST * 2 + 17)
DIGEST = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
every_suite = pytest.mark.parametrize("suite", list(SUITES))


class Pair:
    """The key rings of two nodes, and a stranger that both know."""

    def __init__(self, suite: str) -> None:
        self.now = NOW
        keys = {name: generate_key(name, suite, NOW) for name in (POLICE, HOTLINE, "county-110")}
        public = [key.public for key in keys.values()]
        self.police, self.hotline, self.county = (KeyRing(name, [key], public, lambda: self.now) for name, key in keys.items())


def refused(code: str, act: Any) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        act()
    assert caught.value.code == code


@every_suite
def test_15_1_a_wish_is_believed_from_who_signed_it_for_us_and_not_for_ever(suite: str) -> None:
    pair = Pair(suite)
    raw = make_wish(pair.hotline, POLICE, DIGEST, 5, 10)
    wish = read_wish(raw, pair.police)
    assert (wish.peer, wish.digest, wish.offset, wish.length) == (HOTLINE, DIGEST, 5, 10)
    refused("exchange.wrong_recipient", lambda: read_wish(raw, pair.county))
    refused("exchange.signature", lambda: read_wish(canonical({**json.loads(raw), "offset": 6}), pair.police))
    refused("exchange.malformed", lambda: read_wish(canonical({**json.loads(raw), "offset": "5"}), pair.police))
    refused("exchange.malformed", lambda: read_wish(make_wish(pair.hotline, POLICE, DIGEST, 0, LONGEST + 1), pair.police))
    pair.now = NOW + timedelta(hours=27)
    refused("exchange.malformed", lambda: read_wish(raw, pair.police))


def test_15_2_a_wish_has_an_address_over_http_and_a_kind_over_media() -> None:
    assert (PIECE_PATH, PIECE) == ("/exchange/v1/pieces", "piece")


@every_suite
def test_15_4_only_the_piece_that_was_asked_for_opens(suite: str) -> None:
    pair = Pair(suite)
    wish = read_wish(make_wish(pair.hotline, POLICE, DIGEST, 100, 50), pair.police)
    piece = seal_piece(pair.police, wish, CONTENT[100:150])
    assert CONTENT[100:150] not in piece
    assert open_piece(piece, pair.hotline, POLICE, DIGEST, 100) == CONTENT[100:150]
    for peer, digest, offset in ((POLICE, DIGEST, 0), (POLICE, "sha256:" + "0" * 64, 100), ("county-110", DIGEST, 100)):
        refused("exchange.malformed", lambda at=(peer, digest, offset): open_piece(piece, pair.hotline, *at))
    refused("exchange.seal", lambda: open_piece(piece[:-1] + bytes([piece[-1] ^ 1]), pair.hotline, POLICE, DIGEST, 100))
    head, _, sealed = piece.partition(b"\n")
    moved = canonical({**json.loads(head), "offset": 0}) + b"\n" + sealed
    refused("exchange.seal", lambda: open_piece(moved, pair.hotline, POLICE, DIGEST, 0))
    refused("exchange.malformed", lambda: open_piece(b"", pair.hotline, POLICE, DIGEST, 100))


def fetcher(pair: Pair, store: FileStore, answers: Any) -> Fetcher:
    async def ask(peer: str, wish: bytes, key: tuple[str, int]) -> bytes:
        answer: bytes = answers(read_wish(wish, pair.police))
        return answer

    return Fetcher(POLICE, None, store, pair.hotline, ask)  # type: ignore[arg-type]


def test_15_5_a_killed_fetch_goes_on_and_only_the_right_file_counts(tmp_path: Path) -> None:
    pair = Pair("ed25519+aes-256-gcm")
    asked: list[int] = []

    def answers(wish: Any) -> bytes:
        asked.append(wish.offset)
        return seal_piece(pair.police, wish, CONTENT[wish.offset : wish.offset + wish.length])

    FileStore(tmp_path).add(DIGEST, 0, CONTENT[:LONGEST], len(CONTENT))
    store = FileStore(tmp_path)
    assert asyncio.run(fetcher(pair, store, answers)._pieces(DIGEST, len(CONTENT), asyncio.Event()))
    assert asked == [LONGEST, LONGEST * 2]
    assert b"".join(store.blocks(DIGEST)) == CONTENT

    other = FileStore(tmp_path / "other")
    liar = fetcher(pair, other, lambda wish: seal_piece(pair.police, wish, bytes(min(wish.length, len(CONTENT) - wish.offset))))
    with pytest.raises(Exception, match=r"file\.unknown"):
        asyncio.run(liar._pieces(DIGEST, len(CONTENT), asyncio.Event()))
    assert (other.size(DIGEST), other.coming(DIGEST)) == (None, 0)


def test_15_6_a_bomb_is_kept_as_it_is(tmp_path: Path) -> None:
    bomb = b"PK\x03\x04" + bytes(4096)
    digest = "sha256:" + hashlib.sha256(bomb).hexdigest()
    store = FileStore(tmp_path)
    assert store.add(digest, 0, bomb, len(bomb))
    assert b"".join(store.blocks(digest)) == bomb
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest.removeprefix("sha256:")]

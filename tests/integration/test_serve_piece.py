"""A piece is served to the peer that was told of the file, and to nobody else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import generate_key
from liandong.adapters.crypto.pieces import make_wish, open_piece
from liandong.adapters.crypto.registry import DEFAULT_SUITE
from liandong.adapters.files.store import FileStore
from liandong.domain.errors import InvalidInput
from liandong.node.keys import now

pytestmark = pytest.mark.database


def test_15_3_only_a_peer_that_was_told_of_a_file_gets_it(node: Any, tmp_path: Path) -> None:
    # Its tables need a node that is set up.
    from django.db import connection
    from psycopg.types.json import Jsonb

    from liandong.adapters.transports.serving import serve_piece

    keys = {name: generate_key(name, DEFAULT_SUITE, now()) for name in ("police", "hotline", "county")}
    public = [key.public for key in keys.values()]
    police, hotline, county = (KeyRing(name, [key], public, now) for name, key in keys.items())
    store = FileStore(tmp_path)
    upload = store.begin("a.bin", 7, "application/octet-stream")
    attachment = store.finish(store.append(upload.id, 0, io.BytesIO(b"content")).id)
    body = {"name": "HandoverSupplemented", "data": {"words": "x", "attachments": ["现场照片 1", attachment]}}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox (id, peer, stream, seq, type, body, created_at, sent_at, attempts, reason, parked) VALUES (%s, 'hotline', %s, 1, 'handover.fact', %s, now(), now(), 0, '', false)",
            [uuid4(), uuid4(), Jsonb(body)],
        )
    piece = serve_piece(store, police, make_wish(hotline, "police", attachment["digest"], 0))
    assert open_piece(piece, hotline, "police", attachment["digest"], 0) == b"content"
    for ring, digest in ((county, attachment["digest"]), (hotline, "sha256:" + "0" * 64)):
        with pytest.raises(InvalidInput):
            serve_piece(store, police, make_wish(ring, "police", digest, 0))

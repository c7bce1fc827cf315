"""Pieces of files for peers: only of files that a message to that very peer has named.

Concurrency:
    Runs on Django's connection of the calling thread.
"""

from __future__ import annotations

import json

from django.db import connection

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.pieces import read_wish, seal_piece
from liandong.adapters.files.store import FileStore
from liandong.domain.errors import InvalidInput

__all__ = ["serve_piece"]

NAMED = "SELECT 1 FROM outbox WHERE body->'data' ? 'attachments' AND body->'data'->'attachments' @> %s::jsonb AND peer = %s LIMIT 1"


def serve_piece(store: FileStore, keyring: KeyRing, raw: bytes) -> bytes:
    """Return the sealed piece that a wish asks for.

    Raises:
        RemoteProtocolError: the wish cannot be believed.
        InvalidInput: ``file.unknown``: no such file, or none that this peer was told of.
    """
    wish = read_wish(raw, keyring)
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [json.dumps([{"digest": wish.digest}]), wish.peer])
        known = cursor.fetchone() is not None
    if not known:
        raise InvalidInput("file.unknown")
    return seal_piece(keyring, wish, store.piece(wish.digest, wish.offset, wish.length))

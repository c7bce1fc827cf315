"""The store of attachments: by digest, in pieces, resumed, within bounds, in flat memory."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from pathlib import Path

import pytest

from liandong.adapters.files import store as store_module
from liandong.adapters.files.store import FileStore
from liandong.domain.errors import InvalidInput

CONTENT = bytes(range(256)) * 1000
DIGEST = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", limit_bytes=10_000_000)


def code(caught: pytest.ExceptionInfo[InvalidInput]) -> str:
    return caught.value.code


def test_a_file_sent_in_pieces_is_one_attachment(store: FileStore) -> None:
    upload = store.begin("现场 照片.jpg", len(CONTENT), "image/jpeg")
    for offset in range(0, len(CONTENT), 60_000):
        upload = store.append(upload.id, offset, io.BytesIO(CONTENT[offset : offset + 60_000]))
    attachment = store.finish(upload.id)
    assert attachment == {"digest": DIGEST, "name": "现场 照片.jpg", "size": len(CONTENT), "media_type": "image/jpeg"}
    assert b"".join(store.blocks(DIGEST)) == CONTENT
    assert store.piece(DIGEST, 300, 5) == CONTENT[300:305]


def test_an_upload_goes_on_where_it_stopped_after_the_process_died(store: FileStore, tmp_path: Path) -> None:
    upload = store.begin("a.bin", len(CONTENT), "application/octet-stream")
    store.append(upload.id, 0, io.BytesIO(CONTENT[:100_001]))
    again = FileStore(tmp_path / "files")
    assert again.upload(upload.id).offset == 100_001
    again.append(upload.id, 100_001, io.BytesIO(CONTENT[100_001:]))
    assert again.finish(upload.id)["digest"] == DIGEST


def test_a_line_that_breaks_leaves_what_came(store: FileStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            block = super().read(50_000)
            if self.tell() > 120_000:
                raise OSError("the line broke")
            return block

    upload = store.begin("a.bin", len(CONTENT), "application/octet-stream")
    with pytest.raises(InvalidInput):
        store.append(upload.id, 0, Broken(CONTENT))
    assert store.upload(upload.id).offset == 100_000


def test_a_piece_at_the_wrong_place_is_told_the_right_one(store: FileStore) -> None:
    upload = store.begin("a.bin", 100, "application/octet-stream")
    with pytest.raises(InvalidInput) as caught:
        store.append(upload.id, 7, io.BytesIO(b"x"))
    assert (code(caught), caught.value.data["offset"]) == ("file.wrong_offset", 0)


def test_more_than_was_announced_is_refused_and_nothing_of_it_stays(store: FileStore) -> None:
    upload = store.begin("a.bin", 10, "application/octet-stream")
    with pytest.raises(InvalidInput) as caught:
        store.append(upload.id, 0, io.BytesIO(b"x" * 11))
    assert code(caught) == "file.too_large"
    assert store.upload(upload.id).offset == 0


@pytest.mark.parametrize(
    ("name", "size", "kind"),
    [("../x", 1, "a/b"), ("", 1, "a/b"), ("x", -1, "a/b"), ("x", True, "a/b"), ("x", 1, "nonsense"), ("a\x00b", 1, "a/b"), ("x" * 256, 1, "a/b")],
)
def test_a_file_of_no_shape_is_refused(store: FileStore, name: str, size: int, kind: str) -> None:
    with pytest.raises(InvalidInput):
        store.begin(name, size, kind)


def test_a_file_over_the_limit_is_refused_before_it_is_sent(store: FileStore) -> None:
    with pytest.raises(InvalidInput) as caught:
        store.begin("big.bin", 10_000_001, "application/octet-stream")
    assert code(caught) == "file.too_large"


def test_a_disk_that_is_nearly_full_takes_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "RESERVE", 1 << 62)
    with pytest.raises(InvalidInput) as caught:
        store.begin("a.bin", 10, "application/octet-stream")
    assert code(caught) == "file.no_space"


@pytest.mark.parametrize("upload", ["", "..", "0" * 32, "../" + "0" * 29, "x" * 32])
def test_an_upload_nobody_began_is_unknown(store: FileStore, upload: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        store.upload(upload)
    assert code(caught) == "file.unknown"


def test_a_zip_bomb_is_bytes_like_any_other(store: FileStore) -> None:
    bomb = b"PK\x03\x04" + b"\x00" * 1000
    upload = store.append(store.begin("42.zip", len(bomb), "application/zip").id, 0, io.BytesIO(bomb))
    digest = store.finish(upload.id)["digest"]
    assert b"".join(store.blocks(digest)) == bomb


def test_a_file_of_a_peer_is_whole_only_when_its_digest_fits(store: FileStore) -> None:
    assert not store.add(DIGEST, 0, CONTENT[:1000], len(CONTENT))
    assert store.coming(DIGEST) == 1000
    assert store.size(DIGEST) is None
    assert store.add(DIGEST, 1000, CONTENT[1000:], len(CONTENT))
    assert store.size(DIGEST) == len(CONTENT)
    assert store.coming(DIGEST) == 0


def test_a_file_of_a_peer_that_is_another_one_begins_anew(store: FileStore) -> None:
    assert not store.add(DIGEST, 0, b"\x00" * len(CONTENT), len(CONTENT))
    assert (store.coming(DIGEST), store.size(DIGEST)) == (0, None)


def test_memory_stays_flat_for_a_file_of_64_mb(tmp_path: Path) -> None:
    class Zeros(io.RawIOBase):
        left = 67_108_864

        def read(self, size: int = -1) -> bytes:
            given = min(size, self.left)
            self.left -= given
            return b"\0" * given

    store = FileStore(tmp_path / "files")
    upload = store.begin("big.bin", Zeros.left, "application/octet-stream")
    tracemalloc.start()
    store.append(upload.id, 0, Zeros())  # type: ignore[arg-type]
    digest = store.finish(upload.id)["digest"]
    assert sum(len(block) for block in store.blocks(digest)) == 67_108_864
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_what_was_left_is_swept_and_what_is_gone_on_with_stays(store: FileStore, tmp_path: Path) -> None:
    left, going_on = store.begin("left.bin", 1000, "a/b"), store.begin("going.bin", 1000, "a/b")
    store.append(left.id, 0, io.BytesIO(b"x" * 10))
    store.append(going_on.id, 0, io.BytesIO(b"x" * 10))
    wanted, unwanted = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    for digest in (wanted, unwanted):
        store.add(digest, 0, b"piece", 1000)
    whole = store.begin("whole.bin", len(CONTENT), "a/b")
    store.append(whole.id, 0, io.BytesIO(CONTENT))
    store.finish(whole.id)
    files = tmp_path / "files"
    old = 1_000_000_000
    for path in (files / "uploads" / left.id, files / "uploads" / f"{left.id}.json", *(files / "coming").iterdir(), *(files / "whole").rglob("*")):
        os.utime(path, (old, old))

    assert store.sweep(old + 1, [wanted]) == 3
    with pytest.raises(InvalidInput) as caught:
        store.upload(left.id)
    assert code(caught) == "file.unknown"
    assert store.upload(going_on.id).offset == 10
    assert (store.coming(wanted), store.coming(unwanted)) == (5, 0)
    assert store.size(DIGEST) == len(CONTENT)
    assert store.sweep(old + 1, [wanted]) == 0

"""Attachments of a backup: complete files go, each once, and none that is not what its name says."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

from liandong.adapters.files.copying import copy_whole
from liandong.adapters.files.store import FileStore


def kept(store: FileStore, content: bytes) -> str:
    upload = store.begin("现场.jpg", len(content), "image/jpeg")
    store.append(upload.id, 0, io.BytesIO(content))
    return str(store.finish(upload.id)["digest"])


def test_complete_files_come_back_from_a_copy_and_are_copied_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "node")
    photo = kept(store, b"photo" * 1000)
    store.begin("未完.mp4", 100, "video/mp4")
    assert copy_whole(tmp_path / "node", tmp_path / "backup").new == 1
    film = kept(store, b"film")
    again = copy_whole(tmp_path / "node", tmp_path / "backup")
    assert (again.new, again.known, again.broken) == (1, 1, ())

    assert copy_whole(tmp_path / "backup", tmp_path / "restored").new == 2
    restored = FileStore(tmp_path / "restored")
    assert restored.piece(photo, 0, 10_000) == b"photo" * 1000
    assert restored.piece(film, 0, 10) == b"film"
    assert not (tmp_path / "backup" / "uploads").exists()


def test_a_file_that_is_not_what_its_name_says_is_named_and_not_brought_back(tmp_path: Path) -> None:
    name = sha256(b"right").hexdigest()
    folder = tmp_path / "backup" / "whole" / name[:2]
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"wrong")
    (folder / "notes.txt").write_text("not a file of the store", encoding="utf-8")
    done = copy_whole(tmp_path / "backup", tmp_path / "restored")
    assert (done.new, done.broken) == (0, (name,))
    assert [each for each in (tmp_path / "restored").rglob("*") if each.is_file()] == []


def test_a_node_without_attachments_has_nothing_to_copy(tmp_path: Path) -> None:
    assert copy_whole(tmp_path / "none", tmp_path / "backup").new == 0

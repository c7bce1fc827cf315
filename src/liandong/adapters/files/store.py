"""The store of attachments: content by digest, whole or coming piece by piece, under the node's directory.

``whole/ab/abcd…`` holds what is complete, ``uploads/<id>`` what a person is sending, ``coming/abcd…`` what a peer's pieces make.

Rules:
    - A file is known by its SHA-256. What a name or a type says of it is words of whoever sent it, and decides nothing.
    - How far a file has come is its length on disk: after a kill it goes on from there.
    - Nothing is read whole into memory, nothing is ever unpacked.
    - The digest is proved before a file counts as whole; one that does not fit is removed and begins anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from liandong.domain.errors import MESSAGES, InvalidInput, Message
from liandong.domain.exchange.envelope import is_attachment

__all__ = ["BLOCK", "FileStore", "Upload"]

#: Bytes read or written at once.
BLOCK = 262_144
#: Bytes that stay free on the disk for everything else.
RESERVE = 268_435_456
_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")

MESSAGES.update(
    {
        "file.too_large": Message("文件过大，最多 {limit_mb} MB。请分成几个文件。", "Too large: at most {limit_mb} MB. Send it as several files."),
        "file.no_space": Message("本平台磁盘空间不足，暂时收不下这个文件。请通知管理员。", "The disk of this node is nearly full: it cannot take this file now. Tell the administrator.", retry_helps=True),
        "file.wrong_offset": Message("应从第 {offset} 字节续传。", "Go on from byte {offset}.", retry_helps=True),
        "file.unknown": Message("没有这个文件，或上传已过期。请重新上传。", "There is no such file or upload. Send it again."),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a person is sending."""

    id: str
    name: str
    size: int
    media_type: str
    offset: int


class FileStore:
    """Keeps files under a directory.

    Parameters:
        directory: of the store; made when there is none.
        limit_bytes: the largest file it takes.
    """

    def __init__(self, directory: Path, limit_bytes: int = 2_147_483_648) -> None:
        self._directory = directory
        self.limit_bytes = limit_bytes

    # --- from a person ---------------------------------------------------------------------------------------------

    def begin(self, name: str, size: int, media_type: str) -> Upload:
        """Return a new upload.

        Raises:
            InvalidInput: name, size or type has the wrong shape, ``file.too_large``, ``file.no_space``.
        """
        shape = {"digest": "sha256:" + "0" * 64, "name": name, "size": size, "media_type": media_type}
        if not is_attachment(shape):
            raise InvalidInput(detail="name, size, media_type")
        self._room_for(size)
        upload = uuid4().hex
        folder = self._folder("uploads")
        (folder / f"{upload}.json").write_text(json.dumps({"name": name, "size": size, "media_type": media_type}), encoding="utf-8")
        (folder / upload).touch()
        return Upload(upload, name, size, media_type, 0)

    def upload(self, upload: str) -> Upload:
        """Return how far an upload has come. Raises InvalidInput ``file.unknown``."""
        path = self._folder("uploads") / upload
        if _ID.fullmatch(upload) is None or not path.exists():
            raise InvalidInput("file.unknown")
        about = json.loads((path.with_name(f"{upload}.json")).read_text(encoding="utf-8"))
        return Upload(upload, about["name"], about["size"], about["media_type"], path.stat().st_size)

    def append(self, upload: str, offset: int, source: IO[bytes]) -> Upload:
        """Add what ``source`` holds at ``offset``; return how far it has come. What came before a broken line stays.

        Raises:
            InvalidInput: ``file.unknown``, ``file.wrong_offset``, ``file.too_large``, ``file.no_space``.
        """
        known = self.upload(upload)
        if offset != known.offset:
            raise InvalidInput("file.wrong_offset", offset=known.offset)
        path = self._folder("uploads") / upload
        try:
            with path.open("r+b") as file:
                file.seek(offset)
                room = known.size - offset
                while block := source.read(min(BLOCK, room + 1)):
                    room -= len(block)
                    if room < 0:
                        file.truncate(offset)
                        raise InvalidInput("file.too_large", limit_mb=known.size // 1_048_576)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InvalidInput("file.no_space") from error
        return self.upload(upload)

    def finish(self, upload: str) -> dict[str, Any]:
        """Return the attachment that a complete upload is: ``digest``, ``name``, ``size``, ``media_type``."""
        known = self.upload(upload)
        if known.offset != known.size:
            raise InvalidInput("file.wrong_offset", offset=known.offset)
        path = self._folder("uploads") / upload
        digest = digest_of(path)
        self._keep(path, digest)
        path.with_name(f"{upload}.json").unlink(missing_ok=True)
        return {"digest": digest, "name": known.name, "size": known.size, "media_type": known.media_type}

    def sweep(self, before: float, still_coming: Collection[str]) -> int:
        """Remove uploads that nobody has gone on with, and pieces of a peer's files that are no longer wanted; return how many files went.

        Parameters:
            before: seconds since 1970; what was written later stays.
            still_coming: digests of files that are being fetched: their pieces stay however old, for they are gone on with.

        Concurrency: whoever begins to send again at this very moment is told ``file.unknown`` and begins anew; nothing that counts is touched.
        """
        wanted = {_hex(each) for each in still_coming if _DIGEST.fullmatch(each)}
        removed = 0
        for path in self._folder("uploads").iterdir():
            removed += _removed(path, before)
        for path in self._folder("coming").iterdir():
            if path.name not in wanted:
                removed += _removed(path, before)
        return removed

    # --- from a peer -----------------------------------------------------------------------------------------------

    def coming(self, digest: str) -> int:
        """Return how many bytes of a peer's file are here."""
        path = self._folder("coming") / _hex(digest)
        return path.stat().st_size if path.exists() else 0

    def add(self, digest: str, offset: int, piece: bytes, size: int) -> bool:
        """Add a piece where it belongs; tell whether the file is whole now. One whose digest does not fit begins anew.

        Raises:
            InvalidInput: ``file.wrong_offset``, ``file.too_large``, ``file.no_space``.
        """
        have = self.coming(digest)
        if offset != have:
            raise InvalidInput("file.wrong_offset", offset=have)
        if have + len(piece) > size:
            raise InvalidInput("file.too_large", limit_mb=size // 1_048_576)
        self._room_for(size - have)
        path = self._folder("coming") / _hex(digest)
        try:
            with path.open("ab") as file:
                file.write(piece)
                file.flush()
        except OSError as error:
            raise InvalidInput("file.no_space") from error
        if have + len(piece) < size:
            return False
        if digest_of(path) != digest:
            path.unlink()
            return False
        self._keep(path, digest)
        return True

    # --- reading ---------------------------------------------------------------------------------------------------

    def size(self, digest: str) -> int | None:
        """Return the size of a file that is whole here, or None."""
        path = self._whole(digest)
        return path.stat().st_size if path.exists() else None

    def piece(self, digest: str, offset: int, length: int) -> bytes:
        """Return part of a file. Raises InvalidInput ``file.unknown``."""
        path = self._whole(digest)
        if not path.exists():
            raise InvalidInput("file.unknown")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def blocks(self, digest: str, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file, or part of it, a block at a time."""
        left = (self.size(digest) or 0) - offset if length is None else length
        with self._whole(digest).open("rb") as file:
            file.seek(offset)
            while left > 0 and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block

    def _whole(self, digest: str) -> Path:
        name = _hex(digest)
        return self._directory / "whole" / name[:2] / name

    def _keep(self, path: Path, digest: str) -> None:
        target = self._whole(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(target)

    def _folder(self, name: str) -> Path:
        folder = self._directory / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _room_for(self, size: int) -> None:
        if size > self.limit_bytes:
            raise InvalidInput("file.too_large", limit_mb=self.limit_bytes // 1_048_576)
        with contextlib.suppress(FileNotFoundError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self._directory).free < size + RESERVE:
                raise InvalidInput("file.no_space")


def _removed(path: Path, before: float) -> int:
    """Remove a file that was last written before a time; 1 when it went."""
    try:
        if path.stat().st_mtime >= before:
            return 0
        path.unlink()
    except FileNotFoundError:
        return 0
    return 1


def digest_of(path: Path) -> str:
    """Return the digest of a file, read a block at a time."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _hex(digest: str) -> str:
    match = _DIGEST.fullmatch(digest)
    if match is None:
        raise InvalidInput("file.unknown")
    return match[1]

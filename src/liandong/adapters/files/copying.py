"""Copies what is complete from one store of attachments to another: what a backup keeps, and what a restore brings back.

Rules:
    - A complete file never changes, so one that is there already is not copied again.
    - A copy counts once its content has been proved by the digest in its name; anything else is left out and named.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from liandong.adapters.files.store import digest_of

__all__ = ["Copied", "copy_whole"]

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of copying."""

    #: Files copied now, and files that had been there.
    new: int
    known: int
    #: Names of files whose content is not what their name says; not copied.
    broken: tuple[str, ...]


def copy_whole(source: Path, target: Path) -> Copied:
    """Copy the complete files of the store ``source`` that ``target`` has not got; uploads and pieces under way stay behind.

    Returns:
        How many; ``broken`` is empty when all went well.

    Raises:
        OSError: the disk is full, or one of the two cannot be read or written. What was copied stays, and is not copied again.
    """
    new = known = 0
    broken = []
    for file in sorted((source / "whole").glob("*/*")):
        if _NAME.fullmatch(file.name) is None or not file.is_file():
            continue
        kept = target / "whole" / file.name[:2] / file.name
        if kept.exists():
            known += 1
            continue
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = kept.with_name(file.name + ".part")
        shutil.copyfile(file, part)
        if digest_of(part) != f"sha256:{file.name}":
            part.unlink()
            broken.append(file.name)
            continue
        part.replace(kept)
        new += 1
    return Copied(new, known, tuple(broken))

"""Read the corpus: labelled utterances in parts, one JSON object a line, with a version; and make them ready for training."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from liandong.adapters.classifier.errors import ModelError
from liandong.domain.catalogue.items import Side
from liandong.domain.triage import Signs, Triage

__all__ = ["SPLITS", "Labelled", "Utterance", "corpus_digest", "labelled_rows", "read_corpus", "training_rows", "version_of"]

#: split → folders of its parts. ``dev`` tuned the rules and then joined the training; ``held`` is only ever measured;
#: ``unclear`` holds what is said without any matter in it.
SPLITS = {"train": ("parts", "dev"), "dev": ("dev",), "held": ("held",), "unclear": ("unclear",)}
_UNCLEAR = Side.UNCLEAR.value


@dataclass(frozen=True, slots=True)
class Utterance:
    """One row.

    Parameters:
        text: what was said or written.
        side: ``police``, ``hotline``, ``joint`` or ``neither``; ``unclear`` where no matter is named.
        item: class of 003 annex 2 (``H1`` … ``P8``), ``""`` where neither line takes it.
        item2: the second class of a joint matter, or ``""``.
        kind: 报警, 咨询, 求助, 投诉举报 or 意见建议.
        urgent: danger to life, body, property or public safety now.
        tags: how it is said, and what it is a hard negative of.
        author: who wrote it, as far as one writes like another; ``""`` where everybody writes for himself.
    """

    text: str
    side: str
    item: str
    item2: str
    kind: str
    urgent: bool
    tags: tuple[str, ...]
    author: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One utterance as training sees it.

    Parameters:
        text: as ``Words.plain``.
        signs: what the rules and the list found in it.
        labels: head → label; ``urgent`` and ``matter`` are ``true`` or ``false``, no item is ``none``. Words without a matter have
            that label alone.
        author: of the row, ``""`` where none is known.
    """

    text: str
    signs: Signs
    labels: Mapping[str, str]
    author: str = ""


def labelled_rows(rows: Iterable[Utterance], triage: Triage) -> list[Labelled]:
    """Return utterances as training sees them, with the signs that ``triage`` finds."""
    made = []
    for row in rows:
        reading = triage.read(row.text)
        made.append(Labelled(reading.words.plain, reading.signs(), _labels(row), row.author))
    return made


def _labels(row: Utterance) -> dict[str, str]:
    if row.side == _UNCLEAR:
        return {"matter": "false"}
    return {"side": row.side, "item": row.item or "none", "kind": row.kind, "urgent": str(row.urgent).lower(), "matter": "true"}


def _files(corpus: Path, split: str) -> list[Path]:
    return [file for folder in SPLITS[split] for file in sorted((corpus / folder).glob("*.jsonl"))]


def _author(file: Path) -> str:
    """Return who wrote a file: since part ``g`` each has an author of its own, before that the files of one letter had one; of what names no matter each has."""
    return file.stem if file.stem.startswith("g-") or file.parent.name == "unclear" else file.stem.split("-")[0]


def read_corpus(corpus: Path, split: str) -> list[Utterance]:
    """Return the rows of a split, in the order of its files.

    Parameters:
        corpus: the folder that holds ``parts``.
        split: one of ``SPLITS``.

    Raises:
        ModelError: ``model.file_broken`` with file and line, or ``model.file_empty``.
    """
    rows: list[Utterance] = []
    for file in _files(corpus, split):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                value = json.loads(line)
                rows.append(Utterance(**{**value, "tags": tuple(value["tags"])}, author=_author(file)))
            except (ValueError, TypeError, KeyError) as error:
                raise ModelError("model.file_broken", file=file.name, line=number, reason=str(error)) from error
    if not rows:
        raise ModelError("model.file_empty", file=f"{corpus} · {split}")
    return rows


def training_rows(corpus: Path) -> list[Utterance]:
    """Return all that a model is trained on: the rows with a matter, then those without one, where the corpus has any.

    Raises:
        ModelError: as ``read_corpus``.
    """
    return [*read_corpus(corpus, "train"), *(read_corpus(corpus, "unclear") if _files(corpus, "unclear") else ())]


def corpus_digest(corpus: Path) -> str:
    """Return SHA-256 over names and contents of the training parts: what a model was made from."""
    whole = hashlib.sha256()
    for file in (*_files(corpus, "train"), *_files(corpus, "unclear")):
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def version_of(corpus: Path) -> str:
    """Return the version of the corpus."""
    return (corpus / "VERSION").read_text(encoding="ascii").strip()
